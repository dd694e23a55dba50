/**
 * Clips in the store: reads one, and puts events through the rules with compare-and-set until one of them wins.
 * Realm: server; sees what clip.ts says.
 */
import { CodedError } from "../../widget/wire/errors.ts";
import type { Key, Store } from "../store/store.ts";
import { type Clip, dueJob, nextDeadline, settle } from "./clip.ts";
import { apply, type ClipEvent, type Outcome } from "./clip-events.ts";

/** Where the injected time comes from, ms since the epoch. */
export interface Clock {
  now(): number;
}

/** The collection, and with it the hash tag of its keys. */
export const CLIPS = "wisp";
/** Lost races before giving up: each means that somebody else got further. */
const ATTEMPTS = 64;

export class ClipRecords {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The clip as time has left it; writes nothing. */
  async read(id: string): Promise<Clip | null> {
    const stored = await this.#store.get(keyOf(id));
    return stored && settle(parse(stored.value), this.#clock.now());
  }

  /** @returns whether the id was free */
  async create(id: string, draft: Clip): Promise<boolean> {
    const written = await this.#store.compareAndSet(keyOf(id), null, JSON.stringify(draft), {
      deadline: nextDeadline(draft),
    });
    return written !== null;
  }

  /**
   * Applies an event. A refused event still writes what time has done.
   * @returns null if there is no such clip
   * @throws CodedError storage-unavailable
   */
  async change(id: string, event: ClipEvent): Promise<Outcome | null> {
    return this.#write(id, event, (after, before) => (after === before ? undefined : nextDeadline(after)));
  }

  /**
   * For a sweeper that claimed the clip: does what time has done and, if a job is due, keeps the claim until `until`;
   * otherwise the clip goes back to its true place in the queue.
   */
  async settleClaimed(id: string, until: number): Promise<Outcome | null> {
    const deadline = (clip: Clip) => (dueJob(clip, this.#clock.now()) ? until : nextDeadline(clip));
    return this.#write(id, { type: "settle" }, deadline);
  }

  /** `deadlineOf` answers undefined if the clip need not be written. */
  async #write(
    id: string,
    event: ClipEvent,
    deadlineOf: (after: Clip, before: Clip) => number | undefined,
  ): Promise<Outcome | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await this.#store.get(keyOf(id));
      if (!stored) return null;
      const before = parse(stored.value);
      const outcome = apply(before, event, this.#clock.now());
      const deadline = outcome.clip && deadlineOf(outcome.clip, before);
      if (deadline === undefined) return outcome;
      const value = outcome.clip && JSON.stringify(outcome.clip);
      if ((await this.#store.compareAndSet(keyOf(id), stored.version, value, { deadline })) !== null) return outcome;
    }
    throw new CodedError("storage-unavailable", "Too many changes to one clip at once.");
  }
}

function keyOf(id: string): Key {
  return `${CLIPS}/${id}`;
}

/** Only this process's own kind writes these, so there is nothing to check. */
function parse(value: string): Clip {
  return JSON.parse(value) as Clip;
}
