/**
 * Why something that the person wanted is off, and that the browser holds the sound back: one line each, with what to
 * do. Realm: frame. Source: look.md.
 */
import { html, nothing, type TemplateResult } from "lit";
import { CircleSlash, MicOff, ScreenShareOff, VideoOff, VolumeX, WifiOff, X } from "lucide";
import type { SelfState } from "../../../wire/frame-group.ts";
import { icon } from "../../clip/view/icons.ts";
import type { MediaState, Source } from "../call/media-state.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { troubleWords } from "./trouble-words.ts";

type Part = TemplateResult | typeof nothing;

const SHAPES = { microphone: MicOff, camera: VideoOff, screen: ScreenShareOff } as const;

export function mediaNotices(view: RoomView): TemplateResult {
  const { problem, isSoundBlocked, isUnreached, held } = view.media;
  return html`${held.length > 0 ? heldBySystem(held) : nothing} ${problem ? trouble(view, problem) : nothing} ${isSoundBlocked ? blocked(view) : nothing}
  ${isUnreached && isCalling(view) ? unreached() : nothing}`;
}

/** Whoever only writes misses nothing. */
function isCalling({ media, room }: RoomView): boolean {
  const isShown = ({ microphone, camera, screen }: Pick<SelfState, Source>) => microphone || camera || screen;
  return Object.values(media.sources).some((state) => state !== "off") || [...room.selfStates.values()].some(isShown);
}

/** Not a fault of the room: it may be what the person wants. */
function heldBySystem([source, other]: readonly Source[]): TemplateResult {
  const one = source === "camera" ? say("camera-held") : say("microphone-held");
  const words = other ? say("both-held") : one;
  return html`<div class="notice media" role="status">${icon(CircleSlash)}<p>${words}</p></div>`;
}

function unreached(): TemplateResult {
  return html`<div class="notice media" role="alert">${icon(WifiOff)}<p>${say("sfu-unreached")}</p></div>`;
}

function trouble(view: RoomView, { source, code }: NonNullable<MediaState["problem"]>): Part {
  return html`<div class="notice media" role="alert">
    ${icon(SHAPES[source])}
    <p>${troubleWords(source, code)}</p>
    <button class="side" title=${say("close")} aria-label=${say("close")} @click=${() => view.call.media.lookedAtProblem()}>
      ${icon(X)}
    </button>
  </div>`;
}

function blocked(view: RoomView): TemplateResult {
  return html`<div class="notice media" role="alert">
    ${icon(VolumeX)}
    <p>${say("sound-blocked")}</p>
    <button class="pill" @click=${() => void view.call.media.unblockSound()}>${say("sound-on")}</button>
  </div>`;
}
