/**
 * Somebody with the guest link, inside or at the door, against the others: nobody honest is lost, accused or kept out.
 * Source: product.md R8, R11; protocol.md §2, §5.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAsk } from "../../../widget/group/asking.ts";
import { writeHandover } from "../../../widget/group/handover.ts";
import { makeCommit as makeMlsCommit } from "../../../widget/group/mls/commit.ts";
import { epochOf } from "../../../widget/group/mls/group-state.ts";
import type { Change } from "../../../widget/group/room-state.ts";
import { signHead } from "../../../widget/wire/audit.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import type { FromRelay } from "../../../widget/wire/room-relay.ts";
import { type Headless, newIdentity, Room } from "./headless.ts";
import { Insider, type OddAsk } from "./insider.ts";
import { startLiar } from "./liar.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("embedded");
const insiders = new Set<Insider>();
after(async () => {
  for (const insider of insiders) insider.leave();
  await relay.close();
});

const gone = <T extends Insider>(insider: T): T => {
  insiders.add(insider);
  return insider;
};

/** Everyone is in, hears what is said now, and has nothing to complain of. */
async function assertWhole(room: Room, names: readonly string[]): Promise<void> {
  const text = `after ${room.host.heard.length}`;
  await room.host.say(text);
  await Promise.all(room.everyone.map((one) => one.untilHeard(text)));
  for (const one of room.everyone) assert.deepEqual([one.phase, one.names, one.faults], ["in", names, []], one.name);
}

/** Who asks oddly and who asks honestly are let in, or not, by one and the same commit. */
async function askTogether(odd: (room: Room) => OddAsk): Promise<void> {
  const liar = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, liar.origin);
  const held: FromRelay[] = [];
  liar.lies = {
    toMember: (message) => {
      if (message.type !== "ask") return [message];
      held.push(message);
      return held.length < 2 ? [] : held.splice(0);
    },
  };
  const insider = gone(await Insider.stand(room));
  await insider.ask(odd(room));
  const anna = await room.invite("anna");
  // Sooner than she would ask again.
  await anna.until(() => anna.phase === "in", "in", 10_000);
  await assertWhole(room, ["anna", "host"]);
  await room.leave();
  await liar.close();
}

test("whose key package can what others can't is not let in, and keeps nobody out who asks at the same time", () =>
  askTogether(() => ({
    capabilities: (usual) => ({ ...usual, extensions: [...usual.extensions, 0x0a0a] }),
  })));

test("whose key package is not signed by its key is not let in, and keeps nobody out who asks at the same time", () =>
  askTogether(() => ({ signature: (usual) => usual.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) })));

test("who says that it is the host, without the host's certificate, comes in nowhere and replaces nobody", () =>
  askTogether(({ host }) => {
    const [self] = host.people;
    const certificate = toBase64url(new Uint8Array(64));
    const identity = self?.identity;
    return {
      replaces: self?.id ?? "",
      credential: (postKey) =>
        new TextEncoder().encode(
          JSON.stringify({ identity, postKey: toBase64url(postKey), name: "host", certificate }),
        ),
    };
  }));

test("who asked under the old link is not let in after the new one, and nobody is accused of it", async () => {
  const liar = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, liar.origin);
  await room.grow("anna", "ben");
  const insider = gone(await Insider.stand(room));
  let renewal: Parameters<typeof liar.say>[0] | undefined;
  const isMade = new Promise<void>((resolve) => {
    liar.lies = {
      toRelay: (message) => {
        if (message.type !== "commit") return [message];
        renewal = message;
        resolve();
        return [];
      },
    };
  });
  await room.host.member.acts.renewLink();
  await isMade;
  await insider.ask();
  liar.lies = {};
  if (renewal) liar.say(renewal);
  await room.host.until(() => room.host.all("link").some(({ v }) => v === 2), "the new link");
  await room.grow("cleo");
  await assertWhole(room, ["anna", "ben", "cleo", "host"]);
  await room.leave();
  await liar.close();
});

for (const how of ["a commit", "noise that says so"] as const) {
  test(`a guest can't say that everybody has left: ${how} puts nobody out`, async () => {
    const room = await Room.open(relay.origin);
    await room.grow("anna");
    const insider = gone(await Insider.join(room, "insider"));
    await room.untilPeople(3);
    const reasons = how === "a commit" ? (["left"] as const) : (["left", "gone"] as const);
    for (const reason of reasons) {
      const remove = insider.others.map((postKey) => ({ postKey, reason }));
      const id = how === "a commit" ? await insider.commit({ remove }) : await insider.noise({ add: [], remove });
      assert.equal(await insider.answer(id), "still-here");
    }
    await assertWhole(room, ["anna", "host", "insider"]);
    await room.leave();
  });
}

