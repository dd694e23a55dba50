/** What is S3's alone: old versions, lifecycle rules, and a storage that dies under a piece. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Client } from "minio";
import { clipPrefix, pieceKey } from "../../../api/blobs/blobs.ts";
import { openS3Blobs, type S3Options } from "../../../api/blobs/s3.ts";
import { readConfig } from "../../../api/config.ts";
import { type OwnService, startMinio } from "../../support/own-services.ts";
import { assertSameBytes } from "../support/bytes.ts";

let minio: OwnService;
let options: S3Options;
let operator: Client;
before(async () => {
  minio = await startMinio();
  const config = readConfig({ S3_URL: minio.url }).s3;
  assert.ok(config);
  options = config;
  operator = new Client(config);
});
after(() => minio?.stop());

function withBucket(): S3Options {
  return { ...options, bucket: `b${randomBytes(8).toString("hex")}` };
}

describe("the bucket", () => {
  test("is made if it is missing, by whichever of several processes comes first", async () => {
    const here = withBucket();
    const opened = await Promise.all([openS3Blobs(here), openS3Blobs(here), openS3Blobs(here)]);
    for (const blobs of opened) await blobs.ping();
    assert.ok(await operator.bucketExists(here.bucket));
    await Promise.all(opened.map((blobs) => blobs.close()));
  });

  test("is refused if it keeps old versions of what is deleted", async () => {
    const here = withBucket();
    await operator.makeBucket(here.bucket);
    await operator.setBucketVersioning(here.bucket, { Status: "Enabled" });
    await assert.rejects(openS3Blobs(here), {
      code: "storage-unavailable",
      message: /keeps old versions.*versioning off/,
    });
  });

  test("makes the process unready if it starts to keep old versions later", async () => {
    const here = withBucket();
    const blobs = await openS3Blobs(here);
    await operator.setBucketVersioning(here.bucket, { Status: "Enabled" });
    await assert.rejects(() => blobs.ping(), { code: "storage-unavailable" });
    await blobs.close();
  });

  test("gets a lifecycle rule as a backstop, later than any clip may live", async () => {
    const here = withBucket();
    let heard = 0;
    const open = () => openS3Blobs({ ...here, onNoBackstop: () => heard++ });
    await (await open()).close();
    await (await open()).close();
    const rules = JSON.stringify(await operator.getBucketLifecycle(here.bucket));
    assert.match(rules, /"Prefix":"clips\/"/);
    assert.match(rules, /"Days":"?4"?/);
    assert.equal(heard, 0);
  });

  test("keeps the lifecycle rules that somebody else gave it, and the operator hears of it", async () => {
    const here = withBucket();
    await operator.makeBucket(here.bucket);
    const theirs = { ID: "theirs", Status: "Enabled", Filter: { Prefix: "backup/" }, Expiration: { Days: 90 } };
    await operator.setBucketLifecycle(here.bucket, { Rule: [theirs] });
    let heard = 0;
    await (await openS3Blobs({ ...here, onNoBackstop: () => heard++ })).close();
    assert.equal(heard, 1);
    const rules = JSON.stringify(await operator.getBucketLifecycle(here.bucket));
    assert.match(rules, /theirs/);
    assert.doesNotMatch(rules, /whatping/);
  });

  test("is refused with the wrong key, without repeating it", async () => {
    const secretKey = "canary-secret";
    await assert.rejects(
      openS3Blobs({ ...withBucket(), secretKey }),
      (error: Error & { code: string }) => error.code === "storage-unavailable" && !error.message.includes(secretKey),
    );
  });
});

describe("an S3 that is killed under a piece", () => {
  test("fails the piece, keeps the earlier one, and takes it again once it is back", async () => {
    const blobs = await openS3Blobs(withBucket());
    const [id, good, next] = [randomBytes(16).toString("base64url"), randomBytes(200_000), randomBytes(200_000)];
    await blobs.put(pieceKey(id, 0), slowly(good), expect(good));
    const killing = async () => {
      await minio.kill();
    };
    await assert.rejects(() => blobs.put(pieceKey(id, 0), slowly(next, killing), expect(next)), {
      code: "storage-unavailable",
    });
    await assert.rejects(() => blobs.list(clipPrefix(id)), { code: "storage-unavailable" });
    await assert.rejects(() => blobs.deletePrefix(clipPrefix(id)), { code: "storage-unavailable" });
    await assert.rejects(() => blobs.get(pieceKey(id, 0)), { code: "storage-unavailable" });
    await minio.restart();
    const kept = await blobs.get(pieceKey(id, 0));
    const parts: Buffer[] = [];
    for await (const chunk of kept?.body ?? []) parts.push(chunk as Buffer);
    assertSameBytes(Buffer.concat(parts), good);
    await blobs.put(pieceKey(id, 0), slowly(next), expect(next));
    assert.deepEqual(await blobs.list(clipPrefix(id)), [{ key: pieceKey(id, 0), bytes: 200_000 }]);
    await blobs.close();
  });
});

function expect(bytes: Uint8Array) {
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest() };
}

async function* slowly(bytes: Buffer, halfway = async () => {}): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, bytes.length / 2);
  await halfway();
  yield bytes.subarray(bytes.length / 2);
}
