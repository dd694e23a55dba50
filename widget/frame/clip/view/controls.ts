/**
 * Buttons, fields, spinner, chips: native elements in the look of both views. Realm: frame. Sees nothing.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import type { IconNode } from "lucide";
import { icon } from "./icons.ts";

export interface Action {
  readonly name: string;
  readonly act: (event: MouseEvent) => void;
  readonly icon?: IconNode;
  readonly disabled?: boolean;
  /** class, where a style has to find this one */
  readonly mark?: string;
}

/** The one primary action of a state: gets the focus when the state begins. */
export function primary(
  { name, act, icon: shape, disabled }: Action,
  tone: "accent" | "red" | "red solid" = "accent",
): TemplateResult {
  return html`<button class="pill ${tone}" data-primary ?disabled=${disabled} @click=${act}>
    ${shape ? icon(shape) : nothing}<span>${name}</span>
  </button>`;
}

/** Another action of equal standing beside the primary one. */
export function secondary({ name, act, icon: shape, disabled }: Action): TemplateResult {
  return html`<button class="pill" ?disabled=${disabled} @click=${act}>
    ${shape ? icon(shape) : nothing}<span>${name}</span>
  </button>`;
}

/** A side action: icon above a small name; in low or narrow frames the name is only heard. */
export function side({ name, act, icon: shape, disabled, mark = "" }: Action): TemplateResult {
  return html`<button class="side ${mark}" title=${name} ?disabled=${disabled} @click=${act}>
    ${shape ? icon(shape) : nothing}<span>${name}</span>
  </button>`;
}

export function spinner(): TemplateResult {
  return html`<span class="spinner" aria-hidden="true"></span>`;
}

export const controlStyle = css`
  button,
  input,
  select {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-block-size: 44px;
    min-inline-size: 44px;
    border: 0;
    border-radius: var(--radius);
    background: none;
    cursor: pointer;
    user-select: none;
    touch-action: manipulation;
    transition:
      background var(--quick) var(--ease),
      scale var(--quick) var(--ease);
  }
  button svg {
    flex: none;
  }
  button:active:not(:disabled) {
    scale: 0.97;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  .pill {
    gap: 8px;
    min-block-size: 48px;
    padding: 0 20px;
    background: var(--raised);
    font-weight: 600;
    white-space: nowrap;
  }
  .pill:hover:not(:disabled) {
    background: var(--pressed);
  }
  .pill.accent {
    background: var(--accent);
    color: var(--on-accent);
  }
  .pill.accent:hover:not(:disabled) {
    background: color-mix(in oklab, var(--accent), var(--text) 14%);
  }
  .pill.red {
    background: var(--red);
    color: var(--on-red);
  }
  /* The dot and the square of a recorder are full. */
  .pill.solid .icon {
    fill: currentColor;
    stroke-width: 0;
  }
  .pill.red:hover:not(:disabled) {
    background: color-mix(in oklab, var(--red), black 12%);
  }
  .side {
    flex-direction: column;
    gap: 4px;
    min-inline-size: 56px;
    min-block-size: 52px;
    padding: 4px 8px;
    color: var(--muted);
    font-size: var(--small);
    font-weight: 500;
    line-height: 16px;
    white-space: nowrap;
  }
  .side:hover:not(:disabled) {
    background: var(--raised);
    color: var(--text);
  }
  .spinner {
    inline-size: 32px;
    block-size: 32px;
    border: 3px solid rgb(255 255 255 / 0.2);
    border-block-start-color: var(--accent);
    border-radius: var(--round);
    animation: turn 900ms linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @container view (width < 440px) {
    .pill {
      padding: 0 16px;
    }
    .pill + .pill {
      padding: 0 12px;
    }
  }
  @container view (width < 380px) {
    .side {
      min-inline-size: 44px;
    }
    .side > span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
  /* So many side actions that their names don't fit. */
  @container view (width < 480px) {
    .full {
      grid-template-columns: auto 1fr auto;
    }
    .full .side {
      min-inline-size: 44px;
      padding: 0;
    }
    .full .side > span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .full > .end {
      gap: 0;
    }
  }
  /* Two actions of equal standing: below one another, or where that is too high, the second as its icon. */
  @container view (width < 380px) {
    .pair .middle {
      flex-direction: column;
      grid-column: 1 / -1;
      align-items: stretch;
    }
  }
  @container view (width < 380px) and (height < 320px) {
    .pair .middle {
      flex-direction: row;
    }
    .pair .pill:first-child {
      flex: 1;
    }
    .pair .pill + .pill > span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
  @container view (height < 320px) {
    .pill {
      min-block-size: 44px;
    }
    .side {
      min-inline-size: 44px;
      min-block-size: 44px;
      padding: 0;
    }
    .bar .side:hover:not(:disabled) {
      background: var(--pressed);
    }
  }
  /* Not enough height for icon and name: where there is width, the name says more; names side by side need edges. */
  @container view (height < 320px) and (width >= 380px) {
    .bar:not(.full) .side {
      padding: 0 12px;
      background: var(--raised);
      white-space: normal;
    }
    .bar:not(.full) .side .icon {
      display: none;
    }
  }
  @container view (height < 320px) and (width >= 560px) {
    .full .side {
      padding: 0 8px;
      background: var(--raised);
      white-space: normal;
    }
    .full .side .icon {
      display: none;
    }
  }
  @container view (height < 320px) and (width < 560px) {
    .full .side > span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
`;
