/**
 * The whole clip crypto: the key, the nonces, sealing and opening. Plain WebCrypto, bytes in, bytes out, no I/O.
 * Realm-free; runs in the media worker and sees one clip's key and plaintext.
 * Source: protocol.md §6 (`wisp/1`), NIST SP 800-38D (AES-GCM), RFC 5869 (HKDF).
 *
 *   segment i  = AES-256-GCM(key, nonce_i, up to 256 KiB of the file) ‖ 16 B tag, no AAD
 *   nonce_i    = IV ⊕ ( 0^7 ‖ u32 i ‖ more )        more = 1 if another segment follows, 0 for the last
 *                | 7 B   | 4 B   | 1 B  |
 *
 * Index and `more` are in the nonce, so a dropped, moved, doubled or missing segment fails its tag.
 * A clip of one segment is byte for byte AES-256-GCM(key, IV, file).
 */

import type { Bytes, Sealed } from "../wire/bytes.ts";
import { IV_BYTES, SEGMENT_BYTES } from "../wire/clip-limits.ts";
import { CodedError } from "../wire/errors.ts";
import { CLIP_METADATA, CLIP_VIEW } from "./labels.ts";

const AES_GCM = "AES-GCM";
const KEY_BYTES = 32;
/** Indices are 32 bit; the cap of a clip is far below. */
const MAX_INDEX = 0xffff_ffff;

/** Where a segment stands: its index from 0, and whether another follows. */
export interface SegmentPlace {
  readonly index: number;
  readonly more: boolean;
}

/** A fresh clip key. Extractable, because the link that the sender gives away *is* the key. */
export function generateClipKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: AES_GCM, length: 256 }, true, ["encrypt", "decrypt"]);
}

/** A fresh IV, 12 B. One per clip for its segments, another for its metadata. */
export function generateIv(): Bytes {
  return crypto.getRandomValues(new Uint8Array(IV_BYTES));
}

/** The 32 B that go into the link. */
export async function exportClipKey(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", key));
}

/**
 * The key of a received link. Not extractable: the viewer never needs its bytes again.
 * @throws CodedError `link-malformed` unless 32 B.
 */
export async function importClipKey(raw: Bytes): Promise<CryptoKey> {
  if (raw.length !== KEY_BYTES) throw new CodedError("link-malformed", "The key in this link has the wrong length.");
  return crypto.subtle.importKey("raw", raw, AES_GCM, false, ["decrypt"]);
}

/** nonce_i of the format above, 12 B. */
export function segmentNonce(iv: Uint8Array, place: SegmentPlace): Bytes {
  if (iv.length !== IV_BYTES) throw new RangeError("IV must be 12 bytes");
  if (!Number.isInteger(place.index) || place.index < 0 || place.index > MAX_INDEX) {
    throw new RangeError("segment index must be a u32");
  }
  const position = new Uint8Array(IV_BYTES);
  const view = new DataView(position.buffer);
  view.setUint32(7, place.index);
  view.setUint8(11, place.more ? 1 : 0);
  return Uint8Array.from(iv, (byte, i) => byte ^ (position[i] as number));
}

/**
 * Seals one segment. The caller seals each index once (`ClipSealer` sees to that).
 * @throws RangeError if a segment that is not the last one is not full, or any is too long.
 */
export async function sealSegment(key: CryptoKey, iv: Uint8Array, place: SegmentPlace, file: Bytes): Promise<Sealed> {
  if (file.length > SEGMENT_BYTES || (place.more && file.length !== SEGMENT_BYTES)) {
    throw new RangeError("only the last segment may be shorter than a full one");
  }
  const nonce = segmentNonce(iv, place);
  return new Uint8Array(await crypto.subtle.encrypt({ name: AES_GCM, iv: nonce }, key, file)) as Sealed;
}

/**
 * Opens one segment.
 * @throws CodedError `clip-damaged`, alike for every cause.
 */
export async function openSegment(key: CryptoKey, iv: Uint8Array, place: SegmentPlace, sealed: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: AES_GCM, iv: segmentNonce(iv, place) }, key, sealed));
  } catch {
    throw new CodedError("clip-damaged", "This clip was changed on its way and will not be shown.");
  }
}

/** Proof of the key: the relay stores SHA-256 of this token and serves nobody without it. 32 B. */
export async function deriveViewToken(rawKey: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf(CLIP_VIEW), await hkdfKey(rawKey), 256));
}

/** Seals the metadata box under a key of its own, HKDF(key, "wisp/1 metadata"). */
export async function sealMetadata(rawKey: Bytes, iv: Bytes, metadata: Bytes): Promise<Sealed> {
  const key = await metadataKey(rawKey);
  return new Uint8Array(await crypto.subtle.encrypt({ name: AES_GCM, iv }, key, metadata)) as Sealed;
}

/**
 * Opens the metadata box.
 * @throws CodedError `wrong-key`.
 */
export async function openMetadata(rawKey: Bytes, iv: Bytes, sealed: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: AES_GCM, iv }, await metadataKey(rawKey), sealed));
  } catch {
    throw new CodedError("wrong-key", "The key in this link does not open this clip.");
  }
}

async function metadataKey(rawKey: Bytes): Promise<CryptoKey> {
  const derived = { name: AES_GCM, length: 256 };
  return crypto.subtle.deriveKey(hkdf(CLIP_METADATA), await hkdfKey(rawKey), derived, false, ["encrypt", "decrypt"]);
}

function hkdfKey(rawKey: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", rawKey, "HKDF", false, ["deriveBits", "deriveKey"]);
}

/** No salt: the input is a uniformly random key (RFC 5869 §3.1). */
function hkdf(label: string): HkdfParams {
  return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: new TextEncoder().encode(label) };
}
