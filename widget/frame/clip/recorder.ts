/**
 * What a person does with `<wisp-recorder>`, as one state and the actions that change it: choose, record, review,
 * send, retake. Views draw the state and call the actions; nothing here draws.
 * Realm: frame. Holds the live stream and ciphertext; the clip key stays in the worker until Send.
 * Source: protocol.md §6, product.md W1, W2.
 */

import { formatClipLink } from "../../seal/clip-link.ts";
import { encodeMetadata } from "../../seal/clip-metadata.ts";
import { CLIP_MAX_BYTES, CLIP_MAX_S } from "../../wire/clip-limits.ts";
import { asCoded } from "../../wire/errors.ts";
import type { RecorderConfig } from "../../wire/host-frame.ts";
import { RelayClient } from "../relay-client.ts";
import { type ClipMode, closeDevices, type DeviceChoice, LevelMeter, listDevices, openDevices } from "./capture.ts";
import { ClipDraft } from "./draft.ts";
import { watchReceipt } from "./receipt-watch.ts";
import { Recording } from "./record.ts";
import { EMPTY, type RecorderState } from "./recorder-state.ts";

const COUNTDOWN_S = 3;
const TICK_MS = 200;
/** Stop this far before the byte cap: what the encoder still holds must fit. */
const BYTES_RESERVE = 2_000_000;

export class Recorder {
  #state: RecorderState = EMPTY;
  #config: RecorderConfig = {};
  #exposesLink = false;
  #endWatch = () => {};
  #recording: Recording | undefined;
  #meter: LevelMeter | undefined;
  #draft: ClipDraft | undefined;
  #maxBytes = CLIP_MAX_BYTES;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #recordedBytes = 0;
  /** The last one counts: an earlier one's devices or countdown may still be on their way. */
  #asked = 0;
  #countdown: { endsAt: number } | undefined;
  readonly #relay = new RelayClient({ onReach: (reachable) => this.#set({ reachable }) });
  readonly #onChange: (state: RecorderState) => void;

  constructor(onChange: (state: RecorderState) => void) {
    this.#onChange = onChange;
  }

  get state(): RecorderState {
    return this.#state;
  }

  /** The sealed clip, for review. */
  get draft(): ClipDraft | undefined {
    return this.#draft;
  }

  /** Takes the page's configuration. A take keeps the one it began with, and what the person typed stands. */
  configure(config: RecorderConfig): void {
    const before = this.#config;
    this.#config = config;
    if (this.#draft) return;
    this.#set({
      limit: Math.min(config.maxSeconds ?? CLIP_MAX_S, CLIP_MAX_S),
      pageGetsLink: config.exposeLink === true,
      ...(config.recipient !== before.recipient ? { recipient: config.recipient ?? "" } : {}),
      ...(this.#state.step === "start" && config.mode ? { mode: config.mode } : {}),
    });
  }

  setRecipient(recipient: string): void {
    this.#set({ recipient });
  }

  /** Loudness now, 0 to 1: more often than the state tells it. */
  readLevel(): number {
    return this.#meter?.read() ?? 0;
  }

