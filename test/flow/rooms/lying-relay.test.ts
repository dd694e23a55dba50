/**
 * The relay lies. Each test names the lie, and what the member it lies to does: refuse, recover or say so; never go on
 * as if nothing were. The relay behind the liar is the real one. Source: product.md R8, R11; protocol.md §2, §5, §9.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { signHead } from "../../../widget/wire/audit.ts";
import { fromBase64url, toBase64url } from "../../../widget/wire/bytes.ts";
import type { FromRelay } from "../../../widget/wire/room-relay.ts";
import { newKey } from "../../widget/group/lab.ts";
import { Room } from "./headless.ts";
import { type Lies, startLiar } from "./liar.ts";
import { lied } from "./lied.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("embedded");
after(() => relay.close());

type Of<T extends FromRelay["type"]> = Extract<FromRelay, { type: T }>;

/** Alters the first message of a type, once. */
function firstOf<T extends FromRelay["type"]>(type: T, alter: (message: Of<T>) => FromRelay[]): Lies {
  let isDone = false;
  return {
    toMember(message) {
      if (isDone || message.type !== type) return [message];
      isDone = true;
      return alter(message as Of<T>);
    },
  };
}

const flipped = (text: string): string => {
  const bytes = fromBase64url(text) ?? new Uint8Array();
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return toBase64url(bytes);
};

test("drops a message: the gap is noticed, the message asked for again, and nothing is lost or out of order", async () => {
  const { room, victim, liar } = await lied(relay.origin);
  liar.lies = firstOf("message", () => []);
  await room.host.say("one");
  await room.host.say("two");
  await victim.untilHeard("two");
  assert.deepEqual(victim.heard, ["one", "two"]);
  assert.ok(liar.connections > 1, "resumed on a new connection");
});

test("drops the same entries again and again: says that it is kept from them, and leaves", async () => {
  const { room, victim, liar } = await lied(relay.origin);
  liar.lies = { toMember: (message) => (message.type === "message" && message.seq % 2 === 0 ? [] : [message]) };
  await room.host.say("one");
  await room.host.say("two");
  await room.host.say("three");
  await victim.until(() => victim.phase === "refused", "refused");
  assert.deepEqual(victim.faults, ["withheld"]);
});

test("delivers twice: heard once", async () => {
  const { room, victim, liar } = await lied(relay.origin);
  liar.lies = { toMember: (message) => [message, message] };
  await room.host.say("one");
  await room.host.say("two");
  await victim.untilHeard("two");
  assert.deepEqual(victim.heard, ["one", "two"]);
  assert.deepEqual(victim.faults, []);
});

test("swaps two messages: heard in their order", async () => {
  const { room, victim, liar } = await lied(relay.origin);
  let held: FromRelay | undefined;
  liar.lies = {
    toMember(message) {
      if (message.type !== "message") return [message];
      if (held) return [message, held];
      held = message;
      return [];
    },
  };
  await room.host.say("one");
  await room.host.say("two");
  await victim.untilHeard("two");
  assert.deepEqual(victim.heard, ["one", "two"]);
});

test("alters a message: not heard, and nothing else is heard instead", async () => {
  const { room, victim, liar } = await lied(relay.origin);
  liar.lies = firstOf("message", (message) => [{ ...message, bytes: flipped(message.bytes) }]);
  await room.host.say("one");
  await room.host.say("two");
  await victim.untilHeard("two");
  assert.deepEqual(victim.heard, ["two"]);
});

test("says that a message is somebody else's: not heard, and said so", async () => {
  const { room, victim, liar, honest } = await lied(relay.origin);
  liar.lies = firstOf("message", (message) => [{ ...message, poster: honest.id("honest") }]);
  await room.host.say("one");
  await room.host.say("two");
  await victim.untilHeard("two");
  assert.deepEqual(victim.heard, ["two"]);
  assert.deepEqual(victim.faults, ["bad-message"]);
});

test("replays an old message under a new place: heard once", async () => {
  const { room, victim, liar } = await lied(relay.origin);
  let old: Of<"message"> | undefined;
  liar.lies = {
    toMember(message) {
      if (message.type !== "message") return [message];
      const replay = old && { ...old, seq: message.seq };
      old ??= message;
      return replay ? [replay] : [message];
    },
  };
  await room.host.say("one");
  await room.host.say("two");
  await room.host.say("three");
  liar.lies = {};
  await room.host.say("four");
  await victim.untilHeard("four");
  assert.deepEqual(
    victim.heard.filter((text) => text === "one"),
    ["one"],
  );
});