test("a commit that nobody can open costs its maker the room, and nobody else", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna", "ben");
  const insider = gone(await Insider.join(room, "insider"));
  await room.untilPeople(4);
  const { code } = room.host;
  await insider.noise();
  const isAnew = (one: Headless) => one.phase === "in" && one.code !== code && one.people.length === 3;
  await Promise.all(room.everyone.map((one) => one.until(() => isAnew(one), "in a new group")));
  room.assertOne();
  assert.deepEqual(room.host.names, ["anna", "ben", "host"]);
  for (const one of room.everyone) assert.deepEqual(one.faults, ["mls"], one.name);
  await room.leave();
});

test("a commit that one member cannot open costs that member a moment, and nobody the room", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna", "ben");
  const insider = gone(await Insider.join(room, "insider"));
  await room.untilPeople(4);
  const { code } = room.host;
  // Beside the insider's leaf, the fourth: what is sealed to it is for nobody else.
  const beside = insider.state.roster.get(2);
  const victim = room.everyone.find(({ name }) => name === beside?.name);
  assert.ok(beside && victim && victim !== room.host);
  await insider.noiseFor(beside.postKey);
  await victim.until(() => victim.faults.includes("mls"), "cut off");
  const hasGone = () => victim.all("phase").some(({ phase }) => phase === "reconnecting");
  await victim.until(() => hasGone() && victim.phase === "in" && victim.people.length === 4, "in again");
  await room.host.say("to all");
  await Promise.all(room.everyone.map((one) => one.untilHeard("to all")));
  room.assertOne();
  for (const one of room.everyone) assert.deepEqual(one.faults, one === victim ? ["mls"] : [], one.name);
  assert.equal(room.host.code, code);
  await room.leave();
});

test("who lets people in by a Welcome of another commit can't have them accuse whoever commits next", async () => {
  // The host is slow to let people in: whoever is next takes over.
  const liar = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, liar.origin);
  const insider = gone(await Insider.join(room, "insider"));
  await room.untilPeople(2);
  liar.lies = { toMember: (message) => (message.type === "ask" ? [] : [message]) };
  const victims = await Promise.all(["anna", "ben", "cleo"].map((name) => room.invite(name)));
  const asks = () => insider.told.flatMap((message) => (message.type === "ask" ? [message] : []));
  await insider.until(() => asks().length === 3);
  const opened = await Promise.all(asks().map((ask) => openAsk(insider.state, insider.keys.envelopeKey, ask)));
  const add = opened as Change["add"];
  const used = new Map(add.map(({ admitted }) => [admitted.ref, epochOf(insider.state.group)]));
  const other = await makeMlsCommit(insider.state.group, {
    add: add.map(({ keyPackage }) => keyPackage),
    remove: [],
    data: new Uint8Array([1]),
    handover: writeHandover({ ...insider.state, used }),
  });
  await insider.commit({ add }, other.welcome);
  await Promise.all(victims.map((one) => one.until(() => one.phase === "in", "in")));
  liar.lies = {};
  await room.host.untilPeople(5);
  await room.host.member.acts.changeRules({});
  const isBack = (one: Headless) =>
    one.phase === "in" && one.all("phase").some(({ phase }) => phase === "reconnecting");
  await Promise.all(victims.map((one) => one.until(() => isBack(one), "back")));
  await room.host.untilPeople(5);
  await room.host.say("to all");
  await Promise.all(victims.map((one) => one.untilHeard("to all")));
  assert.ok(insider.told.every(({ type }) => type !== "complaint"));
  assert.deepEqual(room.host.faults, []);
  await room.leave();
});

test("a head that the relay never signed, in a member's heartbeat, is held against the member, not the relay", async () => {
  const room = await Room.open(relay.origin);
  const insider = gone(await Insider.join(room, "insider"));
  await room.untilPeople(2);
  const { trail } = insider.state;
  const key = await newIdentity();
  const forged = { origin: "http://frame.localhost", size: trail.size, hash: new Uint8Array(32) };
  const head = await signHead(forged, key.publicKey, (bytes) => key.sign(bytes));
  await insider.seal({ type: "alive", n: 0, head }, "signal");
  await room.host.until(() => room.host.faults.length > 0, "said so");
  assert.deepEqual(room.host.faults, ["bad-message"]);
  assert.equal((await room.host.member.exportTrail())?.evidence, undefined);
  assert.equal(room.host.phase, "in");
  await room.leave();
});

test("updates without end don't keep the host from sending their maker away", async () => {
  const room = await Room.open(relay.origin);
  const insider = gone(await Insider.join(room, "insider"));
  await room.untilPeople(2);
  assert.equal(await insider.answer(await insider.commit({})), undefined);
  for (let i = 0; i < 3; i++) assert.equal(await insider.answer(await insider.commit({})), "too-many-requests");
  await room.host.member.acts.renewLink([room.host.id("insider")]);
  await room.host.untilPeople(1);
  assert.deepEqual(room.host.faults, []);
  await room.leave();
});
