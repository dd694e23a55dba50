/**
 * Everything before and after the room: the dark stage with its words, and one bar with one primary action.
 * Realm: frame. Source: look.md.
 */
import { html, nothing, type TemplateResult } from "lit";
import { DoorOpen, LogIn, Plus, RotateCcw, ShieldAlert, TriangleAlert, Unlink, X } from "lucide";
import { type Action, primary, side, spinner } from "../../clip/view/controls.ts";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { digitGroups } from "./digits.ts";
import { doorForm } from "./door.ts";
import { pageQuestion } from "./page-question.ts";
import { isFinal, phaseWords } from "./phase-words.ts";
import { onTheWay } from "./pre-join.ts";

/** Between the click that goes in and being in. */
const WAY: readonly string[] = ["opening", "connecting", "entering", "lobby", "waiting"];

type Part = TemplateResult | typeof nothing;

export function outside(view: RoomView): TemplateResult {
  return html`<section class="stage lit">${stage(view)}</section>
    ${bar(view)} ${pageQuestion(view)}`;
}

function stage(view: RoomView): TemplateResult {
  const { room, isLongWait } = view;
  const { title, sentence } = phaseWords(room, isLongWait);
  const strong = room.code === "room-not-genuine" ? "strong" : "";
  return html`<div class="message ${room.phase} ${strong}">
    ${art(view)}
    <h1>${title}</h1>
    ${sentence ? html`<p>${sentence}</p>` : nothing} ${room.isMangled && room.phase === "pre-join" ? mangled() : nothing}
    ${room.phase === "lobby" && room.knock?.digits ? digitGroups(room.knock.digits, say("lobby-digits"), 3) : nothing}
    ${view.anew.sentence()}
    ${room.phase === "start" || room.phase === "pre-join" ? doorForm(view) : nothing}
    ${WAY.includes(room.phase) ? onTheWay(view) : nothing}
  </div>`;
}

function mangled(): TemplateResult {
  return html`<p class="note" role="note">${icon(TriangleAlert)}<span>${say("mangled")}</span></p>`;
}

function art({ room }: RoomView): Part {
  switch (room.phase) {
    case "opening":
    case "connecting":
    case "entering":
    case "lobby":
    case "waiting":
      return html`<span class="art">${spinner()}</span>`;
    case "left":
    case "removed":
    case "ended":
      return html`<span class="art round">${icon(DoorOpen, 32)}</span>`;
    case "refused":
      return html`<span class="art round">${icon(room.code === "room-not-genuine" ? ShieldAlert : Unlink, 32)}</span>`;
    default:
      return nothing;
  }
}

function bar(view: RoomView): Part {
  const { room, call } = view;
  switch (room.phase) {
    case "start":
      return way({ name: say("start-act"), icon: Plus, act: view.enter });
    case "pre-join":
      return way({ name: room.isLobby ? say("knock") : say("enter"), icon: LogIn, act: view.enter });
    case "opening":
    case "connecting":
    case "entering":
    case "lobby":
    case "waiting":
      return middle(
        html`${side({ name: say("cancel"), icon: X, act: () => void call.leave() })} ${view.anew.button()}`,
      );
    case "left":
      return middle(primary({ name: say("come-back"), icon: LogIn, act: () => call.approachAgain() }));
    case "refused":
      return isFinal(room) ? again(view) : tryAgain(view);
    default:
      return again(view);
  }
}

/** The form's own button: Enter in the name's field clicks it too. */
function way({ name, icon: shape, act }: Action): TemplateResult {
  return middle(
    html`<button class="pill accent" type="submit" form="door" data-primary @click=${act}>
      ${shape ? icon(shape) : nothing}<span>${name}</span>
    </button>`,
  );
}

function tryAgain({ call }: RoomView): TemplateResult {
  return middle(primary({ name: say("try-again"), icon: RotateCcw, act: () => call.approachAgain() }));
}

/** Where the page gave no link, one may begin anew; a page of its own has none to offer. */
function again({ call, isEmbedded, hasLink }: RoomView): Part {
  if (!isEmbedded || hasLink) return nothing;
  return middle(primary({ name: say("start-over"), icon: Plus, act: () => call.waitAtStart() }));
}

function middle(action: TemplateResult): TemplateResult {
  return html`<div class="bar"><div class="middle">${action}</div></div>`;
}
