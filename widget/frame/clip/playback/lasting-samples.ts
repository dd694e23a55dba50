/**
 * Gives the packets of one track their time in MP4: each sample starts where the one before ends and lasts until the
 * track's next one. MediaSource drops frames after a jump in time and stalls in a gap; so there are none.
 * Realm: frame. Sees encoded frames. Pure. Source: platform-notes.md "Playback", docs/decisions/0021-filling-a-silence.md.
 *
 *   packets   |v     |v                    |v   |v          (timestamps as recorded)
 *   samples   |——————|—————————————————————|————|———————|   (all tracks: from 0 to one common end)
 */
import { CodedError } from "../../../wire/errors.ts";
import type { Packet } from "./recording.ts";

/** A packet with its place in the MP4, seconds. */
export interface LastingSample {
  readonly packet: Packet;
  readonly start: number;
  readonly duration: number;
}

/**
 * A track silent for this long, in seconds of the other track, is filled up, so that playback need not wait for its
 * next packet (which may never come: a still screen, a microphone pulled out).
 */
export const FILL_AFTER_S = 1;
/** A filling ends this far behind the other track: tracks are interleaved to within less than that. */
const FILL_MARGIN_S = 0.5;
/** An offset below this at the start is not worth a filler. */
const START_OFFSET_S = 0.05;
/** Shortest sample: one tick of a millisecond clock. */
const TICK_S = 0.001;

export class LastingTrack {
  readonly #filler: (last: Packet | undefined) => Packet | undefined;
  readonly #frameS: number;
  #held: { packet: Packet; start: number } | undefined;
  #lastTimestamp = Number.NEGATIVE_INFINITY;
  #lastDuration: number;

  /**
   * @param filler what may follow `last` (undefined: nothing yet) without changing what is seen or heard, if anything
   * @param frameS seconds that the last sample lasts where nothing says better
   */
  constructor(filler: (last: Packet | undefined) => Packet | undefined, frameS: number) {
    this.#filler = filler;
    this.#frameS = frameS;
    this.#lastDuration = frameS;
  }

  /** Whether there is a packet, or a filler in its place. */
  get begun(): boolean {
    return this.#held !== undefined;
  }

  /**
   * Takes the next packet, at `time` seconds from the start of the clip; returns the samples now complete.
   * @throws CodedError cannot-play if packets go back in time
   */
  push(packet: Packet, time: number): LastingSample[] {
    if (packet.timestamp < this.#lastTimestamp) {
      throw new CodedError("cannot-play", "The clip's frames are not in the order of their times.");
    }
    this.#lastTimestamp = packet.timestamp;
    if (this.#held) return [this.#replace(packet, time)];
    const silence = time > START_OFFSET_S ? this.#filler(undefined) : undefined;
    this.#held = { packet: silence ?? packet, start: 0 };
    return silence ? [this.#replace(packet, time)] : [];
  }

  /** Fills the track up if it lags far behind `horizon`, seconds; returns the samples now complete. */
  fill(horizon: number): LastingSample[] {
    if (horizon - (this.#held?.start ?? 0) <= FILL_AFTER_S) return [];
    const filler = this.#filler(this.#held?.packet);
    if (!filler) return [];
    if (this.#held) return [this.#replace(filler, horizon - FILL_MARGIN_S)];
    this.#held = { packet: filler, start: 0 };
    return [];
  }

  /** Whether something may stand in for a track that has not begun. */
  get canStandIn(): boolean {
    return this.#filler(undefined) !== undefined;
  }

  /** Seconds at which the track has a packet last. */
  get reached(): number {
    return this.#held?.start ?? 0;
  }

  /** Seconds at which the track would end if nothing followed. */
  get end(): number {
    return this.#held ? this.#held.start + (this.#held.packet.duration || this.#lastDuration) : 0;
  }

  /** The last sample, lasting until `end`, seconds. */
  finish(end: number): LastingSample[] {
    if (!this.#held) return [];
    const { packet, start } = this.#held;
    this.#held = undefined;
    return [{ packet, start, duration: Math.max(end - start, TICK_S) }];
  }

  #replace(packet: Packet, time: number): LastingSample {
    const held = this.#held as { packet: Packet; start: number };
    // A filler may reach past the packet that comes after it.
    const start = Math.max(time, held.start + TICK_S);
    const duration = start - held.start;
    this.#lastDuration = Math.min(duration, this.#frameS * 4);
    this.#held = { packet, start };
    return { packet: held.packet, start: held.start, duration };
  }
}
