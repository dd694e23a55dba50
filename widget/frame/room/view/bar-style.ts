/**
 * Look of the room's bar: the two devices stand out, names are below the icons where there is width, and what it opens.
 * Realm: frame. Source: look.md.
 */
import { css } from "lit";

export const barStyle = css`
  .room-bar {
    position: relative;
    grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr);
    gap: 4px;
    padding-inline: max(8px, 50% - 560px);
  }
  .bar.room-bar > :is(.start, .middle, .end) {
    gap: 4px;
  }
  .bar.room-bar > .start {
    justify-content: flex-start;
  }
  .bar.room-bar > .end {
    justify-content: flex-end;
  }
  .room-bar .side {
    padding-inline: 4px;
  }
  .room-bar:not(.labelled) .side {
    min-inline-size: 44px;
    min-block-size: 44px;
  }
  .room-bar:not(.labelled) .side > span {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .side.round {
    background: var(--raised);
    color: var(--text);
  }
  .side.round:hover:not(:disabled) {
    background: var(--pressed);
  }
  .side[aria-pressed="true"] {
    color: var(--accent);
  }
  .side[aria-pressed="true"]:not([data-action="chat"], [data-action="layout"]) {
    background: color-mix(in oklab, var(--accent), transparent 84%);
  }
  .side[aria-expanded="true"] {
    background: var(--pressed);
    color: var(--text);
  }
  .room-bar .leave,
  .room-bar .leave:hover:not(:disabled),
  .rest .leave {
    color: var(--leave);
  }
  .side.news {
    position: relative;
    color: var(--text);
  }
  .side.news::after {
    content: "";
    position: absolute;
    inset-block-start: 6px;
    inset-inline-end: calc(50% - 20px);
    inline-size: 10px;
    block-size: 10px;
    border: 2px solid var(--surface);
    border-radius: var(--round);
    background: var(--accent);
  }
  .reaction-menu {
    position: absolute;
    inset: auto 0 calc(100% + 8px);
    z-index: 4;
    inline-size: fit-content;
    max-inline-size: calc(100% - 16px);
    margin-inline: auto;
    padding: 4px;
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--text);
    box-shadow:
      0 0 0 1px var(--line),
      0 8px 24px rgb(0 0 0 / 0.32);
    animation: rise var(--calm) var(--ease);
  }
  .reaction-row {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 4px;
  }
  .reaction-row button:hover {
    background: var(--raised);
  }
  /* What the bar had no room for, in the sheet. */
  .rest {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(104px, 1fr));
    gap: 4px;
    margin-block-start: 12px;
  }
  .rest .side {
    min-block-size: 64px;
    background: var(--raised);
    color: var(--text);
    white-space: normal;
  }
  .rest .side[aria-pressed="true"] {
    color: var(--accent);
  }
  .rest .side > span {
    position: static;
    inline-size: auto;
    block-size: auto;
    clip-path: none;
  }
  .rest + .reaction-row {
    margin-block-start: 8px;
  }
  @container view (height >= 320px) and (width < 440px) {
    .room-bar {
      grid-template-columns: auto minmax(0, 1fr) auto;
      padding-inline: 8px;
    }
    .room-bar .pill {
      inline-size: 44px;
      padding: 0;
    }
  }
  @container view (width < 440px) {
    .room-bar .pill span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
  @container view (height < 320px) {
    .frame.inside > .room-bar {
      padding: 0;
      gap: 0;
    }
    .frame.inside > .room-bar > :is(.start, .middle, .end) {
      gap: 0;
    }
    .frame.inside > .room-bar .side {
      padding: 0;
      white-space: nowrap;
    }
    .frame.inside > .room-bar .side:not(.round, [aria-pressed="true"]) {
      background: none;
    }
    .room-bar .pill {
      inline-size: 44px;
      padding: 0;
    }
    .room-bar .pill span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .reaction-menu {
      inset: calc(100% + 4px) 4px auto auto;
      color-scheme: light dark;
    }
    .head .faces {
      display: none;
    }
    .head .count {
      padding: 0 4px;
      gap: 4px;
    }
    .head .count > .icon {
      display: block;
    }
  }
`;
