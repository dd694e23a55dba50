/**
 * The MP4 header for the tracks of a WebM. Sole owner of mediabunny.
 * Realm: frame. Sees codec parameters and at most one frame of a track.
 * Source: ISO/IEC 14496-12 §8.2, ISO/IEC 14496-15 (AVC), VP9 and AV1 and Opus in ISO BMFF;
 * docs/decisions/0020-own-readers-and-fragments.md.
 */
import {
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Logging,
  LogLevel,
  NullTarget,
  Output,
} from "mediabunny";
import { CodedError } from "../../../../wire/errors.ts";
import { find } from "../mp4/boxes.ts";
import { readTracks } from "../mp4/header.ts";
import type { Header, Packet } from "../recording.ts";

Logging.level = LogLevel.Silent;

/** What a decoder must know of a track. */
export type TrackConfig =
  | { readonly codec: "vp9" | "av1" | "avc"; readonly config: VideoDecoderConfig }
  | { readonly codec: "opus"; readonly config: AudioDecoderConfig };

/** @param tracks in order; `first` is their first packet */
export async function writeHeader(
  tracks: readonly (TrackConfig & { readonly first: Packet | undefined })[],
): Promise<Header> {
  const initTarget = new BufferTarget();
  const output = new Output({ format: new CmafOutputFormat(), target: new NullTarget(), initTarget });
  for (const { codec, config, first } of tracks) {
    const primed = first && { primingPacket: new EncodedPacket(first.data, first.type, 0, 0) };
    if (codec === "opus")
      output.addAudioTrack(new EncodedAudioPacketSource(codec), { decoderConfig: config, ...primed });
    else output.addVideoTrack(new EncodedVideoPacketSource(codec), { decoderConfig: config, ...primed });
  }
  await output.start();
  await output.finalize();
  const bytes = initTarget.buffer && new Uint8Array(initTarget.buffer);
  const moov = bytes && find(bytes, "moov");
  if (!moov) throw new CodedError("cannot-play", "The clip's header could not be written.");
  return { bytes, tracks: readTracks(moov.content) };
}
