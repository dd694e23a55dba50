/**
 * Three and five people in a call through a real LiveKit; two of them leave, one crashes, and comes back.
 * Source: product.md R16.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { Room } from "../rooms/headless.ts";
import type { World } from "../world.ts";
import { Caller, openCall } from "./caller.ts";

const NAMES = ["Anna", "Ben", "Cleo", "Dora", "Emil"];
let world: World;
let room: Room;
const people: Caller[] = [];

before(async () => {
  await buildIfStale(() => undefined);
  ({ world, room } = await openCall());
});
after(async () => {
  await world.close();
  await room.host.member.leave();
});

const enter = async (...names: string[]) =>
  people.push(...(await Promise.all(names.map((name) => Caller.enter(world, room, name, "camera", "microphone")))));

/** Everybody sees and hears everybody. */
async function untilAll(): Promise<string> {
  const since = performance.now();
  const names = people.map(({ name }) => name);
  await Promise.all(
    people.map((each) =>
      each.untilSees(
        names.filter((name) => name !== each.name),
        5,
      ),
    ),
  );
  await Promise.all(people.map((each) => each.untilHears(names)));
  return `${names.length} people: ${((performance.now() - since) / 1000).toFixed(1)} s`;
}

test("three people see and hear each other", async (t) => {
  await enter(...NAMES.slice(0, 3));
  t.diagnostic(await untilAll());
});

test("five people see and hear each other", async (t) => {
  await enter(...NAMES.slice(3));
  t.diagnostic(await untilAll());
});

test("whoever leaves sends nothing more, with all devices off; the others go on", async () => {
  const left = people.splice(3);
  await Promise.all(left.map((each) => each.leave()));
  assert.deepEqual(await Promise.all(left.map((each) => each.live())), [0, 0]);
  await Promise.all(left.map((each) => each.close()));
  await Promise.all(people.map((each) => each.until("three", async () => (await each.told()).tiles.length === 2)));
});

test("whoever's browser crashes is gone, and comes back", async (t) => {
  await people.pop()?.close();
  await Promise.all(people.map((each) => each.until("two", async () => (await each.told()).tiles.length === 1)));
  await enter("Cleo");
  t.diagnostic(await untilAll());
});
