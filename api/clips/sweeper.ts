/**
 * Does what is due: ends clips whose time is over, deletes content, recomputes hashes, removes old tombstones.
 * Realm: server. Nothing's correctness depends on it (clip.ts settles whatever is read), only its promptness.
 * Several processes may sweep one store; a claim that its process did not live to end comes back by itself.
 * Source: protocol.md §7 (deadlines stand in a sorted set with a sweeper).
 */
import type { Logger } from "pino";
import type { Store } from "../store/store.ts";
import { dueJob } from "./clip.ts";
import { CLIPS, type Clock } from "./clip-record.ts";
import { eraseContent, type Storage } from "./deletion.ts";
import { checkHash } from "./hash-check.ts";

/** ms that a claim holds: after that its process has probably died. If it only is slow, the job done twice does no harm. */
const CLAIM_MS = 30_000;
/** Clips at once: a slow storage must not hold up every other clip. */
const SLOTS = 16;

export interface SweeperParts extends Storage {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #running = new Map<string, Promise<void>>();
  /** One after the other: whoever waits for what is running must not miss what was claimed and does not run yet. */
  #claimed: Promise<number> = Promise.resolve(0);
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #failing = false;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** Sweeps every `everyMs` until stopped. */
  start(everyMs: number): void {
    const sweep = async () => {
      await this.#claim().catch(() => undefined);
      if (!this.#stopped) this.#timer = setTimeout(sweep, everyMs);
    };
    this.#timer = setTimeout(sweep, everyMs);
  }

  /** Sweeps until nothing is due, and waits for it. @returns how many clips were claimed */
  async sweepOnce(): Promise<number> {
    let total = 0;
    for (;;) {
      const claimed = await this.#claim();
      await Promise.all(this.#running.values());
      total += claimed;
      if (claimed === 0) return total;
    }
  }

  /** Claims nothing more, and waits for what is running. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#claimed;
    await Promise.all(this.#running.values());
  }

  #claim(): Promise<number> {
    const claim = this.#claimed.then(() => this.#claimDue());
    this.#claimed = claim.catch(() => 0);
    return claim;
  }

  async #claimDue(): Promise<number> {
    const { store, clock } = this.#parts;
    const limit = SLOTS - this.#running.size;
    if (limit <= 0) return 0;
    try {
      const keys = await store.claimDue(CLIPS, { now: clock.now(), visibility: CLAIM_MS, limit });
      for (const key of keys) this.#run(key.slice(CLIPS.length + 1));
      this.#report(false);
      return keys.length;
    } catch (error) {
      this.#report(true);
      throw error;
    }
  }

  #run(id: string): void {
    // A job that outlives its claim is claimed again: it goes on, and once is enough.
    if (this.#running.has(id)) return;
    const work = this.#sweep(id)
      .catch(() => this.#parts.log.warn({ event: "sweep-failed", clipId: id }))
      .finally(() => this.#running.delete(id));
    this.#running.set(id, work);
  }

  async #sweep(id: string): Promise<void> {
    const { records, clock, log } = this.#parts;
    const clip = (await records.settleClaimed(id, clock.now() + CLAIM_MS))?.clip;
    if (!clip) return;
    const job = dueJob(clip, clock.now());
    if (job === "deletion") {
      const after = await eraseContent(this.#parts, id);
      const failures = after?.deletion?.job?.failures ?? 0;
      if (failures > 0) log.warn({ event: "deletion-postponed", clipId: id, failures });
    }
    if (job === "check" && clip.content) {
      const after = await checkHash(this.#parts, id, clip.content);
      if (after?.state === "broken") {
        log.warn({ event: "clip-broken", clipId: id });
        await eraseContent(this.#parts, id);
      }
    }
  }

  /** Says once that the queue can't be read, and once that it can again. */
  #report(failing: boolean): void {
    if (failing === this.#failing) return;
    this.#failing = failing;
    this.#parts.log.warn({ event: failing ? "sweeper-blind" : "sweeper-recovered" });
  }
}
