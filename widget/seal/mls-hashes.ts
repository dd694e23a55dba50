/**
 * SHA-256, HMAC and HKDF for MLS groups, computed on the spot instead of by WebCrypto: a commit takes hundreds of digests
 * and expansions of a few dozen bytes, and waiting for WebCrypto's answer costs more than computing it
 * (docs/decisions/0030). Realm-free: bytes in, bytes out.
 * Source: FIPS 180-4, RFC 2104, RFC 5869, as RFC 9420 §5.1 asks for them in cipher suites 1 and 3.
 */
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** `hash` and `kdf` as ts-mls wants them: `{ ...suite, ...sha256Hashes }` is the suite with these in place of its own. */
export const sha256Hashes = {
  hash: {
    digest: async (data: Uint8Array): Promise<Uint8Array> => sha256(data),
    mac: async (key: Uint8Array, data: Uint8Array): Promise<Uint8Array> => hmac(sha256, key, data),
    verifyMac: async (key: Uint8Array, mac: Uint8Array, data: Uint8Array): Promise<boolean> =>
      areEqual(hmac(sha256, key, data), mac),
  },
  kdf: {
    extract: async (salt: Uint8Array, ikm: Uint8Array): Promise<Uint8Array> => extract(sha256, ikm, salt),
    /** @param length bytes, at most 255 × 32 */
    expand: async (prk: Uint8Array, info: Uint8Array, length: number): Promise<Uint8Array> =>
      expand(sha256, prk, info, length),
    /** bytes (Nh) */
    size: sha256.outputLen,
  },
} as const;

/** Takes as long wherever the first difference is. */
function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0;
}
