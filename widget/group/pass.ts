/**
 * What a host's device gives to whom it lets in: the room's link as it is now, and the charter key's word for this person.
 * Realm: group worker; sees a room secret. Source: protocol.md §2 (Knock admission).
 */
import type { SigningKey } from "../seal/ed25519.ts";
import { ROOM_SECRET_BYTES } from "../seal/room-keys.ts";
import { type Bytes, fromBase64url, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import type { Admitted, LobbyAdmission } from "../wire/commit-data.ts";
import { ADMISSION_EPOCHS, HASH_BYTES, SIGNATURE_BYTES } from "../wire/room-limits.ts";
import { signPass } from "./admission.ts";
import type { Credential } from "./credential.ts";

/** Of a person, for ADMISSION_EPOCHS epochs of one generation, under one link. */
export interface Pass extends Pick<Admitted, "epoch" | "proof"> {
  readonly groupId: string;
  readonly v: number;
  readonly lobby: LobbyAdmission;
}

export interface Given {
  readonly pass: Pass;
  /** s_v, 32 B */
  readonly roomSecret: Bytes;
}

/** @param at group, link version and epoch of now */
export async function makePass(
  charterKey: SigningKey,
  { identity, name }: Pick<Credential, "identity" | "name">,
  at: { readonly groupId: Bytes; readonly v: number; readonly epoch: number; readonly lobby: LobbyAdmission },
): Promise<Pass> {
  const proof = await signPass(charterKey, { ...at, identity, name });
  return { ...at, groupId: toBase64url(at.groupId), proof };
}

/** Whether it lets in now. @param at as the relay tells it, and the charter at the door */
export function isGood(
  pass: Pass,
  at: { readonly groupId: string; readonly v: number; readonly epoch: number },
): boolean {
  return pass.groupId === at.groupId && pass.v === at.v && at.epoch - pass.epoch < ADMISSION_EPOCHS;
}

export function writeGiven({ pass, roomSecret }: Given): Record<string, unknown> {
  return { ...pass, roomSecret: toBase64url(roomSecret) };
}

/** Null for what is none: from a host's device, but of which version? */
export function readGiven(value: Readonly<Record<string, unknown>>): Given | null {
  const { groupId, v, epoch, lobby, proof, roomSecret } = value;
  const isWhole =
    isBase64urlOf(groupId, HASH_BYTES) &&
    Number.isSafeInteger(v) &&
    (v as number) >= 1 &&
    Number.isSafeInteger(epoch) &&
    (lobby === "compared" || lobby === "unverified") &&
    isBase64urlOf(proof, SIGNATURE_BYTES) &&
    isBase64urlOf(roomSecret, ROOM_SECRET_BYTES);
  if (!isWhole) return null;
  const pass = { groupId, v: v as number, epoch: epoch as number, lobby: lobby as LobbyAdmission, proof };
  return { pass, roomSecret: fromBase64url(roomSecret) as Bytes };
}
