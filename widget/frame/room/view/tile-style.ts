/**
 * Look of one figure on the stage: its picture or letters, and the signs over it, each only where there is room.
 * Realm: frame. Source: look.md.
 */
import { css } from "lit";

export const tileStyle = css`
  .figure {
    container: tile / size;
    position: absolute;
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    overflow: hidden;
    border-radius: var(--radius);
    background: #12191b;
    animation: rise var(--calm) var(--ease);
    transition:
      left var(--calm) var(--ease),
      top var(--calm) var(--ease),
      width var(--calm) var(--ease),
      height var(--calm) var(--ease);
  }
  .figure > * {
    grid-area: 1 / 1;
    min-inline-size: 0;
    min-block-size: 0;
  }
  .figure video {
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .figure.screen video,
  .figure:fullscreen video {
    object-fit: contain;
  }
  /* A mirror is what people expect of themselves, not of their screen. */
  .figure.own.video video {
    transform: scaleX(-1);
  }
  .figure:not(.open) video {
    visibility: hidden;
  }
  .figure > .avatar {
    place-self: center;
    inline-size: clamp(28px, 40cqmin, 128px);
    block-size: clamp(28px, 40cqmin, 128px);
    font-size: clamp(0.75rem, 15cqmin, 3rem);
  }
  .figure.corner {
    z-index: 1;
    box-shadow:
      0 0 0 2px var(--stage),
      0 8px 24px rgb(0 0 0 / 0.5);
  }
  .figure::after {
    content: "";
    position: absolute;
    inset: 0;
    z-index: 2;
    border: 3px solid transparent;
    border-radius: inherit;
    pointer-events: none;
    transition: border-color var(--quick) var(--ease);
  }
  .figure.speaking::after {
    border-color: var(--accent);
  }
  .figure .hit {
    position: absolute;
    inset: 0;
    z-index: 1;
    align-items: start;
    justify-content: end;
    padding: 8px;
    border-radius: inherit;
  }
  /* Clear of the name below it. */
  .figure.face > .avatar,
  .figure.own > .avatar {
    margin-block-end: min(24px, 16cqb);
  }
  .figure .veil .short {
    display: none;
    font-size: var(--small);
    line-height: 1.25;
  }
  .figure .hit:active:not(:disabled) {
    scale: none;
  }
  .figure .hit:focus-visible {
    outline-offset: -4px;
  }
  .pin {
    display: grid;
    place-items: center;
    inline-size: 28px;
    block-size: 28px;
    border-radius: var(--round);
    background: rgb(8 13 14 / 0.72);
    color: var(--text);
    opacity: 0;
    transition: opacity var(--quick) var(--ease);
  }
  .hit:is(:hover, :focus-visible) .pin {
    opacity: 1;
  }
  .hit[aria-pressed="true"] .pin {
    background: var(--accent);
    color: var(--on-accent);
    opacity: 1;
  }
  .figure :is(.veil, .name, .raised) {
    position: relative;
    pointer-events: none;
  }
  .figure .veil {
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 8px;
    padding: 16px 16px 40px;
    color: var(--muted);
    font-size: var(--small);
    line-height: 1.4;
    text-align: center;
    text-wrap: balance;
  }
  .figure .veil > p {
    max-inline-size: 44ch;
  }
  .figure.closed .veil {
    color: var(--warn);
  }
  .figure.forged .veil {
    background: #3a2808;
    color: #ffdca8;
  }
  .figure .veil.thin {
    color: var(--text);
    background: rgb(8 13 14 / 0.72);
  }
  .figure .name {
    z-index: 2;
    display: flex;
    align-items: center;
    align-self: end;
    justify-self: start;
    gap: 4px;
    max-inline-size: calc(100% - 16px);
    margin: 8px;
    padding: 2px 8px;
    border-radius: var(--round);
    background: rgb(8 13 14 / 0.72);
    font-size: var(--small);
    font-weight: 600;
    line-height: 20px;
  }
  .figure .name > :is(svg, i) {
    flex: none;
  }
  .figure .name i {
    display: grid;
  }
  .figure .name i.weak {
    color: var(--warn);
  }
  .figure .name bdi {
    min-inline-size: 0;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .figure .raised {
    z-index: 2;
    display: flex;
    align-items: center;
    place-self: start;
    gap: 4px;
    margin: 8px;
    padding: 2px 8px;
    border-radius: var(--round);
    background: var(--accent);
    color: var(--on-accent);
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
    line-height: 20px;
  }
  .tools {
    z-index: 3;
    display: none;
    place-self: start end;
    gap: 4px;
    margin: 4px 44px 4px 4px;
  }
  .tools button {
    background: rgb(8 13 14 / 0.72);
  }
  .tools button:hover {
    background: var(--pressed);
  }
  .figure.others {
    background: #1b2527;
  }
  .figure.others button {
    font-size: var(--medium);
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  .figure.others button:focus-visible {
    outline-offset: -4px;
  }
  @container tile (width >= 240px) and (height >= 136px) {
    .figure:is(.front, :hover, :focus-within) > .tools {
      display: flex;
    }
  }
  /* Too small for the sentence: the sign stands for it, and pinning makes it large. The sentence is heard. */
  @container tile (width < 200px) or (height < 208px) {
    .figure .veil {
      padding: 8px;
    }
    .figure .veil > p {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
  @container tile ((width < 200px) or (height < 208px)) and (width >= 120px) and (height >= 96px) {
    .figure .veil .short {
      display: block;
    }
    .figure .veil {
      padding-block-end: 36px;
    }
  }
  @container tile (width >= 360px) and (height >= 144px) {
    .figure .veil > p:not(.hidden) {
      position: static;
      inline-size: auto;
      block-size: auto;
      clip-path: none;
    }
    .figure .veil .short {
      display: none;
    }
    .figure .veil {
      padding: 4px 16px 36px;
    }
  }
  @container tile (height < 96px) or (width < 120px) {
    .figure :is(.name, .raised) {
      margin: 4px;
      padding-inline: 4px;
    }
    .figure .name {
      max-inline-size: calc(100% - 8px);
    }
    .figure .hit {
      padding: 4px;
    }
    .figure:is(.face, .own) > .avatar {
      place-self: start center;
      margin-block: 6px 0;
    }
    .figure .veil {
      align-content: start;
      padding-block-start: 4px;
    }
    .figure .floats {
      inset-block-end: 4px;
    }
  }
`;
