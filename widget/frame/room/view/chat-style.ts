/**
 * Look of the chat: one column of lines, one's own on the right, and the field below. Realm: frame. Source: look.md.
 */
import { css } from "lit";

export const chatStyle = css`
  .talk {
    position: relative;
    display: grid;
    grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
    min-inline-size: 0;
    min-block-size: 0;
  }
  .talk > .log {
    grid-area: 2 / 1;
  }
  .talk > .composer {
    grid-area: 3 / 1;
  }
  /* Over the oldest words in sight: neither a warning nor what is new is hidden by it. */
  .talk > .toast {
    grid-area: 2 / 1;
    place-self: start center;
    margin: 8px 16px;
    padding: 8px 16px;
    border-radius: var(--radius);
    background: var(--text);
    color: var(--surface);
    font-size: var(--small);
    font-weight: 600;
    pointer-events: none;
    animation: rise var(--calm) var(--ease);
  }
  .log {
    overflow: auto;
    overscroll-behavior: contain;
    /* Where lines come before it, chat-scroll.ts holds what is in sight. */
    overflow-anchor: none;
    scrollbar-width: thin;
  }
  .log:focus-visible {
    outline-offset: -3px;
  }
  /* Few lines stand at the bottom, near the field. */
  .lines {
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
    gap: 4px;
    min-block-size: 100%;
    max-inline-size: 760px;
    margin-inline: auto;
    padding: 16px;
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 16px;
    margin-block: auto;
    color: var(--muted);
    text-align: center;
    text-wrap: balance;
  }
  .day,
  .lines .note {
    align-self: center;
    max-inline-size: 100%;
    margin-block: 8px;
    color: var(--muted);
    font-size: var(--small);
    text-align: center;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  .day span {
    padding: 2px 12px;
    border-radius: var(--round);
    background: var(--raised);
    font-weight: 600;
  }
  .lines .note + .note {
    margin-block-start: 0;
  }
  .said {
    display: grid;
    grid-template-columns: 28px auto;
    gap: 0 8px;
    align-self: flex-start;
    max-inline-size: min(100%, 560px);
    margin-block-start: 12px;
    padding-inline-end: 24px;
    animation: rise var(--calm) var(--ease);
  }
  .said.further {
    margin-block-start: 0;
  }
  .said > * {
    grid-column: 2;
    min-inline-size: 0;
  }
  .said > .avatar {
    grid-area: 1 / 1 / span 2 / 2;
    align-self: start;
  }
  .who {
    font-size: var(--small);
    font-weight: 600;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .text {
    inline-size: fit-content;
    max-inline-size: 100%;
    padding: 8px 12px;
    border-radius: var(--radius);
    background: var(--raised);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .text a {
    color: inherit;
    text-decoration-thickness: 1px;
    text-underline-offset: 2px;
  }
  .when {
    display: flex;
    align-items: center;
    gap: 4px;
    padding-inline: 4px;
    color: var(--muted);
    font-size: var(--small);
    line-height: 20px;
    font-variant-numeric: tabular-nums;
  }
  .when .mark {
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .said.own {
    grid-template-columns: auto;
    align-self: flex-end;
    padding-inline: 48px 0;
  }
  .said.own > * {
    grid-column: 1;
    justify-self: end;
  }
  .said.own .text {
    background: var(--own);
  }
  .said.unsent .text {
    background: none;
    box-shadow: inset 0 0 0 1px var(--line);
    color: var(--muted);
  }
  .earlier {
    align-self: center;
    min-block-size: 44px;
    font-size: var(--small);
  }
  .newer {
    position: absolute;
    inset: auto 0 84px;
    inline-size: fit-content;
    min-block-size: 44px;
    margin-inline: auto;
    box-shadow: 0 4px 16px rgb(0 0 0 / 0.24);
    font-size: var(--small);
  }
  .composer {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: end;
    gap: 4px 8px;
    inline-size: 100%;
    max-inline-size: 760px;
    margin-inline: auto;
    padding: 8px 16px 12px;
  }
  textarea {
    inline-size: 100%;
    min-block-size: 48px;
    max-block-size: 148px;
    margin: 0;
    padding: 11px 12px;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: none;
    color: inherit;
    font: inherit;
    resize: none;
    field-sizing: content;
    scrollbar-width: thin;
  }
  textarea::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  textarea:read-only {
    opacity: 0.6;
    cursor: not-allowed;
  }
  textarea[aria-invalid="true"] {
    border-color: var(--warn);
  }
  .send {
    inline-size: 48px;
    block-size: 48px;
    background: var(--accent);
    color: var(--on-accent);
  }
  .send:disabled {
    background: var(--raised);
    color: var(--muted);
    opacity: 1;
  }
  .chars {
    grid-column: 1 / -1;
    color: var(--muted);
    font-size: var(--small);
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .chars.over {
    color: var(--warn);
    font-weight: 600;
  }
  @container view (width < 440px) {
    .lines {
      padding: 12px;
    }
    .said {
      padding-inline-end: 8px;
    }
    .said.own {
      padding-inline-start: 32px;
    }
    .composer {
      padding: 8px 12px;
    }
  }
  @container view (height < 420px) {
    .composer {
      padding-block: 4px;
    }
    textarea {
      min-block-size: 44px;
      max-block-size: 72px;
      padding-block: 9px;
    }
    .send {
      inline-size: 44px;
      block-size: 44px;
    }
    .newer {
      inset-block-end: 60px;
    }
  }
`;
