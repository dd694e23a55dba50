/**
 * Questions that a page puts to the person: one at a time, none for a while after a no, none at all after three. So a
 * page can't wear anybody down. Realm: frame. Sees no content. Source: protocol.md §11 (what raises exposure).
 */
import { type AskReply, PAGE_QUESTION_MS, type PageSource } from "../../wire/page-room.ts";

/** ms before the page may ask again; after a no or no answer, longer. */
const REST_MS = 5_000;
const REST_AFTER_NO_MS = 60_000;
/** After so many, this document asks no more for its page. */
const REFUSALS_MAX = 3;

interface Asked {
  readonly source: PageSource;
  readonly timer: ReturnType<typeof setTimeout>;
  settle(reply: AskReply): void;
}

export class PageAsks {
  readonly #onChange: () => void;
  #asked: Asked | undefined;
  #restsUntil = 0;
  #refusals = 0;

  /** @param onChange hears that a question came or went */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** What is being asked for now. */
  get source(): PageSource | undefined {
    return this.#asked?.source;
  }

  /** @param now ms @returns the person's answer; no, if they gave none */
  ask(source: PageSource, now: number): Promise<AskReply> {
    if (this.#asked || now < this.#restsUntil || this.#refusals >= REFUSALS_MAX) {
      return Promise.resolve({ code: "asked-too-often" });
    }
    return new Promise((settle) => {
      const timer = setTimeout(() => this.answer(false, now + PAGE_QUESTION_MS), PAGE_QUESTION_MS);
      this.#asked = { source, timer, settle };
      this.#onChange();
    });
  }

  /** @param now ms */
  answer(isYes: boolean, now: number): void {
    const asked = this.#asked;
    if (!asked) return;
    if (!isYes) this.#refusals++;
    this.#restsUntil = now + (isYes ? REST_MS : REST_AFTER_NO_MS);
    this.#end(asked, { answer: isYes });
  }

  /** There is nothing more to ask about: that is nobody's no. @param now ms */
  withdraw(now: number): void {
    if (!this.#asked) return;
    this.#restsUntil = now + REST_MS;
    this.#end(this.#asked, { answer: false });
  }

  #end(asked: Asked, reply: AskReply): void {
    clearTimeout(asked.timer);
    this.#asked = undefined;
    asked.settle(reply);
    this.#onChange();
  }
}
