/**
 * The way out for a host whom nobody lets in: after some seconds at the door it may begin the room anew. Knows how long
 * it has stood there, over each asking again. Realm: frame. Source: docs/protocol-rooms.md.
 */
import { html, nothing, type ReactiveController, type TemplateResult } from "lit";
import { DoorOpen, RotateCcw, TriangleAlert } from "lucide";
import type { RoomPhase } from "../../../wire/host-frame.ts";
import { primary } from "../../clip/view/controls.ts";
import { icon } from "../../clip/view/icons.ts";
import { question } from "../../clip/view/question.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { UNANSWERED_MS } from "./patience.ts";

type Part = TemplateResult | typeof nothing;

/** On the way in, for the first time or again. */
const AT_DOOR: readonly RoomPhase[] = ["connecting", "entering", "waiting", "reconnecting"];
const QUESTION = "begin-anew";

export class BeginAnew implements ReactiveController {
  readonly #view: RoomView;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** nobody has answered for long, and the person has not begun anew since */
  #isOffered = false;

  constructor(view: RoomView) {
    this.#view = view;
    view.addController(this);
  }

  hostUpdate(): void {
    const { room } = this.#view;
    if (!room?.isHost || !AT_DOOR.includes(room.phase)) this.#reset();
    else if (room.isWaiting) this.#timer ??= setTimeout(() => this.#offer(), UNANSWERED_MS);
  }

  hostDisconnected(): void {
    this.#reset();
  }

  /** On the stage, below what the phase says. */
  sentence(): Part {
    return this.#isOffered
      ? html`<p class="note" role="alert">${icon(TriangleAlert)}<span>${say("anew-offer")}</span></p>`
      : nothing;
  }

  /** In the bar, beside the way back. */
  button(): Part {
    return this.#isOffered ? primary({ name: say("anew-act"), icon: RotateCcw, act: this.#ask }) : nothing;
  }

  /** Above the chat, for who was inside before. */
  notice(): Part {
    if (!this.#isOffered) return nothing;
    return html`<div class="notice warn" role="alert">
      ${icon(DoorOpen)}
      <p>${say("anew-offer")}</p>
      <button class="pill" @click=${this.#ask}>${say("anew-act")}</button>
    </div>`;
  }

  question(): Part {
    if (!this.#isOffered) return nothing;
    return question({
      id: QUESTION,
      title: say("anew-title"),
      sentence: say("anew-sentence"),
      yes: say("anew-act"),
      no: say("keep"),
      act: () => {
        this.#reset();
        void this.#view.call.commands.beginAnew();
        this.#view.requestUpdate();
      },
    });
  }

  readonly #ask = (click: MouseEvent) => this.#view.exposing("host", click, () => this.#view.open(QUESTION));

  #offer(): void {
    this.#isOffered = true;
    this.#view.requestUpdate();
  }

  #reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isOffered = false;
  }
}
