/** The blob contract, on every implementation of it. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Blobs, clipPrefix, pieceKey } from "../../api/blobs/blobs.ts";
import { openFileBlobs } from "../../api/blobs/files.ts";
import { openS3Blobs } from "../../api/blobs/s3.ts";
import { readConfig } from "../../api/config.ts";
import { assertNoBlob, assertSameBytes } from "./support/bytes.ts";
import { testS3 } from "./support/services.ts";

type Started = { open: () => Promise<Blobs>; stop: () => Promise<void> };

const implementations: Record<string, () => Promise<Started>> = {
  folder: async () => {
    const root = mkdtempSync(join(tmpdir(), "whatping-blobs-"));
    return { open: () => openFileBlobs(join(root, "deep")), stop: async () => rmSync(root, { recursive: true }) };
  },
  S3: async () => {
    const s3 = await testS3();
    const config = readConfig({ S3_URL: s3.url }).s3;
    assert.ok(config);
    return { open: () => openS3Blobs(config), stop: () => s3.stop() };
  },
};

for (const [name, start] of Object.entries(implementations)) {
  describe(`the ${name} blobs`, () => {
    let started: Started;
    let blobs: Blobs;
    before(async () => {
      started = await start();
      blobs = await started.open();
    });
    after(async () => {
      await blobs?.close();
      await started?.stop();
    });

    test("gives back the bytes that were stored, to every process", async () => {
      const [key, bytes] = [freshKey(), randomBytes(262_160)];
      await blobs.put(key, chunks(bytes, 10_000), expect(bytes));
      const other = await started.open();
      assertSameBytes(await read(other, key), bytes);
      await other.close();
    });

    test("stores a piece of one byte, and one that comes in empty chunks too", async () => {
      const key = freshKey();
      const bytes = Buffer.from([7]);
      await blobs.put(key, from([Buffer.alloc(0), bytes, Buffer.alloc(0)]), expect(bytes));
      assertSameBytes(await read(blobs, key), bytes);
    });

    test("tells a piece's size before its first byte", async () => {
      const [key, bytes] = [freshKey(), randomBytes(1_000)];
      await blobs.put(key, chunks(bytes, 1_000), expect(bytes));
      const blob = await blobs.get(key);
      assert.equal(blob?.bytes, 1_000);
      blob?.body.destroy();
    });

    test("has nothing under a key that was never stored", async () => {
      await assertNoBlob(blobs, freshKey());
      assert.deepEqual(await blobs.list(clipPrefix(freshId())), []);
      assert.deepEqual(await blobs.list(freshKey()), []);
    });

    test("replaces a piece by a later one", async () => {
      const [key, first, second] = [freshKey(), randomBytes(500), randomBytes(300)];
      await blobs.put(key, chunks(first, 100), expect(first));
      await blobs.put(key, chunks(second, 100), expect(second));
      assertSameBytes(await read(blobs, key), second);
      assert.deepEqual(await blobs.list(key), [{ key, bytes: 300 }]);
    });

    const good = randomBytes(200_000);
    const flipped = Buffer.from(good);
    flipped[150_000] = (flipped[150_000] ?? 0) ^ 1;
    const wrong: Record<string, { sent: Buffer; code: string; breaks?: boolean }> = {
      "a flipped bit": { sent: flipped, code: "piece-mismatch" },
      "a missing byte": { sent: good.subarray(1), code: "piece-mismatch" },
      "a byte too many": { sent: Buffer.concat([good, Buffer.from([0])]), code: "piece-mismatch" },
      "a source that breaks off": { sent: good.subarray(0, 100_000), code: "bad-request", breaks: true },
      "a source that breaks off after the last byte": { sent: good, code: "bad-request", breaks: true },
    };
    for (const [what, { sent, code, breaks }] of Object.entries(wrong)) {
      for (const size of [1_000, 1_000_000]) {
        test(`never stores ${what}, in chunks of ${size}, and keeps the good piece`, async () => {
          const [key, unheard] = [freshKey(), freshKey()];
          await blobs.put(key, chunks(good, 50_000), expect(good));
          for (const target of [key, unheard]) {
            const source = breaks ? breaking(sent, size) : chunks(sent, size);
            await assert.rejects(() => blobs.put(target, source, expect(good)), { code });
          }
          assertSameBytes(await read(blobs, key), good);
          await assertNoBlob(blobs, unheard);
          assert.deepEqual(await blobs.list(unheard.slice(0, -6)), []);
        });
      }
    }

    test("never stores a wrong piece whose end comes a moment after its last byte", async () => {
      const key = freshKey();
      async function* lingering() {
        yield* chunks(flipped, 50_000);
        // Time for the storage to have made an object of it, had it got the last byte.
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      await assert.rejects(() => blobs.put(key, lingering(), expect(good)), { code: "piece-mismatch" });
      await assertNoBlob(blobs, key);
    });

    test("lists a clip's pieces in order, with sizes, and no other clip's", async () => {
      const [id, neighbour] = [freshId(), freshId()];
      for (const index of [10, 2, 0]) {
        const bytes = randomBytes(index + 20);
        await blobs.put(pieceKey(id, index), chunks(bytes, 100), expect(bytes));
        await blobs.put(pieceKey(neighbour, index), chunks(bytes, 100), expect(bytes));
      }
      assert.deepEqual(await blobs.list(clipPrefix(id)), [
        { key: pieceKey(id, 0), bytes: 20 },
        { key: pieceKey(id, 2), bytes: 22 },
        { key: pieceKey(id, 10), bytes: 30 },
      ]);
    });

    test("keeps clips apart whose ids differ in upper and lower case only", async () => {
      const id = freshId();
      const other = id.toLowerCase() === id ? id.toUpperCase() : id.toLowerCase();
      const [one, two] = [randomBytes(20), randomBytes(20)];
      await blobs.put(pieceKey(id, 0), chunks(one, 9), expect(one));
      await blobs.put(pieceKey(other, 0), chunks(two, 9), expect(two));
      assertSameBytes(await read(blobs, pieceKey(id, 0)), one);
    });

    test("deletes all of a clip, says how much that was, and leaves other clips alone", async () => {
      const [id, neighbour, bytes] = [freshId(), freshId(), randomBytes(99)];
      for (const key of [pieceKey(id, 0), pieceKey(id, 1), pieceKey(neighbour, 0)]) {
        await blobs.put(key, chunks(bytes, 100), expect(bytes));
      }
      assert.equal(await blobs.deletePrefix(clipPrefix(id)), 2);
      assert.deepEqual(await blobs.list(clipPrefix(id)), []);
      await assertNoBlob(blobs, pieceKey(id, 1));
      assert.equal(await blobs.deletePrefix(clipPrefix(id)), 0);
      assertSameBytes(await read(blobs, pieceKey(neighbour, 0)), bytes);
    });

    test("deletes one piece alone", async () => {
      const [id, bytes] = [freshId(), randomBytes(99)];
      for (const index of [0, 1]) await blobs.put(pieceKey(id, index), chunks(bytes, 100), expect(bytes));
      assert.equal(await blobs.deletePrefix(pieceKey(id, 0)), 1);
      assert.deepEqual(await blobs.list(clipPrefix(id)), [{ key: pieceKey(id, 1), bytes: 99 }]);
    });

    test("deletes more pieces than one answer of a listing holds", async () => {
      const [id, bytes] = [freshId(), randomBytes(16)];
      for (let first = 0; first < 1_020; first += 60) {
        const batch = Array.from({ length: 60 }, (_, i) => pieceKey(id, first + i));
        await Promise.all(batch.map((key) => blobs.put(key, chunks(bytes, 100), expect(bytes))));
      }
      assert.equal((await blobs.list(clipPrefix(id))).length, 1_020);
      assert.equal(await blobs.deletePrefix(clipPrefix(id)), 1_020);
      assert.deepEqual(await blobs.list(clipPrefix(id)), []);
    });

    test("answers a ping", async () => {
      await blobs.ping();
    });
  });
}

function freshId(): string {
  return randomBytes(16).toString("base64url");
}

function freshKey(): string {
  return pieceKey(freshId(), 3);
}

function expect(bytes: Uint8Array) {
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest() };
}

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* breaking(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  yield* chunks(bytes, size);
  throw new Error("gone");
}

async function* from(parts: Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

async function read(blobs: Blobs, key: string): Promise<Buffer> {
  const blob = await blobs.get(key);
  assert.ok(blob);
  const parts: Buffer[] = [];
  for await (const chunk of blob.body) parts.push(chunk as Buffer);
  return Buffer.concat(parts);
}
