/**
 * `<whatping-eye>`: a picture as the person sees it, and beside it what the relay carries of it: its bytes, drawn, and what
 * a decoder without keys makes of them. Realm: frame. Source: product.md R15, look.md ("your face left, noise right").
 */
import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { Eye, EyeOff, ShieldAlert, ShieldCheck } from "lucide";
import { fromBase64url } from "../../../wire/bytes.ts";
import { pseudonym } from "../../../wire/commit-data.ts";
import type { EyeSample } from "../../../wire/frame-eye.ts";
import { spinner } from "../../clip/view/controls.ts";
import { icon } from "../../clip/view/icons.ts";
import { DRAWING, drawBytes, partsOf } from "../call/eye-bytes.ts";
import type { EyeCounts, EyeLook } from "../call/eye-look.ts";
import type { MediaState } from "../call/media-state.ts";
import type { Room } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { type EyeChoice, eyeChoices } from "./eye-choices.ts";
import { exactly, type Seen } from "./eye-exactly.ts";
import { eyeStyles } from "./eye-style.ts";

type Step = "nobody" | "asking" | "looking" | "seen" | "failed";
type Part = TemplateResult | typeof nothing;

export class EyePanel extends LitElement {
  static override properties = {
    view: { attribute: false },
    room: { attribute: false },
    media: { attribute: false },
    step: { state: true },
    chosen: { state: true },
    seen: { state: true },
  };
  static override styles = eyeStyles;
  declare view: RoomView;
  declare room: Room;
  declare media: MediaState;
  declare step: Step;
  /** key of a choice */
  declare chosen: string;
  declare seen: Seen | undefined;
  #look: EyeLook | undefined;
  #drawing = new ImageData(DRAWING.width, DRAWING.height);
  #drawnTo = 0;

  constructor() {
    super();
    this.step = "nobody";
    this.chosen = "";
    updateWhenLocaleChanges(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  /** Looks at what was chosen, or at the first that there is. */
  async begin(): Promise<void> {
    this.end();
    const choice = this.#choice;
    this.chosen = choice?.key ?? "";
    this.seen = undefined;
    this.#drawing = new ImageData(DRAWING.width, DRAWING.height);
    this.#drawnTo = 0;
    this.step = choice ? "asking" : "nobody";
    await this.updateComplete;
    if (choice) await this.#lookAt(choice);
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#look?.end();
    this.#look = undefined;
  }

  async #lookAt({ person, kind }: EyeChoice): Promise<void> {
    const { EyeLook } = await import("../call/eye-look.ts");
    const look: EyeLook = new EyeLook({
      sample: (sample, codec) => this.take(sample, codec),
      counts: (counts) => this.count(counts),
    });
    this.#look = look;
    try {
      const way = await this.view.call.commands.eye();
      const identity = await pseudonym(fromBase64url(person.id) ?? new Uint8Array());
      if (look !== this.#look) return;
      await look.look(way, { identity, kind }, this.renderRoot.querySelector("#attempt") as HTMLVideoElement);
      if (look === this.#look) this.step = this.seen ? "seen" : "failed";
    } catch {
      if (look === this.#look) this.step = "failed";
    } finally {
      look.end();
    }
  }

  /** A frame that came. */
  take(sample: EyeSample, codec: string): void {
    const parts = partsOf(sample.bytes, codec, sample.isKey);
    this.#drawnTo = drawBytes(this.#drawing.data, sample.bytes, parts, this.#drawnTo);
    this.step = "looking";
    const isBare = parts.kid === null || (this.seen?.isBare ?? false);
    this.seen = { counts: this.seen?.counts, frames: sample.count, sample, parts, codec, isBare };
  }

  /** What the browser has counted until now. */
  count(counts: EyeCounts): void {
    if (this.seen) this.seen = { ...this.seen, counts };
  }

  get #choices(): EyeChoice[] {
    return this.room && this.media ? eyeChoices(this.room.people, this.media) : [];
  }

  get #choice(): EyeChoice | undefined {
    const choices = this.#choices;
    return choices.find(({ key }) => key === this.chosen) ?? choices[0];
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector("canvas");
    canvas?.getContext("2d")?.putImageData(this.#drawing, 0, 0);
    const own = this.renderRoot.querySelector<HTMLVideoElement>("#seen");
    const stream = this.#onStage?.srcObject ?? null;
    if (own && own.srcObject !== stream) own.srcObject = stream;
  }

  /** Where the stage shows it: nothing that it covers there is uncovered here. */
  get #onStage(): HTMLVideoElement | null {
    const choice = this.#choice;
    if (!choice) return null;
    const { person, kind } = choice;
    const whose = person.self ? ".tile.own" : `.tile.open[data-person="${CSS.escape(person.id)}"]`;
    return this.view.renderRoot.querySelector(`${whose}${kind === "screen" ? ".screen" : ":not(.screen)"} video`);
  }

  override render() {
    const choices = this.#choices;
    this.dataset.step = this.step;
    if (choices.length === 0 && !this.seen) {
      return html`<p>${say("eye-lead")}</p><p class="nobody" role="status">${icon(EyeOff)}<span>${say("eye-nobody")}</span></p>`;
    }
    return html`<p>${say("eye-lead")}</p>
      ${this.#choosing(choices)}
      <div class="pair">${this.#left()} ${this.#right()}</div>
      <div class="outcome" role=${this.#isWrong ? "alert" : "status"}>${this.#outcome()}</div>
      ${this.seen ? exactly(this.seen) : nothing}`;
  }

  #choosing(choices: readonly EyeChoice[]): TemplateResult {
    const choose = ({ target }: Event) => {
      this.chosen = (target as HTMLSelectElement).value;
      void this.begin();
    };
    return html`<div class="choosing">
      <label for="whose">${say("eye-whose")}</label>
      <select id="whose" @change=${choose}>
        ${choices.map((choice) => html`<option value=${choice.key} ?selected=${choice.key === this.chosen}>${nameOf(choice)}</option>`)}
      </select>
    </div>`;
  }

  #left(): TemplateResult {
    return html`<figure>
      <div class="screen">
        ${this.#onStage ? nothing : html`<p>${say("eye-not-here")}</p>`}
        <video id="seen" autoplay playsinline muted aria-label=${say("eye-you")}></video>
      </div>
      <figcaption>${icon(Eye, 16)}${say("eye-you")}</figcaption>
    </figure>`;
  }

