/**
 * Asks once more before a click that exposes the person, when it landed while something covered the frame: they may
 * have meant what lay over it. Never a refusal, since a chat badge over a corner covers the frame too.
 * Realm: frame. Source: protocol.md §11 (what raises exposure), platform-notes (Clickjacking).
 */
import { msg } from "@lit/localize";
import { css, html, type LitElement, nothing, type ReactiveController, type TemplateResult } from "lit";
import { CodedError } from "../../../wire/errors.ts";
import { CoverWatch } from "../../cover-watch.ts";

/** What a click exposes: devices, what they give, the clip to whoever gets the link, the clip's one showing. */
export type Exposure = "camera" | "microphone" | "record" | "send" | "watch";

/** What the question says, in the language of whoever asks it: asked for anew each time it is drawn. */
export interface QuestionWords<E extends string> {
  title(): string;
  why(): string;
  /** the answer that changes nothing */
  stay(): string;
  goOn(): string;
  consequence(exposure: E): string;
  /** what one answer does not settle: it is about somebody else each time */
  readonly eachTime?: readonly E[];
}

/** ms before the answer counts: longer than any double-click. */
const ANSWER_AFTER_MS = 700;
/** px on the screen between click and answer: a page can move the frame under a pointer that rests. */
const ANSWER_AWAY_PX = 24;

/** Where another clip begins: agreeing was for the one before. */
const BEGINNINGS: readonly (string | undefined)[] = ["start", "loading"];

type View = LitElement & { readonly state?: { readonly step: string } };

interface Asked<E> {
  readonly exposure: E;
  readonly step: string | undefined;
  readonly click: UIEvent;
  act(): unknown;
}

export class CoveredQuestion<E extends string> implements ReactiveController {
  readonly #view: View;
  readonly #watch: CoverWatch;
  /** Answered while it stays covered as it is: not asked again. */
  readonly #agreed = new Set<E>();
  readonly #words: QuestionWords<E>;
  #asked: Asked<E> | undefined;
  #isShown = false;
  #mayAnswer = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Hears that the question was asked. */
  onAsk: (error: CodedError) => void = () => {};

