/**
 * The test runner tells the truth: what fails, hangs, dies or tests nothing is counted as failed, under its file and
 * title. Otherwise no green run would mean anything.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { runBrowserTests } from "./browser-tests.ts";
import { planTests } from "./plan.ts";
import { closingLine, count, exitCode, fileLine, report } from "./tally.ts";
import { type FileResult, runTestFile, type TestFileOptions } from "./test-file.ts";

const root = join(import.meta.dirname, "..", "..");
const outputDir = mkdtempSync(join(tmpdir(), "whatping-run-"));
after(() => rmSync(outputDir, { recursive: true, force: true }));

/** Not merely waiting for its parent to notice that it has ended. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}

const fixture = (name: string, options: Partial<TestFileOptions> = {}): Promise<FileResult> =>
  runTestFile(`test/support/fixtures/${name}.test.ts`, { root, outputDir, timeoutMs: 60_000, ...options });

test("counts every test once, parents and suites not at all", async () => {
  const result = await fixture("mixed");
  assert.deepEqual(count([result]), { passed: 2, failed: 1, skipped: 1 });
  assert.equal(result.problem, undefined);
});

test("reports a failure with file, title, reason and the file's output", async () => {
  const text = report([await fixture("mixed")]);
  assert.match(text, /fixtures\/mixed\.test\.ts › suite › fails\n\s+Error: as it should/);
  assert.match(text, /printed before the failure/);
  assert.equal(text.split("\n").at(-1), "2 passed, 1 failed, 1 skipped");
});

test("runs only the tests whose title matches", async () => {
  assert.deepEqual(count([await fixture("mixed", { titlePattern: "^passes$" })]), { passed: 1, failed: 0, skipped: 0 });
});

test("counts a failed hook", async () => {
  const { failed, passed } = count([await fixture("hook")]);
  assert.ok(failed >= 1);
  assert.equal(passed, 0);
});

test("kills a file that hangs and names the test it hung in", async () => {
  const result = await fixture("hung", { timeoutMs: 3000 });
  assert.equal(result.problem, 'still in "never ends" after 3 s: killed');
  assert.deepEqual(count([result]), { passed: 1, failed: 1, skipped: 0 });
});

test("kills a file that spins and ignores SIGTERM", async () => {
  const result = await fixture("spinning", { timeoutMs: 2000 });
  assert.match(result.problem ?? "", /killed$/);
  assert.ok(result.ms < 10_000);
});

test("counts a file whose process does not end as failed", async () => {
  assert.match((await fixture("lingering", { timeoutMs: 3000 })).problem ?? "", /did not end after 3 s: killed$/);
});

test("counts a file without tests as failed", async () => {
  const result = await fixture("empty");
  assert.equal(result.problem, "no test ran");
  assert.match(fileLine(result), /^FAIL .*0 passed, 1 failed.*\(no test ran\)$/);
});

test("counts a file that exits before its tests have run as failed", async () => {
  assert.equal(count([await fixture("dying")]).failed, 1);
});

test("counts an error after the last test as failed", async () => {
  assert.equal(count([await fixture("late")]).failed, 1);
});

test("ends what a file left running", async () => {
  const { output } = await fixture("orphan");
  const pid = Number(/left (\d+)/.exec(output)?.[1]);
  assert.ok(pid > 0);
  // Told to end, it ends when the machine gets to it; nothing says when, as it is no child of this process.
  for (const started = Date.now(); isAlive(pid); await pause(20)) {
    assert.ok(Date.now() - started < 10_000, "it still runs");
  }
});

test("calls a run without a single passed test failed", () => {
  assert.equal(exitCode({ passed: 0, failed: 0, skipped: 3 }), 1);
  assert.equal(exitCode({ passed: 1, failed: 0, skipped: 0 }), 0);
  assert.equal(exitCode({ passed: 5, failed: 1, skipped: 0 }), 1);
});

test("closes with a line that holds nothing but the counts", () => {
  assert.equal(closingLine({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
});

test("plans each file once, checks first, and never a fixture", () => {
  const plan = planTests(root, []);
  const all = [...plan.checks, ...plan.tests, ...plan.browser, ...plan.last];
  assert.ok(plan.tests.includes("test/support/run.test.ts"));
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(
    all.filter((file) => file.includes("/fixtures/")),
    [],
  );
});

test("plans only files whose path holds a filter", () => {
  assert.deepEqual(planTests(root, ["support/run.test"]).tests, ["test/support/run.test.ts"]);
  assert.deepEqual(planTests(root, ["no such file"]).tests, []);
});

test("counts browser tests by file and title, and a file that can't be loaded as failed", async () => {
  const files = ["red", "unloadable"].map((name) => `test/support/fixtures/${name}.wtr.ts`);
  const results = await runBrowserTests(files, { root, outputDir, env: process.env, timeoutMs: 60_000 });
  assert.deepEqual(count(results), { passed: 1, failed: 2, skipped: 0 });
  assert.match(report(results), /red\.wtr\.ts › in the browser › fails\n\s+not equal: 1 instead of 2/);
  assert.notEqual(results.find((result) => result.file === files[1])?.problem, undefined);
});