  #right(): TemplateResult {
    return html`<figure>
      <div class="screen relay">
        <canvas width=${DRAWING.width} height=${DRAWING.height} role="img" aria-label=${say("eye-relay")}></canvas>
        <div class="attempt">
          <video id="attempt" autoplay playsinline muted aria-label=${say("eye-played")}></video>
          <span aria-hidden="true">${say("eye-played")}</span>
        </div>
      </div>
      <figcaption>${icon(EyeOff, 16)}${say("eye-relay")}</figcaption>
    </figure>`;
  }

  /** What has no header of ours, or could be shown. */
  get #isWrong(): boolean {
    return this.seen?.isBare === true || (this.seen?.counts?.decoded ?? 0) > 0;
  }

  #outcome(): Part {
    const again = html`<button class="pill" @click=${() => void this.begin()}>${say("eye-again")}</button>`;
    const { received = 0, decoded = 0 } = this.seen?.counts ?? {};
    const numbers = { received: String(received), decoded: String(decoded) };
    if (this.step === "asking") return html`${spinner()}<p>${say("eye-asking")}</p>`;
    if (this.step === "failed") return html`${icon(EyeOff)}<p>${say("eye-failed")}</p>${again}`;
    if (this.step === "looking" && !this.#isWrong) return html`${spinner()}<p>${say("eye-looking")}</p>`;
    if (decoded > 0) return html`${icon(ShieldAlert)}<p>${say("eye-leak", numbers)}</p>${again}`;
    if (this.#isWrong) return html`${icon(ShieldAlert)}<p>${say("eye-bare")}</p>${again}`;
    return html`${icon(ShieldCheck)}<p>${say("eye-black", numbers)}</p>${again}`;
  }
}

function nameOf({ person, kind }: EyeChoice): string {
  if (person.self) return say(kind === "screen" ? "eye-own-screen" : "eye-own-camera");
  const name = person.name || say("somebody");
  return kind === "screen" ? say("eye-screen", { name }) : say("eye-camera", { name });
}

customElements.define("whatping-eye", EyePanel);
