/** Redis, S3 or a process of ours dies in the middle: nothing is promised that is not kept, and all goes on by itself. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { clipPrefix } from "../../api/blobs/blobs.ts";
import { type OwnService, startMinio, startRedis } from "../support/own-services.ts";
import { call, refused, startTestApi, type TestApi, TestClip } from "./support/api.ts";
import { assertSameBytes } from "./support/bytes.ts";

const MAIN = join(import.meta.dirname, "../../api/main.ts");

let redis: OwnService;
let minio: OwnService;
let api: TestApi;
before(async () => {
  [redis, minio] = await Promise.all([startRedis(), startMinio()]);
  api = await startTestApi({ environment: { REDIS_URL: redis.url, S3_URL: minio.url } });
});
after(async () => {
  await api?.stop();
  await Promise.all([redis?.stop(), minio?.stop()]);
});

describe("when S3 is killed", () => {
  test("a burn ends the clip at once, promises no deletion, and keeps its word when S3 is back", async () => {
    const clip = await new TestClip(api).open();
    await minio.kill();
    const answer = await clip.burn();
    assert.deepEqual(answer.json, { state: "burned" });
    refused(await clip.getPiece(0), "clip-over");
    assert.equal((await clip.receipt()).json.deletedAt, undefined);
    api.clock.pass(60);
    await api.sweeper.sweepOnce();
    assert.equal((await clip.receipt()).json.deletedAt, undefined);
    await minio.restart();
    assert.equal((await api.blobs.list(clipPrefix(clip.id))).length, 2);
    api.clock.pass(600);
    await api.sweeper.sweepOnce();
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    assert.equal((await clip.receipt()).json.deletedAt, api.clock.ms);
    assert.deepEqual((await clip.burn()).json, { state: "burned", deletedAt: api.clock.ms });
  });

  test("uploads, Send and downloads are refused for the moment, and repeat well", async () => {
    const draft = await new TestClip(api).upload();
    const open = await new TestClip(api).open();
    await minio.kill();
    for (const answer of [await draft.putPiece(0), await draft.postSend(), await open.getPiece(0)]) {
      refused(answer, "storage-unavailable");
      assert.equal(answer.headers.get("retry-after"), "2");
    }
    refused(await call(api, "GET", "/readyz"), "storage-unavailable");
    assert.equal((await call(api, "GET", "/healthz")).status, 200);
    await minio.restart();
    assert.equal((await call(api, "GET", "/readyz")).status, 200);
    assert.equal((await draft.putPiece(0)).status, 200);
    assert.equal((await draft.postSend()).status, 200);
    assertSameBytes((await open.getPiece(0)).bytes, open.pieces[0]);
  });

  test("a hash check that could not be done is no verdict, and is done later", async () => {
    const clip = await new TestClip(api).publish();
    await minio.kill();
    await api.sweeper.sweepOnce();
    assert.equal((await clip.receipt()).json.state, "ready");
    await minio.restart();
    api.clock.pass(600);
    await api.sweeper.sweepOnce();
    assert.ok(!(await api.store.get(`wisp/${clip.id}`))?.value.includes('"check"'));
    assert.equal((await clip.receipt()).json.state, "ready");
  });

  test("a burn does not wait for an S3 that stands still", async () => {
    const clip = await new TestClip(api).open();
    minio.freeze();
    const startedAt = performance.now();
    const answer = await clip.burn();
    assert.ok(performance.now() - startedAt < 4_000);
    assert.deepEqual(answer.json, { state: "burned" });
    refused(await call(api, "GET", "/readyz"), "storage-unavailable");
    minio.thaw();
    await deletedSoon(clip);
  });
});

describe("when Redis is killed", () => {
  test("requests are refused at once in the middle of an upload, which then goes on where it was", async () => {
    const clip = new TestClip(api, { pieces: 4 });
    await clip.putDraft();
    await clip.putPiece(0);
    await clip.putPiece(1);
    const inFlight = clip.putPiece(2);
    await redis.kill();
    const hit = await inFlight;
    if (hit.status !== 200) refused(hit, "storage-unavailable");
    const startedAt = performance.now();
    const answers = await Promise.all([clip.putPiece(3), clip.postSend(), clip.receipt(), call(api, "GET", "/readyz")]);
    assert.ok(performance.now() - startedAt < 1_000);
    for (const answer of answers) {
      refused(answer, "storage-unavailable");
      assert.equal(answer.headers.get("retry-after"), "2");
    }
    await redis.restart();
    await readySoon();
    for (const index of [2, 3]) assert.equal((await clip.putPiece(index)).status, 200);
    assert.equal((await clip.postSend()).status, 200);
    assert.equal((await clip.takeLease()).status, 200);
    assertSameBytes((await clip.getPiece(1)).bytes, clip.pieces[1]);
  });

  test("a lease, a lapse and a tombstone outlive it", async () => {
    const open = await new TestClip(api).open();
    const burned = await new TestClip(api).open();
    await burned.burn();
    await redis.kill();
    await redis.restart();
    await readySoon();
    assert.equal((await open.beat(5)).status, 200);
    refused(await burned.takeLease(), "clip-over");
    assert.equal((await burned.receipt()).json.state, "burned");
  });

  test("one that stands still costs a request 3 s, and not one more once it goes on", async () => {
    const clip = await new TestClip(api).open();
    redis.freeze();
    const startedAt = performance.now();
    refused(await clip.beat(1), "storage-unavailable");
    const waited = performance.now() - startedAt;
    assert.ok(waited > 2_500 && waited < 4_500, String(waited));
    redis.thaw();
    await readySoon();
    assert.equal((await clip.beat(2)).status, 200);
  });
});

describe("when a process of ours is killed", () => {
  const children = new Set<ChildProcess>();
  const folder = mkdtempSync(join(tmpdir(), "whatping-crash-"));
  after(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  async function startProcess(sweepMs = 100): Promise<{ base: string; child: ChildProcess }> {
    const env = {
      REDIS_URL: redis.url,
      REDIS_PREFIX: "crash:",
      S3_URL: minio.url,
      DATA_DIR: folder,
      SWEEP_MS: String(sweepMs),
    };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "inherit"] });
    children.add(child);
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    child.stdout?.resume();
    return { base: `http://127.0.0.1:${JSON.parse(line.toString()).port}`, child };
  }

  test("between tombstone and deletion, another one deletes, and writes the receipt", async () => {
    const first = await startProcess(60_000);
    const clip = await new TestClip(first).open();
    minio.freeze();
    // The answer comes only once the tombstone is written, and the deletion hangs.
    assert.deepEqual((await clip.burn()).json, { state: "burned" });
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    minio.thaw();
    assert.equal((await api.blobs.list(clipPrefix(clip.id))).length, 2);
    const second = await startProcess();
    clip.api = second;
    await deletedSoon(clip);
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
  });

  test("in the middle of an upload, the clip goes on at another one", async () => {
    const [first, second] = await Promise.all([startProcess(), startProcess()]);
    const clip = new TestClip(first, { pieces: 3 });
    await clip.putDraft();
    await clip.putPiece(0);
    const cut = clip.putPiece(1).catch(() => null);
    first.child.kill("SIGKILL");
    await cut;
    clip.api = second;
    for (const index of [1, 2]) assert.equal((await clip.putPiece(index)).status, 200);
    assert.equal((await clip.postSend()).status, 200);
    await clip.takeLease();
    assertSameBytes((await clip.getPiece(1)).bytes, clip.pieces[1]);
  });
});

/** The process says nothing when it has done it, so that it is asked again and again; its clock is its own. */
async function deletedSoon(clip: TestClip): Promise<void> {
  await soon(async () => {
    if (clip.api === api) {
      api.clock.pass(60);
      await api.sweeper.sweepOnce();
    }
    return (await clip.receipt()).json.deletedAt !== undefined;
  });
}

async function readySoon(): Promise<void> {
  await soon(async () => (await call(api, "GET", "/readyz")).status === 200);
}

async function soon(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  while (!(await holds())) {
    assert.ok(performance.now() < giveUpAt, "it did not come to that within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
