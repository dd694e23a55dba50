/**
 * What lies over a picture in both views: chips, notes, the big round button. Realm: frame.
 */
import { css } from "lit";

export const overPicture = css`
  .picture {
    position: relative;
    display: grid;
    min-inline-size: 0;
    min-block-size: 0;
    overflow: hidden;
  }
  .picture > video,
  .picture > canvas {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: contain;
  }
  .middle:not(.bar *) {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    pointer-events: none;
  }
  .marks {
    position: absolute;
    inset: 12px 12px auto;
    display: flex;
    justify-content: space-between;
    gap: 8px;
    pointer-events: none;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    block-size: 32px;
    padding-inline: 12px;
    border-radius: var(--radius);
    background: rgb(8 13 14 / 0.78);
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
    transition: background var(--calm);
  }
  .chip b {
    font-weight: 600;
  }
  .foot {
    position: absolute;
    inset: auto 0 0;
    display: grid;
    gap: 8px;
    padding: 40px 12px 12px;
    background: linear-gradient(transparent, rgb(8 13 14 / 0.85));
    pointer-events: none;
  }
  .foot .note {
    display: flex;
    gap: 8px;
    align-items: flex-start;
    justify-self: center;
    padding: 8px 12px;
    border-radius: var(--radius);
    background: rgb(8 13 14 / 0.86);
    font-size: var(--small);
  }
  .cover {
    position: absolute;
    inset: 0;
    border-radius: 0;
    color: var(--on-accent);
  }
  .cover:active:not(:disabled) {
    scale: none;
  }
  .cover > span {
    display: grid;
    place-items: center;
    inline-size: 72px;
    block-size: 72px;
    border-radius: var(--round);
    background: var(--accent);
    transition:
      opacity var(--calm),
      scale var(--calm) var(--ease);
  }
  .cover:hover > span {
    scale: 1.05;
  }
  .cover:focus-visible {
    outline-offset: -4px;
  }
  .cover.quiet:not(:hover):not(:focus-visible) > span {
    opacity: 0;
  }
  .cover .spinner {
    border-color: rgb(0 0 0 / 0.2);
    border-block-start-color: var(--on-accent);
  }
  @container view (height < 160px) {
    .foot {
      display: none;
    }
  }
  @container view (height < 320px) {
    .marks {
      inset: 8px 8px auto;
    }
    .chip {
      block-size: 24px;
      padding-inline: 8px;
    }
    .foot {
      padding: 24px 8px 4px;
      gap: 4px;
    }
    .foot .note {
      padding: 4px 8px;
    }
    .cover > span {
      inline-size: 48px;
      block-size: 48px;
    }
  }
`;
