/**
 * One take on its way to becoming a clip: its worker (key), its id and manage token, its upload.
 * Realm: frame. Sees plaintext only to hand it to the worker; keeps ciphertext until Send, for review and repeats.
 * Source: protocol.md §6, §7.
 */
import { type Bytes, toBase64url } from "../../wire/bytes.ts";
import type { Receipt } from "../../wire/client-api.ts";
import { CLIP_ID_BYTES, coarseDuration, TOKEN_BYTES } from "../../wire/clip-limits.ts";
import type { SealedClip, SealedSegment } from "../../wire/frame-media.ts";
import type { ClipAccess, RelayClient } from "../relay-client.ts";
import { ClipWorker } from "./clip-worker.ts";
import { ClipUpload, type UploadProgress } from "./upload.ts";

export interface DraftOptions {
  readonly maxLeases: number | undefined;
  /** the relay's own limits, bytes and seconds */
  onLimits(limits: { maxBytes: number; maxSeconds: number }): void;
  onProgress(progress: UploadProgress): void;
  /** sealing failed: the take is lost */
  onFailure(error: unknown): void;
}

export class ClipDraft {
  readonly #relay: RelayClient;
  readonly #worker: ClipWorker;
  readonly #access: ClipAccess;
  readonly #upload: ClipUpload;
  readonly #onFailure: (error: unknown) => void;
  /** Kept until Send: the relay may ask for a piece again, and review opens them. */
  #segments: SealedSegment[] = [];
  #sealed: Promise<void> = Promise.resolve();
  #clip: SealedClip | undefined;
  #box: Promise<{ metadata: Bytes; metadataIv: Bytes; key: Bytes }> | undefined;
  /** exact type of the file */
  mime = "";

  private constructor(
    relay: RelayClient,
    made: { worker: ClipWorker; access: ClipAccess; upload: ClipUpload },
    options: DraftOptions,
  ) {
    this.#relay = relay;
    this.#worker = made.worker;
    this.#access = made.access;
    this.#upload = made.upload;
    this.#onFailure = options.onFailure;
  }

  /** Fresh key, IV, id and manage token; the relay is told in the background. */
  static async begin(relay: RelayClient, options: DraftOptions): Promise<ClipDraft> {
    const worker = new ClipWorker();
    const { iv, viewTokenHash } = await worker.call("beginSealing");
    const id = toBase64url(crypto.getRandomValues(new Uint8Array(CLIP_ID_BYTES)));
    const access = { id, token: crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)) };
    const body = {
      iv: toBase64url(iv),
      viewTokenHash: toBase64url(viewTokenHash),
      ...(options.maxLeases ? { maxLeases: options.maxLeases } : {}),
    };
    const create = async () => options.onLimits(await relay.createClip(access, body));
    const upload = new ClipUpload(relay, access, { create, onProgress: options.onProgress });
    return new ClipDraft(relay, { worker, access, upload }, options);
  }

  get id(): string {
    return this.#access.id;
  }

  get finished(): boolean {
    return this.#clip !== undefined;
  }

  get plainBytes(): number {
    return this.#clip?.plainBytes ?? 0;
  }

  get segments(): readonly SealedSegment[] {
    return this.#segments;
  }

  /** Hands the next bytes of the file to the worker; what became a segment goes up at once. */
  push(chunk: Bytes): void {
    this.#sealed = this.#sealed.then(async () => this.#take(await this.#worker.call("seal", chunk, [chunk.buffer])));
    this.#sealed.catch((error) => this.#onFailure(error));
  }

  /** Seals the tail. The upload goes on by itself. */
  async finish(): Promise<void> {
    await this.#sealed;
    const { segments, clip } = await this.#worker.call("finishSealing");
    this.#take(segments);
    this.#clip = clip;
  }

  /** Opens one sealed segment again, for review. */
  review(segment: SealedSegment): Promise<Bytes> {
    return this.#worker.call("reviewSegment", segment);
  }

  /**
   * Waits for the upload, then makes the clip openable. May be repeated after a failure.
   * @param duration seconds
   */
  async send(metadata: Bytes, duration: number): Promise<{ key: Bytes; expiresAt: number }> {
    const clip = this.#clip;
    if (!clip) throw new Error("the clip is not finished");
    this.#upload.retry();
    // Sealed once: a repeated Send must be the same request.
    this.#box ??= this.#worker.call("finishClip", metadata);
    const [box] = await Promise.all([this.#box, this.#upload.done()]);
    const { expiresAt } = await this.#relay.send(this.#access, {
      pieces: clip.pieces,
      bytes: clip.bytes,
      sha256: toBase64url(clip.sha256),
      duration: coarseDuration(duration),
      metadata: toBase64url(box.metadata),
      metadataIv: toBase64url(box.metadataIv),
    });
    this.#worker.end();
    this.#segments = [];
    return { key: box.key, expiresAt };
  }

  /** What became of the sent clip. */
  receipt(): Promise<Receipt> {
    return this.#relay.receipt(this.#access);
  }

  /** Deletes the sent clip. */
  revoke(): Promise<unknown> {
    return this.#relay.revoke(this.#access);
  }

  /** Forgets the take here at once and at the relay as soon as it can be reached (24 h at most). */
  discard(): void {
    this.#worker.end();
    this.#segments = [];
    this.#relay.discard(this.#access).catch(() => undefined);
  }

  #take(segments: SealedSegment[]): void {
    this.#segments.push(...segments);
    this.#upload.add(segments);
  }
}
