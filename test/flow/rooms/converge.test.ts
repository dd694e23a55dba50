/**
 * Whatever happens in whatever order, everyone ends with the same people, the same code and the same words.
 * The order is drawn from a seed (SEED). `npm run soak` goes on for ten minutes, with 50 people, too. Source: product.md R2; protocol.md §5.
 */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Headless, Room } from "./headless.ts";
import { openRelay } from "./relay.ts";
import { SEED, weathers } from "./storm.ts";

const relay = await openRelay("redis");
after(() => relay.close());

// At once: who crashed is found out after 15 s, and one room works while another waits.
describe(`a room (seed ${SEED}) converges and loses nothing as`, { concurrency: true }, () => {
  for (const size of [2, 5]) {
    test(`${size} come, talk, update, leave, crash and come back`, async (t) => {
      await weathers({ relay: relay.origin, size, seed: SEED + size }, t, (storm) => storm.rage((step) => step < 40));
    });
  }

  test("two who commit at once, 200 times: both get the same epochs each time", async () => {
    const room = await Room.open(relay.origin);
    const [ben] = await room.grow("ben");
    // Devices with the host link: a guest may only renew its keys once a minute.
    const link = { kind: "host", roomId: room.roomId, hostSecret: room.hostSecret, mangled: false } as const;
    // One device may commit 128 times a minute, so two take turns with two others.
    const others: Headless[] = [];
    for (const name of ["anna", "cora", "dan"]) others.push(await room.invite(name, { link }));
    await room.untilPeople(5);
    await room.host.until(() => room.host.people.filter(({ host }) => host).length === 4, "four hosts");
    const [anna, cora, dan] = others;
    assert.ok(ben && anna && cora && dan);
    for (let round = 0; round < 200; round++) {
      const pair = round % 2 === 0 ? [room.host, anna] : [cora, dan];
      const epoch = Math.max(...room.present.map((one) => one.last("roster")?.epoch ?? 0));
      for (const one of pair) one.member.acts.renewLink();
      await Promise.all(
        room.present.map((one) => one.until(() => (one.last("roster")?.epoch ?? 0) >= epoch + 2, "both")),
      );
      assert.equal(ben.code, anna.code);
    }
    await anna.say("still here");
    await room.host.untilHeard("still here");
    assert.deepEqual([...ben.faults, ...anna.faults], []);
    await room.leave();
  });

  test("27 join one after another, each having committed once before the next comes", async () => {
    const room = await Room.open(relay.origin);
    for (let i = 0; i < 27; i++) {
      const [guest] = await room.grow(`m${i}`);
      const epoch = guest?.last("roster")?.epoch ?? 0;
      await guest?.member.acts.heal();
      await Promise.all(
        room.present.map((one) => one.until(() => (one.last("roster")?.epoch ?? 0) > epoch, "updated")),
      );
    }
    room.assertOne();
    for (const one of room.present) assert.deepEqual(one.faults, []);
    await room.leave();
  });
});
