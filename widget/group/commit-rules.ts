/**
 * Which commits a room accepts: a function of the state before and the commit alone, so that every honest member
 * decides alike. MLS has accepted it already (mls-group). Realm: group worker.
 * Source: protocol.md §2. No Add without the link's proof, no Remove that the relay's list does not show, no charter
 * that the charter key did not sign.
 */

import { fromBase64url, toBase64url } from "../wire/bytes.ts";
import type { Admitted, CommitData, Dropped } from "../wire/commit-data.ts";
import { ADMISSION_EPOCHS, LEAVES_MAX } from "../wire/room-limits.ts";
import { isAdmitted } from "./admission.ts";
import { hostName, openCharter, type SignedCharter } from "./charter.ts";
import { type Credential, readCredential } from "./credential.ts";
import type { ReadCommit } from "./mls/commit.ts";
import { suiteOf } from "./mls/suite.ts";
import { type Reformed, reformFault, wasThere } from "./reforming.ts";

/** Leaf index → who it is. */
export type Roster = ReadonlyMap<number, Credential>;

/** What the rules look at of the state before. */
export interface Before {
  readonly roomId: Uint8Array;
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly roster: Roster;
  readonly charter: SignedCharter;
  /** key package references of the last ADMISSION_EPOCHS epochs, with the epoch that each was added in */
  readonly used: ReadonlyMap<string, number>;
  /** what follows from the group having been formed anew, if it was */
  readonly reformed?: Reformed;
}

/** Names the rule that a commit breaks; stable, for events and tests. */
export type CommitFault =
  | "kind-of-proposal"
  | "list-differs"
  | "not-admitted"
  | "admission-too-old"
  | "used-before"
  | "post-key-taken"
  | "leaf-limit"
  | "locked"
  | "no-link-admission"
  | "no-lobby-admission"
  | "accused"
  | "suspended"
  | "not-a-host"
  | "not-the-same-person"
  | "forged-charter"
  | "older-charter"
  | "other-relay"
  | "other-suite"
  | "link-differs";

/** The charter that holds after the commit, or the rule that it breaks. */
export async function checkCommit(
  before: Before,
  commit: Omit<ReadCommit, "next" | "wipe" | "selfRemoved">,
  data: CommitData,
  leavesAfter: readonly number[],
): Promise<{ charter: SignedCharter } | { fault: CommitFault }> {
  if (commit.others.length > 0) return { fault: "kind-of-proposal" };
  if (leavesAfter.some((leaf) => leaf >= LEAVES_MAX)) return { fault: "leaf-limit" };
  const next = await nextCharter(before, commit.charter, data);
  if ("fault" in next) return next;
  const fault = (await addsFault(before, commit, data)) ?? (await removesFault(before, next.charter, commit, data));
  return fault ? { fault } : next;
}

async function addsFault(
  before: Before,
  { adds }: Pick<ReadCommit, "adds">,
  data: CommitData,
): Promise<CommitFault | undefined> {
  if (adds.length !== data.add.length) return "list-differs";
  const taken = new Set<string>();
  const removed = [...data.remove];
  for (const [i, admitted] of data.add.entries()) {
    const credential = readCredential(adds[i]?.credential ?? new Uint8Array());
    if (toBase64url(adds[i]?.ref ?? new Uint8Array()) !== admitted.ref) return "list-differs";
    if (credential?.postKey !== admitted.postKey) return "list-differs";
    if (taken.has(admitted.postKey)) return "post-key-taken";
    taken.add(admitted.postKey);
    const fault = addFault(before, credential, admitted, removed) ?? (await proofFault(before, credential, admitted));
    if (fault) return fault;
    // One leaf that goes makes room for one.
    const replaced = replacedBy(before, credential, removed);
    if (replaced) removed.splice(removed.indexOf(replaced), 1);
  }
  return undefined;
}

