/**
 * How much one post key may say, or a connection before it is a member's: generous for what a member posts, strict for what needs the store or a signature
 * check before anybody is known. Realm: server. Source: product.md O4.
 */
import type { Said } from "./messages.ts";
import { TokenBucket } from "./token-bucket.ts";

const LIMITS = {
  /** messages and signals: chat, heartbeats, reports of frames; a member's client needs a tenth */
  post: { perSecond: 1_000, most: 2_000 },
  commit: { perSecond: 10, most: 50 },
  complaint: { perSecond: 1, most: 10 },
  /** enter, found, ask, resume, lobby, knock: a door that sticks is tried a few times */
  door: { perSecond: 0.5, most: 8 },
  /** to those in the lobby: a host who lets in a crowd; its device repeats what it has answered each of them */
  answer: { perSecond: 20, most: 100 },
  /** alive, sfu */
  alive: { perSecond: 2, most: 20 },
} as const;
/** Bytes of all messages. */
const BYTES = { perSecond: 4_000_000, most: 16_000_000 };
/** Messages that are none. */
const NONSENSE = { perSecond: 1, most: 20 };

type Kind = keyof typeof LIMITS;
const KIND_OF: Readonly<Record<Said["type"], Kind>> = {
  message: "post",
  signal: "post",
  commit: "commit",
  complaint: "complaint",
  enter: "door",
  found: "door",
  ask: "door",
  resume: "door",
  lobby: "door",
  knock: "door",
  answer: "answer",
  alive: "alive",
  sfu: "alive",
  leave: "door",
};

export class SocketLimits {
  readonly #buckets = Object.fromEntries(
    Object.entries(LIMITS).map(([kind, limit]) => [kind, new TokenBucket(limit)]),
  ) as Record<Kind, TokenBucket>;
  readonly #bytes = new TokenBucket(BYTES);
  readonly #nonsense = new TokenBucket(NONSENSE);

  allowsNonsense(): boolean {
    return this.#nonsense.take();
  }

  /** 0 if it may be said now; else whole seconds until it may. Who does not mind gets no more answers: infinity. */
  secondsFor(type: Said["type"], bytes: number): number {
    const bucket = this.#buckets[KIND_OF[type]];
    if (!this.#bytes.take(bytes))
      return this.#nonsense.take() ? this.#bytes.secondsUntil(bytes) : Number.POSITIVE_INFINITY;
    return bucket.take() ? 0 : bucket.secondsUntil();
  }
}
