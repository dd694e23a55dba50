/** What is SQLite's alone: what was overwritten is gone from its files, and a crash loses nothing. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { openSqliteStore } from "../../../api/store/embedded/sqlite-store.ts";
import { startTestApi, TestClip } from "../support/api.ts";

const folder = mkdtempSync(join(tmpdir(), "whatping-sqlite-"));
after(() => rmSync(folder, { recursive: true }));

describe("the embedded store", () => {
  test("keeps nothing of a burned clip's IV, hash and metadata in any of its files", async () => {
    const api = await startTestApi({ dataDir: join(folder, "api") });
    const clip = await new TestClip(api).open();
    const gone = [clip.create.iv, clip.send.sha256, clip.send.metadata, clip.send.metadataIv];
    for (const text of gone) assert.ok(onDisk(join(folder, "api")).includes(text));
    await clip.burn();
    await api.sweeper.sweepOnce();
    for (const text of gone) assert.ok(!onDisk(join(folder, "api")).includes(text));
    await api.stop();
  });

  test("has what it said was written, though its process was killed right after", async () => {
    const file = join(folder, "killed.sqlite");
    const script = `
      import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, "../../../api/store/embedded/sqlite-store.ts"))};
      const store = openSqliteStore(${JSON.stringify(file)});
      for (let i = 0; ; i++) { await store.compareAndSet("wisp/" + i, null, "x"); process.stdout.write(i + "\\n"); }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    for await (const chunk of child.stdout) {
      said += chunk;
      if (said.split("\n").length > 50) break;
    }
    child.kill("SIGKILL");
    await once(child, "exit");
    const last = Number(said.trim().split("\n").at(-2));
    const store = openSqliteStore(file);
    for (let i = 0; i <= last; i++) assert.ok(await store.get(`wisp/${i}`), String(i));
    await store.close();
  });
});

function onDisk(path: string): string {
  return readdirSync(path)
    .filter((name) => name.startsWith("store.sqlite"))
    .map((name) => readFileSync(join(path, name), "latin1"))
    .join("\n");
}
