/**
 * One person: what is known of them in plain words, and what one can do about it; and the digits of a pair.
 * Realm: frame. Source: product.md R9.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Person } from "../../../wire/frame-group.ts";
import type { RoomView } from "../room-view.ts";
import { standingOf } from "../standing.ts";
import { say } from "../words/say.ts";
import { avatar } from "./avatar.ts";
import { digitGroups } from "./digits.ts";
import { mark, shownOf, tag, tagsOf } from "./people-list.ts";
import { qrPicture } from "./qr.ts";
import { aboutStanding, type Shown } from "./standing-words.ts";

type Part = TemplateResult | typeof nothing;

export function personDialog(view: RoomView): Part {
  const {
    person: { about },
    room,
  } = view;
  const person = room.people.find(({ id }) => id === about);
  const lost = room.lost.find(({ identity }) => identity === about);
  if (person) {
    const shown = shownOf(view, person);
    return card(view, {
      ...person,
      shown: shown.length > 0 ? shown : ["own"],
      marks: html`${tagsOf(view, person).map(tag)}${shown.map(mark)}`,
      acts: acts(view, person),
    });
  }
  return lost ? card(view, { ...lost, shown: ["lost"], marks: html`${mark("lost")}`, acts: nothing }) : nothing;
}

interface Card {
  readonly name: string;
  readonly identity: string;
  readonly shown: readonly Shown[];
  readonly marks: TemplateResult;
  readonly acts: Part;
}

function card(view: RoomView, { name, identity, shown, marks, acts }: Card): TemplateResult {
  const called = name || say("somebody");
  return html`<dialog id="person" aria-labelledby="person-name" @close=${view.person.forget}>
    <header class="who-is">
      ${avatar(name, identity, "large")}
      <div>
        <h2 id="person-name"><bdi>${called}</bdi></h2>
        <p class="marks">${marks}</p>
      </div>
    </header>
    ${shown.map((each) => html`<p>${aboutStanding(each, called)}</p>`)}
    ${shown.includes("own") && !view.room.isKept ? html`<p>${say("forget-not-kept")}</p>` : nothing}
    <div class="answers stacked">
      ${acts}
      <button class="pill" @click=${view.close}>${say("close")}</button>
    </div>
  </dialog>`;
}

function acts(view: RoomView, person: Person): Part {
  const standing = standingOf(person, view.room);
  if (standing === "own") return nothing;
  const judge = (click: MouseEvent) =>
    view.exposing("trust", click, () => view.person.judge(person.identity, "another"));
  return html`<button class="pill ${standing === "verified" ? "" : "strong"}" @click=${() => view.person.openPair(person)}>
      ${say("compare-digits")}
    </button>
    ${standing === "changed" ? html`<button class="pill" @click=${judge}>${say("another-person")}</button>` : nothing}
    ${view.room.isHost ? html`<button class="pill" @click=${(click: MouseEvent) => view.person.askToRemove(click, person)}>${say("remove")}</button>` : nothing}`;
}

/** The pair's digits and their picture: what the other's phone shows must be the same. */
export function pairDialog(view: RoomView): Part {
  const { pair } = view.person;
  if (!pair) return nothing;
  const name = pair.name || say("somebody");
  const match = (click: MouseEvent) =>
    view.exposing("trust", click, () => view.person.judge(pair.identity, "verified"));
  return html`<dialog id="pair" aria-labelledby="pair-title" aria-describedby="pair-sentence" @close=${view.person.forgetPair}>
    <h2 id="pair-title">${say("pair-title", { name })}</h2>
    <p id="pair-sentence">${say("pair-sentence")}</p>
    ${digitGroups(pair.digits, say("pair-digits"))}
    ${pair.qr ? html`<figure>${qrPicture(pair.qr, say("pair-qr"))}<figcaption>${say("pair-qr")}</figcaption></figure>` : nothing}
    <div class="answers even">
      <button class="pill" @click=${() => view.person.judge(pair.identity, "differs")}>${say("pair-differ")}</button>
      <button class="pill accent" @click=${match}>${say("pair-match")}</button>
    </div>
    <div class="answers"><button class="pill" @click=${view.close}>${say("close")}</button></div>
  </dialog>`;
}
