/**
 * Which microphone, camera and speaker: one native select each, and how loud the microphone hears one. The same before
 * the door and inside. Realm: frame. Sees device names. Source: product.md R16.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { type IconNode, Mic, Video, Volume2 } from "lucide";
import { icon } from "../../clip/view/icons.ts";
import { presentOf } from "../call/devices.ts";
import type { DeviceUse } from "../call/media-state.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { liveLevel } from "./live-level.ts";

const SHAPES: Readonly<Record<DeviceUse, IconNode>> = { microphone: Mic, camera: Video, speaker: Volume2 };

function nameOf(use: DeviceUse): string {
  switch (use) {
    case "microphone":
      return say("device-microphone");
    case "camera":
      return say("device-camera");
    case "speaker":
      return say("device-speaker");
  }
}

/** Rows in the order of `uses`. A speaker is offered only where the browser lets one choose. */
export function devicePickers(view: RoomView, uses: readonly DeviceUse[]): TemplateResult {
  const { all } = view.media.devices;
  const offered = uses.filter((use) => use !== "speaker" || all.speaker.length > 0);
  return html`<div class="pickers">${offered.map((use) => picker(view, use))}</div>`;
}

function picker(view: RoomView, use: DeviceUse): TemplateResult {
  const { media } = view;
  const found = media.devices.all[use];
  const present = presentOf(media.devices, use);
  const choose = (event: Event) => void view.call.media.choose(use, (event.target as HTMLSelectElement).value);
  const isHeard = use === "microphone" && media.sources.microphone === "on";
  return html`<label class="picker" data-use=${use}>
    ${icon(SHAPES[use])}<span>${nameOf(use)}</span>
    <select aria-label=${nameOf(use)} ?disabled=${found.length === 0} @change=${choose}>
      ${found.length === 0 ? html`<option>${say("device-unknown")}</option>` : nothing}
      ${found.length > 0 ? html`<option value="" .selected=${present === undefined}>${say("device-any")}</option>` : nothing}
      ${repeat(
        found,
        ({ id }) => id,
        ({ id, label }, i) =>
          html`<option value=${id} .selected=${id === present}>${label || `${nameOf(use)} ${i + 1}`}</option>`,
      )}
    </select>
    ${isHeard ? html`<i class="loudness" aria-hidden="true" ${liveLevel(media.level)}></i>` : nothing}
  </label>`;
}

export const devicePickersStyle = css`
  .pickers {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    inline-size: 100%;
    text-align: start;
  }
  .picker {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 4px 8px;
    font-size: var(--small);
    font-weight: 600;
  }
  .picker > svg {
    color: var(--muted);
  }
  .picker > :is(select, .loudness) {
    grid-column: 1 / -1;
  }
  .picker select {
    inline-size: 100%;
    min-inline-size: 0;
    block-size: 44px;
    padding-inline: 8px;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--text);
    font-size: var(--medium);
    font-weight: 400;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  .picker select:disabled {
    color: var(--muted);
    cursor: default;
    opacity: 1;
  }
  .picker option {
    background: var(--surface);
    color: var(--text);
  }
  .loudness {
    display: block;
    block-size: 8px;
    overflow: hidden;
    border-radius: var(--round);
    background: var(--pressed);
  }
  .loudness::before {
    content: "";
    display: block;
    block-size: 100%;
    border-radius: var(--round);
    background: var(--accent);
    scale: var(--level, 0) 1;
    transform-origin: 0 50%;
  }
  .loudness:dir(rtl)::before {
    transform-origin: 100% 50%;
  }
`;
