/** The times of one track's samples. Source: platform-notes.md "Playback". */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LastingTrack } from "../../../widget/frame/clip/playback/lasting-samples.ts";
import type { Packet } from "../../../widget/frame/clip/playback/recording.ts";

const packet = (timestamp: number, type: Packet["type"] = "key"): Packet => ({
  data: Uint8Array.of(1),
  type,
  timestamp,
  duration: 0,
});
const silence = packet(0);
const again = (last: Packet | undefined) => (last?.type === "key" ? last : undefined);
const places = (samples: readonly { start: number; duration: number }[]) =>
  samples.map(({ start, duration }) => [start, Math.round(duration * 1000) / 1000]);

describe("a track of lasting samples", () => {
  it("holds a packet until the next one says how long it lasts", () => {
    const track = new LastingTrack(again, 0.04);
    assert.deepEqual(track.push(packet(0), 0), []);
    assert.deepEqual(places(track.push(packet(0.7), 0.7)), [[0, 0.7]]);
  });

  it("shows a late first picture from the start, and lets silence stand before a late first sound", () => {
    assert.deepEqual(places([...new LastingTrack(again, 0.04).push(packet(2), 2)]), []);
    const picture = new LastingTrack(again, 0.04);
    picture.push(packet(2), 2);
    assert.deepEqual(places(picture.push(packet(3), 3)), [[0, 3]]);
    const [first] = new LastingTrack(() => silence, 0.02).push(packet(2), 2);
    assert.equal(first?.packet, silence);
    assert.deepEqual([first?.start, first?.duration], [0, 2]);
  });

  it("is filled only when it lags by more than a second, and only by what changes nothing", () => {
    const track = new LastingTrack(again, 0.04);
    const key = packet(0);
    track.push(key, 0);
    assert.deepEqual(track.fill(0.9), []);
    const [sample] = track.fill(5);
    assert.equal(sample?.packet, key);
    assert.deepEqual([sample?.start, sample?.duration], [0, 4.5]);
    track.push(packet(6, "delta"), 6);
    assert.deepEqual(track.fill(60), []);
  });

  it("takes a packet that comes before the end of a filling", () => {
    const track = new LastingTrack(again, 0.04);
    track.push(packet(0), 0);
    track.fill(5);
    const [filling] = track.push(packet(4.2), 4.2);
    assert.ok((filling?.duration ?? 0) > 0);
    assert.ok(track.reached > 4.5);
  });

  it("ends with the last packet's length as recorded, else with that of the one before", () => {
    const said = new LastingTrack(again, 0.04);
    said.push({ ...packet(1), duration: 0.5 }, 1);
    assert.equal(said.end, 0.5);
    const guessed = new LastingTrack(again, 0.04);
    guessed.push(packet(0), 0);
    guessed.push(packet(0.1), 0.1);
    assert.ok(Math.abs(guessed.end - 0.2) < 1e-9);
    assert.deepEqual(places(guessed.finish(0.5)), [[0.1, 0.4]]);
  });

  it("refuses packets that go back in time", () => {
    const track = new LastingTrack(again, 0.04);
    track.push(packet(1), 1);
    assert.throws(() => track.push(packet(0.5), 0.5), { code: "cannot-play" });
  });
});
