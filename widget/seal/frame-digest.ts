/**
 * What a sealed frame is told by to those who got it: the first 8 bytes of SHA-256(AAD ‖ ciphertext ‖ tag).
 * Realm-free; runs in the media worker. Source: protocol.md §4 (Insider check): never tags alone, for whoever has the key
 * can make two frames of one GCM tag.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import type { Bytes } from "../wire/bytes.ts";
import { frameMetadata, headerOf } from "./media-frame.ts";

/** AAD ‖ ciphertext ‖ tag, in a buffer of its own: the frame's may go with the frame. @param clear as it was sealed */
export function digestInput(sealed: Uint8Array, clear: number): Bytes {
  const header = headerOf(sealed, clear);
  if (!header) throw new RangeError("not a sealed frame");
  const metadata = frameMetadata(header.kid, sealed.subarray(0, clear));
  const input = new Uint8Array(sealed.length - clear + metadata.length);
  const end = clear + header.length;
  input.set(sealed.subarray(clear, end));
  input.set(metadata, header.length);
  input.set(sealed.subarray(end), header.length + metadata.length);
  return input;
}

/** Bytes up to which the way to WebCrypto's thread and back takes longer than the hash itself (docs/decisions/0049). */
const ON_THE_SPOT_MAX = 2_048;

/** Never 0: that stands for a frame that was not sent. */
export async function digestOf(input: Bytes): Promise<bigint> {
  const isShort = input.length <= ON_THE_SPOT_MAX;
  const hash = isShort ? sha256(input) : new Uint8Array(await crypto.subtle.digest("SHA-256", input));
  return new DataView(hash.buffer, hash.byteOffset).getBigUint64(0) || 1n;
}
