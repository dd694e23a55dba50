/**
 * What stands in the place of a picture that is not shown: why, what it means and what to do. Realm: frame.
 * Source: protocol.md §4, look.md (red is for recording and leaving only).
 */
import { html, type TemplateResult } from "lit";
import { LockKeyhole, ShieldAlert } from "lucide";
import type { DropReason } from "../../../wire/group-media.ts";
import { icon } from "../../clip/view/icons.ts";
import { say } from "../words/say.ts";

export function closedVeil(name: string, reason: DropReason | undefined): TemplateResult {
  return html`<div class="veil" role="status">${icon(LockKeyhole, 28)}<p>${closedWords(name, reason)}</p></div>`;
}

/** Somebody in the room pretends: nothing of it is on the screen. */
export function forgedVeil(name: string): TemplateResult {
  return html`<div class="veil" role="alert">${icon(ShieldAlert, 28)}<b class="short" aria-hidden="true">${say("tag-forged")}</b><p>${say("picture-forged", { name })}</p></div>`;
}

function closedWords(name: string, reason: DropReason | undefined): string {
  switch (reason) {
    case "no-key":
    case "unknown-epoch":
      return say("picture-closed-keys", { name });
    case "codec":
      return say("picture-closed-codec", { name });
    default:
      return say("picture-closed", { name });
  }
}
