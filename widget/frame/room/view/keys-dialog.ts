/**
 * What each key does here, and the switch for the single ones. Realm: frame. Source: WCAG 2.2 §2.1.4.
 */
import { html, type TemplateResult } from "lit";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";

export function keysDialog(view: RoomView): TemplateResult {
  const single = [
    ["M", say("microphone")],
    ["V", say("camera")],
    ["S", say("screen")],
    ["H", say("hand")],
    ["C", say("chat")],
    ["G", say("view-speaker")],
    ["?", say("keys")],
  ] as const;
  const always = [
    [say("keys-arrows"), say("keys-arrows-do")],
    [say("keys-enter"), say("keys-enter-do")],
    [say("keys-escape"), say("keys-escape-do")],
  ] as const;
  return html`<dialog id="keys" aria-labelledby="keys-title" aria-describedby="keys-sentence">
    <h2 id="keys-title">${say("keys")}</h2>
    <p id="keys-sentence">${say("keys-sentence")}</p>
    <label class="key-switch">
      <input type="checkbox" aria-describedby="keys-about" .checked=${view.keys.isOn} @change=${view.keys.turn} />
      <span>${say("keys-single")}</span>
    </label>
    <p id="keys-about">${say("keys-single-sentence")}</p>
    ${list(single, !view.keys.isOn)}
    <h3>${say("keys-always")}</h3>
    ${list(always)}
    <div class="answers"><button class="pill strong" @click=${view.close}>${say("close")}</button></div>
  </dialog>`;
}

function list(keys: readonly (readonly [key: string, words: string])[], isOff = false): TemplateResult {
  return html`<dl class="keys ${isOff ? "off" : ""}">
    ${keys.map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}
  </dl>`;
}
