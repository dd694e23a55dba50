/**
 * The test of the tests judges strictly: only a red test of the right title counts as noticing a patch.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { faultOf } from "../sabotage/copy.ts";
import { type Patch, patches } from "../sabotage/patches.ts";
import { judge, soundness } from "../sabotage/verdict.ts";
import type { TestEnded } from "./test-events.ts";
import type { FileResult } from "./test-file.ts";

const root = join(import.meta.dirname, "..", "..");

const ended = (title: string, outcome: TestEnded["outcome"]): TestEnded => ({ kind: "ended", title, outcome, ms: 1 });
const result = (tests: TestEnded[], problem?: string): FileResult => ({
  file: "a.test.ts",
  tests,
  output: "",
  ms: 1,
  ...(problem === undefined ? {} : { problem }),
});

test("every patch can be applied: its text occurs once, its test is there", () => {
  assert.ok(patches.length > 0);
  const faults = patches.map((patch) => [patch.name, faultOf(patch, root)]).filter(([, fault]) => fault !== null);
  assert.deepEqual(faults, []);
  assert.equal(new Set(patches.map((patch) => patch.name)).size, patches.length);
});

test("refuses a patch whose text is missing, doubled, or replaced by itself", () => {
  const patch = patches[0] as Patch;
  assert.match(faultOf({ ...patch, find: "no such text" }, root) ?? "", /0 times/);
  assert.match(faultOf({ ...patch, find: "e" }, root) ?? "", /\d\d+ times/);
  assert.match(faultOf({ ...patch, replace: patch.find }, root) ?? "", /changes nothing/);
  assert.match(faultOf({ ...patch, test: "test/none.test.ts" }, root) ?? "", /there is no/);
});

test("calls a patch caught only if a test of its title is red or hangs", () => {
  assert.equal(judge(result([ended("clip › refuses x", "failed")]), "clip refuses").verdict, "caught");
  assert.equal(judge(result([], 'still in "refuses x" after 1 s: killed'), "refuses").verdict, "caught");
  assert.equal(judge(result([ended("refuses x", "passed")]), "refuses").verdict, "missed");
  assert.equal(judge(result([ended("other", "failed")]), "refuses").verdict, "missed");
  assert.equal(judge(result([], "the process ended with exit code 1"), "refuses").verdict, "error");
});

test("trusts a test only if it is there and green without the patch", () => {
  assert.equal(soundness(result([ended("refuses x", "passed")]), "refuses"), null);
  assert.match(soundness(result([ended("refuses x", "failed")]), "refuses") ?? "", /failed/);
  assert.match(soundness(result([ended("refuses x", "skipped")]), "refuses") ?? "", /skipped/);
  assert.match(soundness(result([ended("other", "passed")]), "refuses") ?? "", /no test/);
  assert.match(soundness(result([], "no test ran"), "refuses") ?? "", /no test ran/);
});
