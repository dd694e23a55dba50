/**
 * Recordings rewritten as MP4 that has no gaps: nothing lost, nothing moved, whatever the chunks.
 * Source: platform-notes.md "Playback".
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { openReader as openMp4 } from "../../../widget/frame/clip/playback/mp4/read-mp4.ts";
import { type OpenReader, opusSilence } from "../../../widget/frame/clip/playback/recording.ts";
import { transmux } from "../../../widget/frame/clip/playback/transmux.ts";
import { openReader as openWebm } from "../../../widget/frame/clip/playback/webm/read-webm.ts";
import { CodedError } from "../../../widget/wire/errors.ts";
import { cutAt, type Frame, type Recorded, record, type Sample, samplesOf, TYPE } from "./files.ts";

type Container = "webm" | "mp4";
const OPEN: Record<Container, OpenReader> = { webm: openWebm, mp4: openMp4 };
const SILENCE = Buffer.from(opusSilence(1).data).toString("hex");
/** One tick of the coarsest clock here is a millisecond. */
const CLOSE_S = 0.0015;
const RUNS = 60;

async function* arriving(chunks: readonly Uint8Array[]) {
  yield* chunks;
}

async function rewritten(container: Container, chunks: readonly Uint8Array[]) {
  const parts: Uint8Array[] = [];
  let kinds: readonly string[] = [];
  for await (const fragment of transmux(arriving(chunks), OPEN[container](TYPE))) {
    parts.push(fragment.bytes);
    kinds = fragment.kinds;
  }
  return { ...(await samplesOf(Buffer.concat(parts))), kinds, fragments: parts.length };
}

/** Frames `gaps` ms apart from `start` ms on; each has bytes of its own, so that it can be told from the others. */
function frames(prefix: number, start: number, gaps: readonly number[], keyEvery = 1): Frame[] {
  let at = start;
  return [0, ...gaps].map((gap, index) => {
    at += gap;
    return { at, key: index % keyEvery === 0, data: Uint8Array.of(prefix, index >> 8, index & 255, 1, 2, 3) };
  });
}

/** ms between frames: mostly a frame's length, now and then a long silence. */
const gap = (usual: number) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: usual, max: usual * 3 }) },
    { weight: 1, arbitrary: fc.nat(6000) },
  );
const track = (prefix: number, usual: number, keyEvery: fc.Arbitrary<number>) =>
  fc.tuple(fc.nat(2500), fc.array(gap(usual), { minLength: 1, maxLength: 60 }), keyEvery).map(([start, gaps, every]) =>
    frames(
      prefix,
      start,
      gaps.map((ms) => ms + 1),
      every,
    ),
  );
const recordings = fc
  .record({
    picture: fc.option(track(0xa0, 33, fc.integer({ min: 1, max: 40 }))),
    sound: fc.option(track(0xb0, 20, fc.constant(1))),
  })
  .filter(({ picture, sound }) => Boolean(picture || sound))
  .map(({ picture, sound }) => ({ picture: picture ?? undefined, sound: sound ?? undefined }));
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

const hex = ({ data }: Frame) => Buffer.from(data).toString("hex");

/** Without what was filled in: silence, and a key frame shown again. */
function recorded(samples: readonly Sample[]): Sample[] {
  return samples.filter(
    (sample, index) => sample.hex !== SILENCE && !(sample.key && sample.hex === samples[index - 1]?.hex),
  );
}

function assertLasting(samples: readonly Sample[]): void {
  assert.equal(samples[0]?.at, 0);
  for (const [index, sample] of samples.entries()) {
    const next = samples[index + 1];
    assert.ok(sample.duration > 0, `sample ${index} lasts ${sample.duration} s`);
    if (next) assert.ok(Math.abs(sample.at + sample.duration - next.at) < 1e-6, `a gap after sample ${index}`);
  }
}

function endOf(samples: readonly Sample[] | undefined): number {
  const last = samples?.at(-1);
  return last ? last.at + last.duration : 0;
}

