/**
 * H.264 frames as some recorders put them into Matroska, rewritten as MP4 has them. Realm: frame. Pure.
 * Source: ITU-T H.264 Annex B (byte stream), ISO/IEC 14496-15 §5.3.2 (lengths instead of start codes).
 *
 *   Annex B   | 00 00 [00] 01 | NAL unit | 00 00 [00] 01 | NAL unit |
 *   MP4       | length u32    | NAL unit | length u32    | NAL unit |
 */
import type { Bytes } from "../../../../wire/bytes.ts";

export function lengthPrefixed(frame: Uint8Array): Bytes {
  const units = nalUnits(frame);
  const written = new Uint8Array(units.reduce((sum, unit) => sum + 4 + unit.length, 0));
  let at = 0;
  for (const unit of units) {
    new DataView(written.buffer).setUint32(at, unit.length);
    written.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return written;
}

function nalUnits(frame: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  for (let at = 0; at + 2 < frame.length; at++) {
    if (frame[at] !== 0 || frame[at + 1] !== 0 || frame[at + 2] !== 1) continue;
    if (start >= 0) units.push(trimmed(frame.subarray(start, at)));
    start = at + 3;
    at += 2;
  }
  if (start >= 0) units.push(trimmed(frame.subarray(start)));
  return units.filter((unit) => unit.length > 0);
}

/** Zeros before a start code belong to no unit. */
function trimmed(unit: Uint8Array): Uint8Array {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end--;
  return unit.subarray(0, end);
}
