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

/** A clip as it was read: what a change that follows at once may start from. */
export interface Found {
  /** as time has left it */
  readonly clip: Clip;
  /** as it is stored */
  readonly record: Clip;
  readonly version: number;
}

export class ClipRecords {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The clip as time has left it; writes nothing. */
  async read(id: string): Promise<Clip | null> {
    return (await this.find(id))?.clip ?? null;
  }

  /** As `read`, with what a change starts from. */
  async find(id: string): Promise<Found | null> {
    const stored = await this.#stored(id);
    const clip = stored && settle(stored.record, this.#clock.now());
    return clip && { clip, ...stored };
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
   * @param found what this request has just read: saves reading it again. A write from it that comes too late loses, and
   * starts afresh
   * @returns null if there is no such clip
   * @throws CodedError storage-unavailable
   */
  async change(id: string, event: ClipEvent, found?: Found): Promise<Outcome | null> {
    const deadlineOf = (after: Clip, record: Clip) => (after === record ? undefined : nextDeadline(after));
    return this.#write(id, event, { deadlineOf, found });
  }

  /**
   * For a sweeper that claimed the clip: does what time has done and, if a job is due, keeps the claim until `until`;
   * otherwise the clip goes back to its true place in the queue.
   */
  async settleClaimed(id: string, until: number): Promise<Outcome | null> {
    const deadlineOf = (clip: Clip) => (dueJob(clip, this.#clock.now()) ? until : nextDeadline(clip));
    return this.#write(id, { type: "settle" }, { deadlineOf });
  }

  /** `deadlineOf` answers undefined if the clip need not be written. */
  async #write(
    id: string,
    event: ClipEvent,
    from: { deadlineOf: (after: Clip, record: Clip) => number | undefined; found?: Found | undefined },
  ): Promise<Outcome | null> {
    let found: Omit<Found, "clip"> | null | undefined = from.found;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      found ??= await this.#stored(id);
      if (!found) return null;
      const { record, version } = found;
      const outcome = apply(record, event, this.#clock.now());
      const deadline = outcome.clip && from.deadlineOf(outcome.clip, record);
      if (deadline === undefined) return outcome;
      const value = outcome.clip && JSON.stringify(outcome.clip);
      if ((await this.#store.compareAndSet(keyOf(id), version, value, { deadline })) !== null) return outcome;
      found = null;
    }
    throw new CodedError("storage-unavailable", "Too many changes to one clip at once.");
  }

  async #stored(id: string): Promise<Omit<Found, "clip"> | null> {
    const stored = await this.#store.get(keyOf(id));
    return stored && { record: parse(stored.value), version: stored.version };
  }
}

function keyOf(id: string): Key {
  return `${CLIPS}/${id}`;
}

/** Only this process's own kind writes these, so there is nothing to check. */
function parse(value: string): Clip {
  return JSON.parse(value) as Clip;
}
