/**
 * A fresh clone runs with one command: what the lock file lists is installed once, and programs run on the Node that
 * came with it, whatever Node the machine has.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

let project: string;

const tiny = { name: "tiny", version: "1.0.0" };

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "whatping-install-"));
  mkdirSync(join(project, "demo"));
  mkdirSync(join(project, "tiny"));
  cpSync(join(import.meta.dirname, "..", "..", "demo", "install.mjs"), join(project, "demo", "install.mjs"));
  writeFileSync(join(project, "program.mjs"), "console.log('ran', process.argv.slice(2).join());");
  writeProject({});
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

/** A project whose only package lies in a folder of its own, so that installing it needs no registry. */
function writeProject(fields: object): void {
  const own = { name: "project", version: "1.0.0", dependencies: { tiny: "file:tiny" } };
  const packages = {
    "": own,
    "node_modules/tiny": { resolved: "tiny", link: true },
    tiny: { ...tiny, ...fields },
  };
  writeFileSync(join(project, "package.json"), JSON.stringify({ ...own, type: "module" }));
  writeFileSync(join(project, "package-lock.json"), JSON.stringify({ name: "project", lockfileVersion: 3, packages }));
  writeFileSync(join(project, "tiny", "package.json"), JSON.stringify({ ...tiny, ...fields }));
}

function start(...args: string[]): ChildProcess {
  // What a surrounding npm says about itself concerns another project.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  return spawn(process.execPath, [join("demo", "install.mjs"), ...args], { cwd: project, env, stdio: "pipe" });
}

async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = start(...args);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

test("installs what the lock file lists, once, then runs the program with its arguments", async () => {
  const first = await run("program.mjs", "a", "b");
  assert.match(first.output, /^install .*\nran a,b\n$/);
  assert.equal(first.code, 0);
  assert.equal((await run("program.mjs")).output, "ran \n");
});

test("installs again when the installed packages are gone", async () => {
  await run("program.mjs");
  rmSync(join(project, "node_modules"), { recursive: true });
  assert.match((await run("program.mjs")).output, /^install /);
});

test("says why an install failed, and runs nothing", async () => {
  const file = join(project, "package.json");
  writeFileSync(file, JSON.stringify({ name: "project", version: "1.0.0", dependencies: { other: "1.0.0" } }));
  const { code, output } = await run("program.mjs");
  assert.equal(code, 1);
  assert.match(output, /could not be installed \(npm ci\):\n.*in sync/s);
  assert.doesNotMatch(output, /ran/);
});

test("runs the program on the Node that was installed, not on the one that started it", async () => {
  const node = join(project, "tiny", "node.sh");
  writeFileSync(node, "#!/bin/sh\necho pinned $(basename $1) $2\n");
  chmodSync(node, 0o755);
  writeProject({ bin: { node: "node.sh" } });
  assert.match((await run("program.mjs", "x")).output, /\npinned program\.mjs x\n$/);
});

test("hands on the program's exit code", async () => {
  writeFileSync(join(project, "program.mjs"), "process.exit(7);");
  assert.equal((await run("program.mjs")).code, 7);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`hands on ${signal} and waits for the program's own end`, async () => {
    const code = `process.on("${signal}", () => setTimeout(() => process.exit(9), 100)); console.log("up");
      setInterval(() => {}, 1000);`;
    writeFileSync(join(project, "program.mjs"), code);
    const child = start("program.mjs");
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (/^up$/m.test(output)) child.kill(signal);
    });
    assert.deepEqual(await once(child, "exit"), [9, null]);
  });
}
