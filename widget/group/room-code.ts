/**
 * What people compare: one code for the whole room, and one for each pair. Realm: group worker; public keys only.
 * Source: protocol.md §5: 30 digits of SHA-512 over group id and sorted identity keys; the code changes only when the
 * roster does. Digits as in Signal's safety numbers: five bytes give five digits, big-endian, mod 10^5.
 */
import type { Bytes } from "../wire/bytes.ts";
import { statement } from "../wire/room-signatures.ts";

const GROUPS = 6;

/** @param identities public identity keys, base64url, in any order; twice the same counts once @returns 30 digits */
export async function roomCode(groupId: Uint8Array, identities: readonly string[]): Promise<string> {
  return digitsOf("whatping/1 room code", [groupId, ...sorted(identities)]);
}

/** The same for both of a pair. @returns 30 digits */
export async function pairCode(identity: string, other: string): Promise<string> {
  return digitsOf("whatping/1 pair code", sorted([identity, other]));
}

function sorted(identities: readonly string[]): Uint8Array[] {
  return [...new Set(identities)].sort().map((text) => new TextEncoder().encode(text));
}

async function digitsOf(label: string, parts: readonly Uint8Array[]): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-512", statement(label, parts) as Bytes);
  const view = new DataView(hash);
  let digits = "";
  for (let group = 0; group < GROUPS; group++) {
    const value = view.getUint8(group * 5) * 2 ** 32 + view.getUint32(group * 5 + 1);
    digits += String(value % 100_000).padStart(5, "0");
  }
  return digits;
}
