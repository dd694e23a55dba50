/**
 * What a copy of a member's whole state is worth: nothing of before, and nothing after the member heals.
 * Source: product.md R6, R7; RFC 9420 §16.6 (forward secrecy, post-compromise security).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readCommit } from "../../../widget/group/mls/commit.ts";
import type { GroupState } from "../../../widget/group/mls/group-state.ts";
import { openMessage, sealMessage } from "../../../widget/group/mls/message.ts";
import { adoptCommit, adoptOwn, type RoomState } from "../../../widget/group/room-state.ts";
import { Lab, newPerson } from "./lab.ts";

const text = (words: string) => new TextEncoder().encode(words);

/** All that an attacker could read out of the memory. */
function copyOf(state: GroupState): GroupState {
  const { clientConfig, ...rest } = state;
  return { ...structuredClone(rest), clientConfig } as GroupState;
}

async function two(): Promise<{ lab: Lab; founder: RoomState; guest: RoomState }> {
  const lab = await Lab.open();
  const alone = await lab.found();
  const person = await newPerson("guest");
  const { made, claim, poster } = await lab.commit(alone, { add: [await lab.asks(person, alone)] });
  const founder = await adoptOwn(alone, made, poster, claim);
  if ("fault" in founder) throw new Error(founder.fault);
  return { lab, founder: founder.state, guest: await lab.join(person, made, alone.trail, founder.state) };
}

/** The founder's fresh path, adopted by both. */
async function heal({ lab, founder, guest }: Awaited<ReturnType<typeof two>>) {
  const { made, claim, poster } = await lab.commit(founder, {});
  const theirs = await adoptCommit(guest, made.bytes, poster, claim);
  const ours = await adoptOwn(founder, made, poster, claim);
  if ("fault" in theirs || "fault" in ours) throw new Error("an honest commit was refused");
  return { founder: ours.state, guest: theirs.state, commit: made.bytes };
}

test("a copied state opens nothing of an epoch before", async () => {
  const room = await two();
  const said = await sealMessage(room.founder.group, text("before"));
  const later = await heal(room);
  await assert.rejects(openMessage(copyOf(later.guest.group), said.bytes));
});

test("a copied state opens nothing that its member has opened already in this epoch", async () => {
  const { founder, guest } = await two();
  const said = await sealMessage(founder.group, text("a moment ago"));
  const opened = await openMessage(guest.group, said.bytes);
  opened.wipe();
  assert.equal(new TextDecoder().decode(opened.plaintext), "a moment ago");
  await assert.rejects(openMessage(copyOf(opened.next), said.bytes));
});

test("a copied state opens what comes in its epoch: the test before would notice if nothing opened at all", async () => {
  const { founder, guest } = await two();
  const copy = copyOf(guest.group);
  const said = await sealMessage(founder.group, text("overheard"));
  assert.equal(new TextDecoder().decode((await openMessage(copy, said.bytes)).plaintext), "overheard");
});

test("once the member heals, its copy can't follow: not the commit, not what is said after it", async () => {
  const room = await two();
  const copy: RoomState = { ...room.founder, group: copyOf(room.founder.group) };
  const later = await heal(room);
  await assert.rejects(readCommit(copy.group, later.commit));
  const said = await sealMessage(later.guest.group, text("after"));
  await assert.rejects(openMessage(copy.group, said.bytes));
});

test("what an adopted commit leaves of the state before is zeroes, at who made it and at who took it", async () => {
  const room = await two();
  const secrets = [room.founder, room.guest].map(({ group }) => Object.values(group.keySchedule) as Uint8Array[]);
  for (const of of secrets) assert.ok(of.every((secret) => secret.some((byte) => byte !== 0)));
  const { founder, guest } = await heal(room);
  for (const of of secrets) assert.ok(of.every((secret) => secret.every((byte) => byte === 0)));
  for (const { group } of [founder, guest]) assert.equal(group.historicalReceiverData.size, 0);
});
