/**
 * Members vouch for their frames through a real relay: while keys change all the time, a relay loses signals or keeps them
 * back, and connections break, nobody honest is called forged. Source: protocol.md §4 (Insider check); decision 0049.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { FromRelay } from "../../../widget/wire/room-relay.ts";
import { type Headless, Room } from "./headless.ts";
import { HeadlessMedia } from "./headless-media.ts";
import { startLiar } from "./liar.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("embedded");
after(() => relay.close());

const seconds = (s: number) => new Promise((resolve) => setTimeout(resolve, s * 1_000));

async function until(ok: () => boolean): Promise<void> {
  while (!ok()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A host who sends to both guests; the second one is behind a relay that may lie. */
async function sending() {
  const room = await Room.open(relay.origin);
  const [anna] = (await room.grow("anna")) as [Headless];
  const liar = await startLiar(relay.origin);
  const ben = await room.invite("ben", { relay: liar.origin });
  await room.untilPeople(3);
  const [from, honest, victim] = [room.host, anna, ben].map((one) => new HeadlessMedia(one)) as [
    HeadlessMedia,
    HeadlessMedia,
    HeadlessMedia,
  ];
  const identity = await from.identity();
  from.sendTo(honest, victim);
  await until(() => victim.verdicts(identity).includes("checked"));
  const end = async () => {
    for (const one of [from, honest, victim]) one.end();
    await room.leave();
    await liar.close();
  };
  return { room, anna, ben, liar, identity, honest, victim, end };
}

test("epochs that come one after the other cost no verdict: what a commit overtook is said again", async () => {
  const { room, anna, identity, honest, victim, end } = await sending();
  for (let i = 0; i < 8; i++) {
    await room.host.member.acts.changeRules({ locked: i % 2 === 0 });
    await seconds(0.4);
    if (i === 3) await anna.member.acts.heal();
  }
  await seconds(4);
  for (const one of [honest, victim]) assert.deepEqual(one.verdicts(identity), ["checked"]);
  await end();
});

test("a relay that keeps signals back for seconds makes a sender unverified at most, and one that loses them all too", async () => {
  const { liar, identity, honest, victim, end } = await sending();
  liar.lies = {
    toMember(message: FromRelay) {
      if (message.type !== "signal") return [message];
      setTimeout(() => liar.tell(message), 5_000);
      return [];
    },
  };
  await until(() => victim.verdicts(identity).includes("unverified"));
  await seconds(5);
  liar.lies = { toMember: (message: FromRelay) => (message.type === "signal" ? [] : [message]) };
  await seconds(3);
  assert.ok(!victim.verdicts(identity).includes("forged"));
  assert.equal(victim.verdicts(identity).at(-1), "unverified");
  assert.deepEqual(honest.verdicts(identity), ["checked"]);
  await end();
});

test("a connection that breaks and comes back costs no verdict", async () => {
  const { ben, liar, identity, victim, end } = await sending();
  liar.cut();
  await ben.until(() => ben.phase === "reconnecting", "cut off");
  await ben.until(() => ben.phase === "in", "back");
  await seconds(5);
  assert.deepEqual(victim.verdicts(identity), ["checked"]);
  await end();
});
