/**
 * "Hear yourself" and "Test the speaker": one at a time, over when the person goes in. Realm: frame; what is recorded
 * stays in call/listen-back.ts.
 */
import { html, type ReactiveController, type TemplateResult } from "lit";
import { AudioLines, Volume2 } from "lucide";
import { icon } from "../../clip/view/icons.ts";
import { presentOf } from "../call/devices.ts";
import { playTestSound } from "../call/test-sound.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";

type Step = "idle" | "recording" | "playing" | "tone" | "failed";

const known = new WeakMap<RoomView, SoundTests>();

class SoundTests implements ReactiveController {
  readonly #view: RoomView;
  #running: AbortController | undefined;
  step: Step = "idle";

  constructor(view: RoomView) {
    this.#view = view;
    view.addController(this);
  }

  hostUpdate(): void {
    const { room, media } = this.#view;
    const isBefore = room?.phase === "start" || room?.phase === "pre-join";
    const isCut = this.step === "recording" && media.sources.microphone !== "on";
    if (!isBefore || isCut) this.#running?.abort();
  }

  hostDisconnected(): void {
    this.#running?.abort();
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  readonly listen = () => {
    const { listenBack } = this.#view.media;
    if (listenBack) void this.#run((signal) => listenBack((step) => this.#turn(step), signal));
  };

  readonly sound = () => {
    this.#turn("tone");
    void this.#run(() => playTestSound(presentOf(this.#view.media.devices, "speaker")));
  };

  async #run(test: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#running) return;
    const running = new AbortController();
    this.#running = running;
    try {
      await test(running.signal);
      this.step = "idle";
    } catch {
      this.step = "failed";
    }
    this.#running = undefined;
    this.#view.requestUpdate();
  }

  #turn(step: Step): void {
    this.step = step;
    this.#view.requestUpdate();
  }
}

export function soundTests(view: RoomView): TemplateResult {
  const tests = known.get(view) ?? new SoundTests(view);
  known.set(view, tests);
  const mayListen = view.media.listenBack !== undefined && !tests.isRunning;
  return html`<div class="sound-tests">
      <button type="button" class="pill" ?disabled=${!mayListen} aria-describedby="sound-words" @click=${tests.listen}>
        ${icon(AudioLines)}<span>${say("door-listen")}</span>
      </button>
      <button type="button" class="pill" ?disabled=${tests.isRunning} @click=${tests.sound}>
        ${icon(Volume2)}<span>${say("door-tone")}</span>
      </button>
    </div>
    <p class="set-up-hint" id="sound-words" role="status">${words(tests.step)}</p>`;
}

function words(step: Step): string {
  switch (step) {
    case "recording":
      return say("door-recording");
    case "playing":
      return say("door-playing");
    case "tone":
      return say("door-tone-playing");
    case "failed":
      return say("door-sound-failed");
    case "idle":
      return say("door-listen-hint");
  }
}
