/**
 * How many bytes of an encoded frame stay readable, because the SFU or the browser's depacketizer has to read them.
 * Realm: media worker. Source: protocol.md §4; RFC 7741 §4.3 (VP8 payload header, key frame start code and size).
 */
import type { MediaKind } from "../wire/group-media.ts";

/** VP8: frame tag 3 B, start code 3 B, width and height 4 B; a delta frame's first byte says that it is one. */
export const VP8_KEY = 10;
const VP8_DELTA = 1;

/** Null for what may not be sealed: a codec whose frames need more care is refused, not passed on. */
export function clearPrefix(kind: MediaKind, codec: string, isKeyFrame: boolean): number | null {
  if (kind === "audio" || kind === "screen-audio") return codec === "opus" ? 0 : null;
  if (codec === "vp8") return isKeyFrame ? VP8_KEY : VP8_DELTA;
  return codec === "vp9" ? 0 : null;
}
