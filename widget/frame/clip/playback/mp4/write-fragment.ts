/**
 * Writes one movie fragment: the samples of some tracks, whether they begin with a key frame or not.
 * Realm: frame. Sees encoded frames. Source: ISO/IEC 14496-12 §8.8.4–§8.8.12, W3C ISO BMFF byte stream format
 * (movie-fragment relative addressing, tfdt); docs/decisions/0020-own-readers-and-fragments.md.
 *
 *   | moof | mfhd | traf: tfhd, tfdt, trun | traf … | mdat: frames of the first track, of the second |
 */
import type { Bytes } from "../../../../wire/bytes.ts";
import type { LastingSample } from "../lasting-samples.ts";
import { type HeaderTrack, joined } from "../recording.ts";
import { makeBox, makeFullBox } from "./boxes.ts";

export interface FragmentTrack extends HeaderTrack {
  readonly samples: readonly LastingSample[];
}

const TFHD_BASE_IS_MOOF = 0x020000;
/** Version 1 (signed offsets); data offset, and for each sample duration, size, flags, offset. */
const TRUN_ALL = 0x01000f01;
/** Sample flags: depends on no other; depends on others and is no place to start. */
const KEY_FLAGS = 0x02000000;
const DELTA_FLAGS = 0x01010000;
const HEAD_BYTES = 8;

/** @param sequence 1 for a clip's first fragment, one more for each */
export function writeFragment(sequence: number, tracks: readonly FragmentTrack[]): Bytes {
  const written = tracks.filter(({ samples }) => samples.length > 0);
  // Boxes do not change their size with the offsets in them, so the first moof tells where the frames will lie.
  const moofBytes = writeMoof(sequence, written, 0).length;
  const moof = writeMoof(sequence, written, moofBytes + HEAD_BYTES);
  return joined([moof, makeBox("mdat", ...written.flatMap(({ samples }) => samples.map(({ packet }) => packet.data)))]);
}

function writeMoof(sequence: number, tracks: readonly FragmentTrack[], dataOffset: number): Bytes {
  let at = dataOffset;
  const trafs = tracks.map((track) => {
    const traf = writeTraf(track, at);
    at += track.samples.reduce((sum, { packet }) => sum + packet.data.length, 0);
    return traf;
  });
  return makeBox("moof", makeFullBox("mfhd", 0, [sequence]), ...trafs);
}

function writeTraf({ id, timescale, samples }: FragmentTrack, dataOffset: number): Bytes {
  // Ends are rounded, not durations: so samples meet exactly, in this fragment and the next.
  const ticks = (seconds: number) => Math.round(seconds * timescale);
  const start = ticks(samples[0]?.start ?? 0);
  const run = samples.flatMap(({ packet, start, duration }) => [
    ticks(start + duration) - ticks(start),
    packet.data.length,
    packet.type === "key" ? KEY_FLAGS : DELTA_FLAGS,
    ticks(packet.offset ?? 0) >>> 0,
  ]);
  return makeBox(
    "traf",
    makeFullBox("tfhd", TFHD_BASE_IS_MOOF, [id]),
    makeFullBox("tfdt", 0x01000000, [Math.floor(start / 2 ** 32), start >>> 0]),
    makeFullBox("trun", TRUN_ALL, [samples.length, dataOffset, ...run]),
  );
}
