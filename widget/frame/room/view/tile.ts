/**
 * One figure on the stage: a picture, or the letters of whoever shows none; over it what must be known of it. All of it
 * is one button that pins it. Whether a microphone is off is what its person says inside the group, never what the SFU
 * says. Realm: frame. Source: product.md R9, R16, protocol.md §4.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { EyeOff, Hand, Maximize, MicOff, PictureInPicture2, Pin, ShieldQuestionMark, WifiLow, WifiOff } from "lucide";
import type { DropReason } from "../../../wire/group-media.ts";
import { spinner } from "../../clip/view/controls.ts";
import { icon } from "../../clip/view/icons.ts";
import type { Quality, SourceState } from "../call/media-state.ts";
import type { Opening } from "../call/openings.ts";
import type { RoomView } from "../room-view.ts";
import { standingOf } from "../standing.ts";
import { say } from "../words/say.ts";
import type { Figure, Place } from "./arrangement.ts";
import { avatar } from "./avatar.ts";
import { floating } from "./reactions.ts";
import { markOf, type StandingMark } from "./standing-words.ts";
import { closedVeil, forgedVeil } from "./veils.ts";

type Part = TemplateResult | typeof nothing;

/** Where it stands, among the others. */
export interface Seat {
  readonly place: Place;
  /** names it in ids */
  readonly index: number;
  readonly isFront: boolean;
  readonly isCorner: boolean;
  /** Tab leads to it */
  readonly isActive: boolean;
}

/** What is to be seen and said of a figure now. */
interface Facts {
  readonly name: string;
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  readonly quality: Quality | undefined;
  /** 1 for whoever raised first; 0: not raised */
  readonly handPlace: number;
  readonly isUnverified: boolean;
  /** there is a track, and nothing is sent on it: what came last would stand there */
  readonly isStill: boolean;
  /** their key is not the one that it was, or digits differ */
  readonly doubt: StandingMark | undefined;
}

export function tile(view: RoomView, figure: Figure, seat: Seat): TemplateResult {
  const facts = factsOf(view, figure);
  const { kind, own, person, tile: picture } = figure;
  const isForged = picture?.verdict === "forged";
  const hasPicture =
    picture !== undefined || (own && view.media.sources[kind === "screen" ? "screen" : "camera"] !== "off");
  const classes = [
    "figure",
    hasPicture ? "tile" : "",
    kind === "screen" ? "screen" : "video",
    own ? "own" : "",
    isForged ? "forged" : facts.isStill ? "face" : (picture?.opening ?? (own ? "open" : "face")),
    facts.isSpeaking ? "speaking" : "",
    seat.isFront ? "front" : "",
    seat.isCorner ? "corner" : "",
  ];
  return html`<li
    class=${classes.filter(Boolean).join(" ")}
    style=${boxOf(seat.place)}
    data-figure=${figure.key}
    data-person=${person?.id ?? ""}
    data-opening=${picture?.opening ?? nothing}
  >
    ${own ? ownPicture(view, figure) : theirPicture(figure, facts)}
    ${hit(view, figure, seat, facts)} ${signs(facts)} ${tools(figure, seat, facts)}
    <span class="floats">${reactionsOf(view, figure)}</span>
  </li>`;
}

export function boxOf({ x, y, width, height }: Place): string {
  return `left:${x.toFixed(1)}px;top:${y.toFixed(1)}px;width:${width.toFixed(1)}px;height:${height.toFixed(1)}px`;
}

function nameOf({ kind, own, person }: Pick<Figure, "kind" | "own" | "person">): string {
  if (own) return kind === "screen" ? say("screen-own") : say("you");
  const name = person?.name || say("somebody");
  return kind === "screen" ? say("screen-of", { name }) : name;
}

function factsOf({ room, media, passing }: RoomView, figure: Figure): Facts {
  const { kind, own, person, tile: picture } = figure;
  const isPerson = kind === "person" && person !== undefined;
  const id = person?.id ?? "";
  const said = room.selfStates.get(id);
  const standing = person && standingOf(person, room);
  return {
    name: nameOf(figure),
    isMuted:
      isPerson && (own ? media.sources.microphone !== "on" || media.held.includes("microphone") : !said?.microphone),
    isSpeaking: isPerson && media.speaking.includes(id),
    quality: isPerson ? media.quality.get(id) : undefined,
    handPlace: isPerson ? passing.placeOf(id) : 0,
    isStill: !own && (kind === "screen" ? said?.screen : said?.camera) === false,
    isUnverified: picture?.verdict === "unverified" && picture.opening === "open",
    doubt: isPerson && !own && (standing === "changed" || standing === "differs") ? markOf(standing) : undefined,
  };
}

function theirPicture({ kind, person, tile: picture }: Figure, { name, isStill }: Facts): Part {
  const face = avatar(person?.name ?? "", person?.identity ?? "", "large");
  if (!picture) return face;
  const { opening, verdict, show } = picture;
  const who = person?.name || say("somebody");
  // What is covered is not described as if it were there, and leaves a window of its own: no veil reaches into that.
  const isSeen = opening === "open" && verdict !== "forged" && !isStill;
  return html`<video
      autoplay
      playsinline
      muted
      aria-label=${name}
      aria-hidden=${isSeen ? nothing : "true"}
      ?disablepictureinpicture=${!isSeen}
      ${ref(show)}
    ></video>
    ${verdict !== "forged" && kind === "person" && (isStill || opening === "coming") ? face : nothing}
    ${verdict === "forged" ? forgedVeil(who) : nothing}
    ${verdict === "forged" || isStill ? nothing : veilOf(opening, who, picture.reason)}`;
}

