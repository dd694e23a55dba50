/**
 * `<wisp-player-view>`: draws the viewer's state and calls its actions. Realm: frame.
 * Sees the opened clip as a media element, and the sealed metadata.
 */
import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { controlStyle } from "./view/controls.ts";
import { CoveredQuestion, clipQuestion, coveredQuestionStyle, type Exposure } from "./view/covered-question.ts";
import { LookedAway, withoutWaysOut } from "./view/deterrents.ts";
import { envelopeStyle } from "./view/envelope.ts";
import { FocusKeeper } from "./view/focus-keeper.ts";
import { overPicture } from "./view/over-picture.ts";
import { playerBar } from "./view/player-bar.ts";
import { playerStage } from "./view/player-stage.ts";
import { closingStyle, playerStyle, standaloneStyle } from "./view/player-style.ts";
import { announcement, laterWords } from "./view/player-words.ts";
import { progressStyle } from "./view/progress.ts";
import { questionStyle } from "./view/question.ts";
import { ScrollReach } from "./view/scroll-reach.ts";
import { messageStyle, skeleton, tokens } from "./view/theme.ts";
import { voiceStillStyle } from "./view/voice-still.ts";
import "./view/watermark.ts";
import type { Viewer, ViewerState } from "./viewer.ts";

/** While somebody else watches: looks again when their lease ends, and sooner in case they are done. */
const LOOK_AGAIN_MS = 10_000;
const SOONEST_LOOK_MS = 1_000;

const ON_STAGE: readonly string[] = ["opening", "playing", "paused"];

export class PlayerView extends LitElement {
  static override properties = {
    state: { attribute: false },
    theme: { reflect: true },
    standalone: { type: Boolean, reflect: true },
    empty: { type: Boolean },
    later: { state: true },
    blackout: { state: true },
    looking: { state: true },
    muted: { state: true },
    volume: { state: true },
  };
  static override styles = [
    tokens,
    skeleton,
    messageStyle,
    controlStyle,
    envelopeStyle,
    overPicture,
    progressStyle,
    voiceStillStyle,
    playerStyle,
    closingStyle,
    standaloneStyle,
    questionStyle,
    coveredQuestionStyle,
  ];
  declare state: ViewerState;
  declare theme: string;
  /** on a page of its own, not in an element */
  declare standalone: boolean;
  /** the page that embeds us has given no link yet */
  declare empty: boolean;
  declare viewer: Viewer;
  /** "Not now" was clicked */
  declare later: boolean;
  /** nobody looked: the picture stays hidden until a click */
  declare blackout: boolean;
  declare looking: boolean;
  declare muted: boolean;
  /** 0 to 1 */
  declare volume: number;
  readonly covered: CoveredQuestion<Exposure> = new CoveredQuestion(this, clipQuestion);
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #focus = new FocusKeeper(this);

  constructor() {
    super();
    this.theme = "auto";
    this.standalone = false;
    this.empty = false;
    this.later = false;
    this.blackout = false;
    this.looking = false;
    this.muted = false;
    this.volume = 1;
    updateWhenLocaleChanges(this);
    new ScrollReach(this);
    new LookedAway(this, () => this.#goBlack());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("fullscreenchange", this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("fullscreenchange", this.#redraw);
    clearTimeout(this.#lookTimer);
  }

  get isFullscreen(): boolean {
    return document.fullscreenElement !== null;
  }

  readonly watch = (click: MouseEvent) => this.covered.before("watch", click, () => void this.viewer.watch());

  readonly notNow = () => {
    this.later = true;
  };

  readonly look = async () => {
    this.looking = true;
    // Whatever it ends with is in the viewer's state.
    await this.viewer.look().catch(() => undefined);
    this.looking = false;
  };

  readonly toggle = () => {
    this.blackout = false;
    if (this.state.step === "playing") this.viewer.pause();
    else this.viewer.resume();
  };

  readonly toggleMuted = () => {
    this.muted = !this.muted;
    if (!this.muted && this.volume === 0) this.volume = 1;
  };

  readonly setVolume = (event: Event) => {
    this.volume = Number((event.target as HTMLInputElement).value) / 100;
    this.muted = false;
  };

  /** Of stage and bar, not of the picture: the watermark stays over it. */
  readonly toggleFullscreen = () => {
    const done = this.isFullscreen
      ? document.exitFullscreen()
      : this.renderRoot.querySelector(".frame")?.requestFullscreen();
    done?.catch(() => undefined);
  };

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("state") as ViewerState | undefined;
    if (!changed.has("state")) return;
    const { step, element } = this.state;
    if (element && element !== before?.element) this.#adopt(element);
    if (before?.step === step) return;
    if (step !== "invitation") this.later = false;
    if (!ON_STAGE.includes(step)) {
      this.blackout = false;
      if (this.isFullscreen) void document.exitFullscreen().catch(() => undefined);
    }
    this.#focus.stepChanged();
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { step, element, preview } = this.state ?? {};
    if (element) Object.assign(element, { muted: this.muted, volume: this.volume });
    if (this.blackout && step === "playing") this.viewer.pause();
    if (!changed.has("state")) return;
    clearTimeout(this.#lookTimer);
    if (step !== "waiting") return;
    const left = (preview?.leasedUntil ?? Number.POSITIVE_INFINITY) - Date.now();
    this.#lookTimer = setTimeout(() => void this.look(), Math.min(LOOK_AGAIN_MS, Math.max(SOONEST_LOOK_MS, left)));
  }

  override render() {
    if (!this.state) return nothing;
    this.dataset.step = this.state.step;
    const now = Date.now();
    const aloud = this.later ? Object.values(laterWords(this.state, now)).join(" ") : announcement(this.state, now);
    return html`<main class="frame">
      ${playerStage(this)} ${playerBar(this)}
      <p class="hidden" role="status">${aloud}</p>
      ${this.covered.render()}
    </main>`;
  }

  readonly #redraw = () => this.requestUpdate();

  #goBlack(): void {
    if (!ON_STAGE.includes(this.state?.step)) return;
    this.blackout = true;
    this.viewer.pause();
  }

  #adopt(element: HTMLMediaElement): void {
    withoutWaysOut(element);
    element.addEventListener("timeupdate", this.#redraw);
    // Keys of the keyboard or a headset stop and start it past our buttons.
    element.addEventListener("pause", () => {
      if (this.state.element === element && !element.ended && this.state.step === "playing") this.viewer.pause();
    });
    element.addEventListener("play", () => {
      if (this.blackout) element.pause();
      else if (this.state.element === element) this.viewer.resume();
    });
  }
}
