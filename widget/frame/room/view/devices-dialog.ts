/**
 * Which devices one uses, chosen during the call. Its parts are there only while it is open: nothing listens to the
 * microphone's level behind it. Realm: frame. Sees device names.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { devicePickers } from "./device-pickers.ts";

export function devicesDialog(view: RoomView): TemplateResult {
  return html`<dialog id="devices" aria-labelledby="devices-title" aria-describedby="devices-sentence" @close=${view.devicesClosed}>
    <h2 id="devices-title">${say("devices")}</h2>
    <p id="devices-sentence">${say("devices-sentence")}</p>
    ${view.isChoosing ? devicePickers(view, ["microphone", "camera", "speaker"]) : nothing}
    <div class="answers"><button class="pill strong" @click=${view.close}>${say("done")}</button></div>
  </dialog>`;
}
