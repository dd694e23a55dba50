/**
 * A member's view of its room at one epoch, and the three ways to the next: found, join, commit. State in, state out;
 * nothing of it is ever stored. Realm: group worker. Source: protocol.md §2, §5, §9.
 */

import { hashOf } from "../wire/audit.ts";
import { type Bytes, toBase64url } from "../wire/bytes.ts";
import {
  type CommitData,
  decodeCommitData,
  encodeCommitData,
  type RemovalReason,
  readPrivateHeader,
} from "../wire/commit-data.ts";
import { ADMISSION_EPOCHS, LEAVES_MAX } from "../wire/room-limits.ts";
import {
  type AuditClaim,
  type AuditFault,
  entriesOf,
  extendTrail,
  type Trail,
  type TrailPlace,
} from "./audit-watch.ts";
import { openCharter, type SignedCharter } from "./charter.ts";
import { type Before, type CommitFault, checkCommit, type Roster } from "./commit-rules.ts";
import { type Credential, readCredential } from "./credential.ts";
import { groupIdOfOrigin, type Origin, readHandover, writeHandover } from "./handover.ts";
import { makeCommit as makeMlsCommit, type ReadCommit, readCommit } from "./mls/commit.ts";
import {
  charterOf,
  epochOf,
  foundGroup,
  type GroupState,
  groupIdOf,
  joinGroup,
  leavesOf,
  ownLeafOf,
  suiteNameOf,
  wipeState,
} from "./mls/group-state.ts";
import { type OwnKeyPackage, readKeyPackage } from "./mls/key-package.ts";
import { suiteOf } from "./mls/suite.ts";
import type { Reformed } from "./reforming.ts";
import { unverifiedAfter } from "./unverified.ts";

export interface RoomState {
  readonly group: GroupState;
  readonly roomId: Bytes;
  readonly origin: Origin;
  readonly charter: SignedCharter;
  readonly roster: Roster;
  readonly used: ReadonlyMap<string, number>;
  readonly trail: Trail;
  readonly reformed?: Reformed;
  /** identity keys */
  readonly unverified: ReadonlySet<string>;
}

/** Why a commit or a Welcome is refused. `mls`: the library refuses it. */
export type RoomFault = CommitFault | AuditFault | "mls" | "wrong-group" | "unsigned-leaf" | "withheld" | "not-posted";

/** A commit of ours that the relay has not ordered yet. */
export interface PendingCommit {
  readonly bytes: Bytes;
  readonly welcome?: Bytes;
  readonly data: CommitData;
  readonly next: GroupState;
  readonly wipe: () => void;
}

/** What an adopted commit changed. */
export interface Adopted {
  readonly state: RoomState;
  readonly joined: readonly Credential[];
  readonly removed: readonly { readonly who: Credential; readonly reason: RemovalReason }[];
  /** this member is among the removed; `state` is the last one it had */
  readonly self: boolean;
  readonly sender: Credential | undefined;
}

export async function foundRoom(
  own: OwnKeyPackage,
  given: Pick<RoomState, "origin" | "charter" | "roomId" | "trail" | "reformed">,
): Promise<RoomState> {
  const groupId = await groupIdOfOrigin(given.roomId, given.origin);
  const group = await foundGroup(groupId, own, given.charter.bytes);
  return {
    ...given,
    group,
    roster: rosterOf(group) as Roster,
    used: new Map(),
    unverified: new Set(given.reformed?.unverified),
  };
}

