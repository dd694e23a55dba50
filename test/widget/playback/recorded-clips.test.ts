/**
 * Clips as Chromium's MediaRecorder writes them, played through the player in Chromium: every picture, and the end.
 * Source: platform-notes.md "Playback" (a still screen, an audio gap, pauses).
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BlobSource, EncodedPacketSink, Input, MATROSKA, MP4, WEBM } from "mediabunny";
import type { Played } from "./page.ts";
import type { Recipe } from "./record-clip.ts";
import { type OpenPage, openPage } from "./support.ts";

const VP9 = "video/webm;codecs=vp9,opus";
const MS = 2500;

const RECIPES: Recipe[] = [
  { name: "a camera with sound", mime: VP9, ms: MS, picture: "camera" },
  { name: "a camera without sound", mime: "video/webm;codecs=vp9", ms: MS, picture: "camera", sound: "none" },
  { name: "a still screen", mime: VP9, ms: MS, picture: "still" },
  { name: "a screen that stops changing", mime: VP9, ms: MS, picture: "slides" },
  { name: "a gap in the sound", mime: VP9, ms: MS, picture: "camera", sound: "gap" },
  { name: "a microphone pulled out", mime: VP9, ms: MS, picture: "camera", sound: "unplugged" },
  { name: "a pause in the middle", mime: VP9, ms: MS, picture: "camera", pauseAt: 1000 },
  { name: "a voice only", mime: "audio/webm;codecs=opus", ms: MS },
  { name: "a voice only in MP4", mime: "audio/mp4;codecs=opus", ms: MS },
  { name: "VP9 in MP4", mime: "video/mp4;codecs=vp9,opus", ms: MS, picture: "camera" },
  { name: "a gap in the sound in MP4", mime: "video/mp4;codecs=vp9,opus", ms: MS, picture: "camera", sound: "gap" },
  { name: "H.264 in MP4", mime: "video/mp4;codecs=avc1.42E01E,opus", ms: MS, picture: "camera" },
  { name: "H.264 in Matroska", mime: "video/x-matroska;codecs=avc1,opus", ms: MS, picture: "camera" },
  { name: "AV1", mime: "video/webm;codecs=av1,opus", ms: MS, picture: "camera" },
  { name: "VP8", mime: "video/webm;codecs=vp8,opus", ms: MS, picture: "camera" },
];
/** At once on two cores. */
const AT_ONCE = 5;

interface Outcome {
  readonly played: Played;
  readonly pictures: number;
  /** seconds */
  readonly end: number;
}

/** Counted by another demuxer than the player's. */
async function contentOf(base64: string): Promise<{ pictures: number; end: number }> {
  const source = new BlobSource(new Blob([Buffer.from(base64, "base64")]));
  const input = new Input({ source, formats: [WEBM, MATROSKA, MP4] });
  let [pictures, end] = [0, 0];
  for (const track of await input.getTracks()) {
    for await (const packet of new EncodedPacketSink(track).packets()) {
      end = Math.max(end, packet.timestamp + packet.duration);
      if (track.isVideoTrack()) pictures++;
    }
  }
  return { pictures, end };
}

describe("clips as recorded", { timeout: 120_000 }, () => {
  let page: OpenPage;
  const outcomes = new Map<string, Outcome>();
  const missing = new Set<string>();

  before(async () => {
    page = await openPage();
    for (const { name, mime } of RECIPES) if (!(await page.run("canRecord", mime))) missing.add(name);
    const recipes = RECIPES.filter(({ name }) => !missing.has(name));
    for (let at = 0; at < recipes.length; at += AT_ONCE) {
      const some = recipes.slice(at, at + AT_ONCE);
      await page.run("record", some);
      const names = some.map(({ name }) => name);
      for (const [index, played] of (await page.run("playAll", names)).entries()) {
        const name = names[index] as string;
        outcomes.set(name, { played, ...(await contentOf((await page.run("take", name)).base64)) });
      }
    }
  });
  after(() => page?.close());

  for (const { name, mime } of RECIPES) {
    it(`plays every picture of ${name}, to its end, opened once`, (t) => {
      if (missing.has(name)) return t.skip(`this Chromium does not record ${mime}`);
      const { played, pictures, end } = outcomes.get(name) as Outcome;
      assert.equal(played.outcome, "ended");
      assert.equal(played.opened, 1);
      assert.ok(played.frames >= pictures, `${played.frames} of ${pictures} pictures`);
      assert.ok(Math.abs(played.position - end) < 0.5, `ended at ${played.position} s of ${end} s`);
      assert.ok(played.emptied, "the element was left with a source");
    });
  }

  it("ends every time, not only often", async () => {
    const again = ["a camera with sound", "a still screen", "a gap in the sound", "a pause in the middle"];
    const { length } = await page.run("violations");
    assert.equal(length, 0);
    for (const played of await page.run("playAll", [...again, ...again])) assert.equal(played.outcome, "ended");
  });

  it("breaks no rule of the frame's policy", async () => {
    assert.deepEqual(await page.run("violations"), []);
  });
});
