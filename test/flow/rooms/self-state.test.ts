/**
 * What people say of themselves – microphone, camera, a raised hand, a reaction – through a real relay, an honest one and
 * one that lies. Source: product.md R16; protocol.md §5 (Heartbeat); docs/decisions/0049.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { SelfState } from "../../../widget/wire/frame-group.ts";
import { HEARTBEAT_MS } from "../../../widget/wire/room-limits.ts";
import type { FromRelay } from "../../../widget/wire/room-relay.ts";
import { type Headless, Room } from "./headless.ts";
import { Insider } from "./insider.ts";
import { type Liar, startLiar } from "./liar.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("embedded");
after(() => relay.close());

type Signal = Extract<FromRelay, { type: "signal" }>;

const QUIET: SelfState = { microphone: false, camera: false, screen: false, hand: false };

/** What `one` was told last of somebody. */
const stateOf = (one: Headless, id: string) => one.all("self-state").findLast((event) => event.id === id)?.state;
const shows = (one: Headless, id: string, wanted: Partial<SelfState>) => () => {
  const state = stateOf(one, id);
  return (
    state !== undefined && Object.entries(wanted).every(([name, value]) => state[name as keyof SelfState] === value)
  );
};
const reactionsOf = (one: Headless) =>
  one.all("reaction").map(({ reaction, own }) => `${reaction}${own ? " own" : ""}`);

/** The next signal, which the relay keeps. */
const heldBack = (liar: Liar): Promise<Signal> =>
  new Promise((resolve) => {
    liar.lies = {
      toMember(message) {
        if (message.type !== "signal") return [message];
        liar.lies = {};
        resolve(message);
        return [];
      },
    };
  });

/** Two who are in, a liar before the second. */
async function lied() {
  const room = await Room.open(relay.origin);
  const liar = await startLiar(relay.origin);
  const victim = await room.invite("victim", { relay: liar.origin });
  await room.untilPeople(2);
  after(async () => {
    await room.leave();
    await liar.close();
  });
  const host = victim.id("host");
  // What a new epoch makes everybody say has come by then.
  room.host.member.shown.show({ microphone: true });
  await victim.until(shows(victim, host, { microphone: true }), "microphone");
  return { room, victim, liar, host };
}

test("what somebody shows is with the others at once, and with oneself; nobody shows anything before", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = (await room.grow("anna")) as [Headless];
  const id = room.host.id("anna");
  const began = performance.now();
  anna.member.shown.show({ microphone: true });
  assert.deepEqual(stateOf(anna, id), { ...QUIET, microphone: true });
  await room.host.until(shows(room.host, id, { microphone: true }), "microphone");
  anna.member.shown.show({ hand: true });
  await room.host.until(shows(room.host, id, { microphone: true, hand: true }), "hand");
  const ms = performance.now() - began;
  assert.ok(ms < HEARTBEAT_MS / 2, `${ms} ms`);
  assert.equal(stateOf(room.host, room.host.id("host")), undefined);
  assert.equal(stateOf(anna, room.host.id("host")), undefined);
  await room.leave();
});

test("whoever comes later knows what those who are there show, within a heartbeat", async () => {
  const room = await Room.open(relay.origin);
  room.host.member.shown.show({ hand: true });
  const began = performance.now();
  const [late] = (await room.grow("late")) as [Headless];
  await late.until(shows(late, late.id("host"), { hand: true }), "hand");
  const ms = performance.now() - began;
  assert.ok(ms < HEARTBEAT_MS + 2_000, `${ms} ms`);
  await room.leave();
});

test("a fresh membership shows again what its person shows", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = (await room.grow("anna")) as [Headless];
  anna.member.shown.show({ camera: true });
  const before = room.host.id("anna");
  await room.host.until(shows(room.host, before, { camera: true }), "camera");
  const port = { postMessage: () => undefined };
  anna.member.media.takePort(port);
  anna.member.media.takePort({ ...port });
  const isAnew = () => room.host.people.some(({ name, id }) => name === "anna" && id !== before);
  await room.host.until(isAnew, "anew");
  const id = room.host.people.find((one) => one.name === "anna" && one.id !== before)?.id ?? "";
  await room.host.until(shows(room.host, id, { camera: true }), "camera again");
  assert.deepEqual(stateOf(anna, id), { ...QUIET, camera: true });
  await room.leave();
});

test("reactions come to everybody once, and to oneself", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = (await room.grow("anna")) as [Headless];
  anna.member.shown.react("heart");
  anna.member.shown.react("applause");
  await room.host.until(() => room.host.all("reaction").length === 2, "reactions");
  assert.deepEqual(reactionsOf(room.host), ["heart", "applause"]);
  assert.deepEqual(reactionsOf(anna), ["heart own", "applause own"]);
  assert.throws(() => anna.member.shown.react("<img>" as never));
  assert.throws(() => anna.member.shown.show({ hand: "up" } as never));
  await room.leave();
});

