/**
 * Single keys of the room: they work while nobody writes and no dialog is open, and can be turned off, for whoever
 * speaks to their computer. Realm: frame. Source: WCAG 2.2 §2.1.4, docs/decisions/0051.
 */
import type { ReactiveController } from "lit";
import { isInside } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { turn, turnHand } from "./turning.ts";

/** ms after a key into a text field: a field that goes away meanwhile must not make commands of the rest of a word. */
const WRITING_MS = 3_000;
const NEVER = Number.NEGATIVE_INFINITY;
const MEMORY = "whatping:single-keys";
const OFF = "off";

type Press = (view: RoomView, press: KeyboardEvent) => void;

/** By what the key writes, whatever the keyboard's layout. */
const ACTS: Readonly<Record<string, Press>> = {
  m: (view, press) => turn(view, "microphone", press),
  v: (view, press) => turn(view, "camera", press),
  s: (view, press) => turn(view, "screen", press),
  h: turnHand,
  c: ({ chat, renderRoot }) => {
    if (chat.isDoor) chat.turn();
    else renderRoot.querySelector<HTMLElement>(".composer textarea")?.focus();
  },
  g: ({ stage }) => {
    if (stage.isOn) stage.turnLayout();
  },
  "?": (view) => view.open("keys"),
};

export class RoomKeys implements ReactiveController {
  readonly #view: RoomView;
  #isOn = recalled();
  /** when somebody wrote last, ms */
  #wroteAt = NEVER;

  constructor(view: RoomView) {
    this.#view = view;
    view.addController(this);
  }

  hostConnected(): void {
    addEventListener("keydown", this.#key);
    addEventListener("pointerdown", this.#point);
  }

  hostDisconnected(): void {
    removeEventListener("keydown", this.#key);
    removeEventListener("pointerdown", this.#point);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Somebody has just been writing, or is about to go on. */
  get isWriting(): boolean {
    return performance.now() - this.#wroteAt < WRITING_MS;
  }

  readonly turn = (): void => {
    this.#isOn = !this.#isOn;
    try {
      if (this.#isOn) localStorage.removeItem(MEMORY);
      else localStorage.setItem(MEMORY, OFF);
    } catch {
      // No storage: it holds for this visit.
    }
    this.#view.requestUpdate();
  };

  /** Whoever points at something has stopped writing. */
  readonly #point = (): void => {
    this.#wroteAt = NEVER;
  };

  readonly #key = (press: KeyboardEvent): void => {
    const { room, renderRoot } = this.#view;
    const isIntoText = isWriting(press.composedPath()[0]);
    // Whoever leaves the field by a key has written enough.
    if (isIntoText) this.#wroteAt = press.key === "Tab" || press.key === "Escape" ? NEVER : performance.now();
    if (!room || !isInside(room) || press.defaultPrevented) return;
    if (renderRoot.querySelector("dialog[open]")) return;
    if (press.key === "Escape") this.#escape();
    if (!this.#isOn || press.repeat || press.isComposing || press.ctrlKey || press.altKey || press.metaKey) return;
    if (isIntoText) return;
    if (this.isWriting) {
      // It was meant for the text: neither a command nor a press of whatever has the focus now.
      this.#wroteAt = performance.now();
      if (press.key.length === 1) press.preventDefault();
      return;
    }
    const act = ACTS[press.key.toLowerCase()];
    if (!act) return;
    press.preventDefault();
    act(this.#view, press);
  };

  /** Closes what is open, the topmost first. */
  #escape(): void {
    const view = this.#view;
    if (view.isReacting) view.turnReacting();
    else if (view.chat.isDoor && view.chat.isInSight) view.chat.turn();
  }
}

function isWriting(target: EventTarget | undefined): boolean {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
}

function recalled(): boolean {
  try {
    return localStorage.getItem(MEMORY) !== OFF;
  } catch {
    return true;
  }
}
