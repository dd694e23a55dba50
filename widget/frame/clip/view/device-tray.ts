/**
 * Camera, microphone and whom the clip is for, chosen before recording. Realm: frame. Sees device names.
 */
import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { Camera, type IconNode, Mic } from "lucide";
import { RECIPIENT_MAX_CHARS } from "../../../seal/clip-metadata.ts";
import type { DeviceChoice } from "../capture.ts";
import type { RecorderState } from "../recorder-state.ts";
import { icon } from "./icons.ts";
import { levelMeter } from "./level-meter.ts";

export interface TrayActs {
  choose(choice: DeviceChoice): void;
  setRecipient(recipient: string): void;
}

export function deviceTray(state: RecorderState, acts: TrayActs): TemplateResult {
  const { mode, choice, devices, stream, level, recipient } = state;
  const camera = choice.camera ?? deviceOf(stream?.getVideoTracks()[0]);
  const microphone = choice.microphone ?? deviceOf(stream?.getAudioTracks()[0]);
  const change = (part: DeviceChoice) => acts.choose({ ...choice, ...part });
  return html`<div class="tray">
    ${
      mode === "camera"
        ? picker({
            name: msg("Camera"),
            shape: Camera,
            devices: devices.cameras,
            chosen: camera,
            choose: (id) => change({ camera: id }),
          })
        : nothing
    }
    ${picker({
      name: msg("Microphone"),
      shape: Mic,
      devices: devices.microphones,
      chosen: microphone,
      choose: (id) => change({ microphone: id }),
      beside: levelMeter(level),
    })}
    ${whomField(recipient, acts)}
    <p class="hint" id="whom-hint">
      ${mode === "camera" ? msg("It is written across the picture while it plays.") : msg("It is shown while the clip plays.")}
    </p>
  </div>`;
}

function whomField(recipient: string, acts: TrayActs): TemplateResult {
  return html`<label class="field whom"
    ><span>${msg("For")} <small>${msg("(optional)")}</small></span>
    <input
      type="text"
      maxlength=${RECIPIENT_MAX_CHARS}
      autocomplete="off"
      spellcheck="false"
      placeholder=${msg("Name or e-mail")}
      aria-describedby="whom-hint"
      .value=${recipient}
      @input=${(event: InputEvent) => acts.setRecipient((event.target as HTMLInputElement).value)}
    />
  </label>`;
}

interface Picker {
  readonly name: string;
  readonly shape: IconNode;
  readonly devices: readonly MediaDeviceInfo[];
  readonly chosen: string | undefined;
  readonly beside?: TemplateResult;
  choose(deviceId: string): void;
}

function picker({ name, shape, devices, chosen, beside, choose }: Picker): TemplateResult {
  return html`<div class="field">
    ${icon(shape)}
    <select aria-label=${name} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${devices.map(
        (device, index) => html`<option value=${device.deviceId} .selected=${device.deviceId === chosen}>
          ${device.label || `${name} ${index + 1}`}
        </option>`,
      )}
    </select>
    ${beside ?? nothing}
  </div>`;
}

function deviceOf(track: MediaStreamTrack | undefined): string | undefined {
  return track?.getSettings().deviceId;
}

export const deviceTrayStyle = css`
  .settings .tray + .answers {
    margin-block-start: 16px;
  }
  @media (height < 320px) {
    .settings {
      inline-size: calc(100% - 8px);
      max-block-size: 100%;
      padding: 4px;
    }
    .settings .tray {
      gap: 4px;
    }
    .settings .hint {
      display: none;
    }
    .settings .tray + .answers {
      margin-block-start: 4px;
    }
    .settings .answers > * {
      flex: 1;
    }
  }
  .tray {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    inline-size: 100%;
    max-inline-size: 640px;
  }
  .field {
    position: relative;
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
    block-size: 44px;
    padding-inline: 12px;
    border-radius: var(--radius);
    background: var(--field, var(--raised));
    box-shadow: inset 0 0 0 1px var(--edge);
  }
  .field:focus-within {
    outline: 3px solid var(--accent);
    outline-offset: 1px;
  }
  .field svg {
    flex: none;
    color: var(--muted);
  }
  .field select,
  .field input {
    flex: 1;
    min-inline-size: 0;
    block-size: 44px;
    border: 0;
    outline: none;
    background: none;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  .field option {
    background: var(--surface);
    color: var(--text);
  }
  .field input {
    cursor: text;
  }
  .field input::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .field > span:first-child {
    flex: none;
    font-weight: 600;
  }
  .field small {
    color: var(--muted);
    font-size: var(--small);
    font-weight: 400;
  }
  .hint {
    color: var(--muted);
    font-size: var(--small);
    line-height: 16px;
    padding-inline: 12px;
  }
  .over .tray {
    --field: rgb(20 28 29 / 0.9);
  }
  @container view (width >= 560px) and (height >= 460px) {
    .over .tray:has(.field + .field + .field) {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .over .tray .whom,
    .over .tray .hint {
      grid-column: 1 / -1;
    }
  }
  .beside .tray {
    gap: 4px;
  }
  .beside .hint {
    display: none;
  }
  @container view (height >= 260px) {
    .beside .hint {
      display: block;
    }
    .beside .tray {
      gap: 8px;
    }
  }
`;
