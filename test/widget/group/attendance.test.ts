/** Who is there: what the relay says, what was heard, and whose keys have grown old. Source: protocol.md §5. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Attendance } from "../../../widget/group/attendance.ts";
import type { CommitTurn } from "../../../widget/group/commit-turn.ts";
import { ownLeafOf } from "../../../widget/group/mls/group-state.ts";
import { Needs } from "../../../widget/group/needs.ts";
import { updatePeriod } from "../../../widget/group/presence.ts";
import { adoptOwn } from "../../../widget/group/room-state.ts";
import { STALE_PERIODS, UNCONFIRMED_MS, UPDATE_MS } from "../../../widget/wire/room-limits.ts";
import { Lab, newPerson } from "./lab.ts";

/** A founder who looks at a room of three, on a clock of the test's own. */
async function looking() {
  const lab = await Lab.open();
  const people = await Promise.all(["anna", "ben"].map((name) => newPerson(name)));
  const alone = await lab.found();
  const add = await Promise.all(people.map((person) => lab.asks(person, alone)));
  const { made, claim, poster } = await lab.commit(alone, { add });
  const adopted = await adoptOwn(alone, made, poster, claim);
  assert.ok("state" in adopted);
  const { state } = adopted;
  const needs = new Needs();
  const later: (() => void)[] = [];
  const unconfirmed: (readonly string[])[] = [];
  const postKeys = () => [...state.roster.values()].map(({ postKey }) => postKey);
  mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  const attendance = new Attendance({
    own: lab.founder.post,
    turn: { needs, consider: () => undefined } as unknown as CommitTurn,
    postKeys,
    later: (work) => later.push(work),
    unconfirmed: (keys) => unconfirmed.push(keys),
  });
  const [anna = "", ben = ""] = people.map(({ post }) => post);
  const removed = () => needs.change(state, lab.founder.post).remove;
  const pass = (ms: number) => mock.timers.tick(ms);
  return { lab, state, attendance, anna, ben, removed, pass, later, unconfirmed };
}

test("the relay's word that somebody is gone does not count while that somebody is heard", async (t) => {
  t.after(() => mock.timers.reset());
  const { attendance, anna, removed, pass, later } = await looking();
  attendance.gone(anna, false);
  assert.deepEqual(removed(), []);
  pass(UNCONFIRMED_MS);
  attendance.heard(anna);
  later.shift()?.();
  assert.deepEqual(removed(), []);
  pass(UNCONFIRMED_MS);
  later.shift()?.();
  assert.deepEqual(removed(), [{ postKey: anna, reason: "gone" }]);
});

test("who is connected again is not gone, however silent it is then", async (t) => {
  t.after(() => mock.timers.reset());
  const { attendance, anna, ben, removed, pass, later } = await looking();
  attendance.gone(anna, false);
  attendance.present([anna, ben]);
  pass(UNCONFIRMED_MS);
  later.shift()?.();
  assert.deepEqual(removed(), []);
  attendance.gone(anna, false);
  assert.deepEqual(removed(), [{ postKey: anna, reason: "gone" }]);
});

test("who said goodbye in the group has left; who is only said to have left was lost", async (t) => {
  t.after(() => mock.timers.reset());
  const { attendance, anna, ben, removed, state } = await looking();
  attendance.goodbye(anna);
  assert.deepEqual(removed(), [{ postKey: anna, reason: "left" }]);
  const people = [...state.roster.values()].filter(({ postKey }) => postKey === anna || postKey === ben);
  const seen = attendance.honest(people.map((who) => ({ who, reason: "left" as const })));
  assert.deepEqual(
    seen.map(({ who, reason }) => [who.postKey, reason]),
    people.map(({ postKey }) => [postKey, postKey === anna ? "left" : "gone"]),
  );
});

test("who is not heard of for ten seconds is not confirmed, and is again once it is", async (t) => {
  t.after(() => mock.timers.reset());
  const { attendance, anna, ben, pass, unconfirmed } = await looking();
  pass(UNCONFIRMED_MS);
  attendance.heard(ben);
  attendance.beat();
  attendance.heard(anna);
  attendance.beat();
  assert.deepEqual(unconfirmed, [[anna], []]);
});

test("a leaf that has not committed for three periods is removed; one that has, and one's own, is not", async (t) => {
  t.after(() => mock.timers.reset());
  const { attendance, anna, ben, removed, pass, state, lab } = await looking();
  assert.equal(updatePeriod(3), UPDATE_MS);
  assert.equal(updatePeriod(200), 600_000);
  pass(STALE_PERIODS * UPDATE_MS - 1);
  attendance.beat();
  assert.deepEqual(removed(), []);
  attendance.committed(ben);
  pass(1);
  attendance.beat();
  assert.deepEqual(removed(), [{ postKey: anna, reason: "gone" }]);
  assert.equal(state.roster.get(ownLeafOf(state.group))?.postKey, lab.founder.post);
});
