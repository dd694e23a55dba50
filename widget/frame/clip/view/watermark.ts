/**
 * `<wisp-watermark>`: whom the clip is for and the time now, written across the picture. A deterrent: it makes a
 * filmed screen say who filmed it, and protects from nobody who takes trouble. Realm: frame. Source: product.md W11.
 */
import { css, html, LitElement } from "lit";
import { styleMap } from "lit/directives/style-map.js";

const TICK_MS = 1000;
/** Moves on every so many ticks, so that no one place stays free. */
const MOVE_EVERY = 4;
const ROW_PX = 112;
/** CSS pixels of an average letter, generously */
const LETTER_PX = 9;
const GAP_PX = 64;

export class Watermark extends LitElement {
  static override properties = { whom: {}, now: { state: true } };
  static override styles = css`
    :host {
      position: absolute;
      inset: 0;
      overflow: hidden;
      pointer-events: none;
      user-select: none;
    }
    .tiles {
      position: absolute;
      inset-block-start: 50%;
      inset-inline-start: 50%;
      display: grid;
      row-gap: 88px;
      font-size: var(--medium);
      font-weight: 600;
      line-height: 24px;
      color: rgb(255 255 255 / 0.34);
      /* Readable on bright pictures too. */
      text-shadow:
        0 0 2px rgb(0 0 0 / 0.5),
        0 1px 3px rgb(0 0 0 / 0.35);
      white-space: nowrap;
      font-variant-numeric: tabular-nums;
    }
    .row {
      display: flex;
      column-gap: 64px;
    }
    .row:nth-child(even) {
      translate: -128px 0;
    }
  `;
  declare whom: string;
  declare now: number;
  #ticks = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.whom = "";
    this.now = Date.now();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      this.#ticks++;
      this.now = Date.now();
    }, TICK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    const time = new Intl.DateTimeFormat(navigator.language, { dateStyle: "short", timeStyle: "medium" }).format(
      this.now,
    );
    const text = this.whom ? `${this.whom} · ${time}` : time;
    const { rows, columns } = this.#tiling(text);
    const step = Math.floor(this.#ticks / MOVE_EVERY);
    const place = {
      transform: `translate(calc(-50% + ${((step * 53) % 160) - 80}px), calc(-50% + ${((step * 37) % 112) - 56}px)) rotate(-24deg)`,
    };
    return html`<div class="tiles" aria-hidden="true" style=${styleMap(place)}>
      ${Array.from(
        { length: rows },
        () => html`<div class="row">${Array.from({ length: columns }, () => html`<span>${text}</span>`)}</div>`,
      )}
    </div>`;
  }

  /** Enough to cover the picture, turned as it is. */
  #tiling(text: string): { rows: number; columns: number } {
    const across = Math.hypot(this.clientWidth, this.clientHeight) + 320;
    return { rows: Math.ceil(across / ROW_PX), columns: Math.ceil(across / (text.length * LETTER_PX + GAP_PX)) };
  }
}

if (!customElements.get("wisp-watermark")) customElements.define("wisp-watermark", Watermark);
