/**
 * Makes sealed sound something that no player takes for sound. Opus has no checksum and nearly every byte string is a
 * packet: players without keys made loud noise of sealed frames. So each begins with an Opus header that says "no frames
 * at all", which decoders have to refuse.
 * Realm: media worker. Pure. Source: RFC 6716 §3.2.5 (code 3, the frame count must not be zero); docs/decisions/0042.
 *
 *   | 0x03 | 0x00 | SFrame header | ciphertext ‖ tag |
 */
import type { Bytes } from "../wire/bytes.ts";

const GUARD = [0x03, 0x00] as const;

/** @returns 2 B more */
export function guardOpus(sealed: Uint8Array): Bytes {
  const guarded = new Uint8Array(GUARD.length + sealed.length);
  guarded.set(GUARD);
  guarded.set(sealed, GUARD.length);
  return guarded;
}

/** @returns null if it does not begin so */
export function unguardOpus(guarded: Uint8Array): Uint8Array | null {
  return GUARD.every((byte, at) => guarded[at] === byte) ? guarded.subarray(GUARD.length) : null;
}
