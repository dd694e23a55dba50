/**
 * The store contract: versioned documents with a deadline each, logs that belong to them, and channels; nothing about
 * clips or rooms. Nine operations, at most ten in its final form.
 * Realm: server; sees ids, states, times, hashes and sealed metadata, never a key or plaintext.
 * Two implementations keep it, redis/ and embedded/; one contract test runs on both.
 * Source: protocol.md §7 (all transitions atomic; deadlines in a sorted set with a sweeper), architecture.md.
 */
import { CodedError } from "../../widget/wire/errors.ts";

/**
 * `<collection>/<id>`. Documents of one collection share a queue of deadlines.
 * An id is base64url or the like: no braces, no white space.
 */
export type Key = `${string}/${string}`;

/** A stored document. `version` is never used twice for a key, not even after a deletion. */
export interface Stored {
  readonly version: number;
  readonly value: string;
}

export interface Claim {
  /** ms since the epoch, from the caller's clock: the store has no clock of its own */
  readonly now: number;
  /** ms after which a claimed document that nobody wrote is due again */
  readonly visibility: number;
  /** documents at most */
  readonly limit: number;
}

/** What an append does, in one atomic step. */
export interface Append {
  /** absent: the document and its version stay; null: deletes it with all its logs */
  readonly value?: string | null;
  /** as in compareAndSet */
  readonly deadline?: number | null;
  /** ms since the epoch, from the caller's clock: the time of all entries of this call */
  readonly at: number;
  readonly logs: readonly LogAppend[];
}

export interface LogAppend {
  /** letters only */
  readonly name: string;
  /** one line each: without line feeds */
  readonly entries: readonly string[];
  /** ms since the epoch: older entries at the log's beginning are dropped. DROP_ALL: all, these included */
  readonly keepFrom?: number;
  /** bytes of all its entries, in UTF-8: the oldest are dropped until there are no more, these too if need be */
  readonly keepBytes?: number;
  /** the entries go to the subscribers of the document's key; for one log of a call at most */
  readonly announced?: true;
}

/** As `keepFrom`: the log is empty afterwards; its numbers go on where they were. */
export const DROP_ALL = Number.MAX_SAFE_INTEGER;

export interface Appended {
  readonly version: number;
  /** number of the first entry of each log, in the order of the call; the next number where none was given */
  readonly firstSeqs: readonly number[];
}

export interface LogPart {
  /** of the last entry that was ever appended; 0 if there was none */
  readonly last: number;
  /** of the first entry given: more than `after` + 1 if older ones were dropped */
  readonly firstSeq: number;
  readonly entries: readonly string[];
}

/** What a subscriber hears. */
export type Heard =
  /** a call of append, by whoever; without entries if it announced none */
  | {
      readonly type: "appended";
      readonly version: number;
      readonly firstSeq: number;
      readonly entries: readonly string[];
    }
  | { readonly type: "message"; readonly text: string }
  /** something may have been said that was not heard */
  | { readonly type: "missed" };

export type Listener = (heard: Heard) => void;

/** It is certain that nothing was done. Any other `storage-unavailable` may come of a lost answer. */
export class NothingDone extends CodedError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("storage-unavailable", message, options);
  }
}

/** Every operation throws CodedError `storage-unavailable` when the database can't answer in time. */
export interface Store {
  get(key: Key): Promise<Stored | null>;

  /**
   * Writes `value` (null: deletes, with its logs) only if the document still has version `expected` (null: only if there is none).
   * The deadline (ms since the epoch; null: none; absent: as it was) is set in the same atomic step.
   * @returns the new version, or null if the document is no longer as expected
   */
  compareAndSet(
    key: Key,
    expected: number | null,
    value: string | null,
    options?: { readonly deadline?: number | null },
  ): Promise<number | null>;

  /**
   * Only if the document has version `expected` (null: if there is none; then a value must be given): writes its value,
   * if one is given, and adds entries to its logs, and tells the subscribers of its key. Numbers of a log start at 1,
   * have no gaps and are never used twice as long as the document exists.
   * @returns null if the document is no longer as expected; then nothing was done
   */
  append(key: Key, expected: number | null, change: Append): Promise<Appended | null>;

  /** Entries of a document's log from number `after` + 1 on, `limit` at most. */
  readLog(key: Key, name: string, range: { readonly after: number; readonly limit: number }): Promise<LogPart>;

  /** Says something to whoever listens just now, and forgets it. */
  publish(key: Key, text: string): Promise<void>;

  /**
   * Hears what is appended to a document or published under its key, in its order, from when this resolves. Lossy: after
   * `missed`, only reading tells.
   * @returns ends it
   */
  subscribe(key: Key, listener: Listener): Promise<() => void>;

  /**
   * Takes documents whose deadline is at or before `now` and moves their deadlines to `now + visibility`, so that no
   * two sweepers hold one document and a sweeper that dies loses none. The next compareAndSet sets the true deadline.
   */
  claimDue(collection: string, claim: Claim): Promise<Key[]>;

  /** Resolves if the database answers. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

/** Splits a key at its first slash. @throws TypeError for anything that is not a key */
export function splitKey(key: Key): { collection: string; id: string } {
  const at = key.indexOf("/");
  if (at < 1 || !/^[\w-]+\/[\w.~-]+$/.test(key)) throw new TypeError("not a store key");
  return { collection: key.slice(0, at), id: key.slice(at + 1) };
}
