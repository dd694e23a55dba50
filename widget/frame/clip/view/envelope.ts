/**
 * The picture of both views: an envelope that says what state a clip is in. Drawn, not fetched. Realm: frame.
 */
import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { IconNode } from "lucide";
import { iconShapes } from "./icons.ts";

export interface EnvelopeLook {
  /** on the seal */
  readonly badge: IconNode;
  /** open: a letter sticks out; sealed; empty: only an outline is left */
  readonly as: "open" | "sealed" | "empty";
}

export function envelope({ badge, as }: EnvelopeLook): TemplateResult {
  return html`<svg class="art ${as}" viewBox="0 0 144 112" width="144" height="112" aria-hidden="true">
    ${as === "open" ? svg`<path class="flap up" d="M14 46 L64 8 Q72 2 80 8 L130 46 Z" />` : nothing}
    ${as === "open" ? svg`<rect class="letter" x="28" y="14" width="88" height="72" rx="8" />` : nothing}
    <rect class="body" x="12" y="34" width="120" height="74" rx="12" />
    ${
      as === "open"
        ? svg`<path class="front" d="M12 48 L66 80 Q72 83 78 80 L132 48 V96 Q132 108 120 108 H24 Q12 108 12 96 Z" />`
        : svg`<path class="fold" d="M16 102 L58 70 M128 102 L86 70" /><path class="flap" d="M15 38 L64 76 Q72 82 80 76 L129 38" />`
    }
    <g class="seal" transform="translate(72 ${as === "open" ? 48 : 74})">
      <circle r="19" />
      <g class="badge" transform="translate(-11 -11) scale(0.917)">${iconShapes(badge)}</g>
    </g>
  </svg>`;
}

export const envelopeStyle = css`
  .art {
    inline-size: clamp(112px, 24cqmin, 192px);
    block-size: auto;
    flex: none;
    overflow: visible;
    fill: none;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 2;
  }
  .art .body,
  .art .front {
    fill: #16211f;
    stroke: #48605a;
  }
  .art .flap,
  .art .fold {
    stroke: #48605a;
  }
  .art .flap.up {
    fill: #0f1816;
  }
  .art .letter {
    fill: #dfeae6;
  }
  .art .seal circle {
    fill: var(--accent);
  }
  .art .badge {
    stroke: var(--on-accent);
    stroke-width: 2.2;
  }
  .art.sealed .seal {
    filter: drop-shadow(0 0 14px rgb(79 220 192 / 0.45));
  }
  .art.empty :is(.body, .flap, .fold) {
    stroke: #7b938c;
  }
  .art.empty .body {
    fill: none;
    stroke-dasharray: 3 7;
  }
  .art.empty .flap,
  .art.empty .fold {
    stroke-dasharray: 3 7;
  }
  .art.empty .seal circle {
    fill: #1c2826;
    stroke: #7b938c;
  }
  .art.empty .badge {
    stroke: var(--muted);
  }
`;