/** Why somebody who asked can't be added, apart from the proof. @param removed in the same commit */
export function addFault(
  before: Before,
  who: Credential,
  { ref, epoch, lobby }: Pick<Admitted, "ref" | "epoch" | "lobby">,
  removed: readonly Dropped[],
): CommitFault | undefined {
  const { charter } = before.charter;
  if ([...before.roster.values()].some(({ postKey }) => postKey === who.postKey)) return "post-key-taken";
  if (before.used.has(ref)) return "used-before";
  const age = before.epoch - epoch;
  if (age < 0 || age >= ADMISSION_EPOCHS) return "admission-too-old";
  const fault = reformFault(before.reformed, who.identity, charter.version);
  if (fault) return fault;
  // Who comes back, as another leaf or to a group that was formed anew, was let in before.
  if (replacedBy(before, who, removed) || wasThere(before.reformed, who.identity)) return undefined;
  if (charter.locked) return "locked";
  if (lobby) return charter.admission.includes("knock") ? undefined : "no-lobby-admission";
  return charter.admission.includes("link") ? undefined : "no-link-admission";
}

async function proofFault(before: Before, who: Credential, admitted: Admitted): Promise<CommitFault | undefined> {
  return (await isAdmitted(before, who, admitted)) ? undefined : "not-admitted";
}

/** @param charter after the commit: the charter key may make a host of whoever sends somebody away with its link */
async function removesFault(
  before: Before,
  charter: SignedCharter,
  { removes, adds, sender }: Pick<ReadCommit, "removes" | "adds" | "sender">,
  data: CommitData,
): Promise<CommitFault | undefined> {
  if (removes.length !== data.remove.length) return "list-differs";
  const arrived = new Set(adds.map(({ credential }) => readCredential(credential)?.identity));
  for (const [i, { postKey, reason }] of data.remove.entries()) {
    const who = before.roster.get(removes[i] ?? -1);
    if (who?.postKey !== postKey) return "list-differs";
    if (reason === "replaced" && !arrived.has(who.identity)) return "not-the-same-person";
    if (reason !== "removed") continue;
    // Whoever was sent away knows the link: without a new one it would be back.
    if (!data.link) return "link-differs";
    if (!(await isHost(charter, before.roster.get(sender)))) return "not-a-host";
  }
  return undefined;
}

async function nextCharter(
  before: Before,
  bytes: Uint8Array | undefined,
  data: CommitData,
): Promise<{ charter: SignedCharter } | { fault: CommitFault }> {
  // The relay has to keep what members agree on, or the next generation would begin with an older charter.
  const isTold = data.link !== undefined || data.charter !== undefined;
  if (!bytes) return isTold ? { fault: "link-differs" } : { charter: before.charter };
  const next = await openCharter(bytes, before.roomId);
  if (!next) return { fault: "forged-charter" };
  const was = before.charter.charter;
  const is = next.charter;
  if (is.version <= was.version) return { fault: "older-charter" };
  if (is.auditKey !== was.auditKey || is.region !== was.region) return { fault: "other-relay" };
  if (suiteOf(is) !== suiteOf(was)) return { fault: "other-suite" };
  const isNewLink = data.link !== undefined;
  const v = isNewLink ? was.v + 1 : was.v;
  if (!isTold || is.v !== v || (data.link && data.link.v !== v)) return { fault: "link-differs" };
  if ((is.admissionKey !== was.admissionKey) !== isNewLink) return { fault: "link-differs" };
  return { charter: next };
}

export async function isHost(charter: SignedCharter, who: Pick<Credential, "identity"> | undefined): Promise<boolean> {
  const identity = who && fromBase64url(who.identity);
  return identity ? charter.charter.hosts.includes(await hostName(identity)) : false;
}

function replacedBy(before: Before, { identity }: Credential, removed: readonly Dropped[]): Dropped | undefined {
  const own = new Set([...before.roster.values()].filter((one) => one.identity === identity).map((one) => one.postKey));
  return removed.find(({ postKey, reason }) => reason === "replaced" && own.has(postKey));
}
