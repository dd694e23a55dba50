/**
 * Digits as a QR code that a phone's camera reads: a drawing in the template, no image, no request.
 * Realm: frame; public digits only. The encoder is uqr (MIT), loaded when it is wanted.
 */
import { html, type TemplateResult } from "lit";

export interface Qr {
  /** modules along one side, quiet zone included */
  readonly size: number;
  /** SVG path of the dark modules */
  readonly path: string;
}

/** Modules of white around it: a reader needs four. */
const QUIET = 4;

export async function qrOf(digits: string): Promise<Qr> {
  const { encode } = await import("uqr");
  const { data, size } = encode(digits, { ecc: "M", border: QUIET });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return { size, path };
}

export function qrPicture({ size, path }: Qr, name: string): TemplateResult {
  return html`<svg class="qr" role="img" aria-label=${name} viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">
    <rect width=${size} height=${size} fill="#fff" />
    <path d=${path} fill="#000" />
  </svg>`;
}
