/**
 * What a reader of recorded files gives to the transmuxer, whatever the container.
 * Realm: frame. Sees encoded frames.
 */
import type { Bytes } from "../../../wire/bytes.ts";

/** An encoded frame as recorded, times in seconds. */
export interface Packet {
  readonly data: Uint8Array;
  readonly type: "key" | "delta";
  /** When it is decoded; packets of a track come in this order. */
  readonly timestamp: number;
  /** Shown this much later, where frames are not in the order of their display. */
  readonly offset?: number;
  /** 0 if the file does not say */
  readonly duration: number;
}

/** The first picture or the first sound track of a recording. */
export interface RecordedTrack {
  readonly kind: "picture" | "sound";
  /** What fills a silence, where the codec has such a thing. */
  readonly silence?: Packet | undefined;
  /** The packets read since the last call, in order. */
  take(): Packet[];
}

/** A track as the MP4 header has it. */
export interface HeaderTrack {
  readonly id: number;
  /** ticks per second */
  readonly timescale: number;
}

export interface Header {
  /** The init segment: ftyp, moov. */
  readonly bytes: Bytes;
  /** As given, in the same order. */
  readonly tracks: readonly HeaderTrack[];
}

/** Reads a recording as its bytes come. All methods throw CodedError cannot-play at what a recorder does not write. */
export interface RecordingReader {
  /** Takes the next bytes; what is complete by now can be taken from the tracks. */
  add(chunk: Uint8Array): void;
  /** Undefined until the file's own header has been read. At most one picture and one sound. */
  readonly tracks: readonly RecordedTrack[] | undefined;
  /** The MP4 header for some of the tracks, once they have packets. */
  header(tracks: readonly RecordedTrack[]): Promise<Header>;
  close(): void;
}

/** `type` is the clip's MP4 type, in whose codecs string the exact codec names stand. */
export type OpenReader = (type: string) => RecordingReader;

/** 20 ms of nothing: CELT, full band, one frame (RFC 6716 §3.1), the bytes that encoders write for digital silence. */
export function opusSilence(channels: number): Packet {
  return { data: Uint8Array.of(channels > 1 ? 0xfc : 0xf8, 0xff, 0xfe), type: "key", timestamp: 0, duration: 0.02 };
}

/** The parts, one after another, in one piece of memory of their own. */
export function joined(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
