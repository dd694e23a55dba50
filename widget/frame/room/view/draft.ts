/**
 * What is being written: Enter sends, Shift+Enter begins a new line, and nothing is cut off behind one's back.
 * Realm: frame; sees what is typed.
 */
import type { LitElement } from "lit";
import { CHAT_MAX } from "../../../wire/room-limits.ts";

export class Draft {
  readonly #view: LitElement;
  readonly #say: (text: string) => void;
  readonly #isHeld: () => boolean;
  text = "";

  /** @param isHeld nothing may be sent now */
  constructor(view: LitElement, { say, isHeld }: { say(text: string): void; isHeld(): boolean }) {
    this.#view = view;
    this.#say = say;
    this.#isHeld = isHeld;
  }

  /** Whether it can be sent: something, and not too much. */
  get isWhole(): boolean {
    return this.text.trim() !== "" && this.text.trimEnd().length <= CHAT_MAX;
  }

  readonly type = (event: Event): void => {
    this.text = (event.target as HTMLTextAreaElement).value;
    this.#view.requestUpdate();
  };

  readonly key = (event: KeyboardEvent): void => {
    // While somebody composes a character, Enter chooses it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  };

  readonly send = (): void => {
    if (!this.isWhole || this.#isHeld()) return;
    const text = this.text.trimEnd();
    this.clear();
    this.#say(text);
    this.#view.renderRoot.querySelector<HTMLTextAreaElement>("textarea")?.focus();
  };

  clear(): void {
    this.text = "";
    this.#view.requestUpdate();
  }
}
