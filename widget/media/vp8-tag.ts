/**
 * Makes a sealed VP8 key frame one that no decoder takes for a picture. VP8 has no checksum: with its first ten bytes
 * readable, a decoder without keys took about one key frame in seven for a picture, of noise. So what stays readable has
 * no start code, and its frame tag names a first partition that is longer than any frame: decoders refuse either.
 * Realm: media worker. Pure. Source: RFC 6386 §9.1 (frame tag, start code, size); docs/decisions/0042.
 *
 *   before | tag, 3 B  | start code, 3 B | size, 4 B | rest |
 *   after  | tag', 3 B | tag, 3 B        | size, 4 B | rest |      tag' is the tag with all size bits 1
 */
import type { Bytes } from "../wire/bytes.ts";

const TAG_BYTES = 3;
const START_CODE = [0x9d, 0x01, 0x2a] as const;
/** Bits 0–4 are the frame's type, version and whether it is shown; the other 19 are the size. */
const SIZE_BITS = [0xe0, 0xff, 0xff] as const;

/** @returns as long as it was; null for what is no key frame */
export function maskTag(frame: Uint8Array): Bytes | null {
  if (!START_CODE.every((byte, i) => frame[TAG_BYTES + i] === byte)) return null;
  const masked = frame.slice();
  for (const [i, bits] of SIZE_BITS.entries()) {
    const byte = frame[i] ?? 0;
    masked[i] = byte | bits;
    masked[TAG_BYTES + i] = byte;
  }
  return masked as Bytes;
}

/** @param masked as opened, so authentic: it is changed in place */
export function unmaskTag(masked: Uint8Array): void {
  masked.copyWithin(0, TAG_BYTES, 2 * TAG_BYTES);
  masked.set(START_CODE, TAG_BYTES);
}
