/**
 * Puts links on the clipboard, and says so for a moment; where the browser refuses, marks them for copying by hand.
 * Realm: frame; sees the room's links. Each needs a click that the person meant for us.
 */
import type { LitElement, ReactiveController } from "lit";
import type { Exposure } from "./covered-words.ts";

export type Copied = "invite" | "text" | "host" | "address";

const SHOWN_MS = 2_500;

interface Source {
  /** null: there is none now */
  read(what: Copied): string | null;
  exposing(exposure: Exposure, click: MouseEvent, act: () => unknown): void;
}

export class Copies implements ReactiveController {
  readonly #view: LitElement;
  readonly #source: Source;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** what was copied just now */
  done: Copied | undefined;
  /** the browser refused the clipboard */
  isByHand = false;

  constructor(view: LitElement, source: Source) {
    this.#view = view;
    this.#source = source;
    view.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  readonly invite = (click: MouseEvent) => this.#ask("invite", click);
  readonly text = (click: MouseEvent) => this.#ask("text", click);
  readonly host = (click: MouseEvent) => this.#ask("host", click);
  readonly address = (click: MouseEvent) => this.#ask("address", click);

  #ask(what: Copied, click: MouseEvent): void {
    const link = this.#source.read(what);
    if (link) this.#source.exposing(what === "host" ? "host" : "invite", click, () => this.#copy(what, link));
  }

  async #copy(what: Copied, text: string): Promise<void> {
    const isDone = await putOnClipboard(text);
    this.done = isDone ? what : undefined;
    this.isByHand = !isDone;
    this.#view.requestUpdate();
    if (!isDone) this.#select(what);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.done = undefined;
      this.#view.requestUpdate();
    }, SHOWN_MS);
  }

  #select(what: Copied): void {
    const which = what === "text" ? "invite" : what;
    const dialog = this.#view.renderRoot.querySelector<HTMLDialogElement>("dialog#invite");
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLInputElement>(`input[data-link="${which}"]`)?.select();
  }
}

async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission in this frame, or no clipboard at all: the person can still do it.
    return false;
  }
}
