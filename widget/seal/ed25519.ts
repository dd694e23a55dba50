/**
 * Ed25519 through WebCrypto: keys from a seed, fresh keys, signing, checking. Realm-free.
 * Source: RFC 8032; RFC 8410 §7 (the PKCS #8 wrapping of a seed, since WebCrypto imports no bare private key).
 *
 *   PKCS #8 of a seed:  30 2e 02 01 00 30 05 06 03 2b 65 70 04 22 04 20 ‖ seed (32 B)
 */
import type { Bytes } from "../wire/bytes.ts";

const PKCS8_HEAD = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

/** A key that signs. The private half can't be read back. */
export interface SigningKey {
  /** 32 B */
  readonly publicKey: Bytes;
  /** @returns 64 B */
  sign(message: Uint8Array): Promise<Bytes>;
}

/** The key of a 32 B seed. */
export async function signingKeyFromSeed(seed: Bytes): Promise<SigningKey> {
  const pkcs8 = new Uint8Array(PKCS8_HEAD.length + seed.length);
  pkcs8.set(PKCS8_HEAD);
  pkcs8.set(seed, PKCS8_HEAD.length);
  // Extractable for a moment: its JWK is the one way to the public half.
  const readable = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", readable);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  pkcs8.fill(0);
  const publicKey = Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  return signingKey(privateKey, publicKey);
}

/** A fresh pair whose private half no code can read (product.md R1). */
export async function generateSigningPair(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
}

export async function signingKeyOf(pair: CryptoKeyPair): Promise<SigningKey> {
  return signingKey(pair.privateKey, new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
}

/** Whether `signature` is the key's over `message`; false for anything malformed. */
export async function isSignedBy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey as Bytes, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature as Bytes, message as Bytes);
  } catch {
    return false;
  }
}

function signingKey(privateKey: CryptoKey, publicKey: Bytes): SigningKey {
  return {
    publicKey,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message as Bytes)),
  };
}
