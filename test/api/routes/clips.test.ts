/** A clip from its sender's side, and its preview, over HTTP. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { clipPrefix, pieceKey } from "../../../api/blobs/blobs.ts";
import { clipCreated, clipPreview, clipSent, receipt } from "../../../api/routes/schemas.ts";
import { PIECE_BYTES } from "../../../widget/wire/clip-limits.ts";
import { type Answer, call, random, refused, startTestApi, type TestApi, TestClip } from "../support/api.ts";

let api: TestApi;
before(async () => {
  api = await startTestApi({ environment: { CLIP_MAX_BYTES: String(4 * PIECE_BYTES), CLIP_MAX_S: "95" } });
});
after(() => api?.stop());

describe("creating a draft", () => {
  test("answers what the contract says, and the same again when repeated", async () => {
    const clip = new TestClip(api);
    const first = await clip.putDraft();
    assert.equal(first.status, 201);
    assert.deepEqual(clipCreated.parse(first.json), {
      id: clip.id,
      state: "draft",
      createdAt: api.clock.ms,
      maxBytes: 4 * PIECE_BYTES,
      maxSeconds: 95,
    });
    const createdAt = api.clock.ms;
    api.clock.pass(5);
    const second = await clip.putDraft();
    assert.equal(second.status, 200);
    assert.equal(second.json.createdAt, createdAt);
  });

  test("takes three lapses for granted if the sender names no number", async () => {
    const clip = new TestClip(api);
    await clip.putDraft({ iv: clip.create.iv, viewTokenHash: clip.create.viewTokenHash });
    assert.equal((await clip.putDraft({ ...clip.create, maxLeases: 3 })).status, 200);
  });

  test("refuses an id that is taken: with another token, or for another clip", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    refused(await call(api, "PUT", clip.path, { token: randomBytes(32), json: clip.create }), "clip-exists");
    refused(await clip.putDraft({ ...clip.create, maxLeases: 1 }), "clip-exists");
    refused(await clip.putDraft({ ...clip.create, iv: "AAAAAAAAAAAAAAAA" }), "clip-exists");
  });

  test("refuses to make a sent or ended clip a draft again", async () => {
    const sent = await new TestClip(api).publish();
    refused(await sent.putDraft(), "not-a-draft");
    await sent.revoke();
    refused(await sent.putDraft(), "clip-over");
  });

  const good = { iv: "AAAAAAAAAAAAAAAA", viewTokenHash: `${"A".repeat(42)}A` };
  const bad: Record<string, unknown> = {
    "nothing in it": {},
    "an IV of 11 bytes": { ...good, iv: "A".repeat(15) },
    "a hash with stray bits at its end": { ...good, viewTokenHash: `${"A".repeat(42)}B` },
    "a hash with padding": { ...good, viewTokenHash: `${"A".repeat(42)}A=` },
    "no lapse allowed": { ...good, maxLeases: 0 },
    "eleven lapses": { ...good, maxLeases: 11 },
    "half a lapse": { ...good, maxLeases: 1.5 },
    "a field that nobody knows": { ...good, colour: "red" },
    "a prototype": JSON.parse(`{"iv":"AAAAAAAAAAAAAAAA","viewTokenHash":"${good.viewTokenHash}","__proto__":{}}`),
    "a list": [],
    "a word": "clip",
    null: null,
  };
  for (const [what, body] of Object.entries(bad)) {
    test(`refuses a body with ${what}`, async () => {
      refused(await new TestClip(api).putDraft(body), "bad-request");
    });
  }
});

describe("sending", () => {
  test("answers what the contract says, and the same again when repeated", async () => {
    const clip = await new TestClip(api).upload();
    const first = await clip.postSend();
    assert.equal(first.status, 200);
    assert.deepEqual(clipSent.parse(first.json), {
      id: clip.id,
      state: "ready",
      sentAt: api.clock.ms,
      expiresAt: api.clock.ms + 24 * 3_600_000,
    });
    api.clock.pass(9);
    assert.deepEqual((await clip.postSend()).json, first.json);
    refused(await clip.postSend({ duration: 70 }), "not-a-draft");
  });

  test("names the pieces that are missing or not whole", async () => {
    const clip = new TestClip(api, { pieces: 4 });
    await clip.putDraft();
    await clip.putPiece(0);
    await clip.putPiece(1, random(PIECE_BYTES - 1));
    await clip.putPiece(3, random(77));
    const answer = await clip.postSend();
    refused(answer, "pieces-missing");
    assert.deepEqual(answer.json.missing, [1, 2, 3]);
    for (const index of [1, 2, 3]) await clip.putPiece(index);
    assert.equal((await clip.postSend()).status, 200);
  });

  test("refuses a clip with a piece after the last one", async () => {
    const clip = await new TestClip(api).upload();
    await clip.putPiece(2);
    refused(await clip.postSend(), "piece-mismatch");
  });

  test("refuses a number of pieces that can't make that many bytes", async () => {
    const clip = await new TestClip(api).upload();
    refused(await clip.postSend({ pieces: 1 }), "piece-mismatch");
    refused(await clip.postSend({ pieces: 3 }), "piece-mismatch");
    refused(await clip.postSend({ bytes: PIECE_BYTES + 15 }), "piece-mismatch");
    refused(await clip.postSend({ bytes: PIECE_BYTES + 16 }), "pieces-missing");
  });

  test("refuses more bytes or seconds than this server stores", async () => {
    const clip = await new TestClip(api).upload();
    refused(await clip.postSend({ bytes: 4 * PIECE_BYTES + 1, pieces: 5 }), "body-too-large");
    refused(await clip.postSend({ duration: 110 }), "bad-request");
    assert.equal((await clip.postSend({ duration: 100 })).status, 200);
  });

  test("takes a clip that fills the limit to the byte", async () => {
    const clip = await new TestClip(api, { pieces: 4, lastBytes: PIECE_BYTES }).publish();
    assert.equal((await clip.preview()).json.bytes, 4 * PIECE_BYTES);
  });

  test("takes a last piece that holds no plaintext at all", async () => {
    await new TestClip(api, { pieces: 1, lastBytes: 16 }).publish();
  });

  const bad: Record<string, object> = {
    "no piece": { pieces: 0 },
    "half a piece": { pieces: 1.5 },
    "a duration that says more than it should": { duration: 61 },
    "no duration": { duration: 0 },
    "a short hash": { sha256: "AAAA" },
    "metadata too large": { metadata: "A".repeat(21_847) },
    "metadata without a tag": { metadata: "A".repeat(20) },
    "metadata that is no base64url": { metadata: "+".repeat(200) },
    "a long IV": { metadataIv: "A".repeat(17) },
    "an infinite number": { bytes: "Infinity" },
    "another field": { key: "secret" },
  };
  for (const [what, change] of Object.entries(bad)) {
    test(`refuses a body with ${what}`, async () => {
      const clip = await new TestClip(api).upload();
      refused(await clip.postSend(change), "bad-request");
      assert.equal((await clip.receipt()).json.state, "draft");
    });
  }
});

describe("discarding and revoking", () => {
  test("discarding deletes a draft's pieces, and says when they were seen to be gone", async () => {
    const clip = await new TestClip(api).upload();
    const answer = await clip.discard();
    assert.deepEqual(answer.json, { state: "discarded", deletedAt: api.clock.ms });
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    assert.deepEqual((await clip.discard()).json, answer.json);
    refused(await clip.postSend(), "clip-over");
    refused(await clip.revoke(), "clip-over");
  });

  test("a draft can't be revoked, nor a sent clip discarded", async () => {
    refused(await (await new TestClip(api).upload()).revoke(), "not-ready");
    refused(await (await new TestClip(api).publish()).discard(), "not-a-draft");
  });

  test("revoking deletes a clip while somebody watches it, who then hears that it is over", async () => {
    const clip = await new TestClip(api).open();
    assert.deepEqual((await clip.revoke()).json, { state: "revoked", deletedAt: api.clock.ms });
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    refused(await clip.getPiece(0), "clip-over");
    refused(await clip.beat(3), "clip-over");
    refused(await clip.burn(), "clip-over");
    refused(await clip.takeLease(), "clip-over");
  });
});

describe("the receipt", () => {
  test("tells a draft's, a sent, an opened and a burned clip's story", async () => {
    const clip = new TestClip(api);
    await clip.putDraft();
    const createdAt = api.clock.ms;
    const story = async () => receipt.parse((await clip.receipt()).json);
    assert.deepEqual(await story(), { id: clip.id, state: "draft", createdAt, lapses: [] });
    await clip.putPiece(0);
    await clip.putPiece(1);
    await clip.postSend();
    const sent = { id: clip.id, createdAt, sentAt: createdAt, expiresAt: createdAt + 24 * 3_600_000, lapses: [] };
    assert.deepEqual(await story(), { ...sent, state: "ready" });
    api.clock.pass(60);
    await clip.takeLease();
    assert.deepEqual(await story(), { ...sent, state: "leased", openedAt: createdAt + 60_000 });
    await clip.beat(20);
    api.clock.pass(40);
    const lapses = [{ at: createdAt + 90_000, position: 20 }];
    assert.deepEqual(await story(), { ...sent, state: "ready", openedAt: createdAt + 60_000, lapses });
    await clip.takeLease();
    await clip.burn();
    assert.deepEqual(await story(), {
      ...sent,
      state: "burned",
      openedAt: createdAt + 60_000,
      endedAt: api.clock.ms,
      deletedAt: api.clock.ms,
      lapses,
    });
  });

  test("is for the sender's token alone", async () => {
    const clip = await new TestClip(api).publish();
    for (const token of [clip.view, clip.lease, randomBytes(32)]) {
      refused(await call(api, "GET", `${clip.path}/receipt`, { token }), "no-such-clip");
    }
  });
});

describe("the preview", () => {
  test("shows a sent clip's sealed metadata before any lease, and changes nothing", async () => {
    const clip = await new TestClip(api).publish();
    const stored = await api.store.get(`wisp/${clip.id}`);
    const answer = await clip.preview();
    assert.deepEqual(clipPreview.parse(answer.json), {
      id: clip.id,
      state: "ready",
      sentAt: api.clock.ms,
      expiresAt: api.clock.ms + 24 * 3_600_000,
      ...clip.send,
      iv: clip.create.iv,
      lapses: [],
      maxLeases: 3,
    });
    assert.deepEqual(await api.store.get(`wisp/${clip.id}`), stored);
  });

  test("says until when somebody may be watching", async () => {
    const clip = await new TestClip(api, { duration: 60 }).open();
    assert.equal((await clip.preview()).json.leasedUntil, api.clock.ms + 180_000);
  });

  test("shows of a dead clip its times and nothing else", async () => {
    const clip = await new TestClip(api).open();
    await clip.burn();
    assert.deepEqual(clipPreview.parse((await clip.preview()).json), {
      id: clip.id,
      state: "burned",
      sentAt: api.clock.ms,
      expiresAt: api.clock.ms + 24 * 3_600_000,
      openedAt: api.clock.ms,
      endedAt: api.clock.ms,
      lapses: [],
      maxLeases: 3,
    });
  });

  test("shows nothing of a draft, nor of one that was never sent", async () => {
    const clip = await new TestClip(api).upload();
    refused(await clip.preview(), "not-ready");
    refused(await clip.takeLease(), "not-ready");
    await clip.discard();
    refused(await clip.preview(), "clip-over");
  });

  test("tells a wrong token and an unknown id apart by nothing", async () => {
    const clip = await new TestClip(api).publish();
    const wrong = await call(api, "GET", clip.path, { token: randomBytes(32) });
    const unknown = await call(api, "GET", new TestClip(api).path, { token: randomBytes(32) });
    refused(wrong, "no-such-clip");
    assert.deepEqual(wrong.bytes, unknown.bytes);
    const names = (answer: Answer) => [...answer.headers.keys()].sort();
    assert.deepEqual(names(wrong), names(unknown));
  });
});

describe("time alone", () => {
  test("ends a clip for every route, though nobody has swept", async () => {
    const clip = await new TestClip(api).open();
    const stale = await new TestClip(api).upload();
    api.clock.pass(24 * 3_600);
    refused(await clip.takeLease(), "clip-over");
    refused(await clip.getPiece(0), "clip-over");
    refused(await clip.beat(1), "clip-over");
    assert.equal((await clip.preview()).json.state, "expired");
    assert.equal((await clip.receipt()).json.state, "expired");
    refused(await stale.postSend(), "clip-over");
    refused(await stale.putPiece(0), "clip-over");
    assert.equal((await stale.receipt()).json.state, "expired");
    await api.sweeper.sweepOnce();
    for (const { id } of [clip, stale]) assert.deepEqual(await api.blobs.list(pieceKey(id, 0).slice(0, -6)), []);
    assert.equal((await clip.receipt()).json.deletedAt, api.clock.ms);
  });

  test("forgets a tombstone after 30 days, and its id is free again", async () => {
    const clip = await new TestClip(api).open();
    await clip.burn();
    api.clock.pass(3_600);
    await api.sweeper.sweepOnce();
    api.clock.pass(30 * 24 * 3_600 - 3_601);
    assert.equal((await clip.receipt()).json.state, "burned");
    api.clock.pass(1);
    refused(await clip.receipt(), "no-such-clip");
    await api.sweeper.sweepOnce();
    assert.equal(await api.store.get(`wisp/${clip.id}`), null);
    assert.equal((await clip.putDraft()).status, 201);
  });
});
