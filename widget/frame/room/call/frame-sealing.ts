/**
 * The seam in livekit-client where frames can be transformed (its `e2eeManager`), filled with our media worker. Of
 * LiveKit's own encryption nothing is used: what it or the SFU says of a track's encryption, of trailers and of who may
 * be passed through changes nothing here. Realm: frame. Source: protocol.md §4.
 */
import {
  type BaseE2EEManager,
  type LocalTrack,
  ParticipantEvent,
  type RemoteTrack,
  type Room,
  RoomEvent,
  Track,
} from "livekit-client";
import type { MediaKind } from "../../../wire/group-media.ts";
import type { MediaWorker } from "./media-worker.ts";

const KINDS: Readonly<Record<string, MediaKind>> = {
  [Track.Source.Camera]: "video",
  [Track.Source.Microphone]: "audio",
  [Track.Source.ScreenShare]: "screen",
  [Track.Source.ScreenShareAudio]: "screen-audio",
};
const AUDIO_CODEC = "opus";
/** RFC 6464: how loud a packet's sound is, in the clear. Who speaks is nobody's business but the members'. */
const LOUDNESS = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/** Of livekit-client's engine, at `ontrack`: before the answer, so before anything can arrive. */
const MEDIA_TRACK_ADDED = "mediaTrackAdded";
/** … when its connections have been made, and nothing was asked of them yet. */
const TRANSPORTS_CREATED = "transportsCreated";
/** … when the SFU wants a track muted, or not any more. */
const REMOTE_MUTE = "remoteMute";

/** The kind whose keys a track uses; undefined for what is none of ours. */
export const kindOf = (source: Track.Source): MediaKind | undefined => KINDS[source];

type Engine = Parameters<BaseE2EEManager["setupEngine"]>[0];
type Transport = { readonly pc: RTCPeerConnection } | undefined;

/** W3C WebRTC Extensions §5.2; Chromium has it. */
interface WithExtensions extends RTCRtpTransceiver {
  getHeaderExtensionsToNegotiate?(): { readonly uri: string; readonly direction: string }[];
  setHeaderExtensionsToNegotiate?(extensions: { readonly uri: string; readonly direction: string }[]): void;
}

export class FrameSealing implements BaseE2EEManager {
  readonly isEnabled = true;
  /** LiveKit's data channels are not used: the token does not allow it. */
  isDataChannelEncryptionEnabled = false;
  readonly #worker: MediaWorker;
  readonly #engines = new WeakSet<Engine>();
  /** livekit-client forgets a track's receiver before it says that the track is gone */
  readonly #receivers = new WeakMap<RemoteTrack, RTCRtpReceiver>();
  #engine: Engine | undefined;

  constructor(worker: MediaWorker) {
    this.#worker = worker;
  }

  setup(room: Room): void {
    room.localParticipant.on(ParticipantEvent.LocalSenderCreated, (sender, track) => {
      const kind = kindOf(track.source);
      this.#worker.seal(sender, kind ? { kind, codec: codecSent(track) } : null);
      for (const transceiver of this.#engine?.pcManager?.publisher.getTransceivers() ?? []) {
        if (transceiver.sender === sender) hideLoudness(transceiver);
      }
    });
    room.on(RoomEvent.TrackSubscribed, (track, { source, mimeType, trackSid: sid }, { identity }) => {
      const { receiver } = track;
      const kind = kindOf(source);
      if (!receiver || !kind) return;
      this.#receivers.set(track, receiver);
      this.#worker.announce(receiver, { sid, identity, kind, codec: codecOf(mimeType) });
    });
    room.on(RoomEvent.TrackUnsubscribed, (track, { trackSid }) => {
      const receiver = this.#receivers.get(track);
      if (receiver) this.#worker.forget(receiver, trackSid);
    });
  }

  setupEngine(engine: Engine): void {
    this.#engine = engine;
    if (this.#engines.has(engine)) return;
    this.#engines.add(engine);
    engine.on(
      MEDIA_TRACK_ADDED as never,
      ((_track: unknown, _stream: unknown, receiver: RTCRtpReceiver) => this.#worker.open(receiver)) as never,
    );
    engine.on(
      TRANSPORTS_CREATED as never,
      ((...transports: Transport[]) => {
        // Only its person turns a microphone or a camera on.
        engine.removeAllListeners(REMOTE_MUTE as never);
        for (const transport of transports) if (transport) this.#closeAtBirth(transport.pc);
      }) as never,
    );
  }

  setParticipantCryptorEnabled(): void {}

  setSifTrailer(): void {}

  async encryptData(): Promise<never> {
    throw new Error("no data channel is used");
  }

  async handleEncryptedData(): Promise<never> {
    throw new Error("no data channel is used");
  }

  on(): this {
    return this;
  }

  /**
   * The SFU may have sections to receive in added even where we only send: there the answer, and with it frames, come
   * before `ontrack`. So whatever comes into being on a connection is closed from its first moment.
   */
  #closeAtBirth(connection: RTCPeerConnection): void {
    const add = connection.addTransceiver.bind(connection);
    connection.addTransceiver = (track, init) => {
      const transceiver = add(track, init);
      this.#worker.open(transceiver.receiver);
      this.#worker.seal(transceiver.sender, null);
      return transceiver;
    };
  }
}

/** What we asked for; a browser that names the codec with each frame is believed instead. */
const codecSent = (track: Track): string =>
  track.kind === Track.Kind.Video ? ((track as LocalTrack).codec ?? "") : AUDIO_CODEC;

/** Before the offer: what it does not name is not sent, whatever the SFU would like. */
function hideLoudness(transceiver: WithExtensions): void {
  const extensions = transceiver.getHeaderExtensionsToNegotiate?.();
  if (!extensions?.some(({ uri }) => uri === LOUDNESS)) return;
  transceiver.setHeaderExtensionsToNegotiate?.(
    extensions.map(({ uri, direction }) => ({ uri, direction: uri === LOUDNESS ? "stopped" : direction })),
  );
}

const codecOf = (mimeType: string | undefined): string => (mimeType?.split("/")[1] ?? "").toLowerCase();
