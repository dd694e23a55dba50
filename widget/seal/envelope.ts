/**
 * The envelope: AES-256-GCM around what the relay carries before somebody is a member, so that it sees neither key
 * packages, nor names, nor Welcomes, nor the charter. Realm-free. Source: protocol.md §2.
 *
 *   IV (12 B, random) ‖ AES-256-GCM(envelope key, IV, plaintext, AAD) ‖ tag (16 B)
 *   AAD = statement("whatping/1 envelope", type ‖ group id ‖ u32 v ‖ reference)
 *
 * A room secret's envelope key seals a few boxes a person, far from the 2^32 that random IVs allow (SP 800-38D §8.3).
 */
import type { Bytes, Sealed } from "../wire/bytes.ts";
import { IV_BYTES } from "../wire/clip-limits.ts";
import { statement, u32 } from "../wire/room-signatures.ts";
import { ROOM_ENVELOPE } from "./labels.ts";

/** What a box is for: it opens as nothing else. */
export interface EnvelopeName {
  readonly type: "ask" | "welcome" | "charter";
  /** 32 B; empty for the charter, which outlives groups */
  readonly groupId: Uint8Array;
  /** link version */
  readonly v: number;
  /** key package reference of an ask; SHA-256 over all references of a Welcome; empty for the charter */
  readonly reference: Uint8Array;
}

export async function sealEnvelope(key: CryptoKey, name: EnvelopeName, plaintext: Uint8Array): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const parameters = { name: "AES-GCM", iv, additionalData: associated(name) };
  const box = new Uint8Array(await crypto.subtle.encrypt(parameters, key, plaintext as Bytes));
  const sealed = new Uint8Array(IV_BYTES + box.length);
  sealed.set(iv);
  sealed.set(box, IV_BYTES);
  return sealed as Sealed;
}

/** Null for anything that this key did not seal under this name. */
export async function openEnvelope(key: CryptoKey, name: EnvelopeName, sealed: Uint8Array): Promise<Bytes | null> {
  const iv = sealed.slice(0, IV_BYTES) as Bytes;
  const parameters = { name: "AES-GCM", iv, additionalData: associated(name) };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed.slice(IV_BYTES) as Bytes));
  } catch {
    return null;
  }
}

function associated({ type, groupId, v, reference }: EnvelopeName): Bytes {
  return statement(ROOM_ENVELOPE, [new TextEncoder().encode(type), groupId, u32(v), reference]);
}
