/**
 * Who waits in the lobby, as a host sees it: a name that anybody may have typed, and digits that only the right one has.
 * Realm: frame; sees names. Source: product.md R8, R16; protocol.md §2 (Knock admission).
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { DoorOpen } from "lucide";
import type { Waiting } from "../../../wire/frame-group.ts";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { type Standing, standingOf } from "../standing.ts";
import { say, sayCount } from "../words/say.ts";
import { avatar } from "./avatar.ts";
import { digitGroups } from "./digits.ts";
import { mark } from "./people-list.ts";

type Part = TemplateResult | typeof nothing;

export function lobbyNotice(view: RoomView): Part {
  const { waiting } = view.room;
  const [first] = waiting;
  if (!first) return nothing;
  const words =
    waiting.length === 1 ? say("lobby-one", { name: calledOf(first) }) : sayCount("lobby-many", waiting.length);
  return html`<div class="notice">
    ${icon(DoorOpen)}
    <p id="knocks"><b>${words}</b></p>
    <button class="pill strong" aria-describedby="knocks" @click=${() => view.open("lobby")}>${say("lobby-look")}</button>
  </div>`;
}

export function lobbyDialog(view: RoomView): Part {
  const { room } = view;
  if (!room.isHost) return nothing;
  return html`<dialog id="lobby" aria-labelledby="lobby-title" aria-describedby="lobby-sentence">
    <h2 id="lobby-title" tabindex="-1">${say("lobby")}</h2>
    <p id="lobby-sentence">${room.waiting.length > 0 ? say("lobby-sentence") : say("lobby-none")}</p>
    <ul class="people knocking">
      ${repeat(
        room.waiting,
        ({ id }) => id,
        (each) => waitingRow(view, each),
      )}
    </ul>
    <div class="answers"><button class="pill" @click=${view.close}>${say("close")}</button></div>
  </dialog>`;
}

function waitingRow(view: RoomView, waiting: Waiting): TemplateResult {
  const { id, identity, digits } = waiting;
  const called = calledOf(waiting);
  return html`<li aria-label=${called}>
    <div class="who-waits">
      ${avatar(waiting.name, identity)}
      <span class="name"><bdi>${called}</bdi></span>
      <span class="marks">${marks(view, waiting)}</span>
    </div>
    ${about(view, waiting)}
    ${digits ? digitGroups(digits, say("lobby-digits-of", { name: called }), 3) : html`<p>${say("lobby-no-digits")}</p>`}
    <label class="key-switch">
      <input type="checkbox" ?disabled=${digits === null} />
      <span>${say("lobby-compared")}</span>
    </label>
    <div class="answers even">
      <button class="pill" @click=${(click: MouseEvent) => view.desk.turnAway(click, id)}>${say("turn-away")}</button>
      <button class="pill accent" @click=${(click: MouseEvent) => view.desk.letIn(click, id)}>${say("let-in")}</button>
    </div>
  </li>`;
}

/** What this device knows of the key that the knock proves. */
const TOLD: readonly Standing[] = ["seen", "verified", "changed", "differs"];

function knownOf({ room }: RoomView, { id, identity, name }: Waiting): Standing {
  return standingOf({ id, identity, name, host: false, self: false }, room);
}

function marks(view: RoomView, waiting: Waiting): Part {
  const known = knownOf(view, waiting);
  return TOLD.includes(known) ? mark(known) : nothing;
}

function about(view: RoomView, waiting: Waiting): Part {
  if (knownOf(view, waiting) !== "changed") return nothing;
  return html`<p class="exact">${say("lobby-changed", { name: calledOf(waiting) })}</p>`;
}

function calledOf({ name }: Waiting): string {
  return name || say("somebody");
}

export const lobbyStyle = css`
  .knocking {
    gap: 12px;
  }
  .knocking li {
    padding: 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  .who-waits {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 12px;
  }
  .who-waits > .avatar {
    grid-row: 1 / span 2;
  }
  .who-waits > .name {
    align-self: center;
    grid-row: span 2;
    overflow-wrap: anywhere;
    white-space: normal;
  }
  .who-waits > .name:has(+ .marks:not(:empty)) {
    align-self: end;
    grid-row: auto;
  }
  .knocking .digits {
    margin-block-start: 12px;
    padding-block: 8px;
  }
  .knocking .key-switch {
    margin-block-start: 4px;
  }
  .knocking .answers {
    margin-block-start: 8px;
  }
  .knocking .answers .pill {
    flex: 1 1 auto;
  }
  .message.lobby .digits {
    inline-size: min(320px, 100%);
    margin-inline: auto;
    background: rgb(255 255 255 / 0.06);
    user-select: text;
  }
  @container view (height < 320px) {
    .message.lobby .digits {
      margin-block-start: 4px;
      padding-block: 4px;
    }
  }
  /* What they are for stands in the words for screen readers; the digits themselves have to be in sight. */
  @container view (height < 240px) {
    .message.lobby:has(.digits) > p {
      display: none;
    }
  }
`;
