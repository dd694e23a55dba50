/**
 * The AEADs that media frames are sealed with, behind one shape. Realm-free: bytes in, bytes out.
 * AES-GCM is WebCrypto's own; ChaCha20-Poly1305, which WebCrypto has not, is @noble/ciphers', loaded by rooms that ask
 * for it. Source: RFC 9605 §4.5 (suites 4 and 5); RFC 8439 §2.8 for the third.
 */
import type { Bytes } from "../wire/bytes.ts";

/** Of RFC 9605 §4.5; 0xF000 and above are for private use. All tags have 16 B, all nonces 12 B (Nn). */
export const SUITES = {
  AES_128_GCM_SHA256_128: { id: 4, hash: "SHA-256", keyBytes: 16, open: openAesGcm },
  AES_256_GCM_SHA512_128: { id: 5, hash: "SHA-512", keyBytes: 32, open: openAesGcm },
  CHACHA20_POLY1305_SHA512_128: { id: 0xf001, hash: "SHA-512", keyBytes: 32, open: openChaCha20 },
} as const;
/** Nn */
export const NONCE_BYTES = 12;

/** One key. A nonce is used once for sealing. */
export interface FrameAead {
  /** @returns ciphertext ‖ tag */
  encrypt(nonce: Bytes, additionalData: Bytes, plaintext: Bytes): Promise<Uint8Array>;
  /** @throws Error if it is not authentic */
  decrypt(nonce: Bytes, additionalData: Bytes, box: Bytes): Promise<Uint8Array>;
}

async function openAesGcm(raw: Bytes): Promise<FrameAead> {
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  return {
    encrypt: async (iv, additionalData, plaintext) =>
      new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plaintext)),
    decrypt: async (iv, additionalData, box) =>
      new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, box)),
  };
}

async function openChaCha20(raw: Bytes): Promise<FrameAead> {
  const { chacha20poly1305 } = await import("@noble/ciphers/chacha.js");
  // The caller zeroes what it gave.
  const key = raw.slice();
  return {
    encrypt: async (nonce, additionalData, plaintext) =>
      chacha20poly1305(key, nonce, additionalData).encrypt(plaintext),
    decrypt: async (nonce, additionalData, box) => chacha20poly1305(key, nonce, additionalData).decrypt(box),
  };
}
