/**
 * A voice clip's place on the stage: a row of bars that fill as it is heard. Drawn from nothing but their number: the
 * sound itself is not looked at. Realm: frame.
 */
import { css, html, type TemplateResult } from "lit";
import { styleMap } from "lit/directives/style-map.js";

const BARS = 41;

/** @param share of the clip that was heard, 0 to 1 */
export function voiceStill(share: number): TemplateResult {
  return html`<div class="voice-still" aria-hidden="true">
    ${Array.from({ length: BARS }, (_, bar) => {
      const tall = 0.25 + 0.75 * Math.abs(Math.sin(bar * 1.7) * Math.cos(bar * 0.6 + 1));
      return html`<i class=${(bar + 0.5) / BARS < share ? "heard" : ""} style=${styleMap({ "--tall": tall.toFixed(2) })}></i>`;
    })}
  </div>`;
}

export const voiceStillStyle = css`
  .voice-still {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 4px;
    min-inline-size: 0;
    min-block-size: 0;
    padding: 24px;
  }
  .voice-still i {
    flex: 0 1 4px;
    min-inline-size: 2px;
    block-size: calc(var(--tall) * min(60cqh, 200px));
    border-radius: var(--round);
    background: rgb(255 255 255 / 0.26);
    transition: background var(--calm);
  }
  .voice-still i.heard {
    background: var(--accent);
  }
`;
