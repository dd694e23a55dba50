/**
 * Reads a WebM or Matroska recording as its bytes come, block by block: a recorder's clusters have no size, and to
 * wait for the end of one would hold up the first picture.
 * Realm: frame. Sees encoded frames. Source: RFC 8794 (EBML), RFC 9559 §5.1 (elements) and §10 (blocks);
 * docs/decisions/0020-own-readers-and-fragments.md.
 *
 *   element  | id (1–4 B, length in its leading zeros) | size (1–8 B, all ones: unknown) | payload |
 *   block    | track (vint) | timestamp relative to its cluster (i16) | flags: 80 key, 06 lacing | frame |
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
import { lengthPrefixed } from "./annex-b.ts";
import { type TrackConfig, writeHeader } from "./header.ts";

/** Element ids, with their length marker. */
const ID = {
  Segment: 0x18538067,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackType: 0x83,
  CodecID: 0x86,
  CodecPrivate: 0x63a2,
  ContentEncodings: 0x6d80,
  Video: 0xe0,
  PixelWidth: 0xb0,
  PixelHeight: 0xba,
  Audio: 0xe1,
  Channels: 0x9f,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
  BlockGroup: 0xa0,
  Block: 0xa1,
  ReferenceBlock: 0xfb,
} as const;

/** Of these the children are read where they come, so that it does not matter where such an element ends. */
const MASTERS = new Set<number>([ID.Segment, ID.Info, ID.Tracks, ID.TrackEntry, ID.Video, ID.Audio, ID.Cluster]);
const READ = new Set<number>(Object.values(ID));

/** No frame of a clip is this long, bytes; more is not a recording. */
const ELEMENT_MAX_BYTES = 32 * 1024 * 1024;
const TRACK_TYPE_VIDEO = 1;
const TRACK_TYPE_AUDIO = 2;

class WebmTrack implements RecordedTrack {
  number = 0;
  type = 0;
  codecId = "";
  codecPrivate: Uint8Array | undefined;
  width = 0;
  height = 0;
  channels = 1;
  packets: Packet[] = [];
  /** As recorded. */
  first: Packet | undefined;

  get kind(): "picture" | "sound" {
    return this.type === TRACK_TYPE_VIDEO ? "picture" : "sound";
  }

  get silence(): Packet | undefined {
    return this.codecId === "A_OPUS" ? opusSilence(this.channels) : undefined;
  }

  /** H.264 without parameters of its own has them in its frames, which then are written in another way than in MP4. */
  get isAnnexB(): boolean {
    return this.codecId === "V_MPEG4/ISO/AVC" && !this.codecPrivate;
  }

  take(): Packet[] {
    const { packets } = this;
    this.packets = [];
    return this.isAnnexB ? packets.map((packet) => ({ ...packet, data: lengthPrefixed(packet.data) })) : packets;
  }

  /** @param type the clip's MP4 type: the file says less of its codecs than the sealed metadata does */
  describe(type: string): TrackConfig {
    const description = this.codecPrivate && { description: this.codecPrivate };
    if (this.codecId === "A_OPUS") {
      const config = { codec: "opus", sampleRate: 48_000, numberOfChannels: this.channels, ...description };
      return { codec: "opus", config };
    }
    const known = PICTURE_CODECS[this.codecId];
    if (!known) throw unreadable("it has a codec that recorders do not use");
    const [codec, prefix] = known;
    const name = /codecs="([^"]*)"/
      .exec(type)?.[1]
      ?.split(",")
      .find((part) => part.startsWith(prefix));
    if (!name) throw unreadable("it is not what its metadata says");
    const config = { codec: name, codedWidth: this.width, codedHeight: this.height };
    return { codec, config: codec === "avc" ? { ...config, ...description } : config };
  }
}

const PICTURE_CODECS: Readonly<Record<string, ["vp9" | "av1" | "avc", string]>> = {
  V_VP9: ["vp9", "vp09"],
  V_AV1: ["av1", "av01"],
  "V_MPEG4/ISO/AVC": ["avc", "avc"],
};

function unreadable(why: string): CodedError {
  return new CodedError("cannot-play", `The clip's file could not be read: ${why}.`);
}

/** @param type the clip's MP4 type */
export function openReader(type: string): RecordingReader {
  return new WebmReader(type);
}

class WebmReader implements RecordingReader {
  readonly #type: string;
  #pending = new Uint8Array(0);
  #skip = 0;
  /** ns per tick */
  #scale = 1_000_000;
  #clusterTicks = 0;
  #entries: WebmTrack[] = [];
  tracks: readonly WebmTrack[] | undefined;

  constructor(type: string) {
    this.#type = type;
  }

  add(chunk: Uint8Array): void {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    this.#pending = joined([this.#pending, chunk.subarray(skipped)]);
    let at = 0;
    for (;;) {
      const read = this.#element(this.#pending.subarray(at));
      if (read === 0) break;
      at += read;
    }
    // A copy, so that the chunk can go.
    this.#pending = this.#pending.slice(at);
  }

