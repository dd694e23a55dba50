/** The sweeper and its jobs: what is due is done, by whichever process gets to it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { clipPrefix, pieceKey } from "../../../api/blobs/blobs.ts";
import { refused, startTestApi, type TestApi, TestClip } from "../support/api.ts";

const HOUR = 3_600;

describe("the sweeper", () => {
  let api: TestApi;
  let other: TestApi;
  before(async () => {
    api = await startTestApi();
    other = await startTestApi({ dataDir: api.dataDir, clock: api.clock });
  });
  after(async () => {
    await other?.stop();
    await api?.stop();
  });

  test("finds nothing to do where nothing is due", async () => {
    await api.sweeper.sweepOnce();
    assert.equal(await api.sweeper.sweepOnce(), 0);
  });

  test("deletes an expired clip and an abandoned draft, to the millisecond", async () => {
    const sent = await new TestClip(api).publish();
    const draft = await new TestClip(api).upload();
    api.clock.pass(24 * HOUR - 0.001);
    await api.sweeper.sweepOnce();
    for (const { id } of [sent, draft]) assert.equal((await api.blobs.list(clipPrefix(id))).length, 2);
    api.clock.pass(0.001);
    await api.sweeper.sweepOnce();
    for (const clip of [sent, draft]) {
      assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
      const { state, endedAt, deletedAt } = (await clip.receipt()).json;
      assert.deepEqual([state, endedAt, deletedAt], ["expired", api.clock.ms, api.clock.ms]);
    }
  });

  test("burns and deletes a clip whose last lease lapsed, though nobody asks for it", async () => {
    const clip = await new TestClip(api, { maxLeases: 1 }).open();
    api.clock.pass(30);
    await api.sweeper.sweepOnce();
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    assert.equal((await clip.receipt()).json.state, "burned");
  });

  test("marks a clip broken whose pieces do not have the hash that was announced, and deletes it", async () => {
    const clip = await new TestClip(api).upload();
    const wrong = randomBytes(32).toString("base64url");
    assert.equal((await clip.postSend({ sha256: wrong })).status, 200);
    assert.equal((await clip.takeLease()).status, 200);
    await api.sweeper.sweepOnce();
    const { state, deletedAt } = (await clip.receipt()).json;
    assert.deepEqual([state, deletedAt], ["broken", api.clock.ms]);
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    refused(await clip.beat(1), "clip-over");
    assert.match(api.logged(), new RegExp(`clip-broken.*${clip.id}`));
  });

  test("marks a clip broken of which a piece has vanished", async () => {
    const clip = await new TestClip(api).publish();
    await api.blobs.deletePrefix(pieceKey(clip.id, 1));
    await api.sweeper.sweepOnce();
    assert.equal((await clip.receipt()).json.state, "broken");
  });

  test("checks a good clip once and leaves it alone", async () => {
    const clip = await new TestClip(api).publish();
    await api.sweeper.sweepOnce();
    const stored = await api.store.get(`wisp/${clip.id}`);
    assert.ok(!stored?.value.includes('"check"'));
    api.clock.pass(10);
    assert.equal(await api.sweeper.sweepOnce(), 0);
    assert.equal((await clip.receipt()).json.state, "ready");
  });

  test("deletes once more an hour later what arrived while the clip ended", async () => {
    const clip = await new TestClip(api).open();
    await clip.burn();
    const late = clip.pieces[0] ?? Buffer.alloc(1);
    const { createHash } = await import("node:crypto");
    const expected = { bytes: late.length, sha256: createHash("sha256").update(late).digest() };
    await api.blobs.put(
      pieceKey(clip.id, 0),
      (async function* () {
        yield late;
      })(),
      expected,
    );
    api.clock.pass(HOUR - 1);
    await api.sweeper.sweepOnce();
    assert.equal((await api.blobs.list(clipPrefix(clip.id))).length, 1);
    api.clock.pass(1);
    await api.sweeper.sweepOnce();
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    assert.equal((await clip.receipt()).json.deletedAt, api.clock.ms);
  });

  test("takes over from a process that died with a claim in its hands", async () => {
    const clip = await new TestClip(api).open();
    // The other process claims what is due and dies: its claim is all that is left of it.
    api.clock.pass(24 * HOUR);
    const claim = { now: api.clock.ms, visibility: 30_000, limit: 1_000 };
    assert.ok((await other.store.claimDue("wisp", claim)).includes(`wisp/${clip.id}`));
    assert.equal(await api.sweeper.sweepOnce(), 0);
    assert.equal((await api.blobs.list(clipPrefix(clip.id))).length, 2);
    assert.equal((await clip.receipt()).json.state, "expired");
    api.clock.pass(30);
    await api.sweeper.sweepOnce();
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    assert.ok((await clip.receipt()).json.deletedAt);
  });

  test("shares many clips among two processes, and loses none", async () => {
    const clips = await Promise.all(Array.from({ length: 30 }, () => new TestClip(api, { pieces: 1 }).upload()));
    api.clock.pass(24 * HOUR);
    await Promise.all([api.sweeper.sweepOnce(), other.sweeper.sweepOnce()]);
    for (const clip of clips) {
      assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
      assert.ok((await clip.receipt()).json.deletedAt);
    }
  });
});

test("a started sweeper does what is due by itself", async () => {
  const api = await startTestApi({ environment: { SWEEP_MS: "50" } });
  const clip = await new TestClip(api).upload();
  api.clock.pass(24 * HOUR);
  const giveUpAt = performance.now() + 10_000;
  while ((await api.blobs.list(clipPrefix(clip.id))).length > 0) {
    assert.ok(performance.now() < giveUpAt, "nothing was swept within 10 s");
    await new Promise((resolve) => setImmediate(resolve));
  }
  await api.stop();
});
