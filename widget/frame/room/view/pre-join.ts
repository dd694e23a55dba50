/**
 * Before the door: how one looks and sounds, and which devices that comes from. Both are off until a click, and one may
 * well go in with both off. Realm: frame; shows one's own picture to oneself. Source: product.md R16, look.md.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { type IconNode, MessageSquareText, Mic, MicOff, Settings2, Sparkles, Video, VideoOff } from "lucide";
import { spinner } from "../../clip/view/controls.ts";
import { icon } from "../../clip/view/icons.ts";
import type { MediaState } from "../call/media-state.ts";
import { PageAround } from "../page-around.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { avatar } from "./avatar.ts";
import { devicePickers } from "./device-pickers.ts";
import { ownLevel } from "./own-level.ts";
import { preJoinTrouble } from "./pre-join-trouble.ts";
import { soundTests } from "./sound-tests.ts";

type Part = TemplateResult | typeof nothing;
type Device = "microphone" | "camera";

const ICONS: Readonly<Record<Device, readonly [on: IconNode, off: IconNode]>> = {
  microphone: [Mic, MicOff],
  camera: [Video, VideoOff],
};

export function preJoin(view: RoomView): TemplateResult {
  const reason = onlyWriting(view.media);
  if (reason) return html`<p class="only-writing" role="note">${icon(MessageSquareText)}<span>${reason}</span></p>`;
  return html`<section class="own-devices" aria-label=${say("door-devices")}>
    ${preview(view)} ${preJoinTrouble(view)} ${suggestion(view)} ${setUp(view)}
  </section>`;
}

/** On the way in: what was turned on before is on, and may be turned off. Nothing is sent of it yet. */
export function onTheWay(view: RoomView): Part {
  const { sources } = view.media;
  const isOn = sources.microphone !== "off" || sources.camera !== "off";
  // Whoever comes in at once sees nothing come and go for it.
  const isPatient = view.room.phase === "waiting" || view.room.phase === "lobby";
  if (onlyWriting(view.media) || !(isOn || isPatient)) return nothing;
  return html`<section class="own-devices" aria-label=${say("door-devices")}>${preview(view)} ${preJoinTrouble(view)}</section>`;
}

function preview(view: RoomView): TemplateResult {
  const { sources, level } = view.media;
  return html`<div class="preview">
    ${picture(view)}
    <div class="switches">
      ${deviceSwitch(view, "microphone")} ${deviceSwitch(view, "camera")}
      ${sources.microphone === "on" ? ownLevel(level) : nothing}
    </div>
  </div>`;
}

/** Why there is nothing to set up; nothing where there is. */
function onlyWriting({ sfu }: MediaState): string | undefined {
  if (sfu === "unsupported" || !("RTCRtpScriptTransform" in globalThis)) return say("door-unsupported");
  return sfu === "none" ? say("door-no-sfu") : undefined;
}

function picture({ media, typedName }: RoomView): TemplateResult {
  const { camera } = media.sources;
  if (camera === "on") {
    return html`<video class="own-picture" autoplay playsinline muted aria-label=${say("door-own")} ${ref(media.showOwn)}></video>`;
  }
  return html`<div class="no-picture">
    ${camera === "starting" ? spinner() : avatar(typedName, "", "large")}
    <p>${camera === "starting" ? say("door-starting") : say("door-camera-off")}</p>
  </div>`;
}

function deviceSwitch(view: RoomView, device: Device): TemplateResult {
  const state = view.media.sources[device];
  const isOn = state !== "off";
  const isSuggested = !isOn && PageAround.of(view).wishes[device] === "ask";
  const name = device === "camera" ? say("camera") : say("door-microphone");
  const [on, off] = ICONS[device];
  const press = (click: MouseEvent) => {
    if (isOn) void view.call.media.turn(device, false);
    else view.exposing(device, click, () => void view.call.media.turn(device, true));
  };
  return html`<button
    type="button"
    class="switch ${isSuggested ? "suggested" : ""}"
    data-device=${device}
    title=${name}
    aria-label=${name}
    aria-pressed=${isOn ? "true" : "false"}
    aria-busy=${state === "starting" ? "true" : nothing}
    @click=${press}
  >
    ${icon(isOn ? on : off)}
  </button>`;
}

/** The page's wish, as a wish: nothing is on before the click. */
function suggestion(view: RoomView): Part {
  const { wishes } = PageAround.of(view);
  const { sources } = view.media;
  const [microphone, camera] = (["microphone", "camera"] as const).map(
    (device) => wishes[device] === "ask" && sources[device] === "off",
  );
  if (!microphone && !camera) return nothing;
  return html`<p class="suggestion">${icon(Sparkles, 16)}<span>${suggested(microphone, camera)}</span></p>`;
}

function suggested(microphone = false, camera = false): string {
  if (microphone && camera) return say("page-suggests-both");
  return microphone ? say("page-suggests-microphone") : say("page-suggests-camera");
}

function setUp(view: RoomView): TemplateResult {
  const { all } = view.media.devices;
  const isKnown = all.microphone.length + all.camera.length + all.speaker.length > 0;
  return html`<details class="set-up">
    <summary>${icon(Settings2)}<span>${say("door-set-up")}</span></summary>
    <div class="set-up-parts">
      ${
        isKnown
          ? devicePickers(view, ["microphone", "camera", "speaker"])
          : html`<p class="set-up-hint">${say("door-set-up-hint")}</p>`
      }
      ${soundTests(view)}
    </div>
  </details>`;
}