function veilOf(opening: Opening, who: string, reason: DropReason | undefined): Part {
  if (opening === "coming") return coming();
  return opening === "closed" ? closedVeil(who, reason) : nothing;
}

function ownPicture({ media }: RoomView, figure: Figure): Part {
  const { kind, person } = figure;
  const { camera, screen, microphone } = media.sources;
  const state: SourceState = kind === "screen" ? screen : camera;
  const show = kind === "screen" ? media.showOwnScreen : media.showOwn;
  const isHeldBack = media.isHushed && (state === "on" || (kind === "person" && microphone === "on"));
  return html`${state === "on" ? html`<video autoplay playsinline muted aria-label=${nameOf(figure)} ${ref(show)}></video>` : nothing}
    ${state === "off" ? avatar(person?.name ?? "", person?.identity ?? "", "large") : nothing}
    ${state === "starting" ? coming() : nothing}
    ${
      isHeldBack
        ? html`<div class="veil thin" role="status">
            ${icon(EyeOff, 28)}<p>${state === "on" ? say("picture-held") : say("sound-held")}</p>
          </div>`
        : nothing
    }`;
}

function coming(): TemplateResult {
  return html`<div class="veil">${spinner()}<p class="hidden">${say("picture-coming")}</p></div>`;
}

/** All of the figure is its target. */
function hit({ stage }: RoomView, { key }: Figure, seat: Seat, { name, ...facts }: Facts): TemplateResult {
  const about = `figure-${seat.index}`;
  const isPinned = stage.pinned === key;
  return html`<button
      class="hit"
      tabindex=${seat.isActive ? 0 : -1}
      title=${say("pin", { name })}
      aria-label=${say("pin", { name })}
      aria-pressed=${isPinned}
      aria-describedby=${about}
      @click=${() => stage.pin(key)}
    >
      <span class="pin">${icon(Pin, 16)}</span>
    </button>
    <p class="hidden" id=${about}>${wordsOf(name, facts).join(". ")}</p>`;
}

function wordsOf(name: string, facts: Omit<Facts, "name">): string[] {
  return [
    ...(facts.doubt ? [facts.doubt.words] : []),
    ...(facts.isMuted ? [say("state-microphone-off")] : []),
    ...(facts.handPlace > 0 ? [say("state-hand", { place: String(facts.handPlace) })] : []),
    ...(facts.quality === "weak" ? [say("quality-weak")] : []),
    ...(facts.quality === "lost" ? [say("quality-lost")] : []),
    ...(facts.isUnverified ? [say("unverified", { name })] : []),
  ];
}

/** For eyes: what the words beside the button say to ears. */
function signs({ name, isMuted, quality, handPlace, isUnverified, doubt }: Facts): TemplateResult {
  const hand = html`<span class="raised">${icon(Hand, 16)}<b>${handPlace}</b></span>`;
  return html`${handPlace > 0 ? hand : nothing}
    <p class="name" aria-hidden="true">
      ${doubt ? html`<i class="weak" title=${doubt.words}>${icon(doubt.icon, 16)}</i>` : nothing}
      ${isMuted ? icon(MicOff, 16) : nothing}
      ${quality === "weak" ? html`<i class="weak" title=${say("quality-weak")}>${icon(WifiLow, 16)}</i>` : nothing}
      ${quality === "lost" ? html`<i class="weak" title=${say("quality-lost")}>${icon(WifiOff, 16)}</i>` : nothing}
      ${isUnverified ? html`<i title=${say("unverified", { name })}>${icon(ShieldQuestionMark, 16)}</i>` : nothing}
      <bdi>${name}</bdi>
    </p>`;
}

/** Only where there is a picture to look at closer, and a browser that can. */
function tools({ kind, own, tile: picture }: Figure, { isActive }: Seat, { name, isStill }: Facts): Part {
  if (own || picture?.opening !== "open" || picture.verdict === "forged" || isStill) return nothing;
  const tabindex = isActive ? 0 : -1;
  const pip = html`<button tabindex=${tabindex} title=${say("pip", { name })} aria-label=${say("pip", { name })} @click=${putAside}>
    ${icon(PictureInPicture2)}
  </button>`;
  const full = html`<button tabindex=${tabindex} title=${say("full", { name })} aria-label=${say("full", { name })} @click=${fill}>
    ${icon(Maximize)}
  </button>`;
  return html`<div class="tools">
    ${document.pictureInPictureEnabled ? pip : nothing} ${kind === "screen" && document.fullscreenEnabled ? full : nothing}
  </div>`;
}

const tileOf = (event: Event): HTMLElement | null => (event.currentTarget as HTMLElement).closest("li");

/** The same button brings it back. Refused: it stays where it is. */
function putAside(event: Event): void {
  const video = tileOf(event)?.querySelector("video");
  const isAside = (video?.getRootNode() as ShadowRoot | undefined)?.pictureInPictureElement === video;
  if (isAside) void document.exitPictureInPicture().catch(() => undefined);
  else video?.requestPictureInPicture().catch(() => undefined);
}

function fill(event: Event): void {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  else
    tileOf(event)
      ?.requestFullscreen()
      .catch(() => undefined);
}

function reactionsOf({ passing }: RoomView, { kind, person }: Figure): TemplateResult[] {
  if (kind === "screen" || !person) return [];
  return passing.reactions.filter(({ from }) => from === person.id).map(({ reaction }) => floating(reaction));
}
