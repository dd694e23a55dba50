/**
 * The store contract: versioned documents with a deadline each, and nothing about clips or rooms. At most ten
 * operations in its final form; append-if-head, publish and subscribe join these five when rooms need them.
 * Realm: server; sees ids, states, times, hashes and sealed metadata, never a key or plaintext.
 * Two implementations keep it, redis/ and embedded/; one contract test runs on both.
 * Source: protocol.md §7 (all transitions atomic; deadlines in a sorted set with a sweeper), architecture.md.
 */

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

/** Every operation throws CodedError `storage-unavailable` when the database can't answer in time. */
export interface Store {
  get(key: Key): Promise<Stored | null>;

  /**
   * Writes `value` (null: deletes) only if the document still has version `expected` (null: only if there is none).
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
