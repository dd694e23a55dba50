/** The log's lines go out few writes at a time, and none of them is lost while the process ends by itself. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { call } from "./support/api.ts";

const LOG = join(import.meta.dirname, "../../api/log.ts");
const MAIN = join(import.meta.dirname, "../../api/main.ts");

interface Line {
  readonly event: string;
  readonly level: string;
}

/** Runs a module in a process of its own. */
function run(script: string) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  return child;
}

async function linesOf(script: string): Promise<string[]> {
  const child = run(script);
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  await once(child, "close");
  return text.split("\n").slice(0, -1);
}

const opened = `
  import { openLog } from ${JSON.stringify(LOG)};
  const log = openLog("info");
  for (let i = 0; i < 1000; i++) log.info({ event: "line", i });`;

describe("the log", () => {
  for (const [how, end] of Object.entries({
    "ends by itself": "",
    "is told to end": "process.exit(3);",
    "throws what nobody catches": "throw new Error('unseen');",
    "rejects what nobody catches": "Promise.reject(new Error('unseen'));",
  })) {
    test(`has every line of a process that ${how}`, async () => {
      const lines = await linesOf(opened + end);
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).i),
        Array.from({ length: 1000 }, (_, i) => i),
      );
    });
  }

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    test(`has every request that was answered before ${signal}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "whatping-log-"));
      const child = spawn(process.execPath, [MAIN], {
        env: { DATA_DIR: folder },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.on("data", (chunk) => {
        text += chunk;
      });
      await once(child.stdout, "data");
      const base = `http://127.0.0.1:${JSON.parse(text).port}`;
      for (let i = 0; i < 30; i++) await call({ base }, "GET", "/healthz");
      child.kill(signal);
      const [code] = await once(child, "close");
      assert.equal(code, 0);
      const events = text
        .split("\n")
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as Line).event);
      assert.deepEqual(events, ["ready", ...Array(30).fill("request"), "closing"]);
      rmSync(folder, { recursive: true });
    });
  }

  test("says a warning at once, after what came before it", async () => {
    const child = run(`
      import { openLog } from ${JSON.stringify(LOG)};
      const log = openLog("info");
      log.info({ event: "before" });
      log.warn({ event: "warning" });
      for (;;);`);
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    child.kill("SIGKILL");
    const lines = chunk.toString().split("\n").slice(0, -1);
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as Line).event),
      ["before", "warning"],
    );
  });

  test("does not keep a line for long, though nothing follows it", async () => {
    const child = run(`
      import { openLog } from ${JSON.stringify(LOG)};
      openLog("info").info({ event: "alone" });
      setInterval(() => undefined, 1_000_000);`);
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    child.kill("SIGKILL");
    assert.equal((JSON.parse(chunk.toString()) as Line).event, "alone");
  });

  test("gathers lines: many are one write", async () => {
    const child = run(`${opened.replace("1000", "20")} setInterval(() => undefined, 1_000_000);`);
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    child.kill("SIGKILL");
    assert.equal(chunk.toString().split("\n").length, 21);
  });
});
