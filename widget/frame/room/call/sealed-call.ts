/**
 * Sound and pictures of a room: joins the SFU, publishes what it is told to, and hands over what others publish.
 * Loaded when media is first used, and livekit-client with it. Realm: frame; sees pictures and sound, no keys.
 * Source: protocol.md §4; docs/decisions/0035.
 *
 * Every frame goes through the media worker (frame-sealing). A sender without its transform is ended at once.
 */
import {
  ConnectionQuality,
  ConnectionState,
  LogLevel,
  type Participant,
  type RemoteTrack,
  Room,
  RoomEvent,
  setLogLevel,
} from "livekit-client";
import { CodedError } from "../../../wire/errors.ts";
import { MEDIA_KINDS, type MediaKind } from "../../../wire/group-media.ts";
import { FrameSealing, kindOf } from "./frame-sealing.ts";
import type { Quality } from "./media-state.ts";
import type { MediaWorker } from "./media-worker.ts";
import { Publication, type PublicationEvents } from "./publication.ts";
import type { Offer } from "./sources.ts";

/** Nothing of it belongs into the console of the page around. */
setLogLevel(LogLevel.silent);

/** ms before each attempt to go on with the same connection. */
const RETRIES_MS = [0, 300, 1_000, 2_000];

/** What somebody publishes. */
export interface RemoteMedia {
  readonly sid: string;
  /** pseudonym of a post key: whoever it names is on the roster, or it stays black */
  readonly identity: string;
  readonly kind: MediaKind;
  readonly track: MediaStreamTrack;
  /** Shows it there; its size on the page decides how large it is sent. */
  attach(element: HTMLMediaElement): void;
  detach(element: HTMLMediaElement): void;
  /** Of sound, since it began: sum of the squares of what was decoded, in seconds of full scale, and seconds. */
  heard(): Promise<{ readonly energy: number; readonly duration: number }>;
}

export type CallState = "connecting" | "connected" | "reconnecting" | "ended";

export interface SealedCallEvents extends PublicationEvents {
  state(state: CallState): void;
  came(media: RemoteMedia): void;
  went(media: RemoteMedia): void;
  /** as the SFU sees a connection; undefined: not known. @param identity undefined for one's own */
  quality(identity: string | undefined, quality: Quality | undefined): void;
}

export interface SfuWay {
  readonly url: string;
  readonly token: string;
}

const STATES: Readonly<Record<ConnectionState, CallState>> = {
  [ConnectionState.Disconnected]: "ended",
  [ConnectionState.Connecting]: "connecting",
  [ConnectionState.Connected]: "connected",
  [ConnectionState.Reconnecting]: "reconnecting",
  [ConnectionState.SignalReconnecting]: "reconnecting",
};

const QUALITIES: Readonly<Record<ConnectionQuality, Quality | undefined>> = {
  [ConnectionQuality.Excellent]: "good",
  [ConnectionQuality.Good]: "good",
  [ConnectionQuality.Poor]: "weak",
  [ConnectionQuality.Lost]: "lost",
  [ConnectionQuality.Unknown]: undefined,
};

export class SealedCall {
  readonly #room: Room;
  readonly #events: SealedCallEvents;
  readonly #media = new Map<RemoteTrack, RemoteMedia>();
  readonly #publications: ReadonlyMap<MediaKind, Publication>;

  constructor(worker: MediaWorker, events: SealedCallEvents) {
    this.#events = events;
    this.#room = new Room({
      e2ee: { e2eeManager: new FrameSealing(worker) },
      // Two connections: what is received comes with an offer, so its transform is there before the answer is.
      singlePeerConnection: false,
      // A short stop in the network is bridged; after that its owner comes again with a fresh token.
      reconnectPolicy: { nextRetryDelayInMs: ({ retryCount }) => RETRIES_MS[retryCount] ?? null },
      adaptiveStream: true,
      dynacast: true,
      // Devices are the owner's.
      stopLocalTrackOnUnpublish: false,
    });
    const { localParticipant } = this.#room;
    this.#publications = new Map(MEDIA_KINDS.map((kind) => [kind, new Publication(localParticipant, kind, events)]));
    this.#listen();
  }

  /** @throws CodedError timeout if it can't be reached */
  async join({ url, token }: SfuWay): Promise<void> {
    try {
      await this.#room.connect(url, token, { autoSubscribe: true });
      // So that the SFU does not try to repair or blend in what it can't read.
      await this.#room.setE2EEEnabled(true);
    } catch (error) {
      await this.leave();
      throw new CodedError("timeout", "Video and sound can't be reached now.", { cause: error });
    }
  }

  /** Sends it, or nothing, from now on. */
  send(kind: MediaKind, offer: Offer | undefined): void {
    this.#publications.get(kind)?.want(offer);
  }

  async leave(): Promise<void> {
    for (const publication of this.#publications.values()) publication.end();
    await this.#room.disconnect(false);
  }

  #listen(): void {
    this.#room
      .on(RoomEvent.ConnectionStateChanged, (state) => {
        if (state === ConnectionState.Connected) for (const each of this.#publications.values()) each.again();
        this.#events.state(STATES[state]);
      })
      .on(RoomEvent.TrackSubscribed, (track, { source, trackSid }, { identity }) => {
        const kind = kindOf(source);
        if (kind) this.#came(track, { sid: trackSid, identity, kind });
      })
      .on(RoomEvent.TrackUnsubscribed, (track) => this.#went(track))
      .on(RoomEvent.ConnectionQualityChanged, (quality, participant: Participant) =>
        this.#events.quality(participant.isLocal ? undefined : participant.identity, QUALITIES[quality]),
      );
  }

  #came(track: RemoteTrack, what: Pick<RemoteMedia, "sid" | "identity" | "kind">): void {
    // The SFU may say anew whose it is, and the worker opens for whoever was named last: nobody else keeps the picture.
    for (const [other, { track: shown }] of this.#media) if (shown === track.mediaStreamTrack) this.#went(other);
    const media: RemoteMedia = {
      ...what,
      track: track.mediaStreamTrack,
      attach: (element) => void track.attach(element),
      detach: (element) => void track.detach(element),
      heard: () => heard(track.receiver),
    };
    this.#media.set(track, media);
    this.#events.came(media);
  }

  #went(track: RemoteTrack): void {
    const media = this.#media.get(track);
    this.#media.delete(track);
    if (media) this.#events.went(media);
  }
}

/** W3C webrtc-stats §6.3. */
async function heard(receiver: RTCRtpReceiver | undefined): Promise<{ energy: number; duration: number }> {
  const reports = [...((await receiver?.getStats())?.values() ?? [])] as Record<string, unknown>[];
  const inbound = reports.find(({ type }) => type === "inbound-rtp");
  return { energy: Number(inbound?.totalAudioEnergy ?? 0), duration: Number(inbound?.totalSamplesDuration ?? 0) };
}
