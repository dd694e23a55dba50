/** Pieces in and out, over HTTP. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { clipPrefix, pieceKey } from "../../../api/blobs/blobs.ts";
import { paths } from "../../../widget/wire/client-api.ts";
import { PIECE_BYTES } from "../../../widget/wire/clip-limits.ts";
import { call, digestHeaders, random, refused, startTestApi, type TestApi, TestClip } from "../support/api.ts";
import { assertNoBlob, assertSameBytes } from "../support/bytes.ts";
import { dial, raw } from "../support/raw-http.ts";

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api?.stop());

describe("storing a piece", () => {
  test("answers its index and size, and does no harm when repeated", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    for (let turn = 0; turn < 2; turn++) {
      const answer = await clip.putPiece(0);
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.json, { index: 0, bytes: PIECE_BYTES });
    }
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), [{ key: pieceKey(clip.id, 0), bytes: PIECE_BYTES }]);
  });

  test("refuses a piece with a flipped bit, and keeps the good one that was there", async () => {
    const clip = await new TestClip(api).upload();
    const good = clip.pieces[0] ?? random(1);
    const flipped = Buffer.from(good);
    flipped[200_000] = (flipped[200_000] ?? 0) ^ 4;
    refused(await clip.putPiece(0, flipped, digestHeaders(good)), "piece-mismatch");
    refused(await clip.putPiece(5, flipped, digestHeaders(good)), "piece-mismatch");
    assertSameBytes(await stored(clip, 0), good);
    await assertNoBlob(api.blobs, pieceKey(clip.id, 5));
    await clip.postSend();
    assert.equal((await clip.receipt()).json.state, "ready");
  });

  test("refuses a piece that is too large or too small for one", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    refused(await clip.putPiece(0, random(PIECE_BYTES + 1)), "body-too-large");
    refused(await clip.putPiece(0, random(15)), "piece-mismatch");
    assert.equal((await clip.putPiece(0, random(PIECE_BYTES))).status, 200);
    assert.equal((await clip.putPiece(1, random(16))).status, 200);
  });

  test("refuses a piece whose digest is missing, malformed or of another kind", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    const sha512 = createHash("sha512")
      .update(clip.pieces[0] ?? "")
      .digest("base64");
    for (const digest of ["", "sha-256=::", "sha-256=:AAAA:", `sha-512=:${sha512}:`, "sha-256=AAAA", "md5=:AAAA:"]) {
      refused(await clip.putPiece(0, undefined, { "content-digest": digest }), "bad-request");
    }
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
  });

  test("finds the SHA-256 among several digests", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    const good = digestHeaders(clip.pieces[0] ?? random(1))["content-digest"];
    assert.equal((await clip.putPiece(0, undefined, { "content-digest": `unixsum=:AAAA:, ${good}` })).status, 200);
  });

  test("refuses another media type, and any encoding", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    refused(await clip.putPiece(0, undefined, { "content-type": "video/webm" }), "unsupported-type");
    refused(await clip.putPiece(0, undefined, { "content-encoding": "gzip" }), "unsupported-type");
  });

  test("refuses a body of unannounced length", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    const token = clip.manage.toString("base64url");
    const { status, body } = await raw(
      api.port,
      `PUT ${paths.piece(clip.id, 0)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    );
    assert.equal(status, 411);
    assert.equal(JSON.parse(body).code, "length-required");
  });

  test("refuses an index that no clip has, and one that is no number", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    assert.equal((await clip.putPiece(381, random(16))).status, 200);
    refused(await clip.putPiece(382, random(16)), "body-too-large");
    for (const index of ["-1", "01", "1.0", "x", "1e3", "9999999", "%30"]) {
      const answer = await call(api, "PUT", `${clip.path}/pieces/${index}`, {
        token: clip.manage,
        body: random(16),
        headers: digestHeaders(random(16)),
      });
      if (index === "%30") refused(answer, "piece-mismatch");
      else refused(answer, "bad-request");
    }
  });

  test("refuses a stranger, and a piece for a clip that does not exist, alike", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    const piece = clip.pieces[0] ?? random(1);
    const outgoing = { body: piece, headers: digestHeaders(piece) };
    const stranger = await call(api, "PUT", paths.piece(clip.id, 0), { ...outgoing, token: clip.view });
    const nowhere = await new TestClip(api).putPiece(0);
    refused(stranger, "no-such-clip");
    assert.deepEqual(stranger.bytes, nowhere.bytes);
  });

  test("refuses every piece after Send, and after the end", async () => {
    const clip = await new TestClip(api).publish();
    refused(await clip.putPiece(0, random(PIECE_BYTES)), "not-a-draft");
    refused(await clip.putPiece(2), "not-a-draft");
    assertSameBytes(await stored(clip, 0), clip.pieces[0]);
    await clip.revoke();
    refused(await clip.putPiece(0), "clip-over");
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
  });

  test("stores nothing of an upload that breaks off", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    const seen = api.logged().length;
    const socket = await beginUpload(clip, 0);
    const closed = once(socket, "close");
    socket.destroy();
    await closed;
    await until(() => api.logged().slice(seen).includes('"brokeOff":true'));
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
  });

  test("leaves no stray object if the clip ends while a piece is on its way", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    const socket = await beginUpload(clip, 0);
    await clip.discard();
    refused(await endUpload(socket, clip, 0), "clip-over");
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
  });

  test("keeps a sent clip whole when a late repetition of one of its pieces arrives", async () => {
    const clip = await new TestClip(api).upload();
    const socket = await beginUpload(clip, 0);
    assert.equal((await clip.postSend()).status, 200);
    refused(await endUpload(socket, clip, 0), "not-a-draft");
    assertSameBytes(await stored(clip, 0), clip.pieces[0]);
  });

  test("deletes a piece that arrives after Send behind the last one", async () => {
    const clip = await new TestClip(api).upload();
    clip.pieces.push(random(PIECE_BYTES));
    const socket = await beginUpload(clip, 2);
    assert.equal((await clip.postSend()).status, 200);
    refused(await endUpload(socket, clip, 2), "not-a-draft");
    assert.equal((await api.blobs.list(clipPrefix(clip.id))).length, 2);
  });

  test("lets a draft live on with each piece, to the minute", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    api.clock.pass(23 * 3_600);
    await clip.putPiece(0);
    api.clock.pass(23 * 3_600);
    assert.equal((await clip.receipt()).json.state, "draft");
    await clip.putPiece(1);
    assert.equal((await clip.postSend()).status, 200);
  });

  test("answers a piece before the disk has it that the draft lives on", async (t) => {
    const clip = new TestClip(api);
    await clip.putDraft();
    api.clock.pass(60);
    const written = t.mock.method(api.store, "compareAndSet", () => new Promise<number>(() => undefined));
    assert.equal((await clip.putPiece(0)).status, 200);
    assert.equal(written.mock.callCount(), 1);
  });
});

describe("serving a piece", () => {
  test("gives the holder of the lease the very bytes, to be kept by nobody", async () => {
    const clip = await new TestClip(api).open();
    for (const [index, piece] of clip.pieces.entries()) {
      const answer = await clip.getPiece(index);
      assert.equal(answer.status, 200);
      assertSameBytes(answer.bytes, piece);
      assert.equal(answer.headers.get("content-type"), "application/octet-stream");
      assert.equal(answer.headers.get("content-length"), String(piece.length));
      assert.equal(answer.headers.get("cache-control"), "no-store");
    }
    refused(await clip.getPiece(2), "no-such-piece");
  });

  test("gives nothing to whoever has no lease: not the sender, not the link, not a stranger", async () => {
    const clip = await new TestClip(api).publish();
    refused(await clip.getPiece(0), "no-such-clip");
    await clip.takeLease();
    for (const token of [clip.manage, clip.view, random(32)]) refused(await clip.getPiece(0, token), "no-such-clip");
  });

  test("gives nothing after the lease has lapsed, nor after the end", async () => {
    const clip = await new TestClip(api).open();
    api.clock.pass(30);
    refused(await clip.getPiece(0), "lease-lapsed");
    await clip.takeLease();
    assert.equal((await clip.getPiece(0)).status, 200);
    await clip.burn();
    refused(await clip.getPiece(0), "clip-over");
  });

  test("answers HEAD with the size alone", async () => {
    const clip = await new TestClip(api).open();
    const answer = await call(api, "HEAD", paths.piece(clip.id, 1), { token: clip.lease });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-length"), "5000");
  });

  test("can be had in parallel", async () => {
    const clip = await new TestClip(api, { pieces: 12 }).open();
    const answers = await Promise.all(clip.pieces.map((_, index) => clip.getPiece(index)));
    for (const [index, answer] of answers.entries()) assertSameBytes(answer.bytes, clip.pieces[index]);
  });
});

/** Sends the head and the first half of a piece, and resolves when the server waits for the rest. */
async function beginUpload(clip: TestClip, index: number) {
  const piece = clip.pieces[index] ?? random(1);
  const socket = await dial(api.port);
  const before = (await api.blobs.list(clipPrefix(clip.id))).length;
  socket.write(
    `PUT ${paths.piece(clip.id, index)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n` +
      `Authorization: Bearer ${clip.manage.toString("base64url")}\r\nContent-Length: ${piece.length}\r\n` +
      `${Object.entries(digestHeaders(piece))
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("")}\r\n`,
  );
  await once(socket, "data");
  await new Promise((resolve) => socket.write(piece.subarray(0, piece.length / 2), resolve));
  await until(async () => (await partsOf(clip)) > 0 && (await api.blobs.list(clipPrefix(clip.id))).length === before);
  return socket;
}

