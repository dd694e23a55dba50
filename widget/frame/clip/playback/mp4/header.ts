/**
 * The header of a fragmented MP4: which tracks it has, and the same header with only some of them.
 * Realm: frame. Pure. Source: ISO/IEC 14496-12 §8.2–§8.5 (moov, trak, stsd), §8.8.3 (trex).
 */
import { type Header, type HeaderTrack, joined } from "../recording.ts";
import { type Box, children, find, makeBox, unreadable, viewOf } from "./boxes.ts";

export interface TrackHeader extends HeaderTrack {
  readonly kind: "picture" | "sound" | "other";
  /** The sample entry's type: `avc1`, `Opus`, … */
  readonly entry: string;
  readonly channels: number;
  /** From trex, what a fragment says only where it differs: ticks, bytes. */
  readonly defaults: { readonly duration: number; readonly size: number; readonly flags: number };
}

const KINDS: Readonly<Record<string, "picture" | "sound">> = { vide: "picture", soun: "sound" };

/** @param moov content of the moov box */
export function readTracks(moov: Uint8Array): TrackHeader[] {
  const mvex = find(moov, "mvex");
  if (!mvex) throw unreadable("it is not in fragments");
  const trexes = children(mvex.content).filter(({ type }) => type === "trex");
  return children(moov)
    .filter(({ type }) => type === "trak")
    .map((trak) => readTrack(trak, trexes));
}

function readTrack(trak: Box, trexes: Box[]): TrackHeader {
  const id = trackId(trak);
  const mdhd = content(trak, "mdia", "mdhd");
  const timescale = mdhd.getUint32(mdhd.getUint8(0) === 1 ? 20 : 12);
  const hdlr = content(trak, "mdia", "hdlr");
  const handler = String.fromCharCode(...[8, 9, 10, 11].map((at) => hdlr.getUint8(at)));
  const stsd = content(trak, "mdia", "minf", "stbl", "stsd");
  const entry = String.fromCharCode(...[12, 13, 14, 15].map((at) => stsd.getUint8(at)));
  const kind = KINDS[handler] ?? "other";
  // stsd: version, count, then the entry: head 8, 6 reserved, index 2, and for sound 8 reserved, channels 2.
  const channels = kind === "sound" ? stsd.getUint16(8 + 8 + 8 + 8) : 0;
  const trex = trexes.map((box) => viewOf(box.content)).find((view) => view.getUint32(4) === id);
  if (!trex || timescale === 0) throw unreadable("a track has no times");
  const defaults = { duration: trex.getUint32(12), size: trex.getUint32(16), flags: trex.getUint32(20) };
  return { id, timescale, kind, entry, channels, defaults };
}

/** The header with the tracks of these ids alone: a track that never comes would keep MediaSource waiting. */
export function headerOf(ftyp: Uint8Array, moov: Uint8Array, tracks: readonly TrackHeader[]): Header {
  const kept = (id: number) => tracks.some((track) => track.id === id);
  const mvex = (box: Box) =>
    makeBox(
      "mvex",
      ...children(box.content)
        .filter(({ type, content }) => type !== "trex" || kept(viewOf(content).getUint32(4)))
        .map(({ bytes }) => bytes),
    );
  const inner = children(moov)
    .filter((box) => box.type !== "trak" || kept(trackId(box)))
    .map((box) => (box.type === "mvex" ? mvex(box) : box.bytes));
  return { bytes: joined([ftyp, makeBox("moov", ...inner)]), tracks };
}

function trackId(trak: Box): number {
  const tkhd = content(trak, "tkhd");
  return tkhd.getUint32(tkhd.getUint8(0) === 1 ? 20 : 12);
}

/** A view of a box's content; it throws RangeError past its end, which is caught where a chunk is read. */
function content(box: Box, ...path: string[]): DataView {
  const found = find(box.content, ...path);
  if (!found) throw unreadable(`it has no ${path.at(-1)}`);
  return viewOf(found.content);
}
