/**
 * From a base key to the key of one KID. Realm-free; runs in the media worker. Source: RFC 9605 §4.4.2, §4.5.
 *
 *   secret = HKDF-Extract("", base_key)
 *   key    = HKDF-Expand(secret, "SFrame 1.0 Secret key "  ‖ KID (8 B) ‖ suite (2 B), Nk)
 *   salt   = HKDF-Expand(secret, "SFrame 1.0 Secret salt " ‖ KID (8 B) ‖ suite (2 B), Nn)
 */
import type { Bytes } from "../wire/bytes.ts";
import type { MediaSuite } from "../wire/group-media.ts";
import { SFRAME_KEY, SFRAME_SALT } from "./labels.ts";
import { type FrameAead, NONCE_BYTES, SUITES } from "./media-frame-aead.ts";

/** What seals or opens the frames of one KID. */
export interface FrameKey {
  readonly kid: bigint;
  readonly aead: FrameAead;
  /** 12 B */
  readonly salt: Bytes;
}

export async function deriveFrameKey(suite: MediaSuite, baseKey: Uint8Array, kid: bigint): Promise<FrameKey> {
  const { id, hash, keyBytes, open } = SUITES[suite];
  const secret = await crypto.subtle.importKey("raw", baseKey as Bytes, "HKDF", false, ["deriveBits"]);
  const derive = async (label: string, bytes: number): Promise<Bytes> => {
    const parameters = { name: "HKDF", hash, salt: new Uint8Array(), info: labelled(label, kid, id) };
    return new Uint8Array(await crypto.subtle.deriveBits(parameters, secret, bytes * 8));
  };
  const [raw, salt] = await Promise.all([derive(SFRAME_KEY, keyBytes), derive(SFRAME_SALT, NONCE_BYTES)]);
  const aead = await open(raw);
  raw.fill(0);
  return { kid, aead, salt };
}

/** The info of one derivation; exported for the published vectors. */
export function labelled(label: string, kid: bigint, suite: number): Bytes {
  const text = new TextEncoder().encode(label);
  const info = new Uint8Array(text.length + 10);
  info.set(text);
  const view = new DataView(info.buffer);
  view.setBigUint64(text.length, kid);
  view.setUint16(text.length + 8, suite);
  return info;
}
