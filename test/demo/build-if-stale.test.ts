/**
 * The widget that is served and tested was built from the sources that are there.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { buildIfStale } from "../../demo/build-if-stale.ts";

let root: string;
const silent = (): void => {};
const build = (): Promise<boolean> => buildIfStale(silent, root);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "whatping-build-"));
  mkdirSync(join(root, "widget", "seal"), { recursive: true });
  mkdirSync(join(root, "patches"));
  writeFileSync(join(root, "package-lock.json"), "{}");
  writeFileSync(join(root, "widget", "seal", "clip.ts"), "export const a = 1;");
  writeBuild('mkdirSync(join(import.meta.dirname, "dist"), { recursive: true });');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function writeBuild(code: string): void {
  const imports = 'import { mkdirSync } from "node:fs"; import { join } from "node:path";';
  writeFileSync(join(root, "widget", "build.ts"), `${imports} ${code}`);
}

test("builds once for the same sources, whatever their times", async () => {
  assert.equal(await build(), true);
  assert.equal(existsSync(join(root, "widget", "dist")), true);
  utimesSync(join(root, "widget", "seal", "clip.ts"), 0, 0);
  assert.equal(await build(), false);
});

test("builds again when a source, the lock file, a patch or the list of files changes, or the result is gone", async () => {
  await build();
  const changes = [
    () => writeFileSync(join(root, "widget", "seal", "clip.ts"), "export const a = 2;"),
    () => writeFileSync(join(root, "widget", "seal", "empty.ts"), ""),
    () => rmSync(join(root, "widget", "seal", "empty.ts")),
    () => writeFileSync(join(root, "package-lock.json"), "{ }"),
    () => writeFileSync(join(root, "patches", "tiny+1.0.0.patch"), ""),
    () => rmSync(join(root, "widget", "dist"), { recursive: true }),
  ];
  for (const change of changes) {
    change();
    assert.equal(await build(), true);
    assert.equal(await build(), false);
  }
});

test("says what a failed build said, and tries again the next time", async () => {
  writeBuild('console.error("no such module"); process.exit(1);');
  await assert.rejects(build, /no such module/);
  await assert.rejects(build, /no such module/);
});
