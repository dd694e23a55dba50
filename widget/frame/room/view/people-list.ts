/**
 * Who is here, and how sure one can be of each; and whose connection went without a goodbye. A tap explains.
 * Realm: frame. Source: product.md R9, R16.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Hand, type IconNode, Mic, ScreenShare, ShieldAlert, ShieldQuestionMark, Video } from "lucide";
import type { Person } from "../../../wire/frame-group.ts";
import { icon } from "../../clip/view/icons.ts";
import { type Lost, personsOf } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { standingOf } from "../standing.ts";
import { say } from "../words/say.ts";
import { avatar } from "./avatar.ts";
import { markOf, type Shown } from "./standing-words.ts";

export function peopleList(view: RoomView): TemplateResult {
  const { lost } = view.room;
  const sorted = personsOf(view.room).sort(
    (a, b) => handOf(view, a) - handOf(view, b) || Number(b.self) - Number(a.self),
  );
  return html`<ul class="people">
    ${repeat(
      sorted,
      ({ id }) => id,
      (person) => personRow(view, person),
    )}
    ${repeat(
      lost,
      ({ identity }) => identity,
      (each) => lostRow(view, each),
    )}
  </ul>`;
}

/** Hands first, in the order of raising; whoever has raised none comes after all of them. */
function handOf({ passing }: RoomView, { id }: Person): number {
  return passing.placeOf(id) || Number.MAX_SAFE_INTEGER;
}

/** The narrow room's sheet with the same list. */
export function peopleSheet(view: RoomView): TemplateResult {
  return html`<dialog id="people" class="sheet" aria-labelledby="people-sheet-title">
    <h2 id="people-sheet-title">${say("people")}</h2>
    ${peopleList(view)}
    <div class="answers"><button class="pill strong" @click=${view.close}>${say("close")}</button></div>
  </dialog>`;
}

/** Of oneself only the tag says who it is. */
export function shownOf({ room }: RoomView, person: Person): Shown[] {
  const standing = standingOf(person, room);
  if (standing === "own") return [];
  return [
    standing,
    // Whoever has compared digits with them inside knows more.
    ...(person.unverified && standing !== "verified" ? (["not-compared"] as const) : []),
    ...(room.unconfirmed.includes(person.id) ? (["unconfirmed"] as const) : []),
  ];
}

export function tagsOf({ room }: RoomView, person: Person): string[] {
  const isElsewhere = !person.self && standingOf(person, room) === "own";
  return [
    ...(person.host ? [say("tag-host")] : []),
    ...(person.self ? [say("tag-you")] : []),
    ...(isElsewhere ? [say("tag-you-elsewhere")] : []),
  ];
}

function personRow(view: RoomView, person: Person): TemplateResult {
  const shown = shownOf(view, person);
  const standing = standingOf(person, view.room);
  return html`<li>
    <button class="person ${standing}" data-standing=${shown.join(" ")} @click=${() => view.person.open(person.id)}>
      ${avatar(person.name, person.identity)}
      <span class="name"><bdi>${person.name || say("somebody")}</bdi></span>
      <span class="marks">
        ${tagsOf(view, person).map(tag)}${shown.map(mark)}${doubts(view, person).map(warning)}
      </span>
      ${saidBy(view, person)}
    </button>
  </li>`;
}

/** What they say of themselves; oneself is known here before it is said. */
function saidBy({ room, media, passing }: RoomView, { id, self }: Person): TemplateResult {
  const { microphone, camera, screen } = media.sources;
  const own = { microphone: microphone === "on", camera: camera === "on", screen: screen === "on" };
  const state = self ? own : room.selfStates.get(id);
  const place = passing.placeOf(id);
  return html`<span class="says">
    ${place > 0 ? sign(Hand, say("state-hand", { place: String(place) }), String(place)) : nothing}
    ${state?.screen ? sign(ScreenShare, say("state-screen-on")) : nothing}
    ${state?.camera ? sign(Video, say("state-camera-on")) : nothing}
    ${state?.microphone ? sign(Mic, say("state-microphone-on")) : nothing}
  </span>`;
}

function sign(shape: IconNode, words: string, number = ""): TemplateResult {
  return html`<span class="sign" title=${words}
    >${icon(shape, 16)}<span class="hidden">${words}</span><b aria-hidden="true">${number}</b></span
  >`;
}

/** What the insider check says of their pictures, the worst of it. */
function doubts({ media }: RoomView, { id }: Person): ("forged" | "unverified")[] {
  const verdicts = media.tiles.filter(({ person }) => person === id).map(({ verdict }) => verdict);
  if (verdicts.includes("forged")) return ["forged"];
  return verdicts.includes("unverified") ? ["unverified"] : [];
}

function warning(doubt: "forged" | "unverified"): TemplateResult {
  return doubt === "forged"
    ? html`<span class="mark warn">${icon(ShieldAlert, 16)}<span>${say("tag-forged")}</span></span>`
    : html`<span class="mark quiet">${icon(ShieldQuestionMark, 16)}<span>${say("tag-unverified")}</span></span>`;
}

function lostRow(view: RoomView, { identity, name }: Lost): TemplateResult {
  return html`<li>
    <button class="person lost" data-standing="lost" @click=${() => view.person.open(identity)}>
      ${avatar(name, identity)}
      <span class="name"><bdi>${name || say("somebody")}</bdi></span>
      <span class="marks">${mark("lost")}</span>
    </button>
  </li>`;
}

export function tag(words: string): TemplateResult {
  return html`<span class="tag">${words}</span>`;
}

export function mark(shown: Shown): TemplateResult | typeof nothing {
  const { words, icon: shape, tone } = markOf(shown);
  return html`<span class="mark ${tone}">${icon(shape, 16)}<span>${words}</span></span>`;
}
