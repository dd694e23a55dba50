/**
 * `<wisp-wave>`: the last seconds of a voice as a moving row of bars, where there is no picture to show.
 * Realm: frame. Sees loudness, never sound.
 */
import { css, html, LitElement } from "lit";

const BAR_PX = 4;
const GAP_PX = 4;
/** one bar each so many ms */
const STEP_MS = 60;

export class VoiceWave extends LitElement {
  static override properties = { read: { attribute: false }, running: { type: Boolean } };
  static override styles = css`
    :host {
      display: block;
      color: var(--accent);
      pointer-events: none;
    }
    canvas {
      display: block;
      inline-size: 100%;
      block-size: 100%;
    }
  `;
  /** loudness now, 0 to 1 */
  declare read: () => number;
  /** false: the bars stand still */
  declare running: boolean;
  #levels: number[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#step(), STEP_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    this.#levels = [];
  }

  override render() {
    return html`<canvas aria-hidden="true"></canvas>`;
  }

  #step(): void {
    const canvas = this.renderRoot.querySelector("canvas");
    if (!canvas || document.hidden || (!this.running && this.#levels.length > 0)) return;
    const count = Math.floor(this.clientWidth / (BAR_PX + GAP_PX));
    // Who wants no motion has the level meter.
    if (this.running) this.#levels.push(this.#still.matches ? 0 : this.read());
    this.#levels = this.#levels.slice(-count);
    this.#draw(canvas, count);
  }

  #draw(canvas: HTMLCanvasElement, count: number): void {
    const scale = devicePixelRatio;
    const [width, height] = [this.clientWidth, this.clientHeight];
    canvas.width = width * scale;
    canvas.height = height * scale;
    const context = canvas.getContext("2d");
    if (!context) return;
    context.scale(scale, scale);
    const color = getComputedStyle(this).color;
    for (let bar = 0; bar < count; bar++) {
      const level = this.#levels[this.#levels.length - count + bar] ?? 0;
      const tall = Math.max(BAR_PX, level ** 1.6 * height * 0.9);
      context.globalAlpha = 0.25 + 0.75 * (bar / count);
      context.fillStyle = color;
      context.beginPath();
      context.roundRect(bar * (BAR_PX + GAP_PX), (height - tall) / 2, BAR_PX, tall, BAR_PX / 2);
      context.fill();
    }
  }
}

if (!customElements.get("wisp-wave")) customElements.define("wisp-wave", VoiceWave);
