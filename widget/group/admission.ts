/**
 * What proves to every member that whoever was added held the room's current link, or was let in by a host.
 * Realm: group worker. Source: protocol.md §2 (Link admission, Knock admission).
 *
 *   link:  admission key over statement("whatping/1 admission", group id ‖ v ‖ epoch ‖ key package reference ‖ post key)
 *   lobby: charter key over statement("whatping/1 lobby admission", group id ‖ v ‖ epoch ‖ identity ‖ name ‖ compared?)
 *
 * The epoch is the one that the relay named when the asker asked; a proof counts for ADMISSION_EPOCHS epochs from there,
 * so that members have to remember only the references of so many epochs to accept each one once.
 */
import { isSignedBy, type SigningKey } from "../seal/ed25519.ts";
import { SIGNED_ADMISSION, SIGNED_LOBBY_ADMISSION } from "../seal/labels.ts";
import { type Bytes, fromBase64url, toBase64url } from "../wire/bytes.ts";
import type { Admitted, LobbyAdmission } from "../wire/commit-data.ts";
import { statement, u32 } from "../wire/room-signatures.ts";
import type { SignedCharter } from "./charter.ts";
import type { Credential } from "./credential.ts";

export interface Admission {
  readonly groupId: Uint8Array;
  readonly v: number;
  readonly epoch: number;
  /** 32 B */
  readonly ref: Uint8Array;
  /** 32 B */
  readonly postKey: Uint8Array;
}

export async function proveAdmission(key: SigningKey, admission: Admission): Promise<Admitted> {
  return {
    ref: toBase64url(admission.ref),
    postKey: toBase64url(admission.postKey),
    epoch: admission.epoch,
    proof: toBase64url(await key.sign(said(admission))),
  };
}

/** Of whom a host lets in: a person by identity and name, not a leaf. */
export interface LobbyPass {
  readonly groupId: Uint8Array;
  readonly v: number;
  readonly epoch: number;
  /** base64url */
  readonly identity: string;
  readonly name: string;
  readonly lobby: LobbyAdmission;
}

/** @param charterKey of the room: whoever has the host link. @returns 64 B, base64url */
export async function signPass(charterKey: SigningKey, pass: LobbyPass): Promise<string> {
  return toBase64url(await charterKey.sign(passed(pass)));
}

/** Whether the proof is one: of the link, or of a host's hand. @param at group and charter of the state before the commit */
export async function isAdmitted(
  { groupId, charter: { charter, charterKey } }: { readonly groupId: Uint8Array; readonly charter: SignedCharter },
  { identity, name }: Pick<Credential, "identity" | "name">,
  admitted: Admitted,
): Promise<boolean> {
  const { v, admissionKey } = charter;
  const { epoch, lobby } = admitted;
  const texts = [admissionKey, admitted.ref, admitted.postKey, admitted.proof];
  const [key, ref, postKey, proof] = texts.map(fromBase64url) as Bytes[];
  if (!key || !ref || !postKey || !proof) return false;
  if (lobby) return isSignedBy(charterKey, passed({ groupId, v, epoch, identity, name, lobby }), proof);
  return isSignedBy(key, said({ groupId, v, epoch, ref, postKey }), proof);
}

function said({ groupId, v, epoch, ref, postKey }: Admission): Bytes {
  return statement(SIGNED_ADMISSION, [groupId, u32(v), u32(epoch), ref, postKey]);
}

function passed({ groupId, v, epoch, identity, name, lobby }: LobbyPass): Bytes {
  const texts = [name, lobby].map((text) => new TextEncoder().encode(text));
  const key = fromBase64url(identity) ?? new Uint8Array();
  return statement(SIGNED_LOBBY_ADMISSION, [groupId, u32(v), u32(epoch), key, ...texts]);
}