  header(tracks: readonly RecordedTrack[]): Promise<Header> {
    return writeHeader(
      (tracks as readonly WebmTrack[]).map((track) => ({ ...track.describe(this.#type), first: track.first })),
    );
  }

  close(): void {
    this.#pending = new Uint8Array(0);
    for (const track of this.#entries) track.packets = [];
  }

  /** Reads one element, or the head of a master; returns the bytes used, 0 if there are not enough yet. */
  #element(bytes: Uint8Array): number {
    const head = readHead(bytes);
    if (!head) return 0;
    const { id, size, length } = head;
    if (MASTERS.has(id)) {
      this.#open(id);
      return length;
    }
    if (size === undefined) throw unreadable("an element has no end");
    if (!READ.has(id)) {
      const here = Math.min(size, bytes.length - length);
      this.#skip = size - here;
      return length + here;
    }
    if (size > ELEMENT_MAX_BYTES) throw unreadable("an element is too long");
    if (bytes.length < length + size) return 0;
    this.#leaf(id, bytes.subarray(length, length + size));
    return length + size;
  }

  #open(id: number): void {
    if (id === ID.TrackEntry) this.#entries.push(new WebmTrack());
    if (id !== ID.Cluster || this.tracks) return;
    const video = this.#entries.find((track) => track.type === TRACK_TYPE_VIDEO);
    const audio = this.#entries.find((track) => track.type === TRACK_TYPE_AUDIO);
    this.tracks = [video, audio].filter((track) => track !== undefined);
  }

  #leaf(id: number, payload: Uint8Array): void {
    if (id === ID.SimpleBlock) this.#block(payload, undefined);
    if (id === ID.BlockGroup) this.#blockGroup(payload);
    if (id === ID.Timestamp) this.#clusterTicks = unsigned(payload);
    if (id === ID.TimestampScale) this.#scale = unsigned(payload);
    const track = this.#entries.at(-1);
    if (!track) return;
    if (id === ID.TrackNumber) track.number = unsigned(payload);
    if (id === ID.TrackType) track.type = unsigned(payload);
    if (id === ID.CodecID) track.codecId = String.fromCharCode(...payload.subarray(0, 64)).replace(/\0+$/, "");
    if (id === ID.CodecPrivate) track.codecPrivate = payload.slice();
    if (id === ID.PixelWidth) track.width = unsigned(payload);
    if (id === ID.PixelHeight) track.height = unsigned(payload);
    if (id === ID.Channels) track.channels = unsigned(payload);
    if (id === ID.ContentEncodings) throw unreadable("its frames are packed");
  }

  #blockGroup(payload: Uint8Array): void {
    let block: Uint8Array | undefined;
    let isKey = true;
    for (let at = 0; at < payload.length; ) {
      const head = readHead(payload.subarray(at));
      if (!head || head.size === undefined) throw unreadable("a block is cut off");
      const start = at + head.length;
      at = start + head.size;
      if (head.id === ID.Block) block = payload.subarray(start, at);
      if (head.id === ID.ReferenceBlock) isKey = false;
    }
    if (block) this.#block(block, isKey);
  }

  /** @param isKey what the block's group says; undefined where its own flags do */
  #block(block: Uint8Array, isKey: boolean | undefined): void {
    const number = readVint(block, true);
    if (!number || block.length < number.length + 3) throw unreadable("a block is cut off");
    const track = this.tracks?.find((candidate) => candidate.number === number.value);
    if (!track) return;
    const view = new DataView(block.buffer, block.byteOffset + number.length, 3);
    const flags = view.getUint8(2);
    if (flags & 0x06) throw unreadable("its frames are laced");
    const packet: Packet = {
      // A copy, so that the chunk can go.
      data: block.slice(number.length + 3),
      type: (isKey ?? (flags & 0x80) !== 0) ? "key" : "delta",
      timestamp: ((this.#clusterTicks + view.getInt16(0)) * this.#scale) / 1e9,
      duration: 0,
    };
    track.first ??= packet;
    track.packets.push(packet);
  }
}

/** Undefined if the bytes end within the head. */
function readHead(bytes: Uint8Array): { id: number; size: number | undefined; length: number } | undefined {
  const id = readVint(bytes, false);
  const size = id && readVint(bytes.subarray(id.length), true);
  return size && { id: id.value, size: size.unknown ? undefined : size.value, length: id.length + size.length };
}

/** @param unmarked without the bit that marks the length */
function readVint(
  bytes: Uint8Array,
  unmarked: boolean,
): { value: number; length: number; unknown: boolean } | undefined {
  const first = bytes[0];
  if (first === undefined) return undefined;
  const length = Math.clz32(first) - 23;
  if (length > (unmarked ? 8 : 4)) throw unreadable("an element has no name");
  if (bytes.length < length) return undefined;
  const mask = 0xff >> length;
  let value = unmarked ? first & mask : first;
  let unknown = (first & mask) === mask;
  for (const byte of bytes.subarray(1, length)) {
    value = value * 256 + byte;
    unknown &&= byte === 0xff;
  }
  return { value, length, unknown };
}

function unsigned(payload: Uint8Array): number {
  return payload.reduce((value, byte) => value * 256 + byte, 0);
}