async function endUpload(socket: Awaited<ReturnType<typeof dial>>, clip: TestClip, index: number) {
  const piece = clip.pieces[index] ?? random(1);
  socket.write(piece.subarray(piece.length / 2));
  const parts: Buffer[] = [];
  for await (const chunk of socket) parts.push(chunk as Buffer);
  const [head = "", body = ""] = Buffer.concat(parts).toString().split("\r\n\r\n");
  const headers = new Headers(
    head
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(": ") as [string, string]),
  );
  return { status: Number(head.split(" ")[1]), headers, bytes: Buffer.from(body), json: JSON.parse(body) };
}

/** Pieces that are arriving at the moment. */
async function partsOf(clip: TestClip): Promise<number> {
  const { readdir } = await import("node:fs/promises");
  const folder = `${api.dataDir}/blobs/clips/${Buffer.from(clip.id).toString("hex")}`;
  return (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".part")).length;
}

async function stored(clip: TestClip, index: number): Promise<Buffer> {
  const blob = await api.blobs.get(pieceKey(clip.id, index));
  const parts: Buffer[] = [];
  for await (const chunk of blob?.body ?? []) parts.push(chunk as Buffer);
  return Buffer.concat(parts);
}

/** Storage and log tell nobody when they change, so that they are asked again and again. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 5_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error("it did not come to that within 5 s");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
