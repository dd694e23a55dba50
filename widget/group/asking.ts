/**
 * Reads what somebody at the door sends, and keeps only what a commit may contain: a forged, foreign or used ask can't
 * spoil a commit. Realm: group worker. Source: protocol.md §2 (Link admission).
 */
import { openEnvelope } from "../seal/envelope.ts";
import { fromBase64url, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import { type Admitted, isAdmittedShape } from "../wire/commit-data.ts";
import { PUBLIC_KEY_BYTES } from "../wire/room-limits.ts";
import type { Entry } from "../wire/room-relay.ts";
import { isAdmitted } from "./admission.ts";
import { type Credential, readCredential } from "./credential.ts";
import { groupIdOf } from "./mls/group-state.ts";
import { readKeyPackage } from "./mls/key-package.ts";
import type { RoomState } from "./room-state.ts";

/** An ask that was opened and checked. */
export interface Asking {
  readonly keyPackage: Uint8Array;
  readonly admitted: Admitted;
  readonly who: Credential;
  /** link version that its proof names */
  readonly v: number;
  /** post key of the leaf that it comes back from, base64url */
  readonly replaces?: string;
}

/**
 * Null for anything that must not be in a commit. The clock counts here and not in the rules for commits: members whose
 * clocks differ decide alike about a commit, and whoever commits does not add what is old.
 */
export async function openAsk(
  { group, charter, used }: RoomState,
  envelopeKey: CryptoKey,
  entry: Extract<Entry, { type: "ask" }>,
): Promise<Asking | null> {
  const groupId = groupIdOf(group);
  const { v } = charter.charter;
  const [sealed, reference] = [entry.sealed, entry.ref].map(fromBase64url);
  if (!sealed || !reference || used.has(entry.ref)) return null;
  const opened = await openEnvelope(envelopeKey, { type: "ask", groupId, v, reference }, sealed);
  const asked = opened && parse(opened);
  const read = asked && (await readKeyPackage(asked.keyPackage));
  const who = read && readCredential(read.credential);
  if (!asked || !who || read.odd.length > 0 || !read.isGoodAt(Math.floor(Date.now() / 1000))) return null;
  const { admitted } = asked;
  const isSame =
    toBase64url(read.ref) === entry.ref &&
    admitted.ref === entry.ref &&
    admitted.postKey === entry.postKey &&
    who.postKey === entry.postKey;
  if (!isSame || !(await isAdmitted({ groupId, charter }, who, admitted))) return null;
  return { ...asked, who, v };
}

function parse(bytes: Uint8Array): Omit<Asking, "who" | "v"> | null {
  try {
    const { keyPackage, admitted, replaces } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const package_ = typeof keyPackage === "string" ? fromBase64url(keyPackage) : null;
    if (!package_ || !isAdmittedShape(admitted)) return null;
    return {
      keyPackage: package_,
      admitted,
      ...(isBase64urlOf(replaces, PUBLIC_KEY_BYTES) ? { replaces } : {}),
    };
  } catch {
    return null;
  }
}
