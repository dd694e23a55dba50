/** Look of the relay's eye: two dark screens side by side, one below the other where it is narrow. Realm: frame. */
import { css } from "lit";
import { controlStyle } from "../../clip/view/controls.ts";

export const eyeStyles = [
  controlStyle,
  css`
  :host {
    display: block;
    container: eye / inline-size;
    --clear: #ffc57a;
    --header: #4fdcc0;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  p,
  figure,
  dl,
  dd,
  ul {
    margin: 0;
    padding: 0;
  }
  p {
    margin-block-start: 8px;
    color: var(--muted);
  }
  @container eye (width < 290px) {
    p {
      font-size: var(--small);
      line-height: 1.4;
    }
  }
  .choosing {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    margin-block-start: 12px;
    font-size: var(--small);
    font-weight: 600;
  }
  select {
    min-block-size: 44px;
    max-inline-size: 100%;
    padding-inline: 12px;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--surface);
    text-overflow: ellipsis;
  }
  select:focus-visible,
  summary:focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  .pair {
    display: grid;
    gap: 12px;
    margin-block-start: 12px;
  }
  @container eye (width >= 200px) {
    .pair {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  .screen {
    position: relative;
    aspect-ratio: 16 / 9;
    overflow: hidden;
    border-radius: var(--radius);
    color-scheme: dark;
    background: var(--stage);
  }
  .screen > video,
  canvas {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .screen > p {
    display: grid;
    place-content: center;
    block-size: 100%;
    margin: 0;
    padding: 12px;
    font-size: var(--small);
    text-align: center;
  }
  canvas {
    image-rendering: pixelated;
  }
  .attempt {
    position: absolute;
    inset: auto 8px 8px auto;
    inline-size: 38%;
    overflow: hidden;
    border: 1px solid rgb(255 255 255 / 0.4);
    border-radius: 8px;
    color: #eff5f3;
    background: #000;
  }
  .attempt video {
    display: block;
    inline-size: 100%;
    aspect-ratio: 16 / 9;
    object-fit: contain;
    background: #000;
  }
  .attempt span {
    display: block;
    padding: 2px 6px;
    font-size: var(--small);
    line-height: 1.3;
    background: rgb(8 13 14 / 0.9);
  }
  @container eye (width < 480px) {
    .screen {
      aspect-ratio: 4 / 3;
    }
    .attempt {
      inline-size: 50%;
    }
    .attempt span {
      display: none;
    }
  }
  figcaption {
    display: flex;
    align-items: center;
    gap: 6px;
    margin-block-start: 6px;
    font-size: var(--small);
    font-weight: 600;
  }
  .outcome,
  .nobody {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    min-block-size: 44px;
    margin-block-start: 12px;
  }
  .outcome svg {
    flex: none;
    color: var(--accent);
  }
  .outcome[role="alert"] svg {
    color: var(--warn);
  }
  .outcome p,
  .nobody span {
    flex: 1 1 200px;
    margin: 0;
    color: var(--text);
  }
  details {
    margin-block-start: 8px;
    font-size: var(--small);
  }
  summary {
    min-block-size: 44px;
    padding-block: 12px;
    border-radius: 4px;
    font-weight: 600;
    cursor: pointer;
  }
  details p {
    margin: 0;
  }
  dl {
    display: grid;
    gap: 0 16px;
    margin-block-start: 8px;
  }
  dt {
    margin-block-start: 8px;
    color: var(--muted);
  }
  dd {
    font-variant-numeric: tabular-nums;
  }
  @container eye (width >= 480px) {
    dl {
      grid-template-columns: auto minmax(0, 1fr);
    }
    dd {
      margin-block-start: 8px;
    }
  }
  .bytes {
    grid-column: 1 / -1;
    margin-block-start: 4px;
    padding: 12px;
    border-radius: var(--radius);
    font: 400 var(--small) / 1.7 ui-monospace, monospace;
    color: #b8c6c2;
    background: var(--stage);
    overflow-wrap: anywhere;
  }
  .bytes .clear {
    color: var(--clear);
  }
  .bytes .header {
    color: var(--header);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    margin-block-start: 8px;
    color: var(--muted);
    list-style: none;
  }
  .legend li {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .mark {
    inline-size: 12px;
    block-size: 12px;
    border: 1px solid var(--edge);
    border-radius: 4px;
    background: linear-gradient(90deg, #060c0e, #cee2de);
  }
  .mark.clear {
    background: var(--clear);
  }
  .mark.header {
    background: var(--header);
  }
`,
];
