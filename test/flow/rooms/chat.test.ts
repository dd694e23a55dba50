/**
 * People in one room: they come, talk, go, and are sent away; all of it through the relay, on Redis and on the embedded
 * store. Source: product.md R2, R3, R7, R8, R9.
 */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Headless, Room } from "./headless.ts";
import { openRelay, type TestRelay } from "./relay.ts";

for (const store of ["redis", "embedded"] as const) {
  describe(`on ${store}`, async () => {
    const relay: TestRelay = await openRelay(store);
    after(() => relay.close());

    test("whoever has the link comes in, and everyone sees the same people and the same code", async () => {
      const room = await Room.open(relay.origin);
      await room.grow("anna");
      await room.grow("ben", "cleo", "dora");
      room.assertOne();
      assert.deepEqual(room.host.names, ["anna", "ben", "cleo", "dora", "host"]);
      assert.match(room.host.code, /^\d{30}$/);
      await room.leave();
    });

    test("what is said arrives once at everyone, in the same order", async () => {
      const room = await Room.open(relay.origin);
      await room.grow("anna", "ben");
      const said = await Promise.all(room.present.flatMap((one) => [1, 2, 3].map((n) => one.say(`${one.name} ${n}`))));
      assert.ok(said.every(Boolean));
      await Promise.all(room.present.map((one) => one.until(() => one.heard.length >= 9, "all nine heard")));
      for (const one of room.present) {
        assert.deepEqual(one.heard, room.host.heard);
        assert.deepEqual(
          one.heard.filter((text) => text.startsWith("anna")),
          ["anna 1", "anna 2", "anna 3"],
        );
      }
      await room.leave();
    });

    test("the code changes when the roster does, and only then", async () => {
      const room = await Room.open(relay.origin);
      const alone = room.host.code;
      const [anna] = await room.grow("anna");
      const two = room.host.code;
      assert.notEqual(two, alone);
      const epoch = room.host.last("roster")?.epoch ?? 0;
      await anna?.member.acts.heal();
      await room.host.until(() => (room.host.last("roster")?.epoch ?? 0) > epoch, "a new epoch");
      assert.equal(room.host.code, two);
      await room.leave();
    });

    test("who leaves is gone for everyone, and said goodbye", async () => {
      const room = await Room.open(relay.origin);
      const [anna] = await room.grow("anna", "ben");
      await anna?.member.leave();
      await room.untilPeople(2);
      assert.deepEqual(
        room.host.last("roster")?.left.map(({ name, reason }) => [name, reason]),
        [["anna", "left"]],
      );
      await room.leave();
    });

    test("who is sent away is out at once, and so is the link that it knows", async () => {
      const room = await Room.open(relay.origin);
      const [anna, ben] = await room.grow("anna", "ben");
      const oldLink = room.link;
      await room.host.member.acts.renewLink([room.host.id("anna")]);
      await anna?.until(() => anna.phase === "removed", "removed");
      await room.untilPeople(2);
      const again = await Headless.begin({ relay: relay.origin, link: oldLink, name: "anna" });
      await again.until(() => again.phase === "refused", "refused");
      assert.equal(again.last("phase")?.code, "link-replaced");
      // Those who stayed know the new link: any of them invites.
      await ben?.until(() => ben.member.invitation?.v === 2, "the new link heard");
      const cleo = await room.invite("cleo", { link: { ...oldLink, ...ben?.member.invitation } as never });
      await cleo.untilPeople(3);
      room.assertOne();
      await room.leave();
    });

    test("only a host can send somebody away", async () => {
      const room = await Room.open(relay.origin);
      const [anna] = await room.grow("anna", "ben");
      await assert.rejects(async () => anna?.member.acts.renewLink([anna.id("ben")]), { code: "not-a-host" });
      await room.leave();
    });

    test("a host comes back by the host link alone, after the link was renewed twice", async () => {
      const room = await Room.open(relay.origin);
      await room.grow("anna");
      for (const v of [2, 3]) {
        await room.host.member.acts.renewLink();
        await room.host.until(() => room.host.member.invitation?.v === v, `link ${v}`);
      }
      const link = { kind: "host", roomId: room.roomId, hostSecret: room.hostSecret, mangled: false } as const;
      const again = await room.invite("host again", { link, identity: room.host.identity });
      await again.untilPeople(3);
      assert.equal(again.people.find(({ self }) => self)?.host, true);
      await room.leave();
    });

    test("a room that everyone left opens again, with a new group and a new code", async () => {
      const room = await Room.open(relay.origin);
      const { link, host } = room;
      const before = host.code;
      await room.leave();
      const anna = await room.invite("anna", { link });
      await anna.untilPeople(1);
      assert.notEqual(anna.code, before);
      await room.leave();
    });
  });
}
