/**
 * API processes are killed one after the other under the people who talk through them, behind a balancer, on one Redis:
 * nobody notices more than a pause. Source: product.md R2, O4; protocol.md §5.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type GivenRedis, testRedis } from "../../api/support/services.ts";
import { type Balancer, startBalancer } from "./balancer.ts";
import { type Headless, Room } from "./headless.ts";
import { type ApiProcess, startProcess } from "./processes.ts";

/** What each says in all. */
const WORDS = 120;

let redis: GivenRedis;
let balancer: Balancer;
const processes: ApiProcess[] = [];
const start = () => startProcess({ REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix });

before(async () => {
  redis = await testRedis();
  processes.push(...(await Promise.all([start(), start(), start()])));
  balancer = await startBalancer(() => processes.map(({ port }) => port));
});
after(async () => {
  await balancer?.close();
  await redis?.stop();
});

test("killed in turn under chat load, processes lose nothing, double nothing, and keep each sender's order", async (t) => {
  const room = await Room.open(balancer.origin);
  await room.grow("anna", "ben", "cleo", "dora");
  const people = room.present;
  const talking = Promise.all(people.map(talk));
  for (let turn = 1; turn <= 6; turn++) {
    await room.host.until(() => room.host.heard.length >= turn * WORDS * 0.6, `in the middle of it, ${turn}`);
    const killed = processes.shift();
    await killed?.kill();
    processes.push(await start());
  }
  await talking;
  const all = people.length * WORDS;
  await Promise.all(people.map((one) => one.until(() => one.heard.length >= all, `all ${all} heard`)));
  for (const one of people) {
    assert.deepEqual(one.heard, room.host.heard);
    assert.deepEqual(one.faults, []);
  }
  for (const { name } of people) {
    const said = room.host.heard.filter((text) => text.startsWith(`${name} `));
    assert.deepEqual(said, words(name));
  }
  room.assertOne();
  const cuts = people.flatMap((one) => one.all("phase").filter(({ phase }) => phase === "reconnecting")).length;
  assert.ok(cuts >= people.length, "everyone was cut off at least once on average");
  t.diagnostic(`6 processes killed, ${cuts} connections cut, ${all} said, ${room.host.heard.length} heard`);
  await room.leave();
});

test("somebody who waits at the door of a process that is killed comes in by another", async () => {
  const room = await Room.open(balancer.origin);
  const guests = await Promise.all(Array.from({ length: 4 }, (_, i) => room.invite(`guest ${i}`)));
  await Promise.all(guests.map((one) => one.until(() => one.phase === "waiting" || one.phase === "in", "at the door")));
  const killed = processes.shift();
  await killed?.kill();
  processes.push(await start());
  await room.untilPeople(5);
  room.assertOne();
  assert.equal(await room.host.say("welcome"), true);
  await Promise.all(guests.map((one) => one.untilHeard("welcome")));
  await room.leave();
});

const words = (name: string): string[] => Array.from({ length: WORDS }, (_, i) => `${name} ${i}`);

/** Two at a time: one is always under way. */
async function talk(one: Headless): Promise<void> {
  const said = words(one.name);
  for (let i = 0; i < said.length; i += 2) await Promise.all(said.slice(i, i + 2).map((text) => one.say(text)));
}
