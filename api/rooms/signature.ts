/**
 * Checks Ed25519 signatures over the statements of room-signatures.ts. Realm: server; public keys only.
 * Source: RFC 8032, protocol.md §2.
 */
import { createPublicKey, verify } from "node:crypto";

/** @param publicKey 32 B, base64url @param signature 64 B, base64url */
export function isSigned(publicKey: string, statement: Uint8Array, signature: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
    return verify(null, statement, key, Buffer.from(signature, "base64url"));
  } catch {
    return false;
  }
}