for (const container of ["webm", "mp4"] as const) {
  describe(`a ${container} recording rewritten`, () => {
    it("keeps every frame in its order, each lasting until its track's next one, whatever the chunks", async () => {
      const property = fc.asyncProperty(recordings, cuts, async (given: Recorded, shares) => {
        const file = await record(container, given);
        const written = await rewritten(container, cutAt(file, shares));
        // What the recorder of these files writes into MP4 of key frames is not always what it was given.
        const keys = container === "mp4" ? await samplesOf(file) : given;
        for (const kind of ["picture", "sound"] as const) {
          const [samples, expected] = [written[kind], given[kind]];
          assert.equal(Boolean(samples), Boolean(expected), kind);
          if (!samples || !expected) continue;
          assertLasting(samples);
          assert.deepEqual(
            recorded(samples).map((sample) => sample.hex),
            expected.map(hex),
          );
          assert.deepEqual(
            recorded(samples).map((sample) => sample.key),
            keys[kind]?.map(({ key }) => key),
          );
        }
        if (written.picture && written.sound) {
          assert.ok(Math.abs(endOf(written.picture) - endOf(written.sound)) < CLOSE_S, "the tracks end apart");
        }
      });
      await fc.assert(property, { numRuns: RUNS });
    });

    it("moves no frame but the first ones, so that picture and sound stay together", async () => {
      const property = fc.asyncProperty(recordings, cuts, async (given: Recorded, shares) => {
        const written = await rewritten(container, cutAt(await record(container, given), shares));
        const origin = Math.min(...[given.picture, given.sound].flatMap((track) => track?.[0]?.at ?? []));
        for (const kind of ["picture", "sound"] as const) {
          for (const [index, sample] of recorded(written[kind] ?? []).entries()) {
            const expected = ((given[kind]?.[index]?.at ?? 0) - origin) / 1000;
            if (index > 0)
              assert.ok(
                Math.abs(sample.at - expected) < CLOSE_S,
                `${kind} ${index} at ${sample.at} s, not ${expected} s`,
              );
          }
        }
      });
      await fc.assert(property, { numRuns: RUNS });
    });

    it("asks for a chunk only when the fragment before is taken", async () => {
      const file = await record(container, {
        picture: frames(1, 0, Array(300).fill(33), 10),
        sound: frames(2, 0, Array(500).fill(20)),
      });
      const chunks = cutAt(file, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
      let asked = 0;
      async function* counted() {
        for (const chunk of chunks) {
          asked++;
          yield chunk;
        }
      }
      let fragments = 0;
      for await (const _ of transmux(counted(), OPEN[container](TYPE))) {
        fragments++;
        // The last fragment comes when there are no more chunks.
        assert.ok(
          asked <= fragments + (fragments > chunks.length ? 0 : 1),
          `${asked} chunks for ${fragments} fragments`,
        );
      }
      assert.ok(fragments >= chunks.length);
    });

    it("fails by code, and only so, on a file that is damaged or cut off", async () => {
      const file = await record(container, {
        picture: frames(1, 0, Array(60).fill(33), 10),
        sound: frames(2, 0, Array(90).fill(20)),
      });
      const harm = fc.record({
        at: fc.nat(file.length - 1),
        to: fc.nat(255),
        end: fc.integer({ min: 1, max: file.length }),
      });
      const property = fc.asyncProperty(harm, cuts, async ({ at, to, end }, shares) => {
        const damaged = file.slice(0, end);
        damaged[Math.min(at, end - 1)] = to;
        try {
          for await (const _ of transmux(arriving(cutAt(damaged, shares)), OPEN[container](TYPE)));
        } catch (error) {
          assert.ok(error instanceof CodedError, String(error));
          assert.equal(error.code, "cannot-play");
        }
      });
      await fc.assert(property, { numRuns: 300 });
    });

    it("leaves out a track that was announced and never came", async () => {
      const file = await record(container, { picture: frames(1, 0, [33, 33]), sound: [] });
      const { kinds, sound, picture } = await rewritten(container, [file]);
      assert.deepEqual(kinds, ["picture"]);
      assert.equal(sound, undefined);
      assert.equal(picture?.length, 3);
    });

    it("passes an error of its source on as it is", async () => {
      const failure = new Error("damaged");
      async function* failing() {
        yield (await record(container, { picture: frames(1, 0, [33, 33]) })).slice(0, 300);
        throw failure;
      }
      const reading = async () => {
        for await (const _ of transmux(failing(), OPEN[container](TYPE)));
      };
      await assert.rejects(reading, (error) => error === failure);
    });
  });
}

describe("a long silence", () => {
  it("is filled up while its end is not known, so that the other track need not wait", async () => {
    const file = await record("webm", { picture: frames(1, 0, Array(300).fill(33)), sound: frames(2, 0, [20, 20]) });
    const half = file.length / 2;
    async function* stopped() {
      yield file.slice(0, half);
      throw new Error("no more yet");
    }
    const parts: Uint8Array[] = [];
    const reading = async () => {
      for await (const fragment of transmux(stopped(), openWebm(TYPE))) parts.push(fragment.bytes);
    };
    await assert.rejects(reading, /no more yet/);
    const { picture, sound } = await samplesOf(Buffer.concat(parts));
    assert.ok(endOf(picture) > 3, `picture until ${endOf(picture)} s`);
    assert.ok(endOf(picture) - endOf(sound) < 1, `sound until ${endOf(sound)} s`);
  });

  it("of the picture is filled with the key frame before it", async () => {
    const file = await record("webm", { picture: frames(1, 0, [4000]), sound: frames(2, 0, Array(200).fill(20)) });
    const { picture } = await rewritten("webm", cutAt(file, [0.2, 0.4, 0.6, 0.8]));
    assert.ok((picture?.length ?? 0) > 2);
    assertLasting(picture ?? []);
    assert.ok(picture?.slice(0, -1).every((sample) => sample.hex === picture[0]?.hex));
  });
});

describe("frames that are not in the order of their display", () => {
  it("keep it in MP4, where a file says so", async () => {
    const order = [0, 120, 40, 80, 240, 160, 200];
    const picture = order.map((at, index) => ({ at, key: index === 0, data: Uint8Array.of(9, index, 0, 1) }));
    const written = await rewritten("mp4", [await record("mp4", { picture })]);
    const shown = written.picture?.map(({ at }) => Math.round((at - (written.picture?.[0]?.at ?? 0)) * 1000));
    assert.deepEqual(
      written.picture?.map(({ hex }) => hex),
      picture.map(hex),
    );
    assert.deepEqual(shown, order);
  });
});
