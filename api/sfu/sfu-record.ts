/**
 * Which generations of a room may have people at LiveKit, and when to look at them next: one document per room, written
 * before the first token is given out, so that no process has to live for somebody to be put out.
 * Realm: server; group ids and times.
 */
import { CodedError } from "../../widget/wire/errors.ts";
import type { Key, Store } from "../store/store.ts";

/** The collection, and with it the queue of what is due. */
export const SFU = "sfu";
/** ms between two looks at a generation in which everybody belongs. */
const LOOK_EVERY_MS = 10_000;
/** ms between two looks while somebody who does not belong may hold a token. */
const CLOSE_LOOK_EVERY_MS = 1_000;
/** ms that such a token may be good for: ten minutes, and LiveKit allows one more for clocks that differ. */
export const TOKEN_LASTS_MS = 12 * 60_000;
const ATTEMPTS = 16;

/** A generation for which tokens were given out. */
export interface Watched {
  /** ms since the epoch: until then somebody who does not belong may hold a token; 0: nobody does */
  readonly until: number;
  /** nobody belongs any more */
  readonly isOver?: true;
}
/** By group id. */
export type SfuGenerations = Readonly<Record<string, Watched>>;

/** What a look has found. */
export interface Look {
  /** ms since the epoch */
  readonly now: number;
  readonly isOver: boolean;
  /** somebody was on the list a moment ago, or was met who is not on it */
  readonly hasStrangers: boolean;
}

/** Pure. @returns null: nothing is left that a token could be good for */
export function watchedAfter(watched: Watched, { now, isOver, hasStrangers }: Look): Watched | null {
  const until = now + TOKEN_LASTS_MS;
  if (!isOver) return { until: hasStrangers ? until : watched.until > now ? watched.until : 0 };
  if (!watched.isOver) return { until, isOver };
  return watched.until > now ? watched : null;
}

/** When a room has to be looked at next, ms since the epoch; null: never again. Pure. */
export function nextLook(generations: SfuGenerations, now: number): number | null {
  const all = Object.values(generations);
  if (all.length === 0) return null;
  return now + (all.some(({ until }) => until > now) ? CLOSE_LOOK_EVERY_MS : LOOK_EVERY_MS);
}

export class SfuRecord {
  readonly #store: Store;
  readonly #key: Key;

  constructor(store: Store, roomId: string) {
    this.#store = store;
    this.#key = `${SFU}/${roomId}`;
  }

  /** @throws CodedError storage-unavailable */
  async read(): Promise<SfuGenerations> {
    const stored = await this.#store.get(this.#key);
    return stored ? (JSON.parse(stored.value) as SfuGenerations) : {};
  }

  /** Somebody is about to get a token for this generation. @throws CodedError storage-unavailable */
  async note(groupId: string, now: number): Promise<void> {
    await this.#change(now, (before) => (groupId in before ? before : { ...before, [groupId]: { until: 0 } }));
  }

  /** By group id; also says when the next look is due. @throws CodedError storage-unavailable */
  async looked(looks: ReadonlyMap<string, Look>, now: number): Promise<void> {
    await this.#change(now, (before) => {
      const after: Record<string, Watched> = {};
      for (const [groupId, watched] of Object.entries(before)) {
        const look = looks.get(groupId);
        const next = look ? watchedAfter(watched, look) : watched;
        if (next) after[groupId] = next;
      }
      return after;
    });
  }

  /** @param change the same object: nothing is written */
  async #change(now: number, change: (before: SfuGenerations) => SfuGenerations): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await this.#store.get(this.#key);
      const before = stored ? (JSON.parse(stored.value) as SfuGenerations) : {};
      const after = change(before);
      if (after === before || (!stored && Object.keys(after).length === 0)) return;
      const deadline = nextLook(after, now);
      const value = deadline === null ? null : JSON.stringify(after);
      const version = await this.#store.compareAndSet(this.#key, stored?.version ?? null, value, { deadline });
      if (version !== null) return;
    }
    throw new CodedError("storage-unavailable", "Too many changes to one document at once.");
  }
}
