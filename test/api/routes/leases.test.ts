/** Watching a clip, over HTTP. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { clipPrefix } from "../../../api/blobs/blobs.ts";
import { leaseTaken } from "../../../api/routes/schemas.ts";
import { call, random, refused, startTestApi, type TestApi, TestClip } from "../support/api.ts";

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api?.stop());

describe("the lease", () => {
  test("says when it lapses and ends, and how often to report", async () => {
    const clip = await new TestClip(api, { duration: 60 }).publish();
    const answer = await clip.takeLease();
    assert.equal(answer.status, 200);
    assert.deepEqual(leaseTaken.parse(answer.json), {
      lapsesAt: api.clock.ms + 30_000,
      endsAt: api.clock.ms + 180_000,
      heartbeat: 10,
    });
  });

  test("ends with the clip's own time at the latest", async () => {
    const clip = await new TestClip(api).publish();
    api.clock.pass(24 * 3_600 - 20);
    const { json } = await clip.takeLease();
    assert.deepEqual([json.lapsesAt, json.endsAt], [api.clock.ms + 20_000, api.clock.ms + 20_000]);
  });

  test("moves with each heartbeat, but never past its end", async () => {
    const clip = await new TestClip(api, { duration: 10 }).open();
    const endsAt = api.clock.ms + 80_000;
    for (const passed of [20, 40, 60]) {
      api.clock.pass(20);
      const { json } = await clip.beat(3);
      assert.deepEqual(leaseTaken.parse(json).lapsesAt, Math.min(api.clock.ms + 30_000, endsAt), String(passed));
    }
    api.clock.pass(20);
    refused(await clip.beat(4), "lease-lapsed");
  });

  test("is one person's at a time, who may reload; the other hears how long to wait", async () => {
    const clip = await new TestClip(api).open();
    api.clock.pass(12);
    const other = await clip.takeLease(random(32));
    refused(other, "clip-leased");
    assert.equal(other.json.retryAfter, 18);
    assert.equal(other.headers.get("retry-after"), "18");
    assert.equal((await clip.takeLease()).status, 200);
    assert.equal((await clip.getPiece(0)).status, 200);
  });

  test("can be taken by the next one after a lapse, who sees in the preview that there was one", async () => {
    const clip = await new TestClip(api).open();
    await clip.beat(21.5);
    const lapseAt = api.clock.ms + 30_000;
    api.clock.pass(31);
    const next = random(32);
    assert.equal((await clip.takeLease(next)).status, 200);
    assert.deepEqual((await clip.preview()).json.lapses, [{ at: lapseAt, position: 21.5 }]);
    refused(await clip.getPiece(0), "lease-lapsed");
    assert.equal((await clip.getPiece(0, next)).status, 200);
  });

  test("needs the view token: neither the sender's nor a guess will do", async () => {
    const clip = await new TestClip(api).publish();
    const json = { leaseTokenHash: "A".repeat(43) };
    for (const token of [clip.manage, random(32)]) {
      refused(await call(api, "POST", `${clip.path}/lease`, { token, json }), "no-such-clip");
    }
    assert.equal((await clip.receipt()).json.state, "ready");
  });

  test("burns a strict clip at its first lapse, and its content is gone after the next sweep", async () => {
    const clip = await new TestClip(api, { maxLeases: 1 }).open();
    const lapseAt = api.clock.ms + 30_000;
    api.clock.pass(45);
    refused(await clip.beat(3), "clip-over");
    const receipt = (await clip.receipt()).json;
    assert.equal(receipt.state, "burned");
    assert.equal(receipt.endedAt, lapseAt);
    await api.sweeper.sweepOnce();
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    assert.equal((await clip.receipt()).json.deletedAt, api.clock.ms);
  });

  test("burns a clip that was left at 90 %, and not one that was left before", async () => {
    const watched = await new TestClip(api, { duration: 60 }).open();
    const left = await new TestClip(api, { duration: 60 }).open();
    await watched.beat(54);
    await left.beat(53.9);
    api.clock.pass(30);
    assert.equal((await watched.receipt()).json.state, "burned");
    assert.equal((await left.receipt()).json.state, "ready");
  });
});

describe("the burn", () => {
  test("deletes the clip, sees that it is gone, and says so; again when repeated", async () => {
    const clip = await new TestClip(api).open();
    const answer = await clip.burn();
    assert.deepEqual(answer.json, { state: "burned", deletedAt: api.clock.ms });
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    api.clock.pass(3);
    assert.deepEqual((await clip.burn()).json, answer.json);
    refused(await clip.takeLease(), "clip-over");
    refused(await clip.getPiece(0), "clip-over");
  });

  test("is the lease holder's alone, and only while it holds", async () => {
    const clip = await new TestClip(api).publish();
    refused(await clip.burn(), "no-such-clip");
    await clip.takeLease();
    for (const token of [clip.manage, clip.view, random(32)]) refused(await clip.burn(token), "no-such-clip");
    api.clock.pass(30);
    refused(await clip.burn(), "lease-lapsed");
    assert.equal((await clip.receipt()).json.state, "ready");
  });

  test("leaves nothing of the clip in the store but times and hashes of tokens", async () => {
    const clip = await new TestClip(api).open();
    await clip.burn();
    const kept = (await api.store.get(`wisp/${clip.id}`))?.value ?? "";
    for (const gone of [
      clip.create.iv,
      clip.send.sha256,
      clip.send.metadata,
      clip.send.metadataIv,
      '"bytes"',
      '"pieces"',
    ]) {
      assert.ok(!kept.includes(gone), gone);
    }
  });
});

describe("a heartbeat", () => {
  for (const position of [-1, "3", null, 86_401, Number.NaN]) {
    test(`refuses ${JSON.stringify(position)} as a position`, async () => {
      const clip = await new TestClip(api).open();
      refused(
        await call(api, "POST", `${clip.path}/heartbeat`, { token: clip.lease, json: { position } }),
        "bad-request",
      );
    });
  }

  test("is refused to a stranger as if there were no clip", async () => {
    const clip = await new TestClip(api).open();
    refused(await clip.beat(1, random(32)), "no-such-clip");
    refused(await new TestClip(api).beat(1), "no-such-clip");
  });
});
