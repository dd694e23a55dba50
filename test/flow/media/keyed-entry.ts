/**
 * A member's sound and pictures of all four kinds, without a room around: the frame's own sealing and its media worker,
 * on livekit-client. Runs in a page; keys come in by hand. Test support.
 */
import { Room, type RoomOptions, Track, type TrackPublishOptions } from "livekit-client";
import { FrameSealing } from "../../../widget/frame/room/call/frame-sealing.ts";
import { MediaWorker } from "../../../widget/frame/room/call/media-worker.ts";
import { fromBase64url } from "../../../widget/wire/bytes.ts";
import type { FromRoomMedia, GroupToMedia, MediaKind } from "../../../widget/wire/group-media.ts";

const SOURCES: Readonly<Record<MediaKind, Track.Source>> = {
  video: Track.Source.Camera,
  audio: Track.Source.Microphone,
  screen: Track.Source.ScreenShare,
  "screen-audio": Track.Source.ScreenShareAudio,
};

/** Of a picture: one, a stream of its own for each, or all in one stream, the smaller ones within the larger (RFC 9628 §3). */
export type Layers = "one" | "simulcast" | "spatial";

const LAYERS: Readonly<Record<Layers, TrackPublishOptions>> = {
  one: { simulcast: false },
  simulcast: { simulcast: true },
  spatial: { simulcast: false, videoCodec: "vp9", scalabilityMode: "L3T3_KEY" },
};

const reports: FromRoomMedia[] = [];
const worker = new MediaWorker((report) => reports.push(report));
let room: Room | undefined;

export const keyed = {
  reports,
  async join(url: string, token: string, options: RoomOptions): Promise<void> {
    // Whoever has a device shows its real addresses, and is connected at once.
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    room = new Room({
      e2ee: { e2eeManager: new FrameSealing(worker) },
      singlePeerConnection: false,
      dynacast: true,
      publishDefaults: { videoCodec: "vp8", backupCodec: false, red: false, dtx: true, simulcast: true },
      ...options,
    });
    room.on("trackSubscribed", (track) => document.body.append(track.attach()));
    await room.connect(url, token);
    await room.setE2EEEnabled(true);
    for (const track of stream.getTracks()) track.stop();
  },
  async publish(kind: MediaKind, layers: Layers): Promise<void> {
    const [track] = (await capture(kind)).getTracks() as [MediaStreamTrack];
    await room?.localParticipant.publishTrack(track, { source: SOURCES[kind], ...LAYERS[layers] });
  },
  async unpublish(kind: MediaKind): Promise<void> {
    const track = room?.localParticipant.getTrackPublication(SOURCES[kind])?.track;
    if (track) await room?.localParticipant.unpublishTrack(track, true);
  },
  /** Another device, without another sender. */
  async replace(kind: MediaKind): Promise<void> {
    const [track] = (await capture(kind)).getTracks() as [MediaStreamTrack];
    await room?.localParticipant.getTrackPublication(SOURCES[kind])?.track?.sender?.replaceTrack(track);
  },
  simulate: (scenario: "signal-reconnect" | "full-reconnect") => room?.simulateScenario(scenario),
  endWorker: () => worker.end(),
  keys(message: string): void {
    const revived = JSON.parse(message, (_, value) =>
      typeof value?.bytes === "string" ? fromBase64url(value.bytes) : value,
    ) as GroupToMedia;
    worker.keyPort.postMessage(revived);
  },
};

function capture(kind: MediaKind): Promise<MediaStream> {
  const isSound = kind === "audio" || kind === "screen-audio";
  return navigator.mediaDevices.getUserMedia(isSound ? { audio: true } : { video: { width: 1280, height: 720 } });
}

Object.assign(globalThis, { keyed });
