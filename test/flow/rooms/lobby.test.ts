/**
 * The lobby: whoever knows a room's address knocks, a host compares six digits and lets in by hand, and everybody sees
 * whose digits nobody compared. Members are the frame's own code, the relay is the real one, in two processes on one
 * Redis. Source: product.md R8, R16; protocol.md §2 (Knock admission), docs/decisions/0055.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CANARY } from "../../support/canary.ts";
import { Headless, Room } from "./headless.ts";
import { startLiar } from "./liar.ts";
import { ALL_KNOCK, digitsOf, KNOCKS, knock, listed, untilListed, unverified } from "./lobby-room.ts";
import { openRelay } from "./relay.ts";

const prefix = `lobby-${process.pid}-${Date.now()}:`;
const relay = await openRelay("redis", { prefix });
const elsewhere = await openRelay("redis", { prefix });
after(() => Promise.all([relay.close(), elsewhere.close()]));

test("a host sees who knocks, both see the same digits, and whoever is let in talks with everybody", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  const [anna] = await room.grow("anna");
  assert.ok(anna);
  const visitor = await knock(room, `visitor ${CANARY}`);
  const { id, digits } = await untilListed(room.host, visitor.name);
  await visitor.until(() => digitsOf(visitor) === digits, "the same digits");
  assert.match(digits ?? "", /^\d{6}$/);
  assert.equal(visitor.phase, "lobby");
  assert.deepEqual(anna.all("lobby"), [], "guests are not told who waits");
  await room.host.member.lobby.letIn(id, true);
  await visitor.untilPeople(3);
  await room.untilPeople(3);
  await visitor.say("hello");
  await anna.untilHeard("hello");
  assert.deepEqual([unverified(anna), unverified(visitor)], [[], []]);
  assert.deepEqual(listed(room.host), []);
  await Promise.all([room.leave(), visitor.arrival.leave()]);
});

test("whose digits nobody compared is shown so to everybody, also to who comes later, until they are gone", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  const [anna] = await room.grow("anna");
  assert.ok(anna);
  const visitor = await knock(room, "visitor");
  const { id } = await untilListed(room.host, "visitor");
  await room.host.member.lobby.letIn(id, false);
  await room.untilPeople(3);
  await visitor.untilPeople(3);
  const [late] = [await room.invite("late")];
  await Promise.all([late.untilPeople(4), anna.untilPeople(4)]);
  for (const one of [anna, visitor, late]) assert.deepEqual(unverified(one), ["visitor"], one.name);
  await visitor.arrival.leave();
  await anna.untilPeople(3);
  const last = await room.invite("last");
  await last.untilPeople(4);
  assert.deepEqual(unverified(last), []);
  await room.leave();
});

test("whoever is turned away is told so, is gone from the list, and may knock again as somebody new", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  const visitor = await knock(room, "visitor");
  const { id } = await untilListed(room.host, "visitor");
  await room.host.member.lobby.turnAway(id);
  await visitor.until(() => visitor.phase === "refused", "refused");
  assert.equal(visitor.last("phase")?.code, "turned-away");
  await room.host.until(() => listed(room.host).length === 0, "an empty lobby");
  await assert.rejects(room.host.member.lobby.letIn(id, true), { code: "not-now" });
  const again = await knock(room, "again");
  assert.notEqual((await untilListed(room.host, "again")).id, id);
  assert.deepEqual(room.host.names, ["host"]);
  await Promise.all([room.leave(), again.arrival.leave()]);
});

test("a room that is entered by its link alone takes no knocks, and says so", async () => {
  const room = await Room.open(relay.origin);
  const visitor = await knock(room, "visitor");
  await visitor.until(() => visitor.phase === "refused", "refused");
  assert.equal(visitor.last("phase")?.code, "no-lobby");
  assert.deepEqual(room.host.all("lobby"), []);
  await room.leave();
});

test("where everybody waits, the link alone lets in nobody but hosts; a member whose connection broke comes back by itself", async () => {
  const room = await Room.open(relay.origin, relay.origin, ALL_KNOCK);
  const liar = await startLiar(relay.origin);
  const guest = await room.invite("guest", { relay: liar.origin });
  const { id } = await untilListed(room.host, "guest");
  const { hostSecret, roomId } = room;
  const second = await Headless.begin({
    relay: relay.origin,
    name: "second host",
    link: { kind: "host", roomId, hostSecret, mangled: false },
  });
  await second.untilPeople(2);
  // The other device of the host finds who waits, with the same digits.
  assert.equal((await untilListed(second, "guest")).digits, (await untilListed(room.host, "guest")).digits);
  await second.member.lobby.letIn(id, true);
  await guest.untilPeople(3);
  await second.until(() => listed(second).length === 0, "an empty lobby");
  await room.host.until(() => listed(room.host).length === 0, "an empty lobby at the other host");
  const knocks = guest.all("knocking").length;
  guest.events.length = 0;
  // Its log does not reach back for it: it has to enter afresh.
  liar.lies = {
    toMember: (message) => (message.type === "resumed" ? [{ type: "refused", code: "log-gap" }] : [message]),
  };
  liar.cut();
  await guest.until(() => guest.phase === "in" && guest.people.length === 3, "back");
  assert.ok(knocks > 0);
  assert.deepEqual(guest.all("knocking"), [], "nobody was asked again");
  await Promise.all([room.leave(), second.arrival.leave()]);
});

test("who knocks at an empty room waits, and the host who comes later finds them, in another process as well", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  await room.leave();
  const visitor = await knock(room, "visitor", { relay: elsewhere.origin });
  await visitor.until(() => visitor.last("knocking")?.isOpen === false, "told that nobody is there");
  const { hostSecret, roomId } = room;
  const host = await Headless.begin({
    relay: relay.origin,
    name: "host",
    link: { kind: "host", roomId, hostSecret, mangled: false },
  });
  await host.untilPeople(1);
  const { id, digits } = await untilListed(host, "visitor");
  await visitor.until(() => digitsOf(visitor) === digits, "the same digits");
  await host.member.lobby.letIn(id, true);
  await Promise.all([host.untilPeople(2), visitor.untilPeople(2)]);
  await Promise.all([host.arrival.leave(), visitor.arrival.leave()]);
});

test("whoever goes away is off the list at once; a locked room lists nobody until it is unlocked", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  const visitor = await knock(room, "visitor");
  await untilListed(room.host, "visitor");
  await visitor.arrival.leave();
  await room.host.until(() => listed(room.host).length === 0, "an empty lobby");
  await room.host.member.acts.changeRules({ locked: true });
  await room.host.until(() => room.host.last("rules")?.rules.locked === true, "locked");
  const other = await knock(room, "other");
  await other.until(() => other.last("knocking")?.isOpen === true, "knocking");
  assert.equal(digitsOf(other), null);
  await room.host.member.acts.changeRules({ locked: false });
  await untilListed(room.host, "other");
  await Promise.all([room.leave(), other.arrival.leave()]);
});

test("a room that agrees on its keys by X-Wing has a lobby by X-Wing", async () => {
  const room = await Room.open(relay.origin, relay.origin, { ...KNOCKS, keyAgreement: "x-wing" });
  const visitor = await knock(room, "visitor");
  const { id, digits } = await untilListed(room.host, "visitor");
  await visitor.until(() => digitsOf(visitor) === digits, "the same digits");
  await room.host.member.lobby.letIn(id, true);
  await visitor.untilPeople(2);
  await Promise.all([room.leave(), visitor.arrival.leave()]);
});
