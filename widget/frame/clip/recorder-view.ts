/**
 * `<wisp-recorder-view>`: draws the recorder's state and calls its actions. Realm: frame.
 * Sees the live stream, the draft played back, and after Send the link.
 */
import { msg, updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import type { Recorder } from "./recorder.ts";
import type { RecorderState } from "./recorder-state.ts";
import { controlStyle } from "./view/controls.ts";
import { CoveredQuestion, clipQuestion, coveredQuestionStyle, type Exposure } from "./view/covered-question.ts";
import { deviceTray, deviceTrayStyle, type TrayActs } from "./view/device-tray.ts";
import { DraftReview } from "./view/draft-review.ts";
import { envelopeStyle } from "./view/envelope.ts";
import { FocusKeeper } from "./view/focus-keeper.ts";
import { FrameBox, type Room } from "./view/frame-box.ts";
import { levelMeterStyle } from "./view/level-meter.ts";
import { overPicture } from "./view/over-picture.ts";
import { progressStyle } from "./view/progress.ts";
import { question, questionStyle } from "./view/question.ts";
import { recorderBar } from "./view/recorder-bar.ts";
import { recorderStage } from "./view/recorder-stage.ts";
import { recorderStyle } from "./view/recorder-style.ts";
import { announcement, pasteNote } from "./view/recorder-words.ts";
import { ScrollReach } from "./view/scroll-reach.ts";
import { sealStripStyle } from "./view/seal-strip.ts";
import { messageStyle, skeleton, tokens } from "./view/theme.ts";
import { voiceStillStyle } from "./view/voice-still.ts";
import "./view/voice-wave.ts";

const COPIED_MS = 2500;
/** The steps that still show the last picture of the take. */
const TAKEN: readonly string[] = ["finishing", "review", "sending"];

export class RecorderView extends LitElement {
  static override properties = {
    state: { attribute: false },
    theme: { reflect: true },
    copied: { state: true },
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
    recorderStyle,
    deviceTrayStyle,
    levelMeterStyle,
    sealStripStyle,
    questionStyle,
    coveredQuestionStyle,
  ];
  declare state: RecorderState;
  declare theme: string;
  declare recorder: Recorder;
  /** what was copied just now; "by hand" where the browser refuses the clipboard */
  declare copied: "no" | "link" | "text" | "by hand";
  /** last picture of the take, as others will see it */
  poster: HTMLCanvasElement | undefined;
  readonly review = new DraftReview(this);
  readonly covered: CoveredQuestion<Exposure> = new CoveredQuestion(this, clipQuestion);
  readonly #box = new FrameBox(this);
  readonly #focus = new FocusKeeper(this);
  #copiedTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.theme = "auto";
    this.copied = "no";
    updateWhenLocaleChanges(this);
    new ScrollReach(this);
  }

  get room(): Room {
    return this.#box.room;
  }

  /** A failed Send keeps the take; one that is too big for the relay stays so. */
  get canSendAgain(): boolean {
    return this.recorder.draft?.finished === true && this.state.error?.code !== "body-too-large";
  }

  readonly readLevel = () => this.recorder.readLevel();

  readonly trayActs: TrayActs = {
    choose: (choice) => void this.recorder.openDevices(this.state.mode, choice),
    setRecipient: (recipient) => this.recorder.setRecipient(recipient),
  };

  readonly toggleReview = () => {
    const { draft } = this.recorder;
    if (draft) this.review.toggle(draft, this.state.elapsed);
  };

  readonly copyLink = () => this.#copy("link", this.state.link ?? "");

  /** The link in a sentence that says what it is. */
  readonly copyText = () => this.#copy("text", `${pasteNote(this.state)} ${this.state.link}`);

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("state") as RecorderState | undefined;
    if (!before || before.step === this.state.step) return;
    const { step } = this.state;
    if (step === "finishing") this.poster = stillOf(this.renderRoot.querySelector("video"));
    if (!TAKEN.includes(step)) this.poster = undefined;
    if (step !== "review") this.review.stop();
    this.copied = "no";
    for (const dialog of this.renderRoot.querySelectorAll("dialog")) dialog.close();
    this.#focus.stepChanged();
  }

  override render() {
    if (!this.state) return nothing;
    this.dataset.step = this.state.step;
    return html`<main class="frame">
      ${recorderStage(this)} ${recorderBar(this)}
      <p class="hidden" role="status">${this.copied === "link" || this.copied === "text" ? msg("Copied") : announcement(this.state)}</p>
      ${this.#questions()} ${this.covered.render()}
      ${
        this.state.step === "ready" && this.room === "behind"
          ? html`<dialog id="tray" class="settings" aria-label=${msg("Settings")}>
            ${deviceTray(this.state, this.trayActs)}
            <div class="answers"><button class="pill strong" @click=${closeDialog}>${msg("Done")}</button></div>
          </dialog>`
          : nothing
      }
    </main>`;
  }

  #questions() {
    const discard = question({
      id: "discard",
      title: msg("Discard this clip?"),
      sentence: msg("It was not sent. It can’t be brought back."),
      yes: msg("Discard it"),
      no: msg("Keep it"),
      act: () => this.recorder.discard(),
    });
    const revoke = question({
      id: "revoke",
      title: msg("Delete this clip now?"),
      sentence: msg("The link stops working at once, also for whoever has it already."),
      yes: msg("Delete it"),
      no: msg("Keep it"),
      act: () => void this.recorder.revoke(),
    });
    const { step } = this.state;
    if (step === "sent") return this.state.revoked ? nothing : revoke;
    return step === "review" || step === "failed" ? discard : nothing;
  }

  async #copy(what: "link" | "text", text: string): Promise<void> {
    this.copied = (await putOnClipboard(text)) ? what : "by hand";
    if (this.copied === "by hand") this.renderRoot.querySelector<HTMLInputElement>("input.link")?.select();
    clearTimeout(this.#copiedTimer);
    this.#copiedTimer = setTimeout(() => this.#forgetCopied(), COPIED_MS);
  }

  #forgetCopied(): void {
    if (this.copied !== "by hand") this.copied = "no";
  }
}

function closeDialog(event: Event): void {
  (event.currentTarget as HTMLElement).closest("dialog")?.close();
}

/** Copies the picture that a live video shows now. */
function stillOf(video: HTMLVideoElement | null): HTMLCanvasElement | undefined {
  if (!video?.videoWidth) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return canvas;
}

async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission in this frame, or no clipboard at all: the person can still do it.
    return false;
  }
}
