/**
 * The drawer's right half against what is truly stored, on embedded defaults and on Redis and S3 given by URL.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Demo, type DemoOptions, startDemo } from "../../demo/demo.ts";
import { type Services, startServices } from "../../sfu-config/services.ts";
import { paths } from "../../widget/wire/client-api.ts";

test("shows records, pieces and log as the embedded store and folder have them, and their end", async () => {
  await withFolder(async (folder) => {
    await showsWhatIsStored({ servers: "embedded", env: { ...process.env, DATA_DIR: folder } });
  });
});

test("shows records, pieces and log as Redis and S3 given by URL have them, and their end", async () => {
  await withFolder(async (folder) => {
    const services = await someServers(folder);
    const name = `t${randomBytes(6).toString("hex")}`;
    const bucket = new URL(services.s3Url ?? "");
    bucket.pathname = `/${name}`;
    const given = { REDIS_URL: services.redisUrl, REDIS_PREFIX: `${name}:`, S3_URL: bucket.href };
    try {
      const lines = await showsWhatIsStored({ servers: "auto", env: { ...process.env, DATA_DIR: folder, ...given } });
      assert.match(lines.join("\n"), /^database {2}given by REDIS_URL: [\w.:]+$/m);
      assert.match(lines.join("\n"), /^blobs {5}given by S3_URL: [\w.:]+$/m);
    } finally {
      await services.stop();
    }
  });
});

async function showsWhatIsStored(options: Omit<DemoOptions, "print">): Promise<string[]> {
  const lines: string[] = [];
  const demo = await startDemo({ ...options, print: (line) => void lines.push(line), anyPorts: true });
  try {
    const clip = await someDraft(demo);
    const [seen] = (await demo.eye.snapshot()).clips;
    assert.equal(seen?.id, clip.id);
    const record = seen.record as Record<string, unknown>;
    assert.equal(record.state, "draft");
    assert.equal(record.manageTokenHash, createHash("sha256").update(clip.token).digest("base64url"));
    const { bytes, head } = seen.objects[0] ?? {};
    assert.equal(seen.objects.length, 1);
    assert.equal(bytes, clip.piece.length);
    assert.equal(head, clip.piece.subarray(0, 256).toString("base64"));

    assert.equal((await ask(demo, "POST", paths.action(clip.id, "discard"), clip.token)).status, 200);
    const {
      clips: [ended],
      log,
    } = await demo.eye.snapshot();
    assert.match(JSON.stringify(ended?.record), /"state":"discarded"/);
    assert.deepEqual(ended?.objects, []);
    // The last line may still be under way: it is written when its answer has left.
    assert.ok(log.length >= 2 && log.every((line) => JSON.parse(line).clipId === clip.id), `${log}`);
    assert.ok(!log.join("").includes(clip.token.toString("base64url")), "the log has the token");
    return lines;
  } finally {
    await demo.stop();
  }
}

/** A draft with one piece, as the recorder makes it. */
async function someDraft(demo: Demo): Promise<{ id: string; token: Buffer; piece: Buffer }> {
  const [id, token, piece] = [randomBytes(16).toString("base64url"), randomBytes(32), randomBytes(1_000)];
  const body = { iv: randomBytes(12).toString("base64url"), viewTokenHash: randomBytes(32).toString("base64url") };
  const json = { "content-type": "application/json" };
  assert.equal(
    (await ask(demo, "PUT", paths.clip(id), token, { body: JSON.stringify(body), headers: json })).status,
    201,
  );
  const digest = createHash("sha256").update(piece).digest("base64");
  const headers = { "content-type": "application/octet-stream", "content-digest": `sha-256=:${digest}:` };
  assert.equal(
    (await ask(demo, "PUT", paths.piece(id, 0), token, { body: new Uint8Array(piece), headers })).status,
    200,
  );
  return { id, token, piece };
}

async function ask(
  demo: Demo,
  method: string,
  path: string,
  token: Buffer,
  { headers = {}, ...rest }: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
): Promise<Response> {
  const authorization = `Bearer ${token.toString("base64url")}`;
  const response = await fetch(`http://127.0.0.1:${demo.api.port}${path}`, {
    method,
    headers: { ...headers, authorization },
    ...rest,
  });
  await response.arrayBuffer();
  return response;
}

/** Those of the whole run, or own ones where this file runs alone. */
async function someServers(folder: string): Promise<Services> {
  const { TEST_REDIS_URL, TEST_S3_URL } = process.env;
  if (TEST_REDIS_URL && TEST_S3_URL) {
    return { redisUrl: TEST_REDIS_URL, s3Url: TEST_S3_URL, stop: async () => undefined };
  }
  return startServices({ redis: "required", blobs: "required", dataDir: folder, print: () => undefined });
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(process.env.TEST_RUN_DIR ?? tmpdir(), "eye-"));
  await use(folder).finally(() => rm(folder, { recursive: true, force: true }));
}
