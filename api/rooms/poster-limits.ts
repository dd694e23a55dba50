/**
 * How much may be said in one room, in this process: by each post key, however many connections it comes on, and by all
 * together. Realm: server; post keys and sizes. Source: product.md O4.
 */
import { ROOM_BYTES_AT_ONCE, ROOM_BYTES_PER_S } from "../../widget/wire/room-limits.ts";
import { SocketLimits } from "./socket-limits.ts";
import { TokenBucket } from "./token-bucket.ts";

export class PosterLimits {
  readonly #byKey = new Map<string, SocketLimits>();
  readonly #bytes = new TokenBucket({ perSecond: ROOM_BYTES_PER_S, most: ROOM_BYTES_AT_ONCE });

  of(postKey: string): SocketLimits {
    const limits = this.#byKey.get(postKey) ?? new SocketLimits();
    this.#byKey.set(postKey, limits);
    return limits;
  }

  /** 0 if so much may be said now, whoever says it; else whole seconds until it may. */
  secondsFor(bytes: number): number {
    return this.#bytes.take(bytes) ? 0 : this.#bytes.secondsUntil(bytes);
  }

  /** They are off the list; without names: all are. */
  forget(postKeys: Iterable<string> = this.#byKey.keys()): void {
    for (const postKey of postKeys) this.#byKey.delete(postKey);
  }
}
