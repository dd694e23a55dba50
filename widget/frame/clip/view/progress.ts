/**
 * The native progress bar in the look of both views. Realm: frame.
 */
import { css } from "lit";

export const progressStyle = css`
  progress {
    flex: 0 1 400px;
    min-inline-size: 40px;
    block-size: 8px;
    appearance: none;
    border: 0;
    border-radius: var(--round);
    overflow: hidden;
    background: var(--pressed);
  }
  progress::-webkit-progress-bar {
    background: var(--pressed);
  }
  progress::-webkit-progress-value {
    background: var(--accent);
    transition: inline-size var(--calm);
  }
  progress::-moz-progress-bar {
    background: var(--accent);
  }
`;
