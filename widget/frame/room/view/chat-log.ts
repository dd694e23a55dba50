/**
 * The chat: who said what and when, who came and went; one's own on the right, what is not sent yet at the end.
 * Realm: frame; sees the chat. Everything is text: nothing that somebody writes can become markup.
 */
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { ArrowDown, Check, Clock } from "lucide";
import { icon } from "../../clip/view/icons.ts";
import type { Line, Note, Said, Unsent } from "../lines.ts";
import { personsOf } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { language, say } from "../words/say.ts";
import { avatar } from "./avatar.ts";
import { dayOf, isSameDay, startOfDay, timeOf } from "./day-times.ts";
import { textWithLinks } from "./text-with-links.ts";

/** Lines of one person within this time stand together, ms. */
const TOGETHER_MS = 300_000;

export function chatLog(view: RoomView): TemplateResult {
  const { unsent } = view.room;
  const lines = view.reading.drawn(view.room.lines);
  const isWhole = lines.length === view.room.lines.length;
  const today = startOfDay(Date.now());
  return html`<div class="log" role="log" aria-live=${view.reading.isOld ? "off" : "polite"} aria-label=${say("chat")} tabindex="0" @scroll=${view.reading.scrolled}>
      <div class="lines">
        ${lines.length + unsent.length === 0 ? empty(view) : nothing}
        ${isWhole ? nothing : html`<button class="pill earlier" @click=${view.reading.back}>${say("chat-earlier")}</button>`}
        ${repeat(
          lines,
          ({ key }) => key,
          (line, i) => guard([line, lines[i - 1], today, language()], () => lineOf(line, lines[i - 1])),
        )}
        ${repeat(
          unsent,
          ({ key }) => key,
          (each) => unsentLine(view, each),
        )}
      </div>
    </div>
    ${
      view.reading.hasMore
        ? html`<button class="pill newer" @click=${view.reading.toEnd}>
          ${icon(ArrowDown)}<span>${say("new-messages")}</span>
        </button>`
        : nothing
    }`;
}

/** One sentence and one button. */
function empty(view: RoomView): TemplateResult {
  const isAlone = personsOf(view.room).length < 2;
  return html`<div class="empty">
    <p>${isAlone ? say("chat-empty-alone") : say("chat-empty")}</p>
    ${
      isAlone
        ? html`<button class="pill" ?disabled=${!view.room.invite} @click=${view.copies.invite}>
          <span>${view.copies.done === "invite" ? say("copied") : say("copy-invite")}</span>
        </button>`
        : nothing
    }
  </div>`;
}

function lineOf(line: Line, before: Line | undefined): TemplateResult {
  const now = Date.now();
  const isNewDay = before ? !isSameDay(before.at, line.at) : !isSameDay(line.at, now);
  const day = isNewDay ? html`<p class="day"><span>${dayOf(line.at, now)}</span></p>` : nothing;
  return html`${day}${line.kind === "note" ? note(line) : said(line, isTogether(line, isNewDay ? undefined : before))}`;
}

function isTogether(line: Said, before: Line | undefined): boolean {
  return before?.kind === "said" && before.from === line.from && line.at - before.at < TOGETHER_MS;
}

function note(line: Note): TemplateResult {
  return html`<p class="note ${line.note}"><span>${noteWords(line)}</span> · ${time(line.at)}</p>`;
}

/** How somebody went, in the words of whoever's commit it was: a false one has its author's name on it. */
export function noteWords({ note: kind, name, by }: Note): string {
  const who = { name: name || say("somebody") };
  switch (kind) {
    case "came":
      return say("came", who);
    case "back":
      return say("back", who);
    case "left":
      return say("left", who);
    case "lost":
      return by && !by.self ? say("lost-says", { ...who, by: by.name || say("somebody") }) : say("lost", who);
    case "removed":
      if (by?.self) return say("you-sent-away", who);
      return by ? say("sent-away-by", { ...who, by: by.name || say("somebody") }) : say("sent-away", who);
    case "away":
      return say("away", who);
    case "locked":
      return say("locked");
    case "unlocked":
      return say("unlocked");
  }
}

function said(line: Said, isFurther: boolean): TemplateResult {
  const name = line.own ? say("you") : line.name || say("somebody");
  return html`<article class="said ${line.own ? "own" : ""} ${isFurther ? "further" : ""}">
    ${line.own || isFurther ? nothing : avatar(line.name, line.identity, "small")}
    <p class="who ${isFurther ? "hidden" : ""}"><bdi class=${line.own ? "hidden" : ""}>${name}</bdi></p>
    <p class="text" dir="auto">${textWithLinks(line.text)}</p>
    <p class="when">${time(line.at)}${line.own ? html`<span class="mark" title=${say("sent")}>${icon(Check, 16)}<span class="hidden">${say("sent")}</span></span>` : nothing}</p>
  </article>`;
}

function unsentLine(view: RoomView, { text, at, handed }: Unsent): TemplateResult {
  const words = handed && view.room.phase === "in" ? say("sending") : say("not-sent-yet");
  return html`<article class="said own unsent">
    <p class="who hidden">${say("you")}</p>
    <p class="text" dir="auto">${textWithLinks(text)}</p>
    <p class="when">${time(at)}<span class="mark">${icon(Clock, 16)}<span>${words}</span></span></p>
  </article>`;
}

function time(at: number): TemplateResult {
  return html`<time datetime=${new Date(at).toISOString()}>${timeOf(at)}</time>`;
}
