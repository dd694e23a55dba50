/**
 * The room itself: who is here on top, the stage while a call is on, chat and people beside it where there is room,
 * one bar. Realm: frame. Source: look.md, product.md R16.
 */
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { DoorClosedLocked, LockKeyhole, Users } from "lucide";
import { icon } from "../../clip/view/icons.ts";
import { personsOf } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { language, say, sayCount } from "../words/say.ts";
import { avatar } from "./avatar.ts";
import { bar } from "./bar.ts";
import { chatLog } from "./chat-log.ts";
import { composer } from "./composer.ts";
import { notices } from "./notices.ts";
import { peopleList } from "./people-list.ts";
import { pictures } from "./pictures.ts";

type Part = TemplateResult | typeof nothing;

/** Faces in the head of a narrow room. */
const FACES = 3;

/** Which parts are there: the grid of all follows it. */
export function insideClass({ stage, chat, isWide }: RoomView): string {
  if (!stage.isOn) return "inside";
  if (isWide) return "inside calling beside";
  return chat.isInSight ? "inside calling split" : "inside calling";
}

/** A stage has all the room that nothing else takes; without one there is always something to read. */
function hasBody({ stage, chat, isWide }: RoomView): boolean {
  return !stage.isOn || isWide || chat.isInSight;
}

export function inside(view: RoomView): TemplateResult {
  return html`${head(view)} ${notices(view)} ${pictures(view)} ${hasBody(view) ? body(view) : nothing} ${bar(view)}`;
}

function body(view: RoomView): TemplateResult {
  const hasChat = view.chat.isInSight;
  return html`<div class="body ${view.isWide ? "wide" : ""} ${hasChat ? "" : "silent"}">
    ${hasChat ? talk(view) : nothing}
    ${view.isWide ? aside(view) : nothing}
    ${hasChat || view.isWide ? nothing : html`<p class="wordless">${say("quiet")}</p>`}
  </div>`;
}

function talk(view: RoomView): TemplateResult {
  return html`<section class="talk" aria-label=${say("chat")}>
    ${guard(chatParts(view), () => chatLog(view))} ${composer(view)}
    ${view.notice ? html`<p class="toast" aria-hidden="true">${view.notice}</p>` : nothing}
  </section>`;
}

/** All that the chat shows: whoever speaks is not part of it, and thousands of lines are not drawn anew for that. */
function chatParts({ room, reading, copies }: RoomView): unknown[] {
  const { lines, unsent, people, unconfirmed, invite, phase } = room;
  const { from, hasMore, isOld } = reading;
  return [lines, unsent, people, unconfirmed, invite, phase, from, hasMore, isOld, copies.done, language()];
}

function aside(view: RoomView): TemplateResult {
  return html`<aside class="aside" aria-labelledby="people-title">
    <h2 id="people-title">${say("people")}</h2>
    ${peopleList(view)}
  </aside>`;
}

function head(view: RoomView): TemplateResult {
  const people = personsOf(view.room);
  const count = sayCount("people", people.length);
  const faces = html`<span class="faces">
    ${people.slice(0, FACES).map(({ name, identity }) => avatar(name, identity, "face"))}
  </span>`;
  return html`<header class="head">
    <h1>${icon(LockKeyhole, 16)}<span>${say("room")}</span></h1>
    ${locked(view)}
    ${
      view.isWide
        ? html`<p class="count">${faces}<span>${count}</span></p>`
        : html`<button class="count" @click=${view.showPeople}>
          ${faces}${icon(Users, 16)}<span><span class="hidden">${say("people")}: </span>${people.length}</span>
        </button>`
    }
  </header>`;
}

function locked({ room }: RoomView): Part {
  if (room.admits !== "locked") return nothing;
  return html`<p class="locked" title=${say("locked")}>${icon(DoorClosedLocked, 16)}<span>${say("tag-locked")}</span></p>`;
}
