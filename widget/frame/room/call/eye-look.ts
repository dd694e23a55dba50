/**
 * One look at what the relay carries: a second connection to the SFU that has no keys and no way to any, gets one picture
 * for a few seconds, gives it to the browser's own decoder as it came, and is gone. Loaded when somebody looks.
 * Short, because a receiver that can't decode keeps asking the sender for key frames: docs/decisions/0042.
 * Realm: frame; sees what the relay carries. Source: product.md R15.
 */
import {
  LogLevel,
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
  VideoQuality,
} from "livekit-client";
import eyeUrl from "../../../media/eye-main.ts?worker&url";
import { CodedError } from "../../../wire/errors.ts";
import type { EyeOptions, EyeSample } from "../../../wire/frame-eye.ts";
import { startWorker } from "../../worker-url.ts";

/** Nothing of it belongs into the console of the page around. */
setLogLevel(LogLevel.silent);

/** ms of pictures, from the first one on. */
const LOOK_MS = 3_000;
/** ms for the first one to come. */
const PATIENCE_MS = 10_000;
/** ms between two readings of the connection's statistics: there is no event for them. */
const READ_EVERY_MS = 250;
const SOURCES = { video: Track.Source.Camera, screen: Track.Source.ScreenShare } as const;

export interface EyeTarget {
  /** pseudonym of the post key of whose picture it is */
  readonly identity: string;
  readonly kind: "video" | "screen";
}

/** As the browser counts. */
export interface EyeCounts {
  readonly packets: number;
  readonly bytes: number;
  /** frames that came whole */
  readonly received: number;
  /** pictures that the decoder made of them */
  readonly decoded: number;
}

export interface EyeEvents {
  sample(sample: EyeSample, codec: string): void;
  counts(counts: EyeCounts): void;
}

export interface EyeWay {
  readonly url: string;
  readonly token: string;
}

export class EyeLook {
  readonly #room = new Room({ singlePeerConnection: false, adaptiveStream: false });
  readonly #worker = startWorker(eyeUrl);
  readonly #events: EyeEvents;
  readonly #end = new AbortController();

  constructor(events: EyeEvents) {
    this.#events = events;
  }

  /** Resolves when it is over, by itself or by `end`. @param attempt where the decoder's pictures would be shown */
  async look(way: EyeWay, target: EyeTarget, attempt: HTMLVideoElement): Promise<void> {
    try {
      await this.#room.connect(way.url, way.token, { autoSubscribe: false });
      const { track, codec } = await this.#inTime(this.#subscribe(target));
      const first = this.#firstSample(codec);
      this.#watch(track);
      track.attach(attempt);
      await this.#inTime(first);
      await this.#counting(track);
    } catch (error) {
      if (!this.#end.signal.aborted) throw new CodedError("timeout", "Nothing came to look at.", { cause: error });
    } finally {
      this.end();
    }
  }

  /** The connection is gone, and the worker. */
  end(): void {
    this.#end.abort();
    this.#worker.terminate();
    void this.#room.disconnect();
  }

  async #subscribe(target: EyeTarget): Promise<{ track: RemoteTrack; codec: string }> {
    const subscribed = new Promise<{ track: RemoteTrack; codec: string }>((resolve) => {
      this.#room.on(RoomEvent.TrackSubscribed, (track, { mimeType, source }, { identity }) => {
        // The SFU may send what nobody asked for.
        if (identity !== target.identity || source !== SOURCES[target.kind]) return;
        resolve({ track, codec: (mimeType?.split("/")[1] ?? "vp8").toLowerCase() });
      });
    });
    const publication = await this.#publication(target);
    // Not the lowest layer: LiveKit passes on twice as many requests for key frames of that one.
    publication.setVideoQuality(VideoQuality.MEDIUM);
    publication.setSubscribed(true);
    return subscribed;
  }

  async #publication({ identity, kind }: EyeTarget): Promise<RemoteTrackPublication> {
    const find = () => this.#room.remoteParticipants.get(identity)?.getTrackPublication(SOURCES[kind]);
    return (
      find() ??
      new Promise((resolve) => {
        this.#room.on(RoomEvent.TrackPublished, () => {
          const found = find();
          if (found) resolve(found);
        });
      })
    );
  }

  #watch({ receiver }: RemoteTrack): void {
    const options: EyeOptions = { id: 1 };
    if (receiver) receiver.transform = new RTCRtpScriptTransform(this.#worker, options);
  }

  #firstSample(codec: string): Promise<void> {
    return new Promise((resolve) => {
      this.#worker.onmessage = ({ data }: MessageEvent<EyeSample>) => {
        if (this.#end.signal.aborted) return;
        this.#events.sample(data, codec);
        resolve();
      };
    });
  }

  async #counting(track: RemoteTrack): Promise<void> {
    const until = performance.now() + LOOK_MS;
    while (performance.now() < until && !this.#end.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
      const counts = await countsOf(track);
      if (!this.#end.signal.aborted) this.#events.counts(counts);
    }
  }

  /** @throws Error if it takes too long, or the look is ended meanwhile */
  #inTime<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#end;
    return new Promise((resolve, reject) => {
      const stop = () => reject(new Error("ended"));
      const timer = setTimeout(stop, PATIENCE_MS);
      signal.addEventListener("abort", stop, { once: true });
      work.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
      });
    });
  }
}

async function countsOf(track: RemoteTrack): Promise<EyeCounts> {
  const sum = { packets: 0, bytes: 0, received: 0, decoded: 0 };
  for (const report of (await track.getRTCStatsReport())?.values() ?? []) {
    if (report.type !== "inbound-rtp") continue;
    sum.packets += report.packetsReceived;
    sum.bytes += report.bytesReceived;
    sum.received += report.framesReceived ?? 0;
    sum.decoded += report.framesDecoded ?? 0;
  }
  return sum;
}
