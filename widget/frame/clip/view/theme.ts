/**
 * Tokens and the skeleton of both views: a stage that is dark in both themes, one bar below it, three type sizes,
 * a 4 px grid, two radii, one accent. Realm: frame. Sees nothing. Source: look.md.
 */
import { css } from "lit";

/** `light-dark()` follows `color-scheme`, so the stage only has to say "dark". */
export const tokens = css`
  :host {
    color-scheme: light dark;
    --accent: light-dark(#0a7263, #4fdcc0);
    --on-accent: light-dark(#ffffff, #03241d);
    --red: #cf2a31;
    --on-red: #ffffff;
    --surface: light-dark(#ffffff, #151b1c);
    --raised: light-dark(#edf2f0, #232c2e);
    --pressed: light-dark(#dfe7e4, #2f3a3c);
    --page: light-dark(#e6ecea, #0b0f10);
    --line: light-dark(#d3dcd9, #2c3638);
    --edge: light-dark(#71807b, #7d8c88);
    --text: light-dark(#10201c, #eff5f3);
    --muted: light-dark(#52615c, #a9b7b3);
    --stage: #080d0e;
    --small: 0.8125rem;
    --medium: 1rem;
    --large: 1.5rem;
    --radius: 12px;
    --round: 999px;
    --quick: 120ms;
    --calm: 180ms;
    --ease: cubic-bezier(0.2, 0.7, 0.2, 1);
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;

export const skeleton = css`
  :host {
    display: block;
    block-size: 100%;
    container: view / size;
    font: 400 var(--medium) / 1.5 "Figtree Variable", "Figtree fallback", system-ui, sans-serif;
    color: var(--text);
    background: var(--page);
    -webkit-font-smoothing: antialiased;
    -webkit-tap-highlight-color: transparent;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  p {
    margin: 0;
  }
  .frame {
    display: grid;
    grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
    block-size: 100%;
    background: var(--surface);
  }
  .stage {
    position: relative;
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    overflow: hidden;
    color-scheme: dark;
    color: var(--text);
    background: var(--stage);
  }
  /* A breath of light where there is no picture. */
  .stage.lit {
    background:
      radial-gradient(90% 80% at 50% 0%, rgb(79 220 192 / 0.16), transparent 70%),
      radial-gradient(60% 60% at 85% 110%, rgb(79 160 220 / 0.1), transparent 70%),
      var(--stage);
  }
  .bar {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr);
    align-items: center;
    gap: 8px;
    min-block-size: 72px;
    padding: 8px max(16px, 50% - 360px);
    border-block-start: 1px solid var(--line);
    font-variant-numeric: tabular-nums;
  }
  .bar > .start,
  .bar > .middle,
  .bar > .end {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .bar > .middle {
    grid-column: 2;
    justify-content: center;
  }
  .bar > .end {
    justify-content: flex-end;
    grid-column: 3;
  }
  .bar > .whole {
    grid-column: 1 / -1;
  }
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* On a wide frame the side actions stay near the primary one. */
  @container view (width >= 560px) {
    .bar {
      column-gap: 24px;
    }
    .bar > .start {
      justify-content: flex-end;
    }
    .bar > .end {
      justify-content: flex-start;
    }
  }
  @container view (width < 440px) {
    .bar {
      padding-inline: 8px;
      gap: 4px;
    }
  }
  @container view (height < 320px) {
    .bar {
      min-block-size: 52px;
      padding-block: 4px;
    }
  }
`;

/** A state that is words: picture, title, sentence, what belongs to them. */
export const messageStyle = css`
  .message {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: safe center;
    justify-items: center;
    gap: 8px;
    min-inline-size: 0;
    min-block-size: 0;
    overflow: auto;
    padding: 24px;
    text-align: center;
    animation: rise var(--calm) var(--ease);
  }
  .message h1 {
    max-inline-size: 24ch;
    font-size: var(--large);
    font-weight: 650;
    line-height: 1.25;
    letter-spacing: -0.01em;
    text-wrap: balance;
  }
  .message p {
    max-inline-size: 44ch;
    color: var(--muted);
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  .message .art {
    margin-block-end: 16px;
  }
  .message .note {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    margin-block-start: 8px;
    padding: 8px 12px;
    border-radius: var(--radius);
    background: rgb(255 255 255 / 0.08);
    color: var(--text);
    font-size: var(--small);
    text-align: start;
    text-wrap: pretty;
  }
  .message:focus-visible {
    outline-offset: -4px;
  }
  .note svg {
    flex: none;
  }
  @keyframes rise {
    from {
      opacity: 0;
      translate: 0 8px;
    }
  }
  @container view (height < 440px) {
    .message .art {
      display: none;
    }
    .message {
      padding: 12px 16px;
    }
  }
  @container view (height < 320px) {
    .message {
      gap: 4px;
      padding: 8px 12px;
    }
    .message h1 {
      max-inline-size: none;
      font-size: var(--medium);
    }
    .message p {
      max-inline-size: 60ch;
      font-size: var(--small);
      line-height: 1.4;
    }
    .message .note {
      margin: 0;
      padding: 4px 8px;
    }
  }
  @container view (height < 320px) {
    .message:has(.link ~ .note) > p:not(.note) {
      display: none;
    }
  }
  /* A help desk's lowest box: one line each. */
  @container view (height < 160px) {
    .message {
      gap: 0;
      padding: 4px 12px;
    }
    .message h1,
    .message p {
      max-inline-size: 100%;
      overflow: hidden;
      white-space: nowrap;
      text-overflow: ellipsis;
    }
    .message :is(.facts, .note),
    .message:has(.link) :is(h1, p) {
      display: none;
    }
  }
`;
