/**
 * Thirty digits to be read aloud: six groups of five, and digit by digit for those who listen. Realm: frame. Pure.
 */
import { css, html, type TemplateResult } from "lit";

/** @param digits 30 of them @param name what they are, for those who listen */
export function digitGroups(digits: string, name: string): TemplateResult {
  const groups = digits.match(/.{1,5}/g) ?? [];
  return html`<div class="digits" role="group" aria-label=${name} data-digits=${digits}>
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
  @container view (width < 380px) {
    .digits {
      grid-template-columns: repeat(2, auto);
      gap: 4px 16px;
      letter-spacing: 0;
    }
  }
`;
