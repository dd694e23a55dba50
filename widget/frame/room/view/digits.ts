/**
 * Digits to be read aloud: thirty in groups of five, six in groups of three, and digit by digit for those who listen.
 * Realm: frame. Pure.
 */
import { css, html, type TemplateResult } from "lit";

/** @param name what they are, for those who listen @param size of a group */
export function digitGroups(digits: string, name: string, size = 5): TemplateResult {
  const groups = digits.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
  return html`<div class="digits ${groups.length < 3 ? "few" : ""}" role="group" aria-label=${name} data-digits=${digits}>
    ${groups.map(
      (group) => html`<span aria-hidden="true">${group}</span><span class="hidden">${[...group].join(" ")},</span>`,
    )}
  </div>`;
}

export const digitsStyle = css`
  .digits {
    display: grid;
    grid-template-columns: repeat(3, auto);
    justify-content: center;
    gap: 8px 20px;
    margin-block-start: 16px;
    padding: 16px 8px;
    border-radius: var(--radius);
    background: var(--raised);
    font-size: var(--large);
    font-weight: 600;
    font-variant-numeric: tabular-nums;
    line-height: 1.25;
    letter-spacing: 0.06em;
  }
  .digits.few {
    grid-template-columns: repeat(2, auto);
  }
  @container view (width < 380px) {
    .digits {
      grid-template-columns: repeat(2, auto);
      gap: 4px 16px;
      letter-spacing: 0;
    }
  }
`;