  /** Asks for camera and microphone, or another of them: then the preview stays and only its picture changes. */
  async openDevices(mode: ClipMode, choice: DeviceChoice = this.#state.choice): Promise<void> {
    const asked = ++this.#asked;
    this.#closeDevices();
    this.#set({ step: this.#state.step === "ready" ? "ready" : "asking", mode, choice, error: undefined });
    try {
      const stream = await openDevices(mode, choice);
      if (asked !== this.#asked) return closeDevices(stream);
      this.#meter = new LevelMeter(stream);
      this.#set({ step: "ready", stream, devices: await listDevices(), elapsed: 0, cutShort: false });
      this.#startTicking();
    } catch (error) {
      if (asked === this.#asked) this.#fail(error);
    }
  }

  /** Counts down, then records. A second call during the countdown starts at once. */
  async start(): Promise<void> {
    if (this.#countdown) this.#countdown.endsAt = 0;
    if (this.#state.step !== "ready" || !this.#state.stream) return;
    const countdown = { endsAt: performance.now() + COUNTDOWN_S * 1000 };
    this.#countdown = countdown;
    this.#set({ step: "countdown", countdown: COUNTDOWN_S });
    while (this.#countdown === countdown && performance.now() < countdown.endsAt) {
      this.#set({ countdown: Math.ceil((countdown.endsAt - performance.now()) / 1000) });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (this.#countdown === countdown) await this.#record(countdown);
  }

  cancelCountdown(): void {
    if (!this.#countdown) return;
    this.#countdown = undefined;
    this.#set({ step: "ready", countdown: 0 });
  }

  pause(): void {
    if (this.#state.step !== "recording") return;
    this.#recording?.pause();
    this.#set({ step: "paused" });
  }

  resume(): void {
    if (this.#state.step !== "paused") return;
    this.#recording?.resume();
    this.#set({ step: "recording" });
  }

  /** Ends the recording, lets go of the devices, seals the rest. */
  async stop(): Promise<void> {
    const recording = this.#recording;
    if (!["recording", "paused"].includes(this.#state.step) || !recording || !this.#draft) return;
    this.#set({ step: "finishing", elapsed: recording.elapsed / 1000 });
    try {
      await recording.stop();
      this.#closeDevices();
      await this.#draft.finish();
      this.#set({ step: "review" });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Throws the draft away and goes back to the preview. The next take has its own key, IV and id. */
  async retake(): Promise<void> {
    this.#dropDraft();
    await this.openDevices(this.#state.mode);
  }

  /** Throws everything away. */
  discard(): void {
    this.#asked++;
    this.#closeDevices();
    this.#dropDraft();
    const { limit, mode, pageGetsLink } = this.#state;
    this.#set({ ...EMPTY, limit, mode, pageGetsLink, recipient: this.#config.recipient ?? "" });
  }

  /** Turns the draft into a link. After a failure it may be called again: nothing is lost. */
  async send(): Promise<void> {
    const draft = this.#draft;
    if (!draft || (this.#state.step !== "review" && this.#state.step !== "failed")) return;
    this.#set({ step: "sending", error: undefined });
    try {
      const { recipient, mode, elapsed } = this.#state;
      const metadata = encodeMetadata({
        v: 1,
        mime: draft.mime,
        kind: mode === "camera" ? "video" : "voice",
        duration: elapsed,
        bytes: draft.plainBytes,
        ...(recipient.trim() ? { recipient: recipient.trim() } : {}),
      });
      const { key, expiresAt } = await draft.send(metadata, elapsed);
      this.#set({ step: "sent", id: draft.id, expiresAt, link: formatClipLink(location.origin, draft.id, key) });
      this.#endWatch = watchReceipt(
        () => draft.receipt(),
        (receipt) => this.#set({ receipt }),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Deletes a sent clip before anyone (else) opens it. */
  async revoke(): Promise<void> {
    if (this.#state.step !== "sent") return;
    try {
      await this.#draft?.revoke();
      this.#set({ revoked: true, error: undefined });
    } catch (error) {
      this.#set({ error: asCoded(error) });
    }
  }

  /** Whether the page may be told the link: as it asked before the recording began, not later. */
  get exposesLink(): boolean {
    return this.#exposesLink;
  }

  async #record(countdown: object): Promise<void> {
    const { stream, mode } = this.#state;
    if (!stream) return;
    try {
      const draft = await ClipDraft.begin(this.#relay, {
        maxLeases: this.#config.maxLeases,
        onLimits: ({ maxBytes, maxSeconds }) => {
          this.#maxBytes = maxBytes;
          this.#set({ limit: Math.min(this.#state.limit, maxSeconds) });
        },
        // A discarded take's upload may still report.
        onProgress: (progress) => draft === this.#draft && this.#set({ progress }),
        onFailure: (error) => draft === this.#draft && this.#fail(error),
      });
      if (this.#countdown !== countdown) return draft.discard();
      this.#countdown = undefined;
      this.#draft = draft;
      this.#recordedBytes = 0;
      this.#exposesLink = this.#config.exposeLink === true;
      this.#recording = new Recording(stream, mode, (chunk) => {
        this.#recordedBytes += chunk.length;
        draft.push(chunk);
      });
      draft.mime = this.#recording.mime;
      for (const track of stream.getTracks()) track.onended = () => void this.stop();
      this.#set({ step: "recording", elapsed: 0, countdown: 0, progress: EMPTY.progress, recordedBytes: 0 });
    } catch (error) {
      this.#fail(error);
    }
  }

  #startTicking(): void {
    clearInterval(this.#ticker);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const elapsed = (this.#recording?.elapsed ?? 0) / 1000;
    this.#set({
      level: this.readLevel(),
      recordedBytes: this.#recordedBytes,
      ...(this.#state.step === "recording" ? { elapsed } : {}),
    });
    const full = this.#state.progress.sealedBytes > this.#maxBytes - BYTES_RESERVE;
    if (this.#state.step === "recording" && (full || elapsed >= this.#state.limit)) {
      this.#set({ cutShort: true });
      void this.stop();
    }
  }

  #closeDevices(): void {
    this.#countdown = undefined;
    clearInterval(this.#ticker);
    this.#meter?.close();
    this.#meter = undefined;
    this.#recording = undefined;
    for (const track of this.#state.stream?.getTracks() ?? []) track.onended = null;
    closeDevices(this.#state.stream);
    this.#set({ stream: undefined, level: 0 });
  }

  #dropDraft(): void {
    if (this.#state.step !== "sent") this.#draft?.discard();
    this.#endWatch();
    this.#draft = undefined;
    this.#recordedBytes = 0;
    this.#set({
      progress: EMPTY.progress,
      recordedBytes: 0,
      elapsed: 0,
      revoked: false,
      link: undefined,
      id: undefined,
      receipt: undefined,
      pageGetsLink: this.#config.exposeLink === true,
    });
  }

  #fail(error: unknown): void {
    if (!this.#draft?.finished) this.#closeDevices();
    this.#set({ step: "failed", error: asCoded(error) });
  }

  #set(change: { [K in keyof RecorderState]?: RecorderState[K] | undefined }): void {
    this.#state = { ...this.#state, ...change } as RecorderState;
    this.#onChange(this.#state);
  }
}
