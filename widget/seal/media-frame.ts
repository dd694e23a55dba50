/**
 * Seals and opens one encoded frame. Bytes in, bytes out; there is no way through without a key.
 * Realm-free; runs in the media worker. Source: RFC 9605 §4.4.3, §4.4.4; protocol.md §4.
 *
 *   | clear prefix (codec) | SFrame header | ciphertext ‖ tag (16 B) |
 *   nonce = salt ⊕ CTR,   AAD = SFrame header ‖ kind (1 B) ‖ clear prefix
 */
import type { Bytes, Sealed } from "../wire/bytes.ts";
import { MEDIA_KINDS } from "../wire/group-media.ts";
import { NONCE_BYTES } from "./media-frame-aead.ts";
import { decodeHeader, encodeHeader, partsOfKid } from "./media-frame-header.ts";
import type { FrameKey } from "./media-frame-key.ts";

/** The metadata of RFC 9605 §4.4: what is authenticated beside the header. */
export function frameMetadata(kid: bigint, clearPrefix: Uint8Array): Bytes {
  const kind = partsOfKid(kid)?.kind;
  const metadata = new Uint8Array(1 + clearPrefix.length);
  metadata[0] = kind ? MEDIA_KINDS.indexOf(kind) : 0xff;
  metadata.set(clearPrefix, 1);
  return metadata;
}

/** @param clear bytes at the start that stay readable, for the SFU @param ctr never twice with one key */
export function sealFrame(key: FrameKey, ctr: bigint, frame: Uint8Array, clear: number): Promise<Sealed> {
  const prefix = frame.subarray(0, clear);
  const content = { metadata: frameMetadata(key.kid, prefix), plaintext: frame.subarray(clear) };
  return encryptAfter(prefix, { key, ctr }, content) as Promise<Sealed>;
}

/** RFC 9605 §4.4.3. @returns header ‖ ciphertext ‖ tag */
export function encrypt(key: FrameKey, ctr: bigint, metadata: Uint8Array, plaintext: Uint8Array): Promise<Bytes> {
  return encryptAfter(new Uint8Array(), { key, ctr }, { metadata, plaintext });
}

/** @returns prefix ‖ header ‖ ciphertext ‖ tag. The ciphertext is copied once: a frame may be large. */
async function encryptAfter(
  prefix: Uint8Array,
  { key, ctr }: { readonly key: FrameKey; readonly ctr: bigint },
  { metadata, plaintext }: { readonly metadata: Uint8Array; readonly plaintext: Uint8Array },
): Promise<Bytes> {
  const header = encodeHeader(key.kid, ctr);
  const ciphertext = await key.aead.encrypt(nonceOf(key.salt, ctr), joined(header, metadata), plaintext as Bytes);
  const at = prefix.length + header.length;
  const all = new Uint8Array(at + ciphertext.length);
  all.set(prefix);
  all.set(header, prefix.length);
  all.set(ciphertext, at);
  return all;
}

/** RFC 9605 §4.4.4. Null if it was not sealed so with this key. */
export async function decrypt(key: FrameKey, metadata: Uint8Array, box: Uint8Array): Promise<Bytes | null> {
  const header = decodeHeader(box);
  if (header?.kid !== key.kid) return null;
  const additionalData = joined(box.subarray(0, header.length), metadata);
  const nonce = nonceOf(key.salt, header.ctr);
  try {
    return (await key.aead.decrypt(nonce, additionalData, box.subarray(header.length) as Bytes)) as Bytes;
  } catch {
    return null;
  }
}

/** The header of a sealed frame; null if there is none. */
export function headerOf(sealed: Uint8Array, clear: number): { kid: bigint; ctr: bigint; length: number } | null {
  return sealed.length < clear ? null : decodeHeader(sealed.subarray(clear));
}

/** The frame with its clear prefix; null if it was not sealed with this key as it stands. */
export async function openFrame(key: FrameKey, sealed: Uint8Array, clear: number): Promise<Bytes | null> {
  if (sealed.length < clear) return null;
  const prefix = sealed.subarray(0, clear);
  const body = await decrypt(key, frameMetadata(key.kid, prefix), sealed.subarray(clear));
  return body && clear > 0 ? joined(prefix, body) : body;
}

const counter = new Uint8Array(8);
const counterView = new DataView(counter.buffer);

/** RFC 9605 §4.4.3: the counter, big-endian, over the salt's end. */
export function nonceOf(salt: Uint8Array, ctr: bigint): Bytes {
  const nonce = new Uint8Array(NONCE_BYTES);
  nonce.set(salt);
  counterView.setBigUint64(0, ctr);
  const at = NONCE_BYTES - counter.length;
  for (let i = 0; i < counter.length; i++) nonce[at + i] = (nonce[at + i] ?? 0) ^ (counter[i] ?? 0);
  return nonce;
}

function joined(a: Uint8Array, b: Uint8Array): Bytes {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
