/**
 * Playback while the clip is still arriving: when it starts, what it holds, how it stops.
 * Chromium runs with a media buffer of 1 MB, so that a small clip fills it.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type OpenPage, openPage } from "./support.ts";

const VP9 = "video/webm;codecs=vp9,opus";
const CHUNK = 32 * 1024;
const LARGE = { name: "large", mime: VP9 };
/** With so long a timeslice, and nothing to begin a group of pictures, Chromium begins no second cluster. */
const ONE_CLUSTER = { name: "one cluster", mime: "video/webm;codecs=vp9" };
const CLUSTER_ID = Buffer.from("1f43b675", "hex");

describe("a clip that is still arriving", { timeout: 90_000, concurrency: 4 }, () => {
  let page: OpenPage;
  before(async () => {
    page = await openPage(["--mse-video-buffer-size-limit-mb=1"]);
    await page.run("record", [
      { name: "camera", mime: VP9, ms: 3000, bytes: 60_000, picture: "camera" },
      { name: "mp4", mime: "video/mp4;codecs=vp9,opus", ms: 3000, bytes: 60_000, picture: "camera" },
      { name: "voice", mime: "audio/webm;codecs=opus", ms: 3000, bytes: 30_000 },
      { name: "still", mime: VP9, ms: 4000, picture: "still" },
      { ...LARGE, ms: 4000, bytes: 2_600_000, picture: "noise", bitsPerSecond: 12_000_000, keyFrameMs: 500 },
    ]);
    await page.run("record", [
      { ...ONE_CLUSTER, ms: 3500, picture: "noise", sound: "none", timesliceMs: 60_000, bitsPerSecond: 1_000_000 },
      { name: "vp8", mime: "video/webm;codecs=vp8,opus", ms: 1500, picture: "camera" },
    ]);
  });
  after(() => page?.close());

  for (const name of ["camera", "mp4", "still", "voice"]) {
    it(`starts before the last chunk has come (${name})`, async () => {
      const played = await page.run("play", name, { chunkBytes: 8 * 1024, gateAfter: -1 });
      assert.equal(played.outcome, "ended");
      assert.ok(played.chunksAtStart < played.chunks);
    });
  }

  it("does not wait for the end of a cluster", async () => {
    const bytes = Buffer.from((await page.run("take", ONE_CLUSTER.name)).base64, "base64");
    const first = bytes.indexOf(CLUSTER_ID);
    const second = bytes.indexOf(CLUSTER_ID, first + 1);
    const chunkBytes = Math.ceil((second > 0 ? second : bytes.length) / 3);
    const played = await page.run("play", ONE_CLUSTER.name, { chunkBytes, gateAfter: 1 });
    assert.equal(played.outcome, "ended");
    assert.equal(played.chunksAtStart, 1);
  });

  it("lets the first picture come before it takes more than that needs, half a second at most", async () => {
    const { base64 } = await page.run("take", "camera");
    // Two seconds of three, then the rest in so many pieces that it would be seen.
    const bytes = Buffer.from(base64, "base64").length;
    const played = await page.run("play", "camera", { firstBytes: Math.ceil(bytes * 0.7), chunkBytes: 4 * 1024 });
    assert.equal(played.outcome, "ended");
    assert.ok(played.chunks > 3);
    assert.ok(played.chunksAtStart === 1 || played.firstMs > 500, `${played.chunksAtStart} in ${played.firstMs} ms`);
  });

  it("asks for no more than the browser will hold and a few chunks", async () => {
    const played = await page.run("play", "large", { chunkBytes: CHUNK });
    assert.equal(played.outcome, "ended");
    const limit = 1024 * 1024 + 4 * CHUNK;
    // Half a second later some has been played and made room.
    assert.ok(played.chunks * CHUNK > 2 * limit, `the clip is too small to tell: ${played.chunks} chunks`);
    assert.ok(played.chunksAtStart * CHUNK <= limit, `${played.chunksAtStart} chunks at the first picture`);
    assert.ok(played.chunksSoon < played.chunks, "all chunks were taken at once");
    assert.ok(played.position > 3.5, `${played.position} s`);
  });

  it("waits for a whole VP8 clip before it shows any of it", async () => {
    const played = await page.run("play", "vp8");
    assert.equal(played.outcome, "ended");
    assert.equal(played.chunksAtStart, played.chunks);
  });

  it("shows nothing of a damaged VP8 clip", async () => {
    const played = await page.run("play", "vp8", { damagedAt: -1 });
    assert.deepEqual([played.outcome, played.frames, played.opened], ["damaged", 0, 1]);
  });

  for (const name of ["camera", "mp4"]) {
    it(`stops at once where a segment is damaged, and says so (${name})`, async () => {
      const played = await page.run("play", name, { chunkBytes: 8 * 1024, damagedAt: -2, damageAfterMs: 0 });
      assert.deepEqual([played.outcome, played.opened, played.emptied], ["damaged", 1, true]);
      assert.ok(played.position < 2, `went on to ${played.position} s`);
      assert.ok(played.chunksAtStart > 0, "it had not begun");
    });
  }

  it("does not end well if only the last chunk is damaged", async () => {
    const played = await page.run("play", "camera", { damagedAt: -1 });
    assert.deepEqual([played.outcome, played.emptied], ["damaged", true]);
  });

  it("stops when told, and leaves nothing on the element", async () => {
    const played = await page.run("play", "camera", { stopAfterMs: 300 });
    assert.deepEqual([played.outcome, played.emptied], ["AbortError", true]);
    assert.ok(played.position < 2.5, `position ${played.position} s`);
  });

  it("plays a file that differs from its metadata from a Blob, reading it once more", async () => {
    const played = await page.run("play", "vp8", { mime: VP9 });
    assert.deepEqual([played.outcome, played.opened], ["ended", 2]);
    assert.ok(played.frames > 0);
  });

  it("refuses what is no recording, by code", async () => {
    const noise = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251)).toString("base64");
    await page.run("keep", "noise", VP9, noise);
    const played = await page.run("play", "noise");
    assert.deepEqual([played.outcome, played.opened, played.emptied], ["cannot-play", 2, true]);
  });

  it("takes a stall of two seconds just before the end for the end", async () => {
    assert.equal(await page.run("stall", "camera", 0.1, 30_000), "ended");
  });

  it("takes a stall in the middle for a stall", async () => {
    assert.equal(await page.run("stall", "camera", 3, 7500), "playing");
  });
});
