/**
 * The log of a room as this process passes it on: every record once and in order, whether it was appended here, heard
 * of from another process, or read later because it was missed. Realm: server; sees what record.ts says.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { LogPart } from "../store/store.ts";
import { ENDED } from "./record.ts";

/** ms that an earlier record may still come by itself: those of other processes take another way. */
const PATIENCE_MS = 50;
const READ_LIMIT = 200;

export interface FeedParts {
  /** @throws CodedError storage-unavailable */
  read(range: { readonly after: number; readonly limit: number }): Promise<LogPart>;
  deliver(seq: number, record: string): void;
  /** records were dropped before they could be read; `isOther`: the log is not the one that it was */
  lost(isOther: boolean): void;
}

export class RoomFeed {
  readonly #parts: FeedParts;
  /** heard of, with a gap before them */
  readonly #early = new Map<number, readonly string[]>();
  /** number of the last record that was passed on; null before the beginning */
  #cursor: number | null = null;
  /** … and itself, once there was one */
  #last: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #filling = false;
  #stopped = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Number of the last record that was passed on. */
  get cursor(): number {
    return this.#cursor ?? 0;
  }

  /** Passes on what comes after this record. */
  begin(after: number): void {
    this.#cursor = after;
    this.#last = null;
    this.#drain();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  hear(firstSeq: number, records: readonly string[]): void {
    if (records.length === 0) return;
    if (this.#cursor === null || firstSeq > this.#cursor + 1) {
      this.#early.set(firstSeq, records);
      if (this.#cursor !== null) this.#fillSoon();
      return;
    }
    this.#pass(firstSeq, records);
    if (this.#early.size > 0) this.#drain();
  }

  /** Reads what was missed. Tries again later if the store does not answer. */
  async fill(): Promise<void> {
    if (this.#filling || this.#cursor === null || this.#stopped) return;
    this.#filling = true;
    try {
      for (;;) {
        const [after, seen] = [this.#cursor, this.#last];
        // The last one again: a store that lost its end, and got another one, is not to be followed. It is always kept,
        // unless it is an end, which drops all with itself.
        const again = seen === null ? 0 : 1;
        const { last, firstSeq, entries } = await this.#parts.read({ after: after - again, limit: READ_LIMIT });
        if (this.#stopped) return;
        const isSame = firstSeq === after ? entries[0] === seen : last > after || seen === ENDED;
        if (last < after || (again === 1 && !isSame)) return this.#parts.lost(true);
        if (last > this.#cursor && firstSeq > this.#cursor + 1) {
          // An end drops all before it, and this process may be about to hear of both.
          const { cursor } = this;
          await delay(PATIENCE_MS);
          if (this.#stopped) return;
          if (this.#cursor === cursor) return this.#parts.lost(false);
          continue;
        }
        this.#pass(firstSeq, entries);
        if (this.#cursor >= last) break;
      }
      this.#drain();
    } catch {
      this.#fillSoon();
    } finally {
      this.#filling = false;
    }
  }

  #pass(firstSeq: number, records: readonly string[]): void {
    for (const [i, record] of records.entries()) {
      const seq = firstSeq + i;
      // Another one under that number.
      if (seq === this.#cursor && this.#last !== null && record !== this.#last) this.#fillSoon();
      if (seq !== this.cursor + 1) continue;
      this.#cursor = seq;
      this.#last = record;
      this.#parts.deliver(seq, record);
    }
  }

  #drain(): void {
    for (const [firstSeq, records] of [...this.#early].sort(([a], [b]) => a - b)) {
      if (firstSeq > this.cursor + 1) {
        this.#fillSoon();
        return;
      }
      this.#early.delete(firstSeq);
      this.#pass(firstSeq, records);
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #fillSoon(): void {
    if (this.#stopped || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.fill();
    }, PATIENCE_MS);
  }
}
