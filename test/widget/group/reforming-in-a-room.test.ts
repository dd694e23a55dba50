/**
 * A member posts a commit that breaks the rules: most complain, and go on without it in a group of their own.
 * Source: protocol.md §5 (complaints and re-forming).
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { hostKeys } from "../../../widget/seal/room-keys.ts";
import { startLiar } from "../../flow/rooms/liar.ts";
import { ALL_KNOCK, knock, untilListed, unverified } from "../../flow/rooms/lobby-room.ts";
import { newKey } from "./lab.ts";
import { Rogue } from "./rogue.ts";
import { type Headless, Room, relayOf, rulesOf } from "./rooms-on-a-relay.ts";

const relay = await relayOf();

/** Everyone present is in a group that is not the one with this code, and it is the same one. */
async function reformed(room: Room, code: string): Promise<void> {
  const { present } = room;
  const isThere = (one: Headless) => one.phase === "in" && one.people.length === present.length && one.code !== code;
  await Promise.all(present.map((one) => one.until(() => isThere(one), "in the new group")));
  room.assertOne();
}

test("most complain of a commit: the group goes on as a new one, without whoever posted it, and nobody else is lost", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna", "ben");
  const identity = await newKey();
  const rogue = await Rogue.enter(room, identity);
  await room.host.untilPeople(4);
  const { code } = room.host;
  await rogue.commitGhost();
  await reformed(room, code);
  for (const one of room.present) assert.deepEqual(one.faults, ["list-differs"], one.name);
  await room.host.say("without you");
  await Promise.all(room.present.map((one) => one.untilHeard("without you")));
  // It knows the link, and asks again as the same person.
  const again = await room.invite("rogue", { identity });
  await again.until(() => again.phase === "waiting", "waiting");
  const cleo = await room.invite("cleo");
  await cleo.untilPeople(4);
  assert.equal(again.phase, "waiting");
  assert.deepEqual(room.host.names, ["anna", "ben", "cleo", "host"]);
  rogue.leave();
  await room.leave();
});

test("a second time within minutes: only who was there comes back by the link, until a host acts", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna", "ben");
  for (let i = 0; i < 2; i++) {
    const rogue = await Rogue.enter(room, await newKey());
    await room.untilPeople(4);
    const { code } = room.host;
    await rogue.commitGhost();
    await reformed(room, code);
    rogue.leave();
  }
  assert.equal(rulesOf(room.host).suspended, true);
  const stranger = await room.invite("stranger");
  await stranger.until(() => stranger.phase === "waiting", "waiting");
  await room.host.member.acts.changeRules({});
  await room.untilPeople(4);
  assert.equal(rulesOf(stranger).suspended, false);
  await room.leave();
});

test("where everybody waits in the lobby, those who were in go on in the new group, marked as they were", async () => {
  const room = await Room.open(relay.origin, relay.origin, ALL_KNOCK);
  for (const [name, compared] of [
    ["anna", true],
    ["visitor", false],
  ] as const) {
    room.everyone.push(await knock(room, name));
    await room.host.member.lobby.letIn((await untilListed(room.host, name)).id, compared);
    await room.untilPeople(room.everyone.length);
  }
  const rogue = await Rogue.enter(room, await newKey(), (await hostKeys(room.hostSecret)).charterKey);
  after(() => rogue.leave());
  await room.untilPeople(4);
  const { code } = room.host;
  await rogue.commitGhost();
  await reformed(room, code);
  for (const one of room.present) assert.deepEqual(unverified(one), ["visitor"], one.name);
  rogue.leave();
  await room.leave();
});

test("what the relay has done wrong is held against no member: nobody complains of the commit", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna");
  const liar = await startLiar(relay.origin);
  const complaints: unknown[] = [];
  liar.lies = {
    toRelay: (message) => {
      if (message.type === "complaint") complaints.push(message);
      return [message];
    },
  };
  const victim = await room.invite("victim", { relay: liar.origin });
  await room.untilPeople(3);
  liar.lies = {
    ...liar.lies,
    toMember: (message) => [message.type === "commit" ? { ...message, head: "" } : message],
  };
  await anna?.member.acts.heal();
  await victim.until(() => victim.phase === "refused", "refused");
  assert.deepEqual(victim.faults, ["head-not-signed"]);
  assert.deepEqual(complaints, []);
  await room.leave();
  await liar.close();
});
