/**
 * What this member says in order: one post under way at a time, repeated as it is after a lost connection, sealed anew
 * when the epoch moved on. So nothing is lost or doubled, and the order stays. Realm: group worker.
 *
 * Why this is exact: the relay takes a message only at its head's epoch. Once a commit has come in, an older post of
 * ours that did not come in before it never will; until then the same bytes may be posted again, and whoever got them
 * twice opens them once (RFC 9420 §9: a generation's key is used once).
 */
import type { InGroup } from "./in-group.ts";

export type Outcome = "ordered" | "dropped";

interface Waiting {
  readonly content: InGroup;
  readonly done: (outcome: Outcome) => void;
  /** sealed for this epoch; base64url as it was posted */
  posted?: { readonly epoch: number; readonly bytes: string };
}

export interface OutboxParts {
  /** seals with the epoch's ratchet; the state moves on with it */
  seal(content: InGroup): Promise<{ epoch: number; bytes: string }>;
  post(bytes: string): void;
  epoch(): number;
}

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #waiting: Waiting[] = [];

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when it is posted or stands in line: until then the state is in use.
   * @returns what becomes of it: `dropped` if the membership ends before the relay has ordered it
   */
  async say(content: InGroup): Promise<{ readonly outcome: Promise<Outcome> }> {
    const outcome = new Promise<Outcome>((done) => this.#waiting.push({ content, done }));
    if (this.#waiting.length === 1) await this.#postFirst();
    return { outcome };
  }

  /** An entry of our own came in: what it said, if it is the one under way. */
  async ordered(bytes: string): Promise<InGroup | undefined> {
    const [first] = this.#waiting;
    if (first?.posted?.bytes !== bytes) return undefined;
    this.#waiting.shift();
    first.done("ordered");
    await this.#postFirst();
    return first.content;
  }

  /** After a new epoch, a new connection, or a refusal that will pass. */
  repeat(): Promise<void> {
    return this.#postFirst();
  }

  /** What was not ordered, for the next membership. */
  takeBack(): InGroup[] {
    const left = this.#waiting.splice(0);
    for (const { done } of left) done("dropped");
    return left.map(({ content }) => content);
  }

  async #postFirst(): Promise<void> {
    const [first] = this.#waiting;
    if (!first) return;
    if (first.posted?.epoch !== this.#parts.epoch()) first.posted = await this.#parts.seal(first.content);
    this.#parts.post(first.posted.bytes);
  }
}
