/**
 * One recording: MediaRecorder with pause and a clock that stands still meanwhile. Hands each piece of the file on
 * and keeps none. Realm: frame. Sees plaintext for the length of one call.
 * Source: platform-notes (Recording): always a timeslice; MP4 needs a key-frame interval too.
 */
import type { Bytes } from "../../wire/bytes.ts";
import { CodedError } from "../../wire/errors.ts";
import type { ClipMode } from "./capture.ts";

/** Often enough that little is left to seal after Stop. */
const TIMESLICE_MS = 250;
/** 1.5 Mbit/s: 300 s stay under the 100 MB cap with room to spare. */
const VIDEO_BITS = 1_500_000;
const AUDIO_BITS = 64_000;

/** In order of preference: what plays progressively in most browsers comes first. */
const VIDEO_TYPES = [
  "video/webm;codecs=vp9,opus",
  "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
  "video/webm;codecs=vp8,opus",
  "video/webm",
  "video/mp4",
];
const VOICE_TYPES = ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/ogg;codecs=opus", "audio/mp4"];

export class Recording {
  readonly #recorder: MediaRecorder;
  readonly #onChunk: (chunk: Bytes) => void;
  /** Chunks keep their order although reading a Blob is asynchronous. */
  #delivered: Promise<void> = Promise.resolve();
  #stopped: Promise<void>;
  #recordedMs = 0;
  #runningSince: number | undefined;

  /**
   * Starts recording.
   * @throws CodedError `unsupported-browser` or `recording-failed`.
   */
  constructor(stream: MediaStream, mode: ClipMode, onChunk: (chunk: Bytes) => void) {
    this.#onChunk = onChunk;
    this.#recorder = makeRecorder(stream, mode);
    this.#recorder.ondataavailable = ({ data }) => this.#deliver(data);
    this.#stopped = new Promise((resolve, reject) => {
      this.#recorder.onstop = () => resolve();
      this.#recorder.onerror = () =>
        reject(new CodedError("recording-failed", "The recording stopped by itself. Try again."));
    });
    this.#stopped.catch(() => undefined);
    this.#recorder.start(TIMESLICE_MS);
    this.#runningSince = performance.now();
  }

  /** The exact type of the file, codecs included. */
  get mime(): string {
    return this.#recorder.mimeType;
  }

  /** Milliseconds recorded, pauses left out. */
  get elapsed(): number {
    return this.#recordedMs + (this.#runningSince === undefined ? 0 : performance.now() - this.#runningSince);
  }

  pause(): void {
    this.#haltClock();
    if (this.#recorder.state === "recording") this.#recorder.pause();
  }

  resume(): void {
    if (this.#recorder.state !== "paused") return;
    this.#recorder.resume();
    this.#runningSince = performance.now();
  }

  /**
   * Ends the recording; resolves when its last chunk was handed on.
   * @throws CodedError `recording-failed`.
   */
  async stop(): Promise<void> {
    this.#haltClock();
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    await this.#stopped;
    await this.#delivered;
  }

  #deliver(data: Blob): void {
    if (data.size === 0) return;
    const bytes = data.arrayBuffer();
    this.#delivered = this.#delivered.then(async () => this.#onChunk(new Uint8Array(await bytes)));
  }

  #haltClock(): void {
    this.#recordedMs = this.elapsed;
    this.#runningSince = undefined;
  }
}

function makeRecorder(stream: MediaStream, mode: ClipMode): MediaRecorder {
  const mimeType = (mode === "camera" ? VIDEO_TYPES : VOICE_TYPES).find((type) => MediaRecorder.isTypeSupported(type));
  if (!mimeType)
    throw new CodedError("unsupported-browser", "This browser can't record in a format that others can play.");
  const options = {
    mimeType,
    audioBitsPerSecond: AUDIO_BITS,
    ...(mode === "camera" ? { videoBitsPerSecond: VIDEO_BITS } : {}),
    ...(mimeType.includes("mp4") ? { videoKeyFrameIntervalDuration: 1000 } : {}),
  };
  try {
    return new MediaRecorder(stream, options);
  } catch (cause) {
    throw new CodedError("recording-failed", "The recording could not be started. Try again.", { cause });
  }
}