/** @param trail where the trail stands after the commit that the Welcome came with, and before, as the relay says */
export async function joinRoom(
  welcome: Uint8Array,
  own: OwnKeyPackage,
  { groupId, roomId, seen, trail }: { groupId: Uint8Array; roomId: Bytes; seen: SignedCharter; trail: JoinedTrail },
): Promise<RoomState | { fault: RoomFault }> {
  let joined: Awaited<ReturnType<typeof joinGroup>>;
  try {
    joined = await joinGroup(welcome, own);
  } catch {
    return { fault: "mls" };
  }
  const { state: group, handover } = joined;
  if (toBase64url(groupIdOf(group)) !== toBase64url(groupId)) return { fault: "wrong-group" };
  const charter = await openCharter(charterOf(group), roomId);
  if (!charter) return { fault: "forged-charter" };
  if (charter.charter.version < seen.charter.version) return { fault: "older-charter" };
  if (suiteNameOf(group) !== suiteOf(charter.charter)) return { fault: "other-suite" };
  const roster = rosterOf(group);
  if (!roster) return { fault: "unsigned-leaf" };
  if ([...roster.keys()].some((leaf) => leaf >= LEAVES_MAX)) return { fault: "leaf-limit" };
  const given = readHandover(handover);
  if (!given) return { fault: "mls" };
  const { origin, used, reformed, unverified } = given;
  if (toBase64url(await groupIdOfOrigin(roomId, origin)) !== toBase64url(groupId)) return { fault: "wrong-group" };
  // Whoever let us in says where the trail stood: a relay that shows another one to joiners is found out.
  if (given.trail.size !== trail.before.size || given.trail.hash !== trail.before.hash)
    return { fault: "head-differs" };
  const known = { group, roomId, origin, charter, roster, used, unverified, trail: trail.after };
  return { ...known, ...(reformed ? { reformed } : {}) };
}

export interface JoinedTrail {
  readonly before: TrailPlace;
  readonly after: Trail;
}

/** What a commit of ours shall do. */
export interface Change {
  readonly add: readonly { readonly keyPackage: Uint8Array; readonly admitted: CommitData["add"][number] }[];
  readonly remove: CommitData["remove"];
  /** under the link that it names: a new one, or the one that holds */
  readonly newCharter?: { readonly charter: SignedCharter; readonly link: NonNullable<CommitData["link"]> };
}

/** The commit, checked as others will check it: what they would refuse is not made. */
export async function makeCommit(state: RoomState, change: Change): Promise<PendingCommit | { fault: CommitFault }> {
  const data: CommitData = {
    add: change.add.map(({ admitted }) => admitted),
    remove: change.remove,
    ...(change.newCharter ? charterData(state, change.newCharter.link) : {}),
  };
  const leaves = new Map([...state.roster].map(([leaf, { postKey }]) => [postKey, leaf]));
  const removes = change.remove.map(({ postKey }) => leaves.get(postKey) ?? -1);
  const charter = change.newCharter && { charter: change.newCharter.charter.bytes };
  const read = await Promise.all(change.add.map(({ keyPackage }) => readKeyPackage(keyPackage)));
  const adds = read.flatMap((each) => each ?? []);
  const stay = [...state.roster].flatMap(([leaf, who]) => (removes.includes(leaf) ? [] : who));
  const come = adds.flatMap(({ credential }) => readCredential(credential) ?? []);
  const unverified = unverifiedAfter(state.unverified, data.add, [...stay, ...come], state.reformed);
  const made = await makeMlsCommit(state.group, {
    add: change.add.map(({ keyPackage }) => keyPackage),
    remove: removes,
    ...charter,
    data: encodeCommitData(data),
    handover: writeHandover({ ...state, used: usedAfter(state, data), unverified }),
  });
  const others = adds.flatMap(({ odd }) => odd);
  const commit = { sender: ownLeafOf(state.group), adds, removes, others, ...charter };
  const leavesAfter = leavesOf(made.next).map(({ index }) => index);
  const checked = await checkCommit(beforeOf(state), commit, data, leavesAfter);
  if (!("fault" in checked)) return { ...made, data };
  wipeState(made.next, state.group);
  return checked;
}

function charterData(state: RoomState, link: NonNullable<CommitData["link"]>): Pick<CommitData, "link" | "charter"> {
  if (link.v !== state.charter.charter.v) return { link };
  return { charter: { sealedCharter: link.sealedCharter, signature: link.signature } };
}

/** What the rules for commits look at. */
export function beforeOf(state: RoomState): Before {
  return { ...state, groupId: groupIdOf(state.group), epoch: epochOf(state.group) };
}

