/**
 * Admission by link: what proves to every member that whoever was added held the room's current link.
 * Realm: group worker. Source: protocol.md §2 (Link admission).
 *
 *   proof = admission key over statement("whatping/1 admission", group id ‖ v ‖ epoch ‖ key package reference ‖ post key)
 *
 * The epoch is the one that the relay named when the asker asked; a proof counts for ADMISSION_EPOCHS epochs from there,
 * so that members have to remember only the references of so many epochs to accept each one once.
 */
import { isSignedBy, type SigningKey } from "../seal/ed25519.ts";
import { SIGNED_ADMISSION } from "../seal/labels.ts";
import { type Bytes, fromBase64url, toBase64url } from "../wire/bytes.ts";
import type { Admitted } from "../wire/commit-data.ts";
import { statement, u32 } from "../wire/room-signatures.ts";

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

/** @param admissionKey public, 32 B, from the charter @param at group and link version of the state before the commit */
export function isAdmitted(
  admissionKey: Uint8Array,
  at: { readonly groupId: Uint8Array; readonly v: number },
  admitted: Admitted,
): Promise<boolean> {
  const [ref, postKey, proof] = [admitted.ref, admitted.postKey, admitted.proof].map(fromBase64url) as Bytes[];
  if (!ref || !postKey || !proof) return Promise.resolve(false);
  return isSignedBy(admissionKey, said({ ...at, epoch: admitted.epoch, ref, postKey }), proof);
}

function said({ groupId, v, epoch, ref, postKey }: Admission): Bytes {
  return statement(SIGNED_ADMISSION, [groupId, u32(v), u32(epoch), ref, postKey]);
}
