/**
 * Look of the recorder's own parts: live picture, marks over it, countdown, review. Realm: frame.
 */
import { css } from "lit";

export const recorderStyle = css`
  .live.over .tray {
    position: absolute;
    inset: auto 0 0;
    max-inline-size: none;
    padding: 48px max(12px, calc(50% - 320px)) 12px;
    background: linear-gradient(transparent, rgb(8 13 14 / 0.9) 48px);
  }
  .live.beside {
    grid-template-columns: minmax(0, 1fr) minmax(0, 320px);
  }
  .live.beside .tray {
    align-content: center;
    padding-inline: 8px;
  }
  .mirrored {
    scale: -1 1;
  }
  .paused .picture > video {
    opacity: 0.45;
  }
  wisp-wave {
    position: absolute;
    inset: 20% 0;
  }
  .over wisp-wave {
    inset: 12px 0 50%;
  }
  .dot {
    inline-size: 12px;
    block-size: 12px;
    border-radius: var(--round);
    background: #ff4d55;
    animation: breathe 1600ms ease-in-out infinite;
  }
  .paused .dot {
    border-radius: 2px;
    background: var(--text);
    animation: none;
  }
  @keyframes breathe {
    50% {
      opacity: 0.35;
    }
  }
  .chip.ending {
    background: var(--red);
    color: var(--on-red);
  }
  .count {
    background: rgb(8 13 14 / 0.5);
  }
  .count svg {
    inline-size: min(160px, 72cqh - 44px);
    overflow: visible;
  }
  .count circle {
    fill: rgb(8 13 14 / 0.6);
    stroke: rgb(255 255 255 / 0.2);
    stroke-width: 4;
  }
  .count .run {
    fill: none;
    stroke: var(--accent);
    stroke-linecap: round;
    stroke-dasharray: 1;
    rotate: -90deg;
    transform-origin: center;
    animation: drain 1s linear forwards;
  }
  .count text {
    fill: var(--text);
    font-size: 56px;
    font-weight: 650;
    text-anchor: middle;
    dominant-baseline: central;
  }
  @keyframes drain {
    to {
      stroke-dashoffset: 1;
    }
  }
  .replay {
    position: absolute;
    inset: 0;
    background: var(--stage);
  }
  .replay.waiting {
    visibility: hidden;
  }
  .replay > * {
    inline-size: 100%;
    block-size: 100%;
    object-fit: contain;
  }
  .bar .quiet {
    color: var(--muted);
  }
  .twins .pill {
    min-inline-size: 128px;
  }
  .copy {
    min-inline-size: 144px;
  }
  .sending {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 16px;
    font-weight: 600;
  }
  .sending span {
    min-inline-size: 6ch;
    text-align: end;
    white-space: nowrap;
  }
  .link {
    inline-size: min(440px, 100%);
    block-size: 44px;
    margin-block-start: 8px;
    padding-inline: 12px;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: rgb(255 255 255 / 0.06);
    text-overflow: ellipsis;
  }
  @container view (width < 440px) {
    .twins .pill {
      min-inline-size: 116px;
    }
    .copy.pill {
      min-inline-size: 116px;
      padding: 0 12px;
    }
  }
  /* Where not all fit: fingers share, mice copy. */
  @media (pointer: coarse) {
    @container view (width < 480px) {
      .end:has(.share) .text {
        display: none;
      }
    }
  }
  @media not (pointer: coarse) {
    @container view (width < 480px) {
      .end .share {
        display: none;
      }
    }
  }
  @container view (height < 320px) {
    .link {
      margin-block-start: 4px;
    }
  }
`;
