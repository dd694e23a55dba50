/**
 * Opens a clip segment by segment as it arrives and holds the whole against size and SHA-256.
 * Realm: media worker. Sees the clip key and one segment of plaintext.
 * Source: protocol.md §6, product.md W3.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { deriveViewToken, importClipKey, openMetadata, openSegment } from "../seal/clip.ts";
import type { Bytes } from "../wire/bytes.ts";
import { CodedError } from "../wire/errors.ts";
import type { ExpectedClip } from "../wire/frame-media.ts";

const DAMAGED = "This clip was changed on its way and will not be shown.";

export class ClipOpener {
  readonly #rawKey: Bytes;
  readonly #key: CryptoKey;
  #expected: ExpectedClip | undefined;
  #nextIndex = 0;
  #bytes = 0;
  #hash = sha256.create();

  private constructor(rawKey: Bytes, key: CryptoKey) {
    this.#rawKey = rawKey;
    this.#key = key;
  }

  /** @throws CodedError `link-malformed`. */
  static async withKey(rawKey: Bytes): Promise<ClipOpener> {
    return new ClipOpener(rawKey, await importClipKey(rawKey));
  }

  viewToken(): Promise<Bytes> {
    return deriveViewToken(this.#rawKey);
  }

  /** @throws CodedError `wrong-key`. */
  metadata(box: { iv: Bytes; sealed: Bytes }): Promise<Bytes> {
    return openMetadata(this.#rawKey, box.iv, box.sealed);
  }

  /** Begins, or begins again from segment 0 (a player that falls back to the whole file reads twice). */
  begin(expected: ExpectedClip): void {
    this.#expected = expected;
    this.#nextIndex = 0;
    this.#bytes = 0;
    this.#hash = sha256.create();
  }

  /**
   * Opens the next segment. The last one comes out only if the size and the hash of the whole are right.
   * @throws CodedError `clip-damaged`; after that nothing more opens.
   */
  async open(index: number, sealed: Bytes): Promise<Bytes> {
    const expected = this.#expected;
    if (!expected || index !== this.#nextIndex || index >= expected.pieces) throw this.#damaged();
    this.#nextIndex = index + 1;
    this.#bytes += sealed.length;
    this.#hash.update(sealed);
    const more = index + 1 < expected.pieces;
    const file = await openSegment(this.#key, expected.iv, { index, more }, sealed).catch((error) => {
      this.#expected = undefined;
      throw error;
    });
    if (!more && !this.#wholeMatches(expected)) throw this.#damaged();
    return file;
  }

  #wholeMatches(expected: ExpectedClip): boolean {
    const actual = this.#hash.digest();
    return this.#bytes === expected.bytes && actual.every((byte, i) => byte === expected.sha256[i]);
  }

  #damaged(): CodedError {
    this.#expected = undefined;
    return new CodedError("clip-damaged", DAMAGED);
  }
}
