/**
 * The dialog in which one looks at what the relay carries. What is in it is loaded when it is opened. Realm: frame.
 * Source: product.md R15, look.md.
 */
import { html, type TemplateResult } from "lit";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import type { EyePanel } from "./eye-panel.ts";

const panelOf = (view: RoomView) => view.renderRoot.querySelector<EyePanel>("whatping-eye");

export function eyeDialog(view: RoomView): TemplateResult {
  return html`<dialog
    id="eye"
    style="inline-size: min(760px, calc(100% - 16px))"
    aria-labelledby="eye-title"
    @close=${() => panelOf(view)?.end()}
  >
    <h2 id="eye-title">${say("eye-title")}</h2>
    <whatping-eye .view=${view} .room=${view.room} .media=${view.media}></whatping-eye>
    <div class="answers"><button class="pill strong" @click=${view.close}>${say("close")}</button></div>
  </dialog>`;
}

/** Opens it and looks. */
export async function openEye(view: RoomView): Promise<void> {
  view.renderRoot.querySelector<HTMLDialogElement>("#more")?.close();
  await import("./eye-panel.ts");
  view.open("eye");
  void panelOf(view)?.begin();
}
