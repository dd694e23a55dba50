/**
 * Entry of a room's media worker: every encoded frame of the call passes here, out sealed and in opened, or not at all.
 * Keys come from the group worker on a port of their own; the frame only says which transform is whose.
 * Realm: media worker inside the sealed frame. Does no network and no storage. Source: protocol.md §3–§5.
 */
import type { FrameToRoomMedia, TransformOptions } from "../wire/frame-room-media.ts";
import type { DropReason, FromRoomMedia, GroupToMedia, MediaKind } from "../wire/group-media.ts";
import { type Pass, pump, type Streams } from "./frame-pump.ts";
import { type EncodedFrame, openEncoded, sealEncoded, type TrackIn } from "./frame-transform.ts";
import { MediaTally } from "./media-tally.ts";
import { Vouching } from "./vouching.ts";

type Epoch = Extract<GroupToMedia, { type: "epoch" }>;
type Seal = Extract<TransformOptions, { side: "seal" }>;

/** One RTCRtpScriptTransform's end in this worker. */
interface ScriptTransformer extends Streams {
  readonly options: TransformOptions;
  /** Chromium has none */
  generateKeyFrame?(): Promise<void>;
}

/** Of a frame that something broke on. */
const BROKEN: DropReason = "broken";

const vouching = new Vouching({ tell, post: (message) => keys?.postMessage(message) });
const { keyring } = vouching;
const tally = new MediaTally(tell);
/** by the id of their transform */
const tracks = new Map<number, TrackIn>();
/** video that is being sent */
const senders = new Set<ScriptTransformer>();
let members: ReadonlySet<string> = new Set();
/** since the last key frame was asked for, somebody has come or gone */
let rosterChanged = false;
/** the epoch that was sealed in last */
let sealsIn: number | undefined;
let keys: MessagePort | undefined;

function tell(message: FromRoomMedia): void {
  self.postMessage(message);
}

function takeKeys(message: GroupToMedia): void {
  vouching.take(message);
  if (message.type === "epoch") noteRoster(message);
  whenSealing();
}

function whenSealing(): void {
  const now = keyring.sealsIn;
  if (now !== undefined && now !== sealsIn && rosterChanged) askForKeyFrames();
  sealsIn = now;
}

function noteRoster(epoch: Epoch): void {
  const identities = new Set(epoch.senders.map(([, identity]) => identity));
  rosterChanged ||= identities.symmetricDifference(members).size > 0;
  members = identities;
}

/** Whoever has just come can begin only there; whoever had to drop an old key goes on only there. */
function askForKeyFrames(): void {
  rosterChanged = false;
  // It fails for a sender that sends nothing now: its next frame is a key frame anyway.
  for (const sender of senders) sender.generateKeyFrame?.().catch(() => undefined);
  if ([...senders].some((sender) => !sender.generateKeyFrame)) tell({ type: "key-frames" });
}

function transform(transformer: ScriptTransformer): void {
  const { options } = transformer;
  const pass = options.side === "seal" ? sealing(transformer, options) : opening(options.id);
  void pump(transformer, pass).then(() => senders.delete(transformer));
}

function sealing(transformer: ScriptTransformer, { track }: Seal): Pass {
  if (track?.kind === "video" || track?.kind === "screen") senders.add(transformer);
  return async (frame) => {
    const kind = track?.kind ?? plainKindOf(frame);
    const outcome = await sealEncoded(frame, keyring, track).catch(() => BROKEN);
    if (typeof outcome === "string") return tally.dropped("", kind, outcome);
    tally.sealed(kind, outcome.epoch);
    return vouching.sealed(outcome);
  };
}

/** Of a frame that is of no track of ours. */
const plainKindOf = ({ type }: EncodedFrame): MediaKind => (type === undefined ? "audio" : "video");

function opening(id: number): Pass {
  return async (frame) => {
    const track = tracks.get(id);
    if (!track) return tally.dropped("", plainKindOf(frame), "wrong-sender");
    const { identity, kind } = track;
    const outcome = await openEncoded(frame, keyring, track).catch(() => BROKEN);
    if (typeof outcome === "string") return tally.dropped(identity, kind, outcome);
    if (vouching.isForged(track)) return tally.dropped(identity, kind, "forged");
    if (vouching.isPast(outcome)) return tally.dropped(identity, kind, "replayed");
    tally.opened(identity, kind);
    return () => vouching.opened(outcome, track);
  };
}

self.onmessage = ({ data, ports }: MessageEvent<FrameToRoomMedia>) => {
  if (data.type === "track") tracks.set(data.id, data);
  else if (data.type === "no-track") tracks.delete(data.id);
  else if (data.type === "hush") {
    keyring.hush(data.isHushed);
    whenSealing();
  } else if (!keys) {
    keys = ports[0] as MessagePort;
    keys.onmessage = (event: MessageEvent<GroupToMedia>) => takeKeys(event.data);
  }
};

(self as unknown as { onrtctransform: (event: { transformer: ScriptTransformer }) => void }).onrtctransform = ({
  transformer,
}) => transform(transformer);
