/**
 * Look of what is before the door: the picture first, its switches on it, what can be set up folded below. Where the box
 * is low the picture is away and its switches stand in a row. Realm: frame. Source: look.md.
 */
import { css } from "lit";

export const preJoinStyle = css`
  .own-devices {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 8px;
    min-inline-size: 0;
  }
  .message > .own-devices {
    inline-size: min(400px, 100%);
    margin-block-start: 8px;
  }
  .only-writing,
  .message .only-writing,
  .suggestion,
  .message .suggestion {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    max-inline-size: none;
    font-size: var(--small);
    text-align: start;
    text-wrap: pretty;
  }
  .message .only-writing {
    align-items: center;
    padding: 8px 12px;
    border-radius: var(--radius);
    background: rgb(255 255 255 / 0.08);
    color: var(--text);
  }
  .only-writing svg,
  .suggestion svg {
    flex: none;
  }
  .suggestion svg {
    margin-block-start: 2px;
    color: var(--accent);
  }
  .preview {
    position: relative;
    overflow: hidden;
    aspect-ratio: 16 / 9;
    border: 1px solid rgb(255 255 255 / 0.12);
    border-radius: var(--radius);
    background: #11191a;
  }
  .own-picture {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    /* As in a mirror: whoever lifts the left hand sees it on the left. */
    scale: -1 1;
  }
  .no-picture {
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 8px;
    block-size: calc(100% - 52px);
  }
  .no-picture p {
    font-size: var(--small);
  }
  .switches {
    position: absolute;
    inset-inline: 0;
    inset-block-end: 8px;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 12px;
  }
  .switch {
    block-size: 44px;
    inline-size: 52px;
    border-radius: var(--round);
    background: rgb(20 28 29 / 0.85);
    box-shadow: inset 0 0 0 1px rgb(255 255 255 / 0.5);
  }
  .switch:hover {
    background: rgb(47 58 60 / 0.95);
  }
  .switch[aria-pressed="true"] {
    background: var(--accent);
    color: var(--on-accent);
    box-shadow: none;
  }
  .switch.suggested {
    box-shadow: inset 0 0 0 2px var(--accent);
  }
  .switches .own-level {
    position: absolute;
    inset-inline-end: 12px;
    filter: drop-shadow(0 0 2px rgb(0 0 0 / 0.8));
  }
  .device-trouble {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: start;
    gap: 8px;
    padding-inline-start: 12px;
    border-radius: var(--radius);
    background: #3a2808;
    color: #ffdca8;
    font-size: var(--small);
    line-height: 1.4;
  }
  .device-trouble > svg {
    margin-block: 12px;
  }
  .device-trouble > div {
    padding-block: 12px;
  }
  .message .device-trouble p {
    display: block;
    max-inline-size: none;
    color: inherit;
    text-wrap: pretty;
  }
  .device-trouble p + p {
    margin-block-start: 4px;
  }
  .device-trouble code {
    font-size: 0.75rem;
    user-select: all;
  }
  .set-up summary {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 44px;
    padding-inline: 12px;
    border-radius: var(--radius);
    font-size: var(--small);
    font-weight: 600;
    cursor: pointer;
    list-style: none;
  }
  .set-up summary::-webkit-details-marker {
    display: none;
  }
  .set-up summary::after {
    content: "";
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    margin-inline: auto 4px;
    border: solid currentColor;
    border-width: 0 2px 2px 0;
    rotate: 45deg;
  }
  .set-up[open] summary::after {
    rotate: 225deg;
  }
  .set-up summary:hover {
    background: rgb(255 255 255 / 0.08);
  }
  .set-up-parts {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    padding-block-start: 4px;
  }
  .sound-tests {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .sound-tests .pill {
    flex: 1 1 140px;
    min-block-size: 44px;
    padding-inline: 12px;
    font-size: var(--small);
    white-space: normal;
    line-height: 1.2;
  }
  .message .set-up-hint {
    max-inline-size: none;
    font-size: var(--small);
    line-height: 1.4;
    text-align: start;
    text-wrap: pretty;
  }
  /* Wide enough for the picture beside the name. */
  @container view (width >= 720px) and (height >= 440px) {
    .door:has(.own-devices) {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 32px;
      inline-size: min(800px, 100%);
    }
  }
  /* Low: no picture, the switches in a row with what can be set up. */
  @container view (height < 440px) {
    .own-devices {
      grid-template-columns: auto minmax(0, 1fr);
      align-items: start;
    }
    .message > .own-devices {
      margin-block-start: 0;
      grid-template-columns: auto;
      justify-content: center;
    }
    .own-devices > :not(.preview, .set-up),
    .set-up[open] {
      grid-column: 1 / -1;
    }
    .own-devices > .set-up:not([open]) {
      grid-area: 1 / 2;
    }
    .preview {
      overflow: visible;
      aspect-ratio: auto;
      border: 0;
      background: none;
    }
    .own-picture,
    .no-picture {
      display: none;
    }
    .switches {
      position: static;
      gap: 8px;
    }
    .switches .own-level {
      position: static;
    }
  }
  @container view (height < 440px) and (width < 340px) {
    .switches .own-level {
      inline-size: 24px;
    }
    .set-up:not([open]) summary {
      justify-content: flex-end;
    }
    .set-up:not([open]) summary span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .set-up:not([open]) summary::after {
      margin-inline: 0 4px;
    }
  }
`;
