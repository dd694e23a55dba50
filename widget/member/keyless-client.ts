/**
 * LiveKit's own client, which none of us wrote, with a token and without keys: takes all that a room sends and tries to
 * decode it. The only owner of @livekit/rtc-node. Realm: member process; has no keys, imports nothing that has.
 * Source: product.md R5, R15.
 */
import {
  AudioStream,
  dispose,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackSource,
  VideoBufferType,
  type VideoFrame,
  VideoStream,
} from "@livekit/rtc-node";
import type { Proof, TrackProof } from "./prove-report.ts";

export interface SfuWay {
  readonly url: string;
  readonly token: string;
}

/** Root mean square, 0 to 1, from which a piece of sound is not silent: 16 bit sound has steps of 0.00003. */
const SILENT_BELOW = 0.0002;
/** Steps of 255 by which the brightness of a picture that shows anything differs. */
const BLANK_BELOW = 12;

/** Resolves after so many seconds, with what came and what it made of it. @throws Error if it can't get in */
export async function tryToDecode({ url, token }: SfuWay, seconds: number): Promise<Proof> {
  const room = new Room();
  const tracks: TrackProof[] = [];
  room.on(RoomEvent.TrackSubscribed, (track, { source }, { identity }) => {
    const proof = proofOf(track, identity, source ?? TrackSource.SOURCE_UNKNOWN);
    tracks.push(proof);
    void (proof.kind === "video" ? watch(track, proof) : listen(track, proof));
  });
  await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const received = await receivedBy(room);
  await room.disconnect();
  return { tracks, received };
}

/** Ends the library's threads. */
export const endClient = (): Promise<void> => dispose();

function proofOf({ kind }: RemoteTrack, identity: string, source: TrackSource): TrackProof {
  const name = TrackSource[source].replace("SOURCE_", "").toLowerCase();
  const none = { decoded: 0, notEmpty: 0, loudest: 0 };
  return { identity, source: name, kind: kind === TrackKind.KIND_VIDEO ? "video" : "audio", ...none };
}

async function watch(track: RemoteTrack, proof: TrackProof): Promise<void> {
  for await (const { frame } of new VideoStream(track)) {
    proof.decoded++;
    if (!isBlank(frame)) proof.notEmpty++;
  }
}

async function listen(track: RemoteTrack, proof: TrackProof): Promise<void> {
  for await (const { data } of new AudioStream(track, { frameSizeMs: 10 })) {
    proof.decoded++;
    let sum = 0;
    for (const sample of data) sum += (sample / 0x8000) ** 2;
    const loudness = Math.sqrt(sum / Math.max(1, data.length));
    if (loudness >= SILENT_BELOW) proof.notEmpty++;
    proof.loudest = Math.max(proof.loudest, loudness);
  }
}

/** All of one brightness. */
function isBlank(frame: VideoFrame): boolean {
  const { data, width, height } = frame.convert(VideoBufferType.RGBA);
  let [least, most] = [255, 0];
  // Every seventh dot: its green.
  for (let at = 1; at < width * height * 4; at += 28) {
    const value = data[at] ?? 0;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most - least < BLANK_BELOW;
}

async function receivedBy(room: Room): Promise<Proof["received"]> {
  const none = { packets: 0, bytes: 0, framesDecoded: 0 };
  const sums = { video: { ...none }, audio: { ...none } };
  const { subscriberStats, publisherStats } = await room.getRtcStats();
  // It may use one connection for both ways, or two.
  for (const { stats } of [...subscriberStats, ...publisherStats]) {
    if (stats.case !== "inboundRtp") continue;
    const { stream, received, inbound } = stats.value;
    const sum = sums[stream?.kind === "video" ? "video" : "audio"];
    sum.packets += Number(received?.packetsReceived ?? 0);
    sum.bytes += Number(inbound?.bytesReceived ?? 0);
    sum.framesDecoded += inbound?.framesDecoded ?? 0;
  }
  return sums;
}
