/**
 * Single keys of the room: they work while nobody writes and no dialog is open, and can be turned off, for whoever
 * speaks to their computer. Realm: frame. Source: WCAG 2.2 §2.1.4, docs/decisions/0051.
 */
import type { ReactiveController } from "lit";
import { isInside } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { turn, turnHand } from "./turning.ts";

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

  constructor(view: RoomView) {
    this.#view = view;
    view.addController(this);
  }

  hostConnected(): void {
    addEventListener("keydown", this.#key);
  }

  hostDisconnected(): void {
    removeEventListener("keydown", this.#key);
  }

  get isOn(): boolean {
    return this.#isOn;
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

  readonly #key = (press: KeyboardEvent): void => {
    const { room, renderRoot } = this.#view;
    if (!room || !isInside(room) || press.defaultPrevented) return;
    if (renderRoot.querySelector("dialog[open]")) return;
    if (press.key === "Escape") this.#escape();
    if (!this.#isOn || press.repeat || press.isComposing || press.ctrlKey || press.altKey || press.metaKey) return;
    if (isWriting(press.composedPath()[0])) return;
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
