/**
 * A page in a call on LiveKit, in the browser: without sealing, with the product's transforms, or with LiveKit's own E2EE,
 * all else being the same. The bench stands in for the group and gives every page the same base keys.
 * Bench support; sees painted pictures and a fake camera.
 */
import { ExternalE2EEKeyProvider, LocalVideoTrack, type RemoteTrack, Room, RoomEvent, Track } from "livekit-client";
import livekitWorkerUrl from "livekit-client/e2ee-worker?worker&url";
import { FrameSealing } from "../../widget/frame/room/call/frame-sealing.ts";
import { MediaWorker } from "../../widget/frame/room/call/media-worker.ts";
import { startWorker } from "../../widget/frame/worker-url.ts";
import { type GroupToMedia, MEDIA_KINDS } from "../../widget/wire/group-media.ts";
import { readStamp, StampedCamera } from "./picture-stamp.ts";

export type Sealing = "none" | "sealed" | "livekit";

export interface CallTask {
  readonly url: string;
  readonly sealing: Sealing;
  /** LiveKit's, of everybody in the call; a person's place is their leaf */
  readonly identities: readonly string[];
  readonly leaf: number;
  readonly token: string;
}

interface Member {
  readonly room: Room;
  end(): Promise<void>;
}

const epochOf = ({ identities, leaf }: CallTask): GroupToMedia => ({
  type: "epoch",
  epoch: 1,
  suite: "AES_256_GCM_SHA512_128",
  baseKeys: Object.fromEntries(MEDIA_KINDS.map((kind) => [kind, new Uint8Array(32).fill(7)])) as never,
  senders: identities.map((identity, place) => [place, identity] as const),
  ownLeaf: leaf,
  dropOlder: false,
});

/** @param came hears of every track, of those too that are there already */
async function join(task: CallTask, came: (track: RemoteTrack, identity: string) => void): Promise<Member> {
  const { encryption, end } = await encryptionOf(task);
  const room = new Room({
    ...encryption,
    singlePeerConnection: false,
    adaptiveStream: false,
    dynacast: false,
    publishDefaults: { videoCodec: "vp8", backupCodec: false, simulcast: false },
  });
  room.on(RoomEvent.TrackSubscribed, (track, _publication, { identity }) => came(track, identity));
  await room.connect(task.url, task.token);
  if (task.sealing !== "none") await room.setE2EEEnabled(true);
  return {
    room,
    async end() {
      await room.disconnect();
      end();
    },
  };
}

async function encryptionOf(task: CallTask): Promise<{ encryption: object; end: () => void }> {
  if (task.sealing === "none") return { encryption: {}, end: () => undefined };
  if (task.sealing === "livekit") {
    const keyProvider = new ExternalE2EEKeyProvider();
    await keyProvider.setKey("bench");
    const worker = startWorker(livekitWorkerUrl);
    return { encryption: { e2ee: { keyProvider, worker } }, end: () => worker.terminate() };
  }
  const worker = new MediaWorker(() => undefined);
  worker.keyPort.postMessage(epochOf(task));
  return { encryption: { e2ee: { e2eeManager: new FrameSealing(worker) } }, end: () => worker.end() };
}

function show(track: RemoteTrack): HTMLVideoElement {
  const video = document.createElement("video");
  [video.muted, video.playsInline, video.autoplay] = [true, true, true];
  video.style.width = "320px";
  track.attach(video);
  document.body.append(video);
  return video;
}

/** A machine that does much else may never get there. */
const PATIENCE_MS = 60_000;

function inTime(work: Promise<void>): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("pictures did not come in time")), PATIENCE_MS);
  });
  return Promise.race([work, late]);
}

const members: Member[] = [];
const camera = { width: 320, height: 180, frameRate: 15 };

const everyone = Promise.withResolvers<void>();
/** Resolves when each of the others has shown a picture. @throws Error if they do not in time */
const everyoneShown = (): Promise<void> => inTime(everyone.promise);

/** Goes in with a small camera, and shows everybody else's. */
async function enter(task: CallTask): Promise<void> {
  const shown = new Set<string>();
  const member = await join(task, (track, identity) => {
    show(track).requestVideoFrameCallback(() => {
      if (shown.add(identity).size === task.identities.length - 1) everyone.resolve();
    });
  });
  members.push(member);
  const stream = await navigator.mediaDevices.getUserMedia({ video: camera });
  const track = new LocalVideoTrack(stream.getVideoTracks()[0] as MediaStreamTrack);
  await member.room.localParticipant.publishTrack(track, { source: Track.Source.Camera });
}

/** Publishes a stamped picture as one member and looks at it as another. @returns ms from painting to showing, of each */
async function latencies(tasks: { sender: CallTask; receiver: CallTask }, pictures: number): Promise<number[]> {
  const all: number[] = [];
  const enough = Promise.withResolvers<void>();
  const watch = (video: HTMLVideoElement) => {
    const at = performance.now();
    const stamp = readStamp(video);
    if (stamp !== undefined) all.push(at - stamp);
    if (all.length < pictures) video.requestVideoFrameCallback(() => watch(video));
    else enough.resolve();
  };
  const sender = await join(tasks.sender, () => undefined);
  const receiver = await join(tasks.receiver, (track) => {
    const video = show(track);
    video.requestVideoFrameCallback(() => watch(video));
  });
  members.push(sender, receiver);
  const stamped = new StampedCamera();
  await sender.room.localParticipant.publishTrack(new LocalVideoTrack(stamped.track), { source: Track.Source.Camera });
  await inTime(enough.promise);
  stamped.stop();
  return all;
}

async function leave(): Promise<void> {
  for (const member of members.splice(0)) await member.end();
  document.body.replaceChildren();
}

export const callBench = { enter, everyoneShown, latencies, leave };
Object.assign(globalThis, { callBench });
