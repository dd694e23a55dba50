/**
 * What is sent of one kind: brought to what is wanted, one step after the other, whatever the connection does meanwhile.
 * Realm: frame; sees one's own sound and pictures. Source: protocol.md §4; docs/decisions/0050.
 *
 * LiveKit gets a copy of the device's track and never the track itself: whatever it does, the device stays the owner's.
 * What may not be sent any more ends with its copy at once, before LiveKit or the SFU are asked for anything: neither of
 * them can turn it on again.
 */
import {
  type LocalParticipant,
  type LocalTrack,
  Track,
  type TrackPublication,
  type TrackPublishOptions,
} from "livekit-client";
import { CodedError } from "../../../wire/errors.ts";
import type { MediaKind } from "../../../wire/group-media.ts";
import type { Offer } from "./sources.ts";

/** bit/s */
const VOICE_BITRATE = 32_000;
const STEREO_BITRATE = 128_000;
const SCREEN_BITRATE = 2_500_000;
const SCREEN_FPS = 15;

/** One codec each, none in reserve: the transform refuses every other (clear-prefix). */
const OPTIONS: Readonly<Record<MediaKind, TrackPublishOptions>> = {
  audio: {
    source: Track.Source.Microphone,
    audioPreset: { maxBitrate: VOICE_BITRATE },
    forceStereo: false,
    dtx: true,
    red: false,
  },
  video: { source: Track.Source.Camera, videoCodec: "vp8", simulcast: true, backupCodec: false },
  screen: {
    source: Track.Source.ScreenShare,
    videoCodec: "vp9",
    scalabilityMode: "L1T3",
    simulcast: false,
    backupCodec: false,
    screenShareEncoding: { maxBitrate: SCREEN_BITRATE, maxFramerate: SCREEN_FPS },
  },
  "screen-audio": {
    source: Track.Source.ScreenShareAudio,
    audioPreset: { maxBitrate: STEREO_BITRATE },
    forceStereo: true,
    dtx: false,
    red: false,
  },
};

export interface PublicationEvents {
  /** frames of it leave, sealed; or none do */
  sending(kind: MediaKind, isSending: boolean): void;
  failed(kind: MediaKind, error: unknown): void;
}

interface Sent {
  readonly local: LocalTrack;
  /** the device's track that it is a copy of; undefined while nothing of it is sent */
  origin: MediaStreamTrack | undefined;
}

export class Publication {
  readonly #participant: LocalParticipant;
  readonly #kind: MediaKind;
  readonly #events: PublicationEvents;
  #wanted: Offer | undefined;
  /** live ones that LiveKit has: two while one takes the other's place */
  readonly #copies = new Set<MediaStreamTrack>();
  #sent: Sent | undefined;
  #isBusy = false;
  #isOver = false;

  constructor(participant: LocalParticipant, kind: MediaKind, events: PublicationEvents) {
    this.#participant = participant;
    this.#kind = kind;
    this.#events = events;
  }

  want(wanted: Offer | undefined): void {
    this.#wanted = wanted;
    if (!wanted || wanted.isMuted) this.#stop();
    void this.#follow();
  }

  /** The connection is there again: LiveKit may have lost what it had published. */
  again(): void {
    const { local } = this.#sent ?? {};
    const publications = [...this.#participant.trackPublications.values()] as TrackPublication[];
    if (local && !publications.some(({ track }) => track === local)) this.#ended();
    void this.#follow();
  }

  /** Nothing more leaves. */
  end(): void {
    this.#isOver = true;
    this.#wanted = undefined;
    this.#stop();
  }

  async #follow(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const failure = await this.#steps().then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // Before it is told: what follows from it may be the next step.
    this.#isBusy = false;
    if (failure && !this.#isOver) this.#events.failed(this.#kind, failure.error);
  }

  async #steps(): Promise<void> {
    while (!this.#isOver && !this.#isDone) await this.#step();
  }

  /** What may be sent; undefined: nothing. */
  get #due(): MediaStreamTrack | undefined {
    return this.#wanted && !this.#wanted.isMuted ? this.#wanted.track : undefined;
  }

  get #isDone(): boolean {
    return this.#sent ? this.#wanted !== undefined && this.#sent.origin === this.#due : this.#due === undefined;
  }

  async #step(): Promise<void> {
    const due = this.#due;
    if (!this.#sent) await this.#publish(due as MediaStreamTrack);
    else if (!this.#wanted) await this.#unpublish(this.#sent);
    else if (due) await this.#send(this.#sent, due);
    else await this.#mute(this.#sent);
  }

  async #publish(origin: MediaStreamTrack): Promise<void> {
    const copy = this.#copyOf(origin);
    let local: LocalTrack | undefined;
    try {
      const publication = await this.#participant.publishTrack(copy, OPTIONS[this.#kind]);
      local = publication.track;
      if (!local?.sender?.transform) throw new CodedError("internal", "It could not be sealed, so it is not sent.");
    } catch (error) {
      this.#stop([copy]);
      if (local) await this.#participant.unpublishTrack(local, false);
      throw error;
    }
    this.#sent = { local, origin: undefined };
    this.#settle(this.#sent, { copy, origin });
  }

  async #unpublish({ local }: Sent): Promise<void> {
    this.#ended();
    await this.#participant.unpublishTrack(local, false);
  }

  #ended(): void {
    this.#stop();
    this.#sent = undefined;
    this.#events.sending(this.#kind, false);
  }

  /** Another device, or the first word after a silence. */
  async #send(sent: Sent, origin: MediaStreamTrack): Promise<void> {
    const before = [...this.#copies];
    const copy = this.#copyOf(origin);
    try {
      await sent.local.replaceTrack(copy, true);
    } catch (error) {
      this.#stop([copy]);
      throw error;
    }
    this.#stop(before);
    await sent.local.unmute();
    this.#settle(sent, { copy, origin });
  }

  /**
   * Not what was turned off while LiveKit was busy with it: its copy has ended, and nothing of it leaves. That holds if it
   * was turned on again in the meantime, too: then another copy is due.
   */
  #settle(sent: Sent, { copy, origin }: { copy: MediaStreamTrack; origin: MediaStreamTrack }): void {
    sent.origin = this.#copies.has(copy) ? origin : undefined;
    if (sent.origin && !this.#isOver && this.#due === origin) this.#events.sending(this.#kind, true);
  }

  async #mute(sent: Sent): Promise<void> {
    sent.origin = undefined;
    this.#events.sending(this.#kind, false);
    await sent.local.mute();
    // A sender with a silent track would go on sealing silence.
    await sent.local.sender?.replaceTrack(null);
  }

  #copyOf(origin: MediaStreamTrack): MediaStreamTrack {
    const copy = origin.clone();
    // It was turned off while an earlier step was under way.
    if (this.#due === origin) this.#copies.add(copy);
    else copy.stop();
    return copy;
  }

  #stop(copies: Iterable<MediaStreamTrack> = this.#copies): void {
    for (const copy of [...copies]) {
      copy.stop();
      this.#copies.delete(copy);
    }
  }
}
