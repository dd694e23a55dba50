/** Who is heard, and in which order, from how loud each of them is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf } from "../../../widget/frame/loudness.ts";
import { Speaking } from "../../../widget/frame/room/call/speaking.ts";

const STEP_MS = 250;

function after(levels: readonly Readonly<Record<string, number>>[]): Speaking {
  const speaking = new Speaking();
  for (const [i, each] of levels.entries()) speaking.note(new Map(Object.entries(each)), i * STEP_MS);
  return speaking;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test("nobody is heard in a quiet room, and whoever speaks is, at once", () => {
  assert.deepEqual(after(times(8, { anna: 0.15, ben: 0 })).ids, []);
  assert.deepEqual(after([{ anna: 0.6, ben: 0.1 }]).ids, ["anna"]);
});

test("a pause between two words ends nobody's speaking, silence does", () => {
  const spoken = [{ anna: 0.6 }];
  assert.deepEqual(after([...spoken, ...times(3, { anna: 0 })]).ids, ["anna"]);
  assert.deepEqual(after([...spoken, ...times(5, { anna: 0 })]).ids, []);
});

test("whoever has gone is heard no more", () => {
  assert.deepEqual(after([{ anna: 0.6, ben: 0.6 }, ...times(5, { ben: 0.6 })]).ids, ["ben"]);
});

test("the loudest is first, and only who is clearly louder takes the place of another", () => {
  assert.deepEqual(after([{ anna: 0.5, ben: 0.8 }]).ids, ["ben", "anna"]);
  const first = times(4, { anna: 0.6, ben: 0.5 });
  assert.deepEqual(after([...first, ...times(8, { anna: 0.6, ben: 0.63 })]).ids, ["anna", "ben"]);
  assert.deepEqual(after([...first, { anna: 0.6, ben: 0.9 }]).ids, ["anna", "ben"]);
  assert.deepEqual(after([...first, ...times(8, { anna: 0.6, ben: 0.9 })]).ids, ["ben", "anna"]);
});

test("it says whether anything has changed", () => {
  const speaking = new Speaking();
  assert.equal(speaking.note(new Map([["anna", 0.1]]), 0), false);
  assert.equal(speaking.note(new Map([["anna", 0.6]]), 250), true);
  assert.equal(speaking.note(new Map([["anna", 0.7]]), 500), false);
});

test("loudness goes over 60 dB: full scale is 1, a thousandth of it 0, silence too", () => {
  assert.equal(levelOf(1), 1);
  assert.ok(Math.abs(levelOf(1e-3) - 0.5) < 1e-9);
  assert.equal(levelOf(1e-6), 0);
  assert.equal(levelOf(0), 0);
});
