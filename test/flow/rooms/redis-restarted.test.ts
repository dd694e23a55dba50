/**
 * Redis is killed under a room and started again: with all its data, with older data, with none. Either the room goes on
 * and nothing is lost, or it is formed anew, or its people are told that it is over; nobody is left in a room that is
 * none. Source: product.md R2, R11; protocol.md §5, §9.
 */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type OwnService, startRedis } from "../../support/own-services.ts";
import { type Headless, Room } from "./headless.ts";
import { openRelay, type TestRelay } from "./relay.ts";

let redis: OwnService;
let relay: TestRelay;
before(async () => {
  redis = await startRedis();
  relay = await openRelay("redis", { env: { REDIS_URL: redis.url } });
});
after(async () => {
  await relay?.close();
  await redis?.stop();
});

/** ms: presence lapses, and what was lost is noticed, within some seconds of the relay's own. */
const NOTICED_MS = 60_000;

const toldOfTrouble = (one: Headless) =>
  one.until(() => one.last("trouble")?.code === "storage-unavailable", "told that storage is away");

test("with its append-only file: people are told meanwhile, then all that they said is there, once and in order", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna", "ben");
  const people = room.present;
  for (let turn = 0; turn < 3; turn++) {
    const saying = people.map((one) => Promise.all([1, 2, 3, 4].map((n) => one.say(`${one.name} ${turn}.${n}`))));
    await room.host.until(() => room.host.heard.length > turn * 12, "one of them heard");
    await redis.kill();
    const late = people.map((one) => one.say(`${one.name} ${turn} while it is away`));
    await Promise.all(people.map(toldOfTrouble));
    await redis.restart();
    await Promise.all([...saying, ...late]);
  }
  await Promise.all(people.map((one) => one.until(() => one.heard.length >= 45, "all 45 heard")));
  for (const one of people) {
    assert.deepEqual(one.heard, room.host.heard);
    assert.deepEqual(one.faults, []);
    const own = room.host.heard.filter((text) => text.startsWith(one.name));
    assert.deepEqual(
      own,
      [0, 1, 2].flatMap((t) => [...[1, 2, 3, 4].map((n) => `${one.name} ${t}.${n}`), away(one, t)]),
    );
  }
  await room.grow("cleo");
  room.assertOne();
  await room.leave();
});

const away = (one: Headless, turn: number): string => `${one.name} ${turn} while it is away`;

test("with the state of some messages ago: the room is formed anew by the same people, and goes on", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna", "ben");
  await anna?.say("kept");
  const code = room.host.code;
  await restartedWithOlder(async () => {
    await anna?.say("lost by the server, but heard");
    await room.host.untilHeard("lost by the server, but heard");
  });
  await Promise.all(
    room.present.map((one) => one.until(() => one.code !== code && one.people.length === 3, "anew", NOTICED_MS)),
  );
  room.assertOne();
  for (const one of room.present) assert.deepEqual(one.faults, []);
  await anna?.say("and on");
  await Promise.all(room.present.map((one) => one.untilHeard("and on")));
  await room.leave();
});

test("with the state of an epoch ago: its trail is shorter than what people have seen, which they say, and leave", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna");
  await restartedWithOlder(async () => {
    const epoch = room.host.last("roster")?.epoch ?? 0;
    await anna?.member.acts.heal();
    await Promise.all(room.present.map((one) => one.until(() => (one.last("roster")?.epoch ?? 0) > epoch, "updated")));
  });
  await Promise.all(room.everyone.map((one) => one.until(() => one.phase === "refused", "refused", NOTICED_MS)));
  for (const one of room.everyone) {
    assert.equal(one.last("phase")?.code, "room-not-genuine");
    assert.match(one.faults.join(), /rolled-back|head-differs/);
  }
});

test("without its data: the room is over for everyone, in words, and the next one works", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna", "ben");
  await redis.kill();
  emptied(redis.dataDir);
  await redis.restart();
  await Promise.all(room.everyone.map((one) => one.until(() => one.phase === "refused", "refused", NOTICED_MS)));
  for (const one of room.everyone) {
    assert.equal(one.last("phase")?.code, "no-such-room");
    assert.deepEqual(one.faults, []);
  }
  const next = await Room.open(relay.origin);
  await next.grow("anna", "ben");
  assert.equal(await next.host.say("here we are again"), true);
  await next.leave();
});

/** Redis forgets all that happens in `meanwhile`. */
async function restartedWithOlder(meanwhile: () => Promise<void>): Promise<void> {
  const saved = mkdtempSync(join(tmpdir(), "older-"));
  // Every write is in the file before it is answered (appendfsync always), so that it may be copied as it is.
  cpSync(redis.dataDir, saved, { recursive: true });
  await meanwhile();
  await redis.kill();
  emptied(redis.dataDir);
  cpSync(saved, redis.dataDir, { recursive: true });
  rmSync(saved, { recursive: true });
  await redis.restart();
}

function emptied(folder: string): void {
  rmSync(join(folder, "appendonlydir"), { recursive: true });
}
