/**
 * Seals a recording while it grows: cuts it into segments, gives each index out once, hashes what was sealed.
 * Realm: media worker. Sees the clip key and the plaintext of at most one segment.
 * Source: protocol.md §6.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import {
  deriveViewToken,
  exportClipKey,
  generateClipKey,
  generateIv,
  openSegment,
  sealMetadata,
  sealSegment,
} from "../seal/clip.ts";
import type { Bytes, Sealed } from "../wire/bytes.ts";
import { SEGMENT_BYTES } from "../wire/clip-limits.ts";
import type { SealedClip, SealedSegment } from "../wire/frame-media.ts";

export class ClipSealer {
  readonly iv: Bytes;
  readonly #key: CryptoKey;
  /** At most one segment that is not sealed yet. */
  readonly #tail = new Uint8Array(SEGMENT_BYTES);
  #tailBytes = 0;
  #nextIndex = 0;
  #plainBytes = 0;
  #bytes = 0;
  #finished = false;
  // WebCrypto has no incremental digest, so this one comes from noble.
  readonly #hash = sha256.create();
  /** Calls run one after another: two overlapping ones would interleave the file. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(key: CryptoKey, iv: Bytes) {
    this.#key = key;
    this.iv = iv;
  }

  /** A new clip: fresh key, fresh IV. A retake is a new sealer. */
  static async begin(): Promise<ClipSealer> {
    return new ClipSealer(await generateClipKey(), generateIv());
  }

  /**
   * Takes the next bytes of the file and gives the segments that became full. A segment is sealed only when a byte
   * after it has come, so that the last one is never empty unless the file is.
   * @throws Error after `finish`.
   */
  push(chunk: Uint8Array): Promise<SealedSegment[]> {
    return this.#inTurn(async () => {
      this.#assertOpen();
      const segments: SealedSegment[] = [];
      for (let offset = 0; offset < chunk.length; ) {
        if (this.#tailBytes === SEGMENT_BYTES) segments.push(await this.#sealTail(true));
        const taken = chunk.subarray(offset, offset + SEGMENT_BYTES - this.#tailBytes);
        this.#tail.set(taken, this.#tailBytes);
        this.#tailBytes += taken.length;
        offset += taken.length;
      }
      return segments;
    });
  }

  /**
   * Seals the last segment and tells size and hash of the whole.
   * @throws Error if called twice.
   */
  finish(): Promise<{ segments: SealedSegment[]; clip: SealedClip }> {
    return this.#inTurn(async () => {
      this.#assertOpen();
      this.#finished = true;
      const segments = [await this.#sealTail(false)];
      const clip: SealedClip = {
        pieces: this.#nextIndex,
        bytes: this.#bytes,
        plainBytes: this.#plainBytes,
        sha256: Uint8Array.from(this.#hash.digest()),
      };
      return { segments, clip };
    });
  }

  /** Opens what this sealer sealed, for review: the sender sees exactly what the recipient will. */
  review(segment: SealedSegment): Promise<Bytes> {
    return openSegment(this.#key, this.iv, { index: segment.index, more: !segment.last }, segment.sealed);
  }

  /** Seals metadata under its own key and IV. */
  async sealMetadata(metadata: Bytes): Promise<{ metadata: Sealed; metadataIv: Bytes }> {
    const metadataIv = generateIv();
    return { metadata: await sealMetadata(await this.exportKey(), metadataIv, metadata), metadataIv };
  }

  /** What the relay may know of the key: SHA-256 of the view token, 32 B. */
  async viewTokenHash(): Promise<Bytes> {
    const token = await deriveViewToken(await this.exportKey());
    return new Uint8Array(await crypto.subtle.digest("SHA-256", token));
  }

  /** The 32 B for the link. */
  exportKey(): Promise<Bytes> {
    return exportClipKey(this.#key);
  }

  async #sealTail(more: boolean): Promise<SealedSegment> {
    // The index is taken before anything can fail: a failed seal loses an index, never uses one twice.
    const index = this.#nextIndex++;
    // Not copied: WebCrypto takes its own copy at the call, and nothing else writes to the tail before this turn ends.
    const file = this.#tail.subarray(0, this.#tailBytes);
    const sealed = await sealSegment(this.#key, this.iv, { index, more }, file);
    this.#plainBytes += file.length;
    this.#bytes += sealed.length;
    this.#hash.update(sealed);
    this.#tail.fill(0);
    this.#tailBytes = 0;
    return { index, last: !more, sealed };
  }

  #assertOpen(): void {
    if (this.#finished) throw new Error("this clip is finished; a change makes a new clip");
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(step);
    this.#turn = run.catch(() => undefined);
    return run;
  }
}
