/** Redis is killed, stands still, loses its data: what was refused was not taken, and what was taken is not lost. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "redis";
import type { FromRelay } from "../../../widget/wire/room-relay.ts";
import { startRedis } from "../../support/own-services.ts";
import { startTestApi, type TestApi } from "../support/api.ts";
import { TestMember } from "./support/member.ts";
import { TestRoom } from "./support/room.ts";

describe("a room whose Redis", () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let api: TestApi;
  let other: TestApi;
  before(async () => {
    redis = await startRedis();
    const environment = { REDIS_URL: redis.url, PUBLIC_ORIGIN: "http://frame.localhost" };
    api = await startTestApi({ environment });
    other = await startTestApi({ environment, clock: api.clock });
  });
  after(async () => {
    await Promise.all([api?.stop(), other?.stop()]);
    await redis?.stop();
  });

  test("is away refuses what is posted, with its id, and goes on where it was", async () => {
    const { host, guest } = await couple();
    const before = guest.post();
    await host.heard((message) => message.type === "message" && message.bytes === before);
    await redis.kill();
    // Both have noticed: of a write that was under way nobody could say yet what became of it.
    for (const { store } of [api, other]) await assert.rejects(store.ping());
    const posts = [guest.post(), guest.post(), host.post()];
    for (const [i, member] of [guest, guest, host].entries()) {
      assert.equal(await member.refusalOf(member.idOf(posts[i] ?? "")), "storage-unavailable");
    }
    host.say(host.committing({}));
    assert.equal(await host.refusal(), "storage-unavailable");
    await redis.restart();
    const taken = await postedAtLast(host);
    for (const member of [host, guest]) {
      await member.heard((message) => message.type === "message" && message.bytes === taken);
      for (const bytes of posts) assert.ok(!ordered(member).includes(bytes));
      assert.deepEqual(
        numbers(member),
        numbers(member).toSorted((a, b) => a - b),
      );
    }
  });

  test("dies in the middle of a burst: each post was either refused or is in the log, never both", async () => {
    for (let round = 0; round < 5; round++) {
      const { host, guest } = await couple();
      const posts: string[] = [];
      const bursting = (async () => {
        for (let i = 0; i < 300; i++) {
          posts.push(guest.post());
          if (i % 10 === 0) await pause(1);
        }
      })();
      await guest.heard((message) => message.type === "message");
      await redis.kill();
      await bursting;
      await redis.restart();
      const last = await postedAtLast(host);
      await host.heard((message) => message.type === "message" && message.bytes === last);
      const all = new Set(ordered(host));
      for (const bytes of posts) {
        const isRefused = () => guest.told.some((each) => each.type === "refused" && each.id === guest.idOf(bytes));
        if (all.has(bytes)) assert.ok(!isRefused());
        else assert.equal(await guest.refusalOf(guest.idOf(bytes)), "storage-unavailable");
      }
    }
  });

  test("stands still holds its members up for a while, and nothing is done twice or by halves", async () => {
    const { host, guest } = await couple();
    redis.freeze();
    const commit = host.committing({});
    host.say(commit);
    const late = guest.post();
    await pause(3_500);
    redis.thaw();
    const isTaken = (message: FromRelay) => message.type === "commit" && message.bytes === commit.bytes;
    const told = await host.heard(
      (message) => isTaken(message) || (message.type === "refused" && message.id === commit.id),
    );
    // Refused in time it never was sent to the store; sent, its fate was waited for.
    if (told.type === "refused") assert.equal(told.code, "storage-unavailable");
    else host.epoch++;
    const last = await postedAtLast(host);
    await guest.heard((message) => message.type === "message" && message.bytes === last);
    assert.equal(guest.told.filter(isTaken).length, told.type === "refused" ? 0 : 1);
    const wasOrdered = ordered(guest).includes(late);
    if (!wasOrdered) assert.match(await guest.refusalOf(guest.idOf(late)), /storage-unavailable|epoch-passed/);
  });

  test("is away while the other process speaks: what was missed meanwhile is read", async () => {
    const { host, guest } = await couple();
    // Only the news are cut: kills the connections that subscribe, as a restart of a proxy would.
    const client = await createClient({ url: redis.url }).connect();
    for (let round = 0; round < 5; round++) {
      await client.sendCommand(["CLIENT", "KILL", "TYPE", "PUBSUB"]);
      const said = [host.post(), guest.post(), host.post()];
      for (const member of [host, guest]) {
        for (const bytes of said) await member.heard((each) => each.type === "message" && each.bytes === bytes);
      }
    }
    client.destroy();
    const all = numbers(host);
    assert.deepEqual(
      all,
      Array.from(all, (_, i) => (all[0] ?? 0) + i),
    );
    assert.deepEqual(numbers(guest), all.slice(-numbers(guest).length));
  });

  test("comes back without its data ends the generation; the room can be opened again with what its members know", async () => {
    const { host, guest } = await couple();
    const told = await (await TestMember.connect(api, host.room)).enter();
    const client = await createClient({ url: redis.url }).connect();
    await client.flushAll();
    client.destroy();
    host.post();
    assert.equal(await host.refusal(), "no-such-room");
    api.clock.pass(6);
    await Promise.all([api.rooms.tick(), other.rooms.tick()]);
    for (const member of [host, guest]) {
      await member.next("ended");
      assert.equal(await member.closed, 1000);
    }
    const { charterKey, v, sealedCharter, signature } = told;
    const { relayTokenHash } = host.room.link;
    const reopened = await host.room.open(api, { charterKey, link: { v, relayTokenHash, sealedCharter, signature } });
    assert.equal(reopened.status, 201);
    const again = await TestMember.founder(api, host.room);
    assert.equal(again.n, 1);
  });

  for (const noticed of ["when the news are back", "by one process of itself", "by the other of itself"] as const) {
    test(`comes back with an older state ends the generation, too, noticed ${noticed}`, async () => {
      const { host, guest } = await couple();
      const client = await createClient({ url: redis.url }).connect();
      const keys = await client.keys(`*${host.room.id}*`);
      const saved = await Promise.all(keys.map(async (key) => [key, await dump(key)] as const));
      const commit = await host.commit();
      await guest.heard((message) => message.type === "commit" && message.bytes === commit.bytes);
      for (const [key, value] of saved) await client.sendCommand(["RESTORE", key, "0", value, "REPLACE"]);
      if (noticed === "when the news are back") await client.sendCommand(["CLIENT", "KILL", "TYPE", "PUBSUB"]);
      else await (noticed === "by one process of itself" ? api : other).rooms.tick();
      for (const member of [host, guest]) await member.next("ended");
      assert.equal((await enteredAtLast(host.room)).generation, null);
      client.destroy();

      async function dump(key: string): Promise<Buffer> {
        const { RESP_TYPES } = await import("redis");
        return (await client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).dump(key)) as unknown as Buffer;
      }
    });
  }

  /** As a client does: while this process has no news of the store, it lets nobody in. */
  async function enteredAtLast(room: TestRoom): Promise<FromRelay & { type: "room" }> {
    for (;;) {
      const member = await TestMember.connect(api, room);
      member.say({ type: "enter", token: room.token });
      const answer = await member.next("room", "refused");
      if (answer.type === "room") return answer;
      assert.equal(answer.code, "storage-unavailable");
      await pause(50);
    }
  }

  async function couple(): Promise<{ host: TestMember; guest: TestMember }> {
    const room = new TestRoom();
    assert.equal((await room.open(api)).status, 201);
    const host = await TestMember.founder(api, room);
    return { host, guest: await TestMember.joiner(other, host) };
  }

  /** As a client does: tries again until it is taken. */
  async function postedAtLast(member: TestMember): Promise<string> {
    for (;;) {
      const bytes = member.post();
      const answer = await member.heard(
        (message) =>
          (message.type === "message" && message.bytes === bytes) ||
          (message.type === "refused" && message.id === member.idOf(bytes)),
      );
      if (answer.type === "message") return bytes;
      await pause(50);
    }
  }
});

function ordered(member: TestMember): string[] {
  return member.entries.flatMap((entry) => (entry.type === "message" ? [entry.bytes] : []));
}

function numbers(member: TestMember): number[] {
  return member.entries.map(({ seq }) => seq);
}
