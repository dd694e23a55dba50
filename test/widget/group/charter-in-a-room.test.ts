/**
 * What hosts decide, on a real relay: rules hold for everyone, outlast the generation, and are nobody else's to change.
 * Source: protocol.md §2 (Charter).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startLiar } from "../../flow/rooms/liar.ts";
import { hostLink, Room, relayOf, rulesOf } from "./rooms-on-a-relay.ts";

const relay = await relayOf({ REGION: "eu" });

test("a room begins with recording off, AES-256, all kinds, the link as its door, and the relay's region", async () => {
  const room = await Room.open(relay.origin);
  const { rules, region } = rulesOf(room.host);
  assert.deepEqual(rules, {
    locked: false,
    admission: ["link"],
    recording: "off",
    cipher: "AES_256_GCM_SHA512_128",
    keyAgreement: "x25519",
    kinds: ["audio", "video", "screen", "screen-audio"],
  });
  assert.equal(region, "eu");
  await room.leave();
});

test("locked: who comes waits and is told why, and nobody is accused of anything; unlocked, it comes in", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna");
  await room.host.member.acts.changeRules({ locked: true });
  await anna?.until(() => rulesOf(anna).rules.locked, "locked");
  const late = await room.invite("late");
  await late.until(() => late.phase === "waiting", "waiting");
  assert.equal(late.last("phase")?.locked, true, "and knows why");
  // Its ask is there, and the committer's turn has passed: a commit in between shows that nothing was made of it.
  await anna?.member.acts.heal();
  await room.host.until(() => (room.host.last("roster")?.epoch ?? 0) === 3, "an update");
  assert.deepEqual(room.host.names, ["anna", "host"]);
  await room.host.member.acts.changeRules({ locked: false });
  await room.untilPeople(3);
  for (const one of room.present) assert.deepEqual(one.faults, []);
  await room.leave();
});

test("what a host changed holds in the next generation, whoever begins it", async () => {
  const room = await Room.open(relay.origin);
  const link = room.link;
  await room.host.member.acts.changeRules({ kinds: ["audio"], cipher: "AES_128_GCM_SHA256_128" });
  await room.host.until(() => rulesOf(room.host).rules.kinds.length === 1, "changed");
  await room.leave();
  const guest = await room.invite("guest", { link });
  await guest.untilPeople(1);
  assert.deepEqual(rulesOf(guest).rules.kinds, ["audio"]);
  assert.equal(rulesOf(guest).rules.cipher, "AES_128_GCM_SHA256_128");
  await guest.member.leave();
});

test("another device with the host link is made a host: it sends people away, and everyone sees it as a host", async () => {
  const room = await Room.open(relay.origin);
  const [anna, ben] = await room.grow("anna", "ben");
  assert.ok(anna && ben);
  const tablet = await room.invite("tablet", { link: hostLink(room) });
  await room.untilPeople(4);
  const isHost = (name: string) => anna.people.find((one) => one.name === name)?.host;
  await anna.until(() => isHost("tablet") === true, "the tablet is a host");
  assert.deepEqual([isHost("host"), isHost("ben")], [true, false]);
  await tablet.member.acts.renewLink([tablet.id("ben")]);
  await ben.until(() => ben.phase === "removed", "sent away");
  await anna.untilPeople(3);
  const left = anna.last("roster")?.left.map(({ name, reason, by }) => [name, reason, by?.name]);
  assert.deepEqual(left, [["ben", "removed", "tablet"]], "and who did it");
  for (const one of room.present) assert.deepEqual(one.faults, []);
  await room.leave();
});

test("two hosts who want different things at once both get them, in one charter after the other", async () => {
  const room = await Room.open(relay.origin);
  const tablet = await room.invite("tablet", { link: hostLink(room) });
  await room.untilPeople(2);
  await room.host.until(() => room.host.people.every(({ host }) => host), "two hosts");
  await Promise.all([
    room.host.member.acts.changeRules({ recording: "allowed" }),
    tablet.member.acts.changeRules({ kinds: ["audio"] }),
    tablet.member.acts.renewLink(),
  ]);
  for (const one of [room.host, tablet]) {
    await one.until(() => {
      const { rules } = rulesOf(one);
      return rules.recording === "allowed" && rules.kinds.length === 1 && one.member.invitation?.v === 2;
    }, "all three");
    assert.deepEqual(one.faults, []);
  }
  await room.leave();
});

test("rules are a host's: whoever has the guest link changes none", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna");
  await assert.rejects(async () => anna?.member.acts.changeRules({ locked: true }), { code: "not-a-host" });
  await assert.rejects(room.host.member.acts.changeRules({ cipher: "none" as never }), { code: "bad-request" });
  await room.leave();
});

test("a relay that says it is elsewhere than the room wants is refused", async () => {
  const room = await Room.open(relay.origin);
  const liar = await startLiar(relay.origin);
  liar.lies = { toMember: (message) => [message.type === "hello" ? { ...message, region: "us" } : message] };
  const guest = await room.invite("guest", { relay: liar.origin });
  await guest.until(() => guest.phase === "refused", "refused");
  assert.deepEqual(guest.faults, ["other-region"]);
  await room.leave();
  await liar.close();
});

test("whoever has seen a charter is never shown an older one, not in another tab either", async () => {
  const room = await Room.open(relay.origin);
  const liar = await startLiar(relay.origin);
  const guest = await room.invite("guest", { relay: liar.origin });
  await room.untilPeople(2);
  const early = liar.heard.find((message) => message.type === "room");
  assert.ok(early?.type === "room");
  await room.host.member.acts.changeRules({ locked: true });
  await guest.until(() => rulesOf(guest).rules.locked, "locked");
  await guest.member.leave();
  const { sealedCharter, signature } = early;
  liar.lies = {
    toMember: (message) => [message.type === "room" ? { ...message, sealedCharter, signature } : message],
  };
  const again = await room.invite("again", { relay: liar.origin, identity: guest.identity, memory: guest.memory });
  await again.until(() => again.phase === "refused", "refused");
  assert.deepEqual(again.faults, ["older-charter"]);
  await room.leave();
  await liar.close();
});