test("an old state that the relay holds back and lets go later does not win over a newer one", async () => {
  const { room, victim, liar, host } = await lied();
  const raised = heldBack(liar);
  room.host.member.shown.show({ hand: true });
  const held = await raised;
  room.host.member.shown.show({ hand: false, screen: true });
  await victim.until(shows(victim, host, { hand: false, screen: true }), "lowered");
  liar.tell(held);
  room.host.member.shown.show({ camera: true });
  await victim.until(shows(victim, host, { camera: true }), "camera");
  assert.deepEqual(
    victim.all("self-state").map(({ state }) => state.hand),
    [false, false, false],
  );
});

test("a reaction that the relay keeps until later is not shown any more", async () => {
  const { room, victim, liar } = await lied();
  const first = heldBack(liar);
  room.host.member.shown.react("thumbs-up");
  const held = await first;
  room.host.member.shown.react("laugh");
  await victim.until(() => victim.all("reaction").length === 1, "the second one");
  liar.tell(held);
  room.host.member.shown.react("heart");
  await victim.until(() => victim.all("reaction").length === 2, "the third one");
  assert.deepEqual(reactionsOf(victim), ["laugh", "heart"]);
});

test("signals that the relay repeats, or gives as somebody else's, change nothing", async () => {
  const { room, victim, liar, host } = await lied();
  const own = victim.id("victim");
  const [third] = (await room.grow("third")) as [Headless];
  const other = victim.id("third");
  liar.lies = {
    toMember: (message) => (message.type === "signal" ? [{ ...message, poster: other }, message, message] : [message]),
  };
  room.host.member.shown.show({ hand: true });
  room.host.member.shown.react("heart");
  await victim.until(() => victim.faults.length > 0, "said so");
  liar.lies = {};
  room.host.member.shown.show({ camera: true });
  await victim.until(shows(victim, host, { camera: true, hand: true }), "camera");
  assert.deepEqual(victim.all("reaction"), []);
  for (const id of [own, other]) assert.equal(stateOf(victim, id), undefined);
  assert.equal(third.phase, "in");
});

test("whoever floods the room with reactions and changes is shown in measure, and the last change is", async () => {
  const room = await Room.open(relay.origin);
  const insider = await Insider.join(room, "insider");
  after(() => insider.leave());
  await room.untilPeople(2);
  const id = room.host.id("insider");
  const { head } = insider.state.trail;
  const FLOOD = 60;
  for (let n = 0; n < FLOOD; n++) {
    const state = { ...QUIET, hand: n % 2 === 0 };
    await insider.seal({ type: "alive", n: 2 * n, head, state }, "signal");
    await insider.seal({ type: "reaction", n: 2 * n + 1, reaction: "laugh" }, "signal");
  }
  // Later, as each sign of life says it again.
  const last = { ...QUIET, screen: true };
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await insider.seal({ type: "alive", n: 2 * FLOOD, head, state: last }, "signal");
  await room.host.until(shows(room.host, id, last), "the last one");
  const [states, reactions] = [room.host.all("self-state"), room.host.all("reaction")];
  assert.ok(states.length <= 20, `${states.length} changes told`);
  assert.ok(reactions.length >= 5 && reactions.length <= 15, `${reactions.length} reactions told`);
  assert.deepEqual(room.host.faults, []);
  await room.leave();
});

test("what is not exactly a state or a reaction is refused, and so is what counts only in order", async () => {
  const room = await Room.open(relay.origin);
  const insider = await Insider.join(room, "insider");
  after(() => insider.leave());
  await room.untilPeople(2);
  const { head } = insider.state.trail;
  const odd: object[] = [
    { type: "alive", n: 0, head, state: { ...QUIET, hand: 1 } },
    { type: "alive", n: 1, head, state: { microphone: true } },
    { type: "alive", n: 2, head, state: { ...QUIET, speaking: true } },
    { type: "alive", n: 3, head, state: QUIET, of: "somebody" },
    { type: "alive", n: -1, head },
    { type: "alive", n: 1.5, head },
    { type: "reaction", n: 4, reaction: "<b>hello</b>" },
    { type: "reaction", n: 5, reaction: "heart", from: "somebody" },
    { type: "reaction", reaction: "heart" },
    { type: "chat", id: "1", text: "out of order", at: 0 },
  ];
  for (const content of odd) await insider.seal(content as never, "signal");
  await insider.seal({ type: "reaction", n: 6, reaction: "heart" }, "message");
  await room.host.until(() => room.host.all("alarm").length === odd.length + 1, "all refused");
  assert.deepEqual([...new Set(room.host.faults)], ["bad-message"]);
  assert.deepEqual([room.host.all("self-state"), room.host.all("reaction"), room.host.heard], [[], [], []]);
  await room.leave();
});
