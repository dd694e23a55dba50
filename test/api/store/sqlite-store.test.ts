/** What is SQLite's alone: what was overwritten is gone from its files, and a crash loses nothing. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, test } from "node:test";
import { openSqliteStore } from "../../../api/store/embedded/sqlite-store.ts";
import { startTestApi, TestClip } from "../support/api.ts";

const STORE = join(import.meta.dirname, "../../../api/store/embedded/sqlite-store.ts");
const PAGE_BYTES = 4096;

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
      import { openSqliteStore } from ${JSON.stringify(STORE)};
      const store = openSqliteStore(${JSON.stringify(file)});
      const writer = async (name) => {
        for (let i = 0; ; i++) { await store.compareAndSet("wisp/" + name + i, null, "x"); process.stdout.write(name + i + "\\n"); }
      };
      for (const name of "abcdefgh") writer(name);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    for await (const chunk of child.stdout) {
      said += chunk;
      if (said.split("\n").length > 400) break;
    }
    child.kill("SIGKILL");
    await once(child, "exit");
    const store = openSqliteStore(file);
    for (const name of said.split("\n").slice(0, -1)) assert.ok(await store.get(`wisp/${name}`), name);
    await store.close();
  });

  test("writes what is asked at once in one transaction, with one wait for the disk", async () => {
    const file = join(folder, "together.sqlite");
    const store = openSqliteStore(file);
    const before = statSync(`${file}-wal`).size;
    await Promise.all(Array.from({ length: 200 }, (_, i) => store.compareAndSet(`wisp/${i}`, null, "x")));
    // A transaction of its own would write three pages for each.
    assert.ok(statSync(`${file}-wal`).size - before < 60 * PAGE_BYTES);
    await store.close();
  });

  test("refuses all who asked at once when it can't write, and has written nothing of theirs", async () => {
    const file = join(folder, "busy.sqlite");
    const store = openSqliteStore(file);
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const asked = Array.from({ length: 3 }, (_, i) => store.compareAndSet(`wisp/${i}`, null, "x"));
    const read = store.get("wisp/0");
    for (const write of asked) await assert.rejects(write, { code: "storage-unavailable" });
    assert.equal(await read, null);
    other.exec("COMMIT");
    for (let i = 0; i < 3; i++) assert.equal(await store.get(`wisp/${i}`), null);
    assert.ok(await store.compareAndSet("wisp/0", null, "x"));
    other.close();
    await store.close();
  });
});

function onDisk(path: string): string {
  return readdirSync(path)
    .filter((name) => name.startsWith("store.sqlite"))
    .map((name) => readFileSync(join(path, name), "latin1"))
    .join("\n");
}