/** Our own commit, once the relay has ordered it. */
export async function adoptOwn(
  state: RoomState,
  pending: PendingCommit,
  poster: string,
  claim: AuditClaim,
): Promise<Adopted | { fault: RoomFault }> {
  const { bytes, data, next } = pending;
  const leaf = ownLeafOf(state.group);
  // Everyone else refuses it under another's name.
  if (state.roster.get(leaf)?.postKey !== poster) return { fault: "not-posted" };
  const charterBytes = charterOf(next);
  const charter = await openCharter(charterBytes, state.roomId);
  if (!charter) return { fault: "forged-charter" };
  const trail = await extended(state, { bytes, data, poster, claim });
  if ("fault" in trail) return trail;
  const adopted = adoptedState(state, next, { data, charter, trail: trail.trail });
  if ("fault" in adopted) return adopted;
  pending.wipe();
  wipeState(state.group, next);
  return { ...adopted, self: false, sender: state.roster.get(leaf) };
}

/** Somebody else's commit. On a fault the state before goes on; nothing of it was used up. */
export async function adoptCommit(
  state: RoomState,
  bytes: Uint8Array,
  poster: string,
  claim: AuditClaim,
): Promise<Adopted | { fault: RoomFault }> {
  const header = readPrivateHeader(bytes);
  const data = header && decodeCommitData(header.authenticatedData);
  if (!header || !data) return { fault: "list-differs" };
  // First of all: where something was withheld the relay is at fault, not whoever made the next commit.
  const trail = await extended(state, { bytes, data, poster, claim });
  if ("fault" in trail) return trail;
  let read: ReadCommit;
  try {
    read = await readCommit(state.group, bytes);
  } catch {
    return { fault: "mls" };
  }
  const sender = state.roster.get(read.sender);
  if (sender?.postKey !== poster) return { fault: "list-differs" };
  const leavesAfter = leavesOf(read.next).map(({ index }) => index);
  const checked = await checkCommit(beforeOf(state), read, data, leavesAfter);
  if ("fault" in checked) return checked;
  if (read.selfRemoved) return { state, joined: [], removed: removedOf(state, data), self: true, sender };
  const adopted = adoptedState(state, read.next, { data, charter: checked.charter, trail: trail.trail });
  if ("fault" in adopted) return adopted;
  read.wipe();
  wipeState(state.group, read.next);
  return { ...adopted, self: false, sender };
}

async function extended(
  state: RoomState,
  commit: { bytes: Uint8Array; data: CommitData; poster: string; claim: AuditClaim },
) {
  return extendTrail(state.trail, commit.claim, {
    charter: state.charter.charter,
    room: toBase64url(state.roomId),
    commit: toBase64url(await hashOf(commit.bytes)),
    types: await entriesOf(commit.data, commit.poster),
  });
}

function adoptedState(
  before: RoomState,
  group: GroupState,
  { data, charter, trail }: { data: CommitData; charter: SignedCharter; trail: Trail },
): Pick<Adopted, "state" | "joined" | "removed"> | { fault: RoomFault } {
  const roster = rosterOf(group);
  if (!roster) return { fault: "unsigned-leaf" };
  const known = new Set([...before.roster.values()].map(({ postKey }) => postKey));
  const unverified = unverifiedAfter(before.unverified, data.add, roster.values(), before.reformed);
  return {
    state: { ...before, group, charter, roster, trail, used: usedAfter(before, data), unverified },
    joined: [...roster.values()].filter(({ postKey }) => !known.has(postKey)),
    removed: removedOf(before, data),
  };
}

function removedOf(before: RoomState, data: CommitData): Adopted["removed"] {
  const reasons = new Map(data.remove.map(({ postKey, reason }) => [postKey, reason]));
  return [...before.roster.values()].flatMap((who) => {
    const reason = reasons.get(who.postKey);
    return reason ? [{ who, reason }] : [];
  });
}

/** Null if a leaf's credential is none of ours: MLS has checked its certificate already. */
function rosterOf(group: GroupState): Roster | null {
  const roster = new Map<number, Credential>();
  for (const { index, credential } of leavesOf(group)) {
    const who = readCredential(credential);
    if (!who) return null;
    roster.set(index, { identity: who.identity, postKey: who.postKey, name: who.name });
  }
  return roster;
}

/** References that a later commit must not add again, with what this one adds. */
function usedAfter({ used, group }: RoomState, data: CommitData): Map<string, number> {
  const epoch = epochOf(group);
  const kept = [...used].filter(([, at]) => epoch + 1 - at < ADMISSION_EPOCHS);
  return new Map([...kept, ...data.add.map(({ ref }) => [ref, epoch] as const)]);
}
