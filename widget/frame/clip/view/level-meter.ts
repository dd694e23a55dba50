/**
 * How loud the microphone hears one, as a row of cells. Realm: frame. Sees one number.
 */
import { msg } from "@lit/localize";
import { css, html, type TemplateResult } from "lit";

const CELLS = 6;

/** @param level 0 to 1 */
export function levelMeter(level: number): TemplateResult {
  const percent = Math.round(Math.min(1, Math.max(0, level)) * 100);
  return html`<span
    class="meter"
    role="meter"
    aria-label=${msg("Microphone level")}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
    >${Array.from({ length: CELLS }, (_, cell) => html`<i class=${percent > (cell * 100) / CELLS ? "on" : ""}></i>`)}</span
  >`;
}

export const levelMeterStyle = css`
  .meter {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 2px;
    block-size: 16px;
  }
  .meter i {
    inline-size: 4px;
    block-size: 12px;
    border-radius: var(--round);
    background: rgb(255 255 255 / 0.28);
    transition: background var(--quick);
  }
  .meter i.on {
    background: var(--accent);
  }
`;