  constructor(view: View, words: QuestionWords<E>) {
    this.#view = view;
    this.#words = words;
    this.#watch = new CoverWatch(
      () => view.renderRoot.querySelector("dialog[open]") !== null,
      () => this.#agreed.clear(),
    );
    view.addController(this);
  }

  hostConnected(): void {
    this.#watch.start();
    // It doesn't bubble, and Escape closes too.
    this.#view.renderRoot.addEventListener("close", this.#closed, { capture: true });
  }

  hostDisconnected(): void {
    this.#watch.stop();
    this.#view.renderRoot.removeEventListener("close", this.#closed, { capture: true });
    this.#forget();
  }

  /** Whether a click now would be asked about. */
  get isCovered(): boolean {
    return this.#watch.isCovered;
  }

  /** The page has a dialog of ours opened: what lies over the frame meanwhile is not reported. */
  distrust(): void {
    this.#watch.distrust();
  }

  /** Acts at once if the frame is in sight, else after a second click. A script's click or key does nothing. */
  before(exposure: E, click: UIEvent, act: () => unknown): void {
    if (!click.isTrusted) return;
    if (!this.isCovered || this.#agreed.has(exposure)) return void act();
    this.#asked = { exposure, step: this.#view.state?.step, click, act };
    this.#isShown = false;
    this.#mayAnswer = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#mayAnswer = true;
      this.#view.requestUpdate();
    }, ANSWER_AFTER_MS);
    this.#view.requestUpdate();
    this.onAsk(
      new CodedError(
        "frame-covered",
        "Something on this page covers the sealed frame or makes it hard to see, so it asked before going on.",
      ),
    );
  }

  hostUpdate(): void {
    const step = this.#view.state?.step;
    if (this.#asked && this.#asked.step !== step) this.#forget();
    if (BEGINNINGS.includes(step)) this.#agreed.clear();
  }

  hostUpdated(): void {
    if (this.#asked && !this.#isShown) this.#show(this.#asked.click);
    this.#watch.refresh();
  }

  render(): TemplateResult | typeof nothing {
    if (!this.#asked) return nothing;
    const words = this.#words;
    return html`<dialog id="covered" aria-labelledby="covered-title" aria-describedby="covered-sentence">
      <h2 id="covered-title">${words.title()}</h2>
      <p id="covered-sentence">
        <span class="why">${words.why()}</span> ${words.consequence(this.#asked.exposure)}
      </p>
      <div class="answers even">
        <button class="pill" @click=${() => this.#forget()}>${words.stay()}</button>
        <button class="pill strong" ?disabled=${!this.#mayAnswer} @click=${this.#agree}>${words.goOn()}</button>
      </div>
    </dialog>`;
  }

  readonly #agree = (click: MouseEvent) => {
    const asked = this.#asked;
    if (!asked || !this.#mayAnswer || !click.isTrusted || isSamePlace(asked.click, click)) return;
    if (!this.#words.eachTime?.includes(asked.exposure)) this.#agreed.add(asked.exposure);
    this.#forget();
    asked.act();
  };

  readonly #closed = (event: Event) => {
    const { id, open } = event.target as HTMLDialogElement;
    if (id === "covered" && !open) this.#forget();
    this.#view.requestUpdate();
  };

  /** The answer that goes on lies where the click was not. */
  #show(click: UIEvent): void {
    const dialog = this.#dialog;
    const answers = dialog?.querySelector(".answers");
    if (!dialog || !answers) return;
    this.#isShown = true;
    dialog.showModal();
    const [stay, goOn] = [...answers.querySelectorAll("button")].map((button) => distance(button, click));
    answers.classList.toggle("reversed", (goOn ?? 0) < (stay ?? 0));
  }

  get #dialog(): HTMLDialogElement | null {
    return this.#view.renderRoot.querySelector("#covered");
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#asked = undefined;
    this.#dialog?.close();
    this.#view.requestUpdate();
  }
}

/** Of the clips' elements, in English as all that they say. */
export const clipQuestion: QuestionWords<Exposure> = {
  title: () => msg("Something covers this window"),
  why: () => msg("You may not see all of it, so we ask again."),
  stay: () => msg("Leave it"),
  goOn: () => msg("Yes, go on"),
  consequence: (exposure) => {
    switch (exposure) {
      case "camera":
        return msg("If you go on, your camera and microphone are switched on.");
      case "microphone":
        return msg("If you go on, your microphone is switched on.");
      case "record":
        return msg("If you go on, you are being recorded.");
      case "send":
        return msg("If you go on, your clip is sent.");
      case "watch":
        return msg("If you go on, the clip plays now, and only once.");
    }
  },
};

/** px from the middle of a button; a key is near none. */
function distance(button: HTMLElement, click: UIEvent): number {
  if (!(click instanceof MouseEvent)) return 0;
  const { clientX, clientY } = click;
  const { x, y, width, height } = button.getBoundingClientRect();
  return Math.hypot(x + width / 2 - clientX, y + height / 2 - clientY);
}

/** A key has no place; the dialog's focus is on the answer that changes nothing. */
function isSamePlace(first: UIEvent, second: MouseEvent): boolean {
  if (!(first instanceof MouseEvent) || first.detail === 0 || second.detail === 0) return false;
  return Math.hypot(first.screenX - second.screenX, first.screenY - second.screenY) < ANSWER_AWAY_PX;
}

export const coveredQuestionStyle = css`
  .even > * {
    flex: 1;
  }
  .reversed {
    flex-flow: row-reverse wrap-reverse;
  }
  @media (height < 160px) {
    #covered {
      padding: 4px 8px;
    }
    #covered h2 {
      font-size: var(--small);
    }
    #covered p {
      margin: 0;
    }
    #covered .why {
      display: none;
    }
    #covered .answers {
      margin-block-start: 4px;
    }
  }
`;
