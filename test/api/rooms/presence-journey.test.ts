/** Who is connected, as members are told: at once, after silence, and when nobody is left. The clock is the test's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Presence } from "../../../api/rooms/presence.ts";
import { GONE_AFTER_MS } from "../../../widget/wire/room-limits.ts";
import { TestMember } from "./support/member.ts";
import { type Ground, onEachStorage } from "./support/storages.ts";

onEachStorage("presence", (ground) => {
  test("is told whole to who comes, and to the others as a change", async () => {
    const { host, guest } = await couple(ground);
    const third = await TestMember.joiner(ground.api, host);
    await host.sees(third);
    const whole = await third.heard((message) => message.type === "present" && message.postKeys.length === 3);
    assert.deepEqual(
      new Set(whole.type === "present" ? whole.postKeys : []),
      new Set([host, guest, third].map((member) => member.key.publicKey)),
    );
    for (const member of [host, guest]) {
      const lists = member.told.flatMap((message) => (message.type === "present" ? [message.postKeys] : []));
      assert.equal(lists.filter((list) => list.includes(third.key.publicKey)).length, 1);
    }
  });

  test("ends with silence of 15 s, for the silent one only", async () => {
    const { host, guest } = await couple(ground);
    await pass(ground, 10, [host]);
    assert.ok(!host.told.some((message) => message.type === "gone"));
    await pass(ground, 5, [host]);
    assert.deepEqual(await host.next("gone"), { type: "gone", postKey: guest.key.publicKey, left: false });
    assert.equal(await guest.closed, 1012);
    await pass(ground, 60, [host], 5);
    assert.equal(host.told.filter((message) => message.type === "gone").length, 1);
  });

  test("goes on for who is back on another connection within that time", async () => {
    const { host, guest } = await couple(ground);
    await guest.drop();
    await pass(ground, 10, [host]);
    const again = await back(ground, guest);
    await pass(ground, 10, [host, again]);
    await pass(ground, 10, [host, again]);
    assert.ok(!host.told.some((message) => message.type === "gone"));
  });

  test("is told again of who comes back later, as long as it is on the list", async () => {
    const { host, guest } = await couple(ground);
    await guest.drop();
    await pass(ground, 20, [host], 5);
    await host.next("gone");
    const again = await back(ground, guest);
    assert.deepEqual(await host.next("present"), { type: "present", postKeys: [guest.key.publicKey] });
    const said = again.post();
    assert.equal((await host.next("message")).bytes, said);
  });

  test("keeps the newer of two connections of one key", async () => {
    const { host, guest } = await couple(ground);
    const again = await back(ground, guest);
    assert.equal(await guest.closed, 1000);
    const said = host.post();
    assert.equal((await again.next("message")).bytes, said);
    await pass(ground, 20, [host, again], 5);
    assert.ok(!host.told.some((message) => message.type === "gone"));
  });

  test("lapses for who was let in and never came for its Welcome", async () => {
    const { host } = await couple(ground);
    const asker = await TestMember.connect(ground.api, host.room);
    await asker.enter();
    await asker.ask();
    await asker.drop();
    await host.admit([asker]);
    await host.sees(asker);
    // It is noted a moment after it was let in, and its time begins then.
    await pass(ground, 40, [host], 5);
    const gone = host.told.flatMap((message) => (message.type === "gone" ? [message.postKey] : []));
    assert.ok(gone.includes(asker.key.publicKey));
  });

  test("of nobody for 15 s ends the generation: who waits hears so, and the next one is founded", async () => {
    const { host, guest } = await couple(ground);
    await Promise.all([host.drop(), guest.drop()]);
    const asker = await TestMember.connect(ground.api, host.room);
    await asker.enter();
    await asker.ask();
    await pass(ground, 14, [asker], 7);
    assert.notEqual((await asker.enter()).generation, null);
    await pass(ground, 1, [asker]);
    await asker.next("ended");
    assert.equal(await asker.closed, 1000);
    const late = await TestMember.connect(ground.api, host.room, { as: host });
    late.say(late.resuming(0));
    assert.equal(await late.refusal(), "no-generation");
    const next = await TestMember.founder(ground.api, host.room);
    assert.equal(next.n, 2);
    assert.equal(await ground.api.store.get(`presence/${host.room.id}.${host.groupId}`), null);
  });

  test("is not lost because the relay was away: everybody gets another chance", async () => {
    const { host, guest } = await couple(ground);
    ground.shared.clock.pass(60);
    // They show life at once: it is the relay that was away, and a tick closes who is silent.
    await Promise.all([host, guest].map(alive));
    await ground.api.rooms.sweepOnce();
    await pass(ground, 5, [host, guest]);
    await pass(ground, 5, [host, guest]);
    for (const member of [host, guest]) assert.ok(!member.told.some((message) => message.type === "gone"));
  });

  test("is forgotten for who was removed, without a word", async () => {
    const { host, guest } = await couple(ground);
    await host.sendAway(guest);
    await guest.closed;
    await pass(ground, 30, [host], 5);
    assert.ok(!host.told.some((message) => message.type === "gone"));
    const stored = await ground.api.store.get(`presence/${host.room.id}.${host.groupId}`);
    assert.ok(stored && !stored.value.includes(guest.key.publicKey));
  });

  test("of who was removed before it was noted keeps no generation alive", async () => {
    for (let round = 0; round < 5; round++) {
      const host = await TestMember.founder(ground.api, await ground.opened());
      const guest = await TestMember.joiner(ground.api, host);
      await host.sendAway(guest);
      host.say({ type: "leave" });
      await host.closed;
      assert.equal((await (await TestMember.connect(ground.api, host.room)).enter()).generation, null);
    }
  });

  test("of who left before it was noted is not noted afterwards", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    guest.say({ type: "leave" });
    await guest.closed;
    // Noted later, so that what was on its way has arrived.
    await host.sees(await TestMember.joiner(ground.api, host));
    const stored = await ground.api.store.get(`presence/${host.room.id}.${host.groupId}`);
    const { heard, gone } = JSON.parse(stored?.value ?? "") as Presence;
    assert.deepEqual([guest.key.publicKey in heard, gone[guest.key.publicKey]], [false, true]);
  });
});

async function couple(ground: Ground): Promise<{ host: TestMember; guest: TestMember }> {
  const host = await TestMember.founder(ground.api, await ground.opened());
  const guest = await TestMember.joiner(ground.api, host);
  await host.sees(guest);
  await guest.sees(host);
  return { host, guest };
}

async function back(ground: Ground, member: TestMember): Promise<TestMember> {
  const again = await TestMember.connect(ground.api, member.room, { as: member });
  again.say(again.resuming(member.lastSeq));
  await again.next("resumed");
  // Once it is noted in the store, it is told so itself.
  await again.next("present");
  return again;
}

/** Time goes by, in steps in which these show life, and the relay does what it does every second. */
async function pass(ground: Ground, seconds: number, living: readonly TestMember[], step = seconds): Promise<void> {
  assert.ok(step * 1_000 <= GONE_AFTER_MS);
  for (let passed = 0; passed < seconds; passed += step) {
    ground.shared.clock.pass(step);
    for (const member of living) await alive(member);
    await ground.api.rooms.tick();
    await ground.api.rooms.sweepOnce();
  }
}

/** Shows life; what it says after that is answered only once that was heard. */
async function alive(member: TestMember): Promise<void> {
  member.say({ type: "alive" });
  member.say({ type: "message", id: 999_999, bytes: "" });
  const count = () => member.told.filter((message) => message.type === "refused").length;
  const before = count();
  await member.heard(() => count() > before);
}
