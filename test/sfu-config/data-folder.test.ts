/**
 * Two servers never share one data folder.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { claimDataFolder } from "../../sfu-config/data-folder.ts";

let wanted: string;

beforeEach(() => {
  wanted = mkdtempSync(join(tmpdir(), "whatping-folder-"));
});
afterEach(() => rmSync(wanted, { recursive: true, force: true }));

test("gives the wanted folder to the first, and again after its release", () => {
  for (const _ of [1, 2]) {
    const folder = claimDataFolder(wanted);
    assert.deepEqual([folder.path, folder.kept], [wanted, true]);
    folder.release();
  }
});

test("gives a second process a temporary folder, which goes with its release", () => {
  // The parent of this test surely runs.
  writeFileSync(join(wanted, "in-use-by"), String(process.ppid));
  const folder = claimDataFolder(wanted);
  assert.equal(folder.kept, false);
  assert.notEqual(folder.path, wanted);
  folder.release();
  assert.equal(existsSync(folder.path), false);
  assert.equal(existsSync(wanted), true);
});

test("takes the folder over from a process that crashed", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(join(wanted, "in-use-by"), String(pid));
  const folder = claimDataFolder(wanted);
  assert.equal(folder.kept, true);
  folder.release();
});
