/**
 * Segments visibly sealing while one records: an envelope fills, its flap shuts, the seal comes on; once the relay has
 * it, it is coloured in. Realm: frame. Sees counts only.
 */
import { msg, str } from "@lit/localize";
import { css, html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { styleMap } from "lit/directives/style-map.js";
import { PIECE_BYTES, SEGMENT_BYTES } from "../../../wire/clip-limits.ts";
import type { UploadProgress } from "../upload.ts";

/** As many as the widest ribbon shows. */
const SHOWN = 32;

export interface Sealing {
  readonly progress: UploadProgress;
  /** plaintext bytes of the take */
  readonly recordedBytes: number;
  /** the last segment is sealed too */
  readonly finished: boolean;
}

export function sealStrip({ progress, recordedBytes, finished }: Sealing): TemplateResult {
  const count = finished ? Math.ceil : Math.floor;
  const sealed = count(progress.sealedBytes / PIECE_BYTES);
  const stored = count(progress.uploadedBytes / PIECE_BYTES);
  const filled = Math.min(1, Math.max(0, recordedBytes / SEGMENT_BYTES - sealed));
  const last = finished ? sealed - 1 : sealed;
  const first = Math.max(0, last - SHOWN + 1);
  const indices = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  const kind = (index: number) => (index < stored ? "stored" : index < sealed ? "sealed" : "filling");
  return html`<div class="sealing">
    <div class="ribbon" aria-hidden="true">
      ${repeat(
        indices,
        (index) => index,
        (index) => html`<svg class="piece ${kind(index)}" viewBox="0 0 24 26">
          <rect class="back" x="1.5" y="9.5" width="21" height="15" rx="3" />
          <rect class="paper" x="4" y="12" width="16" height="10" rx="1" style=${styleMap({ "--filled": index < sealed ? "1" : filled.toFixed(2) })} />
          <path class="lid" d="M2.5 10.5 L10.8 17.2 Q12 18.1 13.2 17.2 L21.5 10.5" />
          <circle class="wax" cx="12" cy="17.5" r="3" />
        </svg>`,
      )}
    </div>
    <p>${sealed > 0 ? html`${msg(str`${sealed} sealed`)}<span> · ${msg(str`${stored} stored`)}</span>` : msg("Sealing")}</p>
  </div>`;
}

export const sealStripStyle = css`
  .sealing {
    display: flex;
    align-items: center;
    gap: 12px;
    min-inline-size: 0;
  }
  .sealing p {
    flex: none;
    padding: 4px 8px;
    border-radius: var(--radius);
    background: rgb(8 13 14 / 0.78);
    font-size: var(--small);
    line-height: 16px;
    font-variant-numeric: tabular-nums;
  }
  .ribbon {
    display: flex;
    flex: 1;
    justify-content: flex-end;
    gap: 4px;
    min-inline-size: 0;
    overflow: hidden;
    mask-image: linear-gradient(to right, transparent, black 48px);
  }
  .piece {
    flex: none;
    inline-size: 24px;
    block-size: 26px;
    overflow: visible;
    fill: none;
    stroke: rgb(255 255 255 / 0.75);
    stroke-width: 1.5;
    stroke-linejoin: round;
    stroke-linecap: round;
    animation: arrive var(--calm) var(--ease);
  }
  @keyframes arrive {
    from {
      opacity: 0;
      margin-inline-end: -40px;
    }
  }
  .piece .back {
    fill: rgb(8 13 14 / 0.55);
    transition:
      fill var(--calm),
      stroke var(--calm);
  }
  .piece .paper {
    fill: rgb(255 255 255 / 0.9);
    stroke: none;
    transform-origin: 50% 22px;
    transform: scaleY(var(--filled));
    transition:
      transform var(--calm) linear,
      opacity var(--calm);
  }
  .piece .lid {
    transform-origin: 50% 10.5px;
    transition:
      transform var(--calm) var(--ease),
      stroke var(--calm);
  }
  .piece.filling .lid {
    transform: scaleY(-1);
  }
  .piece:not(.filling) .paper {
    opacity: 0;
  }
  .piece .wax {
    fill: var(--accent);
    stroke: none;
    transform-origin: 12px 17.5px;
    transition: transform var(--calm) var(--ease) var(--calm);
  }
  .piece.filling .wax {
    transform: scale(0);
  }
  .piece.stored {
    stroke: var(--accent);
  }
  .piece.stored .back {
    fill: color-mix(in oklab, var(--stage), var(--accent) 36%);
  }
  @container view (width >= 720px) and (height >= 400px) {
    .piece {
      inline-size: 36px;
      block-size: 39px;
    }
  }
  @container view (width < 480px) {
    .sealing p span {
      display: none;
    }
  }
`;
