/**
 * Look of the viewer's own parts: the invitation's facts, the picture, its controls, the closing envelope, and the
 * card on a page of its own. Realm: frame.
 */
import { css } from "lit";

export const playerStyle = css`
  .facts {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 4px 8px;
    margin: 0 0 8px;
    padding: 0;
    list-style: none;
    font-size: var(--small);
  }
  .facts li {
    padding: 4px 12px;
    border-radius: var(--radius);
    background: rgb(255 255 255 / 0.08);
    overflow-wrap: anywhere;
  }
  .play .screen {
    position: absolute;
    inset: 0;
  }
  .play .screen > * {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    object-fit: contain;
  }
  .play.voice .screen {
    visibility: hidden;
  }
  .play .picture {
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .black .screen,
  .black wisp-watermark {
    visibility: hidden;
  }
  .rest {
    align-content: center;
    gap: 12px;
    background: rgb(8 13 14 / 0.4);
    text-align: center;
  }
  .round {
    display: grid;
    flex: none;
    place-items: center;
    inline-size: 48px;
    block-size: 48px;
    border-radius: var(--round);
    background: var(--accent);
    color: var(--on-accent);
  }
  .rest .round {
    inline-size: 72px;
    block-size: 72px;
  }
  .controls {
    display: flex;
    align-items: center;
    gap: 12px;
  }
  .controls progress {
    flex: 1;
  }
  .controls .time {
    flex: none;
    min-inline-size: 4ch;
    font-size: var(--small);
    text-align: center;
  }
  .tool:hover {
    background: var(--raised);
  }
  .volume {
    inline-size: 96px;
    block-size: 44px;
    accent-color: var(--accent);
    cursor: pointer;
  }
  @container view (width < 560px) {
    .volume {
      display: none;
    }
    .controls {
      gap: 4px;
    }
  }
  @container view (height < 160px) {
    .rest:has(p) .round {
      display: none;
    }
  }
  @container view (height < 320px) {
    .facts {
      gap: 4px;
      margin: 0;
    }
    .facts li {
      padding: 0 8px;
    }
    .round {
      inline-size: 44px;
      block-size: 44px;
    }
    .rest .round {
      inline-size: 48px;
      block-size: 48px;
    }
    .rest {
      gap: 4px;
    }
  }
  :host(:not([standalone])) .frame:fullscreen,
  .frame:fullscreen {
    inline-size: 100%;
    block-size: 100%;
    max-inline-size: none;
    margin: 0;
    border-radius: 0;
  }
`;

/** The signature at the end: the picture becomes an envelope, is sealed, and is gone. */
export const closingStyle = css`
  .closing {
    position: absolute;
    inset: 0;
    overflow: hidden;
    visibility: hidden;
    pointer-events: none;
    animation: vanish var(--calm) var(--ease) 640ms backwards;
  }
  .closing i {
    position: absolute;
    inset: 0;
  }
  .closing .body {
    clip-path: polygon(0 0, 50% 52%, 100% 0, 100% 100%, 0 100%);
    background: linear-gradient(#22332f, #14201d);
    animation: from-below var(--calm) var(--ease) backwards;
  }
  .closing .flap {
    clip-path: polygon(0 0, 100% 0, 50% 58%);
    background: linear-gradient(#2c433d, #243832);
    animation: from-above var(--calm) var(--ease) 140ms backwards;
  }
  .closing .wax {
    inset: calc(56% - 36px) auto auto calc(50% - 36px);
    inline-size: 72px;
    block-size: 72px;
    display: grid;
    place-items: center;
    border-radius: var(--round);
    background: var(--accent);
    color: var(--on-accent);
    animation: press 160ms var(--ease) 320ms backwards;
  }
  .closed .message {
    animation-delay: 720ms;
    animation-fill-mode: backwards;
  }
  @keyframes from-below {
    from {
      translate: 0 100%;
    }
  }
  @keyframes from-above {
    from {
      translate: 0 -100%;
    }
  }
  @keyframes press {
    from {
      scale: 0;
    }
  }
  @keyframes vanish {
    from {
      visibility: visible;
    }
    to {
      visibility: visible;
      opacity: 0;
      scale: 0.2;
    }
  }
`;

/** On a page of its own the viewer is a card with air around it, as soon as there is air. */
export const standaloneStyle = css`
  @container view (width >= 720px) and (height >= 520px) {
    :host([standalone]) .frame {
      inline-size: min(960px, 100% - 96px);
      block-size: min(100% - 96px, 612px);
      margin: auto;
      overflow: hidden;
      border-radius: var(--radius);
      box-shadow:
        0 1px 2px rgb(0 0 0 / 0.12),
        0 24px 64px rgb(0 0 0 / 0.18);
    }
  }
  :host([standalone]) {
    display: grid;
  }
`;
