/**
 * Plays a sealed draft back to the person who made it: what is shown is what was sealed. Realm: frame.
 * Sees plaintext only on its way from the worker to the media element.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Bytes } from "../../../wire/bytes.ts";
import type { ClipDraft } from "../draft.ts";
import { playClip } from "../playback/play-clip.ts";
import type { Playback } from "../playback/playback.ts";

export type ReviewStep = "still" | "opening" | "playing" | "paused" | "failed";

export class DraftReview implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #playback: Playback | undefined;
  step: ReviewStep = "still";

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.stop();
  }

  get element(): HTMLMediaElement | undefined {
    return this.#playback?.element;
  }

  /** Seconds played. */
  get position(): number {
    return this.#playback?.position() ?? 0;
  }

  /**
   * Plays, or pauses and goes on.
   * @param duration seconds
   */
  toggle(draft: ClipDraft, duration: number): void {
    const { element } = this;
    if (this.step === "playing") {
      element?.pause();
      this.#become("paused");
    } else if (this.step === "paused") {
      void element?.play();
      this.#become("playing");
    } else if (this.step !== "opening") {
      void this.#play(draft, duration);
    }
  }

  /** Lets go of the picture. */
  stop(): void {
    this.#playback?.stop();
    this.#playback = undefined;
    this.step = "still";
  }

  async #play(draft: ClipDraft, duration: number): Promise<void> {
    const playback = playClip({ mime: draft.mime, duration, source: () => reopened(draft) });
    this.#playback = playback;
    playback.element.ontimeupdate = () => this.#host.requestUpdate();
    this.#become("opening");
    const ours = () => this.#playback === playback;
    try {
      await playback.started;
      if (ours()) this.#become("playing");
      await playback.ended;
      if (ours()) this.#over("still");
    } catch {
      if (ours()) this.#over("failed");
    }
  }

  #over(step: ReviewStep): void {
    this.stop();
    this.#become(step);
  }

  #become(step: ReviewStep): void {
    this.step = step;
    this.#host.requestUpdate();
  }
}

async function* reopened(draft: ClipDraft): AsyncGenerator<Bytes, void> {
  for (const segment of draft.segments) yield await draft.review(segment);
}
