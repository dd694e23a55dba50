/**
 * Turns a recorded clip, chunk by chunk as it arrives, into fragmented MP4 for MediaSource: what has come of all
 * tracks goes out as one fragment, and only when that is taken is the next chunk asked for.
 * Realm: frame. Sees the clip's plaintext. Loaded by a dynamic import, so that it lies in a chunk of its own.
 * Source: platform-notes.md "Playback".
 */
import type { Bytes } from "../../../wire/bytes.ts";
import { CodedError } from "../../../wire/errors.ts";
import { FILL_AFTER_S, type LastingSample, LastingTrack } from "./lasting-samples.ts";
import { writeFragment } from "./mp4/write-fragment.ts";
import { type Header, joined, type Packet, type RecordedTrack, type RecordingReader } from "./recording.ts";

export interface Fragment {
  readonly bytes: Bytes;
  /** Which tracks the clip turned out to have; the same for all its fragments. */
  readonly kinds: readonly ("picture" | "sound")[];
}

/** Seconds a last sample lasts when nothing says better: 30 pictures a second, an Opus frame. */
const PICTURE_S = 1 / 30;
const SOUND_S = 0.02;

/**
 * The clip as fragmented MP4; the first fragment begins with the init segment.
 * Errors of `chunks` are passed on as they are.
 * @throws CodedError cannot-play if the file is not what a recorder writes
 */
export async function* transmux(
  chunks: AsyncIterable<Uint8Array>,
  reader: RecordingReader,
): AsyncGenerator<Fragment, void, undefined> {
  const movie = new Movie(reader);
  try {
    for await (const chunk of chunks) {
      reader.add(chunk);
      const fragment = await refused(movie.cut());
      if (fragment) yield fragment;
    }
    yield await refused(movie.finish());
  } finally {
    reader.close();
  }
}

async function refused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError("cannot-play", "The clip's file could not be rewritten.", { cause });
  }
}

interface Track {
  readonly recorded: RecordedTrack;
  readonly lasting: LastingTrack;
  /** Read and not yet given a place. */
  fresh: Packet[];
  /** With a place, not yet written. */
  samples: LastingSample[];
}

class Movie {
  readonly #reader: RecordingReader;
  #tracks: Track[] | undefined;
  #header: Header | undefined;
  #written = 0;
  /** Recorded time, seconds, that becomes 0 in the MP4. */
  #origin = 0;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
  }

  /** All that can be written by now, if anything. */
  async cut(): Promise<Fragment | undefined> {
    const tracks = this.#read();
    if (!tracks || !(this.#header || mayBegin(tracks))) return undefined;
    this.#header ??= await this.#begin(tracks);
    this.#place(tracks);
    const horizon = Math.max(...tracks.map(({ lasting }) => lasting.reached));
    for (const { lasting, samples } of tracks) samples.push(...lasting.fill(horizon));
    return tracks.some(({ samples }) => samples.length > 0) ? this.#fragment(tracks, this.#header) : undefined;
  }

  /** The rest, once the last chunk has been read. */
  async finish(): Promise<Fragment> {
    let tracks = this.#read() ?? [];
    // A track that was announced and never came would keep MediaSource waiting for ever.
    if (!this.#header) this.#tracks = tracks = tracks.filter(({ fresh }) => fresh.length > 0);
    if (tracks.length === 0) throw new CodedError("cannot-play", "The clip is empty.");
    this.#header ??= await this.#begin(tracks);
    this.#place(tracks);
    const end = Math.max(...tracks.map(({ lasting }) => lasting.end));
    for (const { lasting, samples } of tracks) samples.push(...lasting.finish(end));
    return this.#fragment(tracks, this.#header);
  }

  /** Takes what the reader has read; undefined before it knows its tracks. */
  #read(): Track[] | undefined {
    if (!this.#reader.tracks) return undefined;
    this.#tracks ??= this.#reader.tracks.map(trackOf);
    if (this.#tracks.length === 0) throw new CodedError("cannot-play", "The clip has neither picture nor sound.");
    for (const track of this.#tracks) track.fresh.push(...track.recorded.take());
    return this.#tracks;
  }

  async #begin(tracks: Track[]): Promise<Header> {
    this.#origin = Math.min(...tracks.flatMap(({ fresh }) => fresh[0]?.timestamp ?? []));
    return this.#reader.header(tracks.map(({ recorded }) => recorded));
  }

  #place(tracks: Track[]): void {
    for (const track of tracks) {
      for (const packet of track.fresh)
        track.samples.push(...track.lasting.push(packet, packet.timestamp - this.#origin));
      track.fresh = [];
    }
  }

  #fragment(tracks: Track[], header: Header): Fragment {
    const first = this.#written++ === 0;
    const fragment = writeFragment(
      this.#written,
      tracks.map(({ samples }, index) => ({ ...(header.tracks[index] as Header["tracks"][number]), samples })),
    );
    for (const track of tracks) track.samples = [];
    const kinds = tracks.map(({ recorded }) => recorded.kind);
    return { bytes: first ? joined([header.bytes, fragment]) : fragment, kinds };
  }
}

/** Every track has a packet, or the others are so far ahead that silence stands in for it. */
function mayBegin(tracks: Track[]): boolean {
  const times = tracks.flatMap(({ fresh }) => fresh.map(({ timestamp }) => timestamp));
  const ahead = Math.max(...times) - Math.min(...times) > FILL_AFTER_S;
  return tracks.every(({ fresh, lasting }) => fresh.length > 0 || (ahead && lasting.canStandIn));
}

function trackOf(recorded: RecordedTrack): Track {
  const lasting =
    recorded.kind === "picture"
      ? // A key frame shown again shows the same picture and leaves the decoder as it was.
        new LastingTrack((last) => (last?.type === "key" ? last : undefined), PICTURE_S)
      : new LastingTrack(() => recorded.silence, SOUND_S);
  return { recorded, lasting, fresh: [], samples: [] };
}
