/**
 * The boxes of a knock: small JSON under one of its two keys, all of one size. Realm: group worker.
 *
 *   IV (12 B, random) ‖ AES-256-GCM(key, IV, JSON filled up to 768 B, AAD) ‖ tag
 *   AAD = statement("whatping/1 knock box", type ‖ what it belongs to)
 */
import { KNOCK_BOX } from "../seal/labels.ts";
import type { Bytes } from "../wire/bytes.ts";
import { IV_BYTES } from "../wire/clip-limits.ts";
import { statement } from "../wire/room-signatures.ts";

export type BoxType = "knock" | "nonce" | "answer";

/** More than the longest name takes: no box's size says anything of it. */
const FILLED_BYTES = 768;
const SPACE = 0x20;

/** @param of it opens beside nothing else */
export async function sealBox(key: CryptoKey, type: BoxType, of: Uint8Array, value: object): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const json = new TextEncoder().encode(JSON.stringify(value));
  const plaintext = new Uint8Array(Math.max(FILLED_BYTES, json.length)).fill(SPACE);
  plaintext.set(json);
  const parameters = { name: "AES-GCM", iv, additionalData: associated(type, of) };
  const box = new Uint8Array(await crypto.subtle.encrypt(parameters, key, plaintext));
  const sealed = new Uint8Array(IV_BYTES + box.length);
  sealed.set(iv);
  sealed.set(box, IV_BYTES);
  return sealed;
}

/** Null for anything that this key did not seal for this. */
export async function openBox(
  key: CryptoKey,
  type: BoxType,
  of: Uint8Array,
  box: Uint8Array,
): Promise<Record<string, unknown> | null> {
  const parameters = { name: "AES-GCM", iv: box.slice(0, IV_BYTES) as Bytes, additionalData: associated(type, of) };
  try {
    const plaintext = await crypto.subtle.decrypt(parameters, key, box.slice(IV_BYTES) as Bytes);
    const value: unknown = JSON.parse(new TextDecoder().decode(plaintext));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function associated(type: BoxType, of: Uint8Array): Bytes {
  return statement(KNOCK_BOX, [new TextEncoder().encode(type), of]);
}
