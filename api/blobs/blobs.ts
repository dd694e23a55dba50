/**
 * The blob contract: sealed pieces as numbered objects under one prefix per clip, and nothing about clips.
 * Realm: server; sees ciphertext, keys of the form `clips/<id>/<6-digit index>` and sizes.
 * Two implementations keep it, s3.ts and files.ts; one contract test runs on both.
 * Source: protocol.md §6 (bytes are streamed, never buffered whole; the server checks size and hash of each piece as
 * it arrives), §7 (order on burn: tombstone → delete → verify).
 */
import type { Readable } from "node:stream";

export interface Blob {
  readonly bytes: number;
  /** must be read to its end or destroyed */
  readonly body: Readable;
}

export interface Listed {
  readonly key: string;
  readonly bytes: number;
}

/** What the arriving bytes must turn out to be. */
export interface Expected {
  /** 1 or more */
  readonly bytes: number;
  /** SHA-256 of the whole, 32 B */
  readonly sha256: Uint8Array;
}

/**
 * Every operation throws CodedError `storage-unavailable` when the storage can't do it. A `prefix` is a folder with its
 * slash at the end, or one whole key.
 */
export interface Blobs {
  /**
   * Stores an object, replacing an earlier one in one step. A source that fails, or turns out to be something else
   * than `expected`, never becomes an object and never replaces one.
   * @throws CodedError piece-mismatch, bad-request (the source broke off)
   */
  put(key: string, source: AsyncIterable<Uint8Array>, expected: Expected): Promise<void>;

  /** @returns null if there is no such object */
  get(key: string): Promise<Blob | null>;

  /** Finished objects, in the order of their keys. */
  list(prefix: string): Promise<Listed[]>;

  /**
   * Deletes every object under a prefix, for good; none is not an error.
   * @returns how many there were
   */
  deletePrefix(prefix: string): Promise<number>;

  /** Resolves if the storage answers and keeps no old versions. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

/** Folder of a clip's pieces. */
export function clipPrefix(id: string): string {
  return `clips/${id}/`;
}

/** Key of one piece; six digits, so that the order of keys is the order of pieces. */
export function pieceKey(id: string, index: number): string {
  return clipPrefix(id) + String(index).padStart(6, "0");
}
