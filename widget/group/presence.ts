/**
 * Who was heard of lately, by what only they could have sealed: the relay can't keep somebody in view who is gone, nor
 * have somebody removed who still speaks. Realm: group worker. Source: protocol.md §5 (Heartbeat, Updates).
 */
import { STALE_PERIODS, UNCONFIRMED_MS, UPDATE_MS, UPDATE_PER_MEMBER_MS } from "../wire/room-limits.ts";

export class Presence {
  readonly #heardAt = new Map<string, number>();
  #told = "";

  /** Whoever is on the roster counts as heard of when it comes. @param postKeys base64url */
  roster(postKeys: readonly string[], now: number): void {
    for (const postKey of this.#heardAt.keys()) if (!postKeys.includes(postKey)) this.#heardAt.delete(postKey);
    for (const postKey of postKeys) if (!this.#heardAt.has(postKey)) this.#heardAt.set(postKey, now);
  }

  heard(postKey: string, now: number): void {
    if (this.#heardAt.has(postKey)) this.#heardAt.set(postKey, now);
  }

  isHeard(postKey: string, now: number): boolean {
    return now - (this.#heardAt.get(postKey) ?? Number.NEGATIVE_INFINITY) < UNCONFIRMED_MS;
  }

  /** Who is not confirmed, if that changed since it was last asked. */
  changed(now: number): string[] | undefined {
    const silent = [...this.#heardAt.keys()].filter((postKey) => !this.isHeard(postKey, now)).sort();
    const text = silent.join();
    if (text === this.#told) return undefined;
    this.#told = text;
    return silent;
  }
}

/** When each leaf got fresh keys last: one whose keys have grown old is removed, and comes back with new ones. */
export class Freshness {
  readonly #freshAt = new Map<string, number>();

  /** Whoever is on the roster counts as fresh when it comes. @param postKeys base64url */
  roster(postKeys: readonly string[], now: number): void {
    for (const postKey of this.#freshAt.keys()) if (!postKeys.includes(postKey)) this.#freshAt.delete(postKey);
    for (const postKey of postKeys) if (!this.#freshAt.has(postKey)) this.#freshAt.set(postKey, now);
  }

  /** Every commit renews its poster's leaf. */
  committed(postKey: string, now: number): void {
    if (this.#freshAt.has(postKey)) this.#freshAt.set(postKey, now);
  }

  stale(now: number): string[] {
    const oldest = now - STALE_PERIODS * updatePeriod(this.#freshAt.size);
    return [...this.#freshAt].filter(([, at]) => at <= oldest).map(([postKey]) => postKey);
  }
}

/** ms between two updates of a leaf. */
export function updatePeriod(members: number): number {
  return Math.max(UPDATE_MS, UPDATE_PER_MEMBER_MS * members);
}
