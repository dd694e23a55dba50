/**
 * Reads a fragmented MP4 recording as its bytes come, fragment by fragment. Its header is used as it is; its times are
 * not, because a recorder's fragments leave gaps.
 * Realm: frame. Sees encoded frames. Source: ISO/IEC 14496-12 §8.8.4–§8.8.12 (moof, traf, tfhd, trun, tfdt).
 *
 *   file   | ftyp | moov | moof: traf … | mdat: frames | moof | mdat | … | mfra |
 */
import { CodedError } from "../../../../wire/errors.ts";
import {
  type Header,
  joined,
  opusSilence,
  type Packet,
  type RecordedTrack,
  type RecordingReader,
} from "../recording.ts";
import { children, find, readHead, unreadable, viewOf } from "./boxes.ts";
import { headerOf, readTracks, type TrackHeader } from "./header.ts";

/** A fragment of a recording is about a second; more than this is not one, bytes. */
const BOX_MAX_BYTES = 64 * 1024 * 1024;

/** Flags of tfhd and trun: which fields are there. */
const TFHD = { base: 0x1, description: 0x2, duration: 0x8, size: 0x10, flags: 0x20 } as const;
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, offset: 0x800 } as const;
/** Sample flag: not a key frame. */
const NON_SYNC = 0x10000;

export function openReader(): RecordingReader {
  return new Mp4Reader();
}

class Mp4Track implements RecordedTrack {
  readonly header: TrackHeader;
  readonly kind: "picture" | "sound";
  readonly silence: Packet | undefined;
  packets: Packet[] = [];
  /** Ticks at which the next fragment starts if it does not say. */
  next = 0;

  constructor(header: TrackHeader, kind: "picture" | "sound") {
    this.header = header;
    this.kind = kind;
    this.silence = header.entry === "Opus" ? opusSilence(header.channels) : undefined;
  }

  take(): Packet[] {
    const { packets } = this;
    this.packets = [];
    return packets;
  }
}

class Mp4Reader implements RecordingReader {
  tracks: readonly Mp4Track[] | undefined;
  #pending: Uint8Array = new Uint8Array(0);
  #skip = 0;
  /** Place of `#pending` in the file, bytes. */
  #position = 0;
  #ftyp: Uint8Array = new Uint8Array(0);
  #moov: Uint8Array = new Uint8Array(0);
  #moof: { content: Uint8Array; position: number } | undefined;

  add(chunk: Uint8Array): void {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    this.#position += skipped;
    this.#pending = joined([this.#pending, chunk.subarray(skipped)]);
    try {
      for (let read = this.#box(); read > 0; read = this.#box()) {
        this.#pending = this.#pending.subarray(read);
        this.#position += read;
      }
    } catch (cause) {
      // A DataView says so when a field lies past the end of its box.
      throw cause instanceof CodedError
        ? cause
        : new CodedError("cannot-play", "The clip's file could not be read.", { cause });
    }
  }

