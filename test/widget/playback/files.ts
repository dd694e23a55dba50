/**
 * Recordings made to order, and MP4 taken apart, both by mediabunny: a second opinion on our readers and our writer.
 * Test support.
 */
import {
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from "mediabunny";

/** A frame to write, ms. */
export interface Frame {
  readonly at: number;
  readonly key: boolean;
  readonly data: Uint8Array;
}

/** A frame read back, seconds. */
export interface Sample {
  readonly at: number;
  readonly duration: number;
  readonly key: boolean;
  readonly hex: string;
}

export interface Recorded {
  readonly picture?: readonly Frame[] | undefined;
  readonly sound?: readonly Frame[] | undefined;
}

export const TYPE = 'video/mp4; codecs="vp09.00.10.08,opus"';
export const OPUS_FRAME_MS = 20;
/** OpusHead: version 1, one channel, no pre-skip, 48 kHz, no gain. */
const OPUS_HEAD = Uint8Array.from([...Buffer.from("OpusHead"), 1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);

/** Writes a file as a recorder would: live, in one go. A track of no frames is announced all the same. */
export async function record(container: "webm" | "mp4", { picture, sound }: Recorded): Promise<Uint8Array> {
  const format =
    container === "webm"
      ? new WebMOutputFormat({ appendOnly: true, minimumClusterDuration: 0.5 })
      : new Mp4OutputFormat({ fastStart: "fragmented", minimumFragmentDuration: 0.5 });
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const video = new EncodedVideoPacketSource("vp9");
  const audio = new EncodedAudioPacketSource("opus");
  const videoConfig = { codec: "vp09.00.10.08", codedWidth: 320, codedHeight: 240 };
  const audioConfig = { codec: "opus", sampleRate: 48_000, numberOfChannels: 1, description: OPUS_HEAD };
  if (picture) output.addVideoTrack(video, { decoderConfig: videoConfig });
  if (sound) output.addAudioTrack(audio, { decoderConfig: audioConfig });
  await output.start();
  const frames = [
    ...(picture ?? []).map((frame) => ({ frame, isPicture: true })),
    ...(sound ?? []).map((frame) => ({ frame, isPicture: false })),
  ];
  // Stable: frames of one track stay in the order of decoding.
  if (!isReordered(picture ?? [])) frames.sort((a, b) => a.frame.at - b.frame.at);
  for (const { frame, isPicture } of frames) {
    const duration = isPicture ? 0 : OPUS_FRAME_MS / 1000;
    const packet = new EncodedPacket(frame.data, frame.key ? "key" : "delta", frame.at / 1000, duration);
    if (isPicture) await video.add(packet, { decoderConfig: videoConfig });
    else await audio.add(packet, { decoderConfig: audioConfig });
  }
  await output.finalize();
  return new Uint8Array(target.buffer as ArrayBuffer);
}

function isReordered(frames: readonly Frame[]): boolean {
  return frames.some((frame, index) => frame.at < (frames[index - 1]?.at ?? 0));
}

/** Takes an MP4 apart: the samples of each kind, in order of decoding. */
export async function samplesOf(mp4: Uint8Array): Promise<{ picture?: Sample[]; sound?: Sample[] }> {
  const input = new Input({ source: new BufferSource(mp4), formats: [MP4] });
  const samples: { picture?: Sample[]; sound?: Sample[] } = {};
  for (const track of await input.getTracks()) {
    const found: Sample[] = [];
    for await (const { timestamp, duration, type, data } of new EncodedPacketSink(track).packets()) {
      found.push({ at: timestamp, duration, key: type === "key", hex: Buffer.from(data).toString("hex") });
    }
    samples[track.isVideoTrack() ? "picture" : "sound"] = found;
  }
  return samples;
}

/** Cuts bytes at these places, given as shares of the whole. */
export function cutAt(bytes: Uint8Array, shares: readonly number[]): Uint8Array[] {
  const places = [...shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b), bytes.length];
  return places.map((end, index) => bytes.slice(places[index - 1] ?? 0, end));
}
