/**
 * How loud one's own microphone is, drawn with every picture of the screen while it is there. Realm: frame. Sees one
 * number.
 */
import { css, html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { say } from "../words/say.ts";

/** ms between two numbers for screen readers, which can't follow every picture. */
const SPOKEN_MS = 1_000;

/** @param level 0 to 1, asked once per picture of the screen */
export function ownLevel(level: () => number): TemplateResult {
  return html`<span
    class="own-level"
    role="meter"
    aria-label=${say("door-level")}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow="0"
    ${ref(follow(level))}
  ></span>`;
}

function follow(level: () => number): (element: Element | undefined) => void {
  let next = 0;
  let spokenAt = Number.NEGATIVE_INFINITY;
  return (element) => {
    cancelAnimationFrame(next);
    if (!(element instanceof HTMLElement)) return;
    const draw = (now: number) => {
      const percent = Math.round(Math.min(1, Math.max(0, level())) * 100);
      element.style.setProperty("--level", `${percent}%`);
      if (now - spokenAt >= SPOKEN_MS) {
        element.setAttribute("aria-valuenow", String(percent));
        spokenAt = now;
      }
      next = requestAnimationFrame(draw);
    };
    next = requestAnimationFrame(draw);
  };
}

export const ownLevelStyle = css`
  .own-level {
    --cells: repeating-linear-gradient(90deg, #000 0 6px, transparent 6px 9px);
    inline-size: 60px;
    block-size: 12px;
    background: linear-gradient(var(--accent), var(--accent)) 0 / var(--level, 0%) 100% no-repeat, rgb(255 255 255 / 0.28);
    mask: var(--cells);
  }
`;
