/**
 * All that the bar has no room for, and what one does rarely: devices, keys, what hosts may do, this device's own keys.
 * A sheet from below where the room is narrow. Realm: frame.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import {
  DoorClosed,
  DoorClosedLocked,
  DoorOpen,
  Eye,
  type IconNode,
  Keyboard,
  KeyRound,
  PhoneOff,
  RefreshCw,
  SlidersHorizontal,
  UserX,
} from "lucide";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { type BarAction, barActions, barButton } from "./bar.ts";
import { openEye } from "./eye-dialog.ts";
import { reactionRow } from "./reactions.ts";

export function moreDialog(view: RoomView): TemplateResult {
  const { room } = view;
  return html`<dialog id="more" class=${view.isWide ? "" : "sheet"} aria-labelledby="more-title">
    <h2 id="more-title">${say("more")}</h2>
    ${restOfBar(view)}
    <div class="acts">
      ${row(SlidersHorizontal, say("devices"), say("devices-sentence"), view.chooseDevices)}
      ${row(Keyboard, say("keys"), say("keys-sentence"), () => view.open("keys"))}
      ${row(Eye, say("eye"), say("eye-sentence"), () => void openEye(view))}
      ${room.isHost ? hostRows(view) : nothing}
      ${row(KeyRound, say("heal"), say("heal-sentence"), view.heal)}
      ${room.isKept ? row(UserX, say("forget"), say("forget-sentence"), () => view.open("forget")) : nothing}
    </div>
    ${room.isKept ? nothing : html`<p>${say("forget-not-kept")}</p>`}
    <div class="answers"><button class="pill strong" @click=${view.close}>${say("close")}</button></div>
  </dialog>`;
}

/** Whatever was pressed, the sheet has done its part. */
function restOfBar(view: RoomView): TemplateResult | typeof nothing {
  const { rest } = barActions(view);
  if (rest.length === 0) return nothing;
  const close = () => view.renderRoot.querySelector<HTMLDialogElement>("#more")?.close();
  const closing = (action: BarAction): BarAction => ({
    ...action,
    act: (click) => {
      close();
      action.act(click);
    },
  });
  const buttons = repeat(
    rest.filter(({ id }) => id !== "react"),
    ({ id }) => id,
    (action) => barButton(closing(action)),
  );
  const hasReactions = rest.some(({ id }) => id === "react");
  return html`<div class="rest">${buttons}</div>
    ${hasReactions ? reactionRow(view, close) : nothing}`;
}

function hostRows(view: RoomView): TemplateResult {
  const lock =
    view.room.admits === "locked"
      ? row(DoorOpen, say("unlock"), say("unlock-sentence"), view.unlock)
      : row(DoorClosedLocked, say("lock"), say("lock-sentence"), view.lock);
  const admission = row(DoorClosed, say("admission"), say("admission-sentence"), () => view.open("admission"));
  return html`${row(RefreshCw, say("new-link"), say("new-link-sentence"), view.askForNewLink)} ${lock} ${admission}
  ${row(PhoneOff, say("end-all"), say("end-all-sentence"), view.askToEnd)}`;
}

/** The name is the button; all of the row is its target. */
function row(shape: IconNode, name: string, sentence: string, act: (click: MouseEvent) => void): TemplateResult {
  const id = `about ${name}`.replaceAll(/\s+/g, "-");
  return html`<div class="act">
    ${icon(shape)}<button aria-describedby=${id} @click=${act}>${name}</button><p id=${id}>${sentence}</p>
  </div>`;
}
