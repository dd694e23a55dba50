/**
 * What patches/ says of an installed package is true of it when a program starts: after a fresh install, on packages
 * that are there already, and after the patch has changed. A patch that does not apply stops everything.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
let project: string;

/** A project whose package to patch comes from a tarball of its own: installing it needs no registry. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "whatping-patches-"));
  for (const folder of ["demo", "patches", "tiny", "patch-package"]) mkdirSync(join(project, folder));
  cpSync(join(root, "demo", "install.mjs"), join(project, "demo", "install.mjs"));
  writeJson("tiny/package.json", { name: "tiny", version: "1.0.0", main: "index.js" });
  write("tiny/index.js", "exports.word = 'as published';\n");
  const packed = spawnSync("npm", ["pack", "./tiny"], { cwd: project, encoding: "utf8", env: ownEnvironment() });
  assert.equal(packed.status, 0, packed.stderr);
  // The real program, whose own packages npm need not know of.
  writeJson("patch-package/package.json", { name: "patch-package", version: "1.0.0" });
  const program = join(root, "node_modules", "patch-package", "index.js");
  write("patch-package/index.js", `require(${JSON.stringify(program)});`);
  writeManifests();
  write("program.mjs", "import { word } from 'tiny'; console.log(word);");
  write("patches/tiny+1.0.0.patch", patchTo("patched"));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function writeManifests(): void {
  const dependencies = { tiny: "file:tiny-1.0.0.tgz", "patch-package": "file:patch-package" };
  const own = { name: "project", version: "1.0.0", type: "module", dependencies };
  const packages = {
    "": own,
    "node_modules/tiny": { version: "1.0.0", resolved: "file:tiny-1.0.0.tgz" },
    "node_modules/patch-package": { resolved: "patch-package", link: true },
    "patch-package": { version: "1.0.0" },
  };
  writeJson("package.json", own);
  writeJson("package-lock.json", { name: "project", version: "1.0.0", lockfileVersion: 3, packages });
}

const write = (file: string, text: string): void => writeFileSync(join(project, file), text);
const writeJson = (file: string, value: object): void => write(file, JSON.stringify(value));
const installedText = (): string => readFileSync(join(project, "node_modules", "tiny", "index.js"), "utf8");

const patchTo = (word: string, from = "as published"): string =>
  [
    "diff --git a/node_modules/tiny/index.js b/node_modules/tiny/index.js",
    "--- a/node_modules/tiny/index.js",
    "+++ b/node_modules/tiny/index.js",
    "@@ -1 +1 @@",
    `-exports.word = '${from}';`,
    `+exports.word = '${word}';`,
    "",
  ].join("\n");

/** What a surrounding npm says about itself concerns another project. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}

function run(): { code: number | null; output: string } {
  const args = [join("demo", "install.mjs"), "program.mjs"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: "utf8",
    env: ownEnvironment(),
  });
  return { code: status, output: `${stdout}${stderr}` };
}

test("a fresh install is patched before the program runs", () => {
  const { code, output } = run();
  assert.match(output, /^install .*\npatched\n$/);
  assert.equal(code, 0);
});

test("packages that are there already are patched in place, once", () => {
  run();
  rmSync(join(project, "node_modules", ".installed-lock"));
  write("node_modules/tiny/index.js", "exports.word = 'as published';\n");
  assert.deepEqual(run(), { code: 0, output: "patched\n" });
  rmSync(join(project, "node_modules", ".installed-lock"));
  assert.deepEqual(run(), { code: 0, output: "patched\n" });
});

test("a changed patch replaces the one that was applied", () => {
  run();
  write("patches/tiny+1.0.0.patch", patchTo("patched anew"));
  assert.match(run().output, /^install .*\npatched anew\n$/);
});

test("a patch that does not fit stops the program, every time, and says which", () => {
  write("patches/tiny+1.0.0.patch", patchTo("patched", "something else"));
  for (let time = 0; time < 2; time++) {
    const { code, output } = run();
    assert.equal(code, 1);
    assert.match(output, /does not apply \(patches\/\):[\s\S]*tiny/);
    assert.doesNotMatch(output, /^(patched|as published)$/m);
  }
  assert.match(installedText(), /as published/);
});

test("a patch made for another version stops the program", () => {
  rmSync(join(project, "patches", "tiny+1.0.0.patch"));
  write("patches/tiny+0.9.0.patch", patchTo("patched"));
  const { code, output } = run();
  assert.equal(code, 1);
  assert.match(output, /does not apply/);
  assert.equal(existsSync(join(project, "node_modules", ".installed-lock")), false);
});