  async header(tracks: readonly RecordedTrack[]): Promise<Header> {
    const headers = (tracks as readonly Mp4Track[]).map(({ header }) => header);
    return headerOf(this.#ftyp, this.#moov, headers);
  }

  close(): void {
    this.#pending = new Uint8Array(0);
    for (const track of this.tracks ?? []) track.packets = [];
  }

  /** Reads a box; returns the bytes used, 0 if they are not all there yet. */
  #box(): number {
    const head = readHead(this.#pending);
    if (!head) return 0;
    if (!["ftyp", "moov", "moof", "mdat"].includes(head.type) || (head.type === "mdat" && !this.#moof)) {
      const here = Math.min(head.size, this.#pending.length);
      this.#skip = head.size - here;
      return here;
    }
    if (head.size > BOX_MAX_BYTES) throw unreadable("a fragment is too long");
    if (this.#pending.length < head.size) return 0;
    // A copy where it is kept, so that the chunk can go.
    const box = this.#pending.slice(0, head.size);
    const content = box.subarray(head.length);
    if (head.type === "ftyp") this.#ftyp = box;
    if (head.type === "moov") this.#open(content);
    if (head.type === "moof") this.#moof = { content, position: this.#position };
    if (head.type === "mdat") this.#fragment(box);
    return head.size;
  }

  #open(moov: Uint8Array): void {
    this.#moov = moov;
    const headers = readTracks(moov);
    this.tracks = (["picture", "sound"] as const).flatMap((kind) => {
      const header = headers.find((track) => track.kind === kind);
      return header ? [new Mp4Track(header, kind)] : [];
    });
  }

  #fragment(mdat: Uint8Array): void {
    const { content, position } = this.#moof as { content: Uint8Array; position: number };
    this.#moof = undefined;
    for (const traf of children(content).filter(({ type }) => type === "traf")) {
      const id = find(traf.content, "tfhd");
      const track = id && this.tracks?.find(({ header }) => header.id === viewOf(id.content).getUint32(4));
      if (track) readRun(track, traf.content, { mdat, mdatAt: this.#position, moofAt: position });
    }
  }
}

/** Where a fragment lies in the file, bytes. */
interface Place {
  readonly mdat: Uint8Array;
  readonly mdatAt: number;
  readonly moofAt: number;
}

function readRun(track: Mp4Track, traf: Uint8Array, { mdat, mdatAt, moofAt }: Place): void {
  const tfhd = fields(find(traf, "tfhd")?.content);
  tfhd.next();
  const base = tfhd.has(TFHD.base) ? tfhd.long() : moofAt;
  if (tfhd.has(TFHD.description)) tfhd.next();
  const { defaults, timescale } = track.header;
  const duration = tfhd.has(TFHD.duration) ? tfhd.next() : defaults.duration;
  const size = tfhd.has(TFHD.size) ? tfhd.next() : defaults.size;
  const flags = tfhd.has(TFHD.flags) ? tfhd.next() : defaults.flags;
  const tfdt = find(traf, "tfdt");
  if (tfdt) track.next = fields(tfdt.content).longIf1();
  let at = base;
  for (const { content } of children(traf).filter(({ type }) => type === "trun")) {
    const trun = fields(content);
    const count = trun.next();
    if (trun.has(TRUN.dataOffset)) at = base + trun.signed();
    const firstFlags = trun.has(TRUN.firstFlags) ? trun.next() : undefined;
    for (let i = 0; i < count; i++) {
      const ticks = trun.has(TRUN.duration) ? trun.next() : duration;
      const bytes = trun.has(TRUN.size) ? trun.next() : size;
      const own = trun.has(TRUN.flags) ? trun.next() : i === 0 ? (firstFlags ?? flags) : flags;
      const offset = trun.has(TRUN.offset) ? trun.signed() : 0;
      const start = at - mdatAt;
      if (start < 0 || start + bytes > mdat.length) throw unreadable("a frame lies outside its fragment");
      const data = mdat.subarray(start, start + bytes);
      const type = own & NON_SYNC ? "delta" : "key";
      track.packets.push({
        data,
        type,
        timestamp: track.next / timescale,
        offset: offset / timescale,
        duration: ticks / timescale,
      });
      track.next += ticks;
      at += bytes;
    }
  }
}

/** Reads the u32 fields of a full box one after another. */
function fields(content: Uint8Array | undefined) {
  if (!content) throw unreadable("a fragment has no head");
  const view = viewOf(content);
  let at = 4;
  const next = () => {
    at += 4;
    return view.getUint32(at - 4);
  };
  const long = () => next() * 2 ** 32 + next();
  return {
    has: (flag: number) => (view.getUint32(0) & 0xffffff & flag) !== 0,
    next,
    signed: () => next() | 0,
    long,
    longIf1: () => (view.getUint8(0) === 1 ? long() : next()),
  };
}