test("makes up a commit: refused, because its poster did not sign it", async () => {
  const { victim, liar, honest } = await lied(relay.origin);
  liar.lies = firstOf("commit", (message) => [{ ...message, bytes: flipped(message.bytes) }]);
  await honest.member.acts.heal();
  await victim.until(() => victim.phase === "refused", "refused");
  assert.deepEqual(victim.faults, ["not-posted"]);
});

test("replays a commit: refused, and the epoch stays", async () => {
  const { room, victim, liar, honest } = await lied(relay.origin);
  let old: Of<"commit"> | undefined;
  liar.lies = {
    toMember(message) {
      if (message.type !== "commit") return [message];
      const replay = old && { ...old, seq: message.seq };
      old ??= message;
      return [replay ?? message];
    },
  };
  const epoch = victim.last("roster")?.epoch ?? 0;
  await honest.member.acts.heal();
  await victim.until(() => victim.last("roster")?.epoch === epoch + 1, "the first update");
  await room.host.member.acts.heal();
  await victim.until(() => victim.faults.length > 0, "a fault");
  assert.equal(victim.last("roster")?.epoch, epoch + 1);
});

for (const [lie, alter, fault] of [
  ["withholds the head", (message: Of<"commit">) => ({ ...message, head: "" }), "head-not-signed"],
  ["withholds an audit entry", (message: Of<"commit">) => ({ ...message, audit: [] }), "head-differs"],
  [
    "rewrites an audit entry",
    (message: Of<"commit">) => ({
      ...message,
      audit: message.audit.map((line) => line.replace('"epoch"', '"closed"')),
    }),
    "head-differs",
  ],
] as const) {
  test(`${lie} of a commit: the epoch is not adopted, and the member says so and leaves`, async () => {
    const { victim, liar, honest } = await lied(relay.origin);
    const epoch = victim.last("roster")?.epoch;
    liar.lies = firstOf("commit", (message) => [alter(message)]);
    await honest.member.acts.heal();
    await victim.until(() => victim.phase === "refused", "refused");
    assert.deepEqual(victim.faults, [fault]);
    assert.equal(victim.last("roster")?.epoch, epoch);
  });
}

test("signs its trail with another key: refused at the door, the charter names the right one", async () => {
  const room = await Room.open(relay.origin);
  const liar = await startLiar(relay.origin);
  const other = await newKey();
  const head = { origin: `x/r/${toBase64url(room.roomId)}`, size: 0, hash: new Uint8Array(32) };
  const note = await signHead(head, other.publicKey, (bytes) => other.sign(bytes));
  liar.lies = { toMember: (message) => [message.type === "room" ? { ...message, head: note } : message] };
  const victim = await room.invite("victim", { relay: liar.origin });
  await victim.until(() => victim.phase === "refused", "refused");
  assert.deepEqual(victim.faults, ["head-not-signed"]);
  await room.leave();
  await liar.close();
});

test("rolls the trail back between two visits: refused at the door", async () => {
  const { room, victim, liar, honest } = await lied(relay.origin);
  const early = liar.heard.find((message) => message.type === "room");
  assert.ok(early?.type === "room");
  await honest.member.acts.heal();
  await victim.until(() => liar.heard.some((message) => message.type === "commit"), "a commit");
  await victim.member.leave();
  liar.lies = { toMember: (message) => [message.type === "room" ? { ...message, head: early.head } : message] };
  const again = await room.invite("again", {
    relay: liar.origin,
    identity: victim.identity,
    memory: victim.memory,
  });
  await again.until(() => again.phase === "refused", "refused");
  assert.deepEqual(again.faults, ["rolled-back"]);
});

