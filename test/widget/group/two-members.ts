/**
 * A founder, who is a host, and a guest, without a relay: what the guest makes of whatever the founder commits.
 * Test support.
 */
import assert from "node:assert/strict";
import type { Charter } from "../../../widget/group/charter.ts";
import { makeCommit as makeMlsCommit } from "../../../widget/group/mls/commit.ts";
import { makeLink } from "../../../widget/group/open-room.ts";
import type { Reformed } from "../../../widget/group/reforming.ts";
import { adoptCommit, adoptOwn, type Change, makeCommit, type RoomState } from "../../../widget/group/room-state.ts";
import { type CommitData, encodeCommitData, type NewLink } from "../../../widget/wire/commit-data.ts";
import { Lab, newPerson, type Person } from "./lab.ts";

export interface Room {
  readonly lab: Lab;
  /** the founder's state, a host */
  readonly founder: RoomState;
  /** a guest's state */
  readonly guest: RoomState;
  readonly guestPerson: Person;
}

/** A founder and a guest. */
export async function room(change: { locked?: boolean } = {}, reformed?: Reformed): Promise<Room> {
  const lab = await Lab.open();
  const alone = await lab.found(reformed);
  const guestPerson = await newPerson("guest");
  const added = await lab.commit(alone, { add: [await lab.asks(guestPerson, alone)] });
  const adopted = await adoptOwn(alone, added.made, added.poster, added.claim);
  if ("fault" in adopted) throw new Error(adopted.fault);
  const guest = await lab.join(guestPerson, added.made, alone.trail, adopted.state);
  const whole = { lab, founder: adopted.state, guest, guestPerson };
  return change.locked ? locked(whole) : whole;
}

/** The same room after its host locked it. */
export async function locked(given: Room): Promise<Room> {
  return step(given, { newCharter: await nextCharter(given, { locked: true }) });
}

/** What a host makes of the charter that holds. */
export async function nextCharter({ lab, founder }: Room, change: Partial<Charter>, v = founder.charter.charter.v) {
  const { charter } = founder.charter;
  return makeLink(lab.host, { ...charter, version: charter.version + 1, ...change }, v);
}

/** What a commit with this charter tells the relay. */
export const toldOf = ({ link: { sealedCharter, signature } }: { link: NewLink }) => ({
  charter: { sealedCharter, signature },
});

/** A commit whose authenticated data may say something else than it does. */
export async function rawCommit(
  state: RoomState,
  change: {
    add?: readonly Uint8Array[];
    remove?: readonly number[];
    charter?: Uint8Array;
    data?: Partial<CommitData>;
  },
) {
  const data: CommitData = { add: [], remove: [], ...change.data };
  const made = await makeMlsCommit(state.group, {
    add: change.add ?? [],
    remove: change.remove ?? [],
    ...(change.charter ? { charter: change.charter } : {}),
    data: encodeCommitData(data),
    handover: new Uint8Array(),
  });
  return { ...made, data };
}

/** What the guest makes of a commit of the founder. */
export async function verdict({ lab, guest }: Room, commit: { bytes: Uint8Array; data: CommitData }): Promise<string> {
  const claim = await lab.claim(guest, commit, lab.founder.post);
  const adopted = await adoptCommit(guest, commit.bytes, lab.founder.post, claim);
  return "fault" in adopted ? adopted.fault : "adopted";
}

/** The same of a change that a client without rules of its own would post; an honest one does not even make what breaks one. */
export async function verdictOn(given: Room, change: Partial<Change>): Promise<string> {
  const { founder } = given;
  const { add = [], remove = [], newCharter } = change;
  const leaves = new Map([...founder.roster].map(([leaf, { postKey }]) => [postKey, leaf]));
  const isNewLink = newCharter && newCharter.link.v !== founder.charter.charter.v;
  const made = await rawCommit(founder, {
    add: add.map(({ keyPackage }) => keyPackage),
    remove: remove.map(({ postKey }) => leaves.get(postKey) ?? -1),
    ...(newCharter ? { charter: newCharter.charter.bytes } : {}),
    data: {
      add: add.map(({ admitted }) => admitted),
      remove,
      ...(newCharter && (isNewLink ? { link: newCharter.link } : toldOf(newCharter))),
    },
  });
  const theirs = await verdict(given, made);
  const ours = await makeCommit(founder, { add, remove, ...change });
  assert.equal("fault" in ours ? ours.fault : "adopted", theirs, "whoever commits and whoever reads decide alike");
  return theirs;
}

export async function grow(given: Room, person: Person): Promise<Room> {
  return step(given, { add: [await given.lab.asks(person, given.founder)] });
}

/** The same room after a commit that founder and guest adopt. */
export async function step(given: Room, change: Partial<Change>): Promise<Room> {
  const { made, claim, poster } = await given.lab.commit(given.founder, change);
  const guest = await adoptCommit(given.guest, made.bytes, poster, claim);
  const founder = await adoptOwn(given.founder, made, poster, claim);
  if ("fault" in guest || "fault" in founder) throw new Error("an honest commit was refused");
  return { ...given, founder: founder.state, guest: guest.state };
}
