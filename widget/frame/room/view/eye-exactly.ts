/**
 * What a look has found, to the byte: counts, which key, which number, and the first bytes with their parts marked.
 * Realm: frame. Source: protocol.md §3, §4; RFC 9605 §4.3.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { EyeSample } from "../../../wire/frame-eye.ts";
import { type FrameParts, type Part, partAt } from "../call/eye-bytes.ts";
import type { EyeCounts } from "../call/eye-look.ts";
import { say } from "../words/say.ts";

export interface Seen {
  /** once the browser has counted */
  readonly counts: EyeCounts | undefined;
  /** frames that passed the worker */
  readonly frames: number;
  /** the last one that it told of */
  readonly sample: EyeSample;
  readonly parts: FrameParts;
  readonly codec: string;
  /** some frame had no header of this room's */
  readonly isBare: boolean;
}

/** Bytes that are written out. */
const WRITTEN = 48;
const LEGEND = [
  ["clear", "eye-clear"],
  ["header", "eye-header"],
  ["sealed", "eye-sealed"],
] as const;

export function exactly({ counts, sample, parts, codec }: Seen): TemplateResult {
  const { kid, ctr } = parts;
  return html`<details>
    <summary>${say("eye-exact")}</summary>
    <p>${say("eye-how")}</p>
    <dl>
      <dt>${say("eye-packets")}</dt>
      <dd>${counts?.packets ?? 0}, ${counts?.bytes ?? 0}</dd>
      <dt>${say("eye-frames")}</dt>
      <dd>${counts?.received ?? 0}, ${counts?.decoded ?? 0}</dd>
      <dt>${say("eye-kid")}</dt>
      <dd>${kid ? `${kid.kind}, ${kid.leaf}, ${kid.epoch}` : "–"}</dd>
      <dt>${say("eye-ctr")}</dt>
      <dd>${kid ? String(ctr) : "–"}</dd>
      <dt>${say("eye-first")} (${codec}${sample.isKey ? ", key frame" : ""}, ${sample.length} B)</dt>
      <dd class="bytes" translate="no">${written(sample.bytes, parts)}</dd>
    </dl>
    <ul class="legend">
      ${LEGEND.map(([part, words]) => html`<li><span class="mark ${part}"></span>${say(words)}</li>`)}
    </ul>
  </details>`;
}

/** A run of bytes for each part that there is. */
function written(bytes: Uint8Array, parts: FrameParts): (TemplateResult | typeof nothing)[] {
  const some = [...bytes.subarray(0, WRITTEN)];
  const hexOf = (part: Part) =>
    some.flatMap((byte, at) => (partAt(at, parts) === part ? byte.toString(16).padStart(2, "0") : [])).join(" ");
  return LEGEND.map(([part]) => {
    const hex = hexOf(part);
    return hex ? html`<span class=${part}>${hex}</span> ` : nothing;
  });
}
