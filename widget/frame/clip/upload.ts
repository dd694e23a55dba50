/**
 * Uploads sealed segments while the recording runs: a few at once, each repeated until the relay has it.
 * Realm: frame. Sees ciphertext only.
 */
import type { SealedSegment } from "../../wire/frame-media.ts";
import type { ClipAccess, RelayClient } from "../relay-client.ts";

/** Enough to fill a slow line's round trips, few enough that a phone's memory doesn't notice. */
const PARALLEL = 3;

export interface UploadProgress {
  readonly sealedBytes: number;
  readonly uploadedBytes: number;
}

export interface UploadOptions {
  create(): Promise<unknown>;
  onProgress(progress: UploadProgress): void;
}

export class ClipUpload {
  readonly #relay: RelayClient;
  readonly #clip: ClipAccess;
  readonly #queue: SealedSegment[] = [];
  readonly #options: UploadOptions;
  #created = false;
  #running = 0;
  #sealedBytes = 0;
  #uploadedBytes = 0;
  #failure: unknown;
  #settled: (() => void)[] = [];

  /** `create` makes the draft (idempotent): no piece goes out before the relay knows the clip. */
  constructor(relay: RelayClient, clip: ClipAccess, options: UploadOptions) {
    this.#relay = relay;
    this.#clip = clip;
    this.#options = options;
    void this.#begin();
  }

  /** Queues segments. */
  add(segments: readonly SealedSegment[]): void {
    for (const segment of segments) this.#sealedBytes += segment.sealed.length;
    this.#queue.push(...segments);
    if (segments.length > 0) this.#report();
    this.#fill();
  }

  /**
   * Resolves when everything queued so far is stored.
   * @throws whatever the relay client gave up with; `retry` begins again where it stopped.
   */
  async done(): Promise<void> {
    while (this.#running > 0 || this.#queue.length > 0) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => this.#settled.push(resolve));
    }
    if (this.#failure) throw this.#failure;
  }

  /** After a failure: goes on with what is still queued. */
  retry(): void {
    this.#failure = undefined;
    if (this.#created) this.#fill();
    else void this.#begin();
  }

  async #begin(): Promise<void> {
    this.#running++;
    try {
      await this.#options.create();
      this.#created = true;
    } catch (error) {
      this.#failure = error;
    }
    this.#running--;
    this.#fill();
    this.#wake();
  }

  #fill(): void {
    while (this.#created && !this.#failure && this.#running < PARALLEL) {
      const segment = this.#queue.shift();
      if (!segment) break;
      this.#running++;
      void this.#store(segment);
    }
  }

  async #store(segment: SealedSegment): Promise<void> {
    try {
      await this.#relay.storePiece(this.#clip, segment.index, segment.sealed);
      this.#uploadedBytes += segment.sealed.length;
      this.#report();
    } catch (error) {
      this.#queue.unshift(segment);
      this.#failure ??= error;
    }
    this.#running--;
    this.#fill();
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#settled;
    this.#settled = [];
    for (const resolve of waiting) resolve();
  }

  #report(): void {
    this.#options.onProgress({ sealedBytes: this.#sealedBytes, uploadedBytes: this.#uploadedBytes });
  }
}
