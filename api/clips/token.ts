/**
 * Tokens as the relay sees them: their SHA-256, compared in constant time. Realm: server; a token itself is seen only
 * between the header and its hash. Source: protocol.md §1 (the server stores only its SHA-256).
 */
import { hash, timingSafeEqual } from "node:crypto";

/** SHA-256 of a token's bytes, base64url. */
export function hashToken(token: Uint8Array): string {
  return hash("sha256", token, "base64url");
}

/** Whether two hashes (base64url) are equal, in a time that does not tell where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