test("gives a charter of its own: refused, the room id is the charter key's fingerprint", async () => {
  const [room, other] = [await Room.open(relay.origin), await Room.open(relay.origin)];
  const elsewhere = await startLiar(relay.origin);
  await other.invite("spy", { relay: elsewhere.origin });
  await other.untilPeople(2);
  const foreign = elsewhere.heard.find((message) => message.type === "room");
  assert.ok(foreign?.type === "room");
  const liar = await startLiar(relay.origin);
  liar.lies = {
    toMember: (message) => [
      message.type === "room"
        ? { ...message, sealedCharter: foreign.sealedCharter, charterKey: foreign.charterKey }
        : message,
    ],
  };
  const victim = await room.invite("victim", { relay: liar.origin });
  await victim.until(() => victim.phase === "refused", "refused");
  assert.deepEqual(victim.faults, ["forged-charter"]);
  await Promise.all([room.leave(), other.leave()]);
  await Promise.all([liar.close(), elsewhere.close()]);
});

test("gives an old Welcome: it opens nothing, nobody comes in by it", async () => {
  const room = await Room.open(relay.origin);
  const first = await startLiar(relay.origin);
  await room.invite("first", { relay: first.origin });
  await room.untilPeople(2);
  const old = first.heard.find((message) => message.type === "welcome");
  assert.ok(old?.type === "welcome");
  const liar = await startLiar(relay.origin);
  liar.lies = {
    toMember: (message) => [message.type === "welcome" ? { ...message, sealed: old.sealed } : message],
  };
  const victim = await room.invite("victim", { relay: liar.origin });
  await victim.until(() => victim.phase === "refused", "refused");
  assert.deepEqual(victim.faults, ["not-admitted"]);
  assert.equal(victim.people.length, 0);
  await room.leave();
  await Promise.all([first.close(), liar.close()]);
});

test("says “the room is empty” to somebody who comes: it is alone under another code, and hears nobody", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna");
  const liar = await startLiar(relay.origin);
  liar.lies = {
    toMember: (message) => (message.type === "room" ? [{ ...message, generation: null, n: message.n + 5 }] : [message]),
  };
  const victim = await room.invite("victim", { relay: liar.origin });
  // The real relay does not found a second group beside a living one, whatever the liar says.
  await victim.until(
    () => victim.events.filter((event) => event.type === "phase" && event.phase === "entering").length > 2,
    "tried",
  );
  await room.host.say("secret");
  assert.deepEqual(victim.heard, []);
  assert.equal(victim.people.length, 0);
  assert.deepEqual(room.host.names, ["anna", "host"]);
  await room.leave();
  await victim.member.leave();
  await liar.close();
});

test("says that somebody is gone who is not: whoever still speaks stays", async () => {
  const liar = await startLiar(relay.origin);
  // To the host, whose turn it is to remove who is gone, with the next one who comes at the latest.
  const room = await Room.open(relay.origin, liar.origin);
  // As soon as the relay has said that somebody is there: what it says later counts.
  liar.lies = firstOf("present", (message) => [
    message,
    ...message.postKeys.map((postKey) => ({ type: "gone" as const, postKey, left: false })),
  ]);
  await room.grow("honest");
  await room.grow("late");
  assert.deepEqual(room.host.names, ["honest", "host", "late"]);
  assert.deepEqual(
    room.host.all("roster").flatMap(({ left }) => left),
    [],
  );
  await room.leave();
  await liar.close();
});

test("shows one member another ask than the others: a swapped key package is not let in", async () => {
  const { room, liar, victim } = await lied(relay.origin);
  const [asks] = [liar.heard.filter((message) => message.type === "ask")];
  liar.lies = {
    toMember: (message) => [
      message.type === "ask" && asks[0]?.type === "ask" ? { ...message, sealed: asks[0].sealed } : message,
    ],
  };
  const late = await room.invite("late");
  await late.untilPeople(4);
  await victim.untilPeople(4);
  room.assertOne();
});

test("cuts every connection again and again: all is said once and in order", async () => {
  const { room, victim, liar } = await lied(relay.origin);
  const saying = (async () => {
    for (let i = 0; i < 20; i++) await victim.say(`v${i}`);
  })();
  for (let i = 0; i < 4; i++) {
    await room.host.untilHeard(`v${i * 4}`);
    liar.cut();
  }
  await saying;
  await room.host.untilHeard("v19");
  assert.deepEqual(
    room.host.heard,
    Array.from({ length: 20 }, (_, i) => `v${i}`),
  );
});
