/**
 * One encoded frame on its way out or in: sealed or opened in place, or not passed on. There is no third way, whatever
 * the frame, the track or the SFU says of itself.
 * Realm: media worker; sees encoded frames. Source: protocol.md §4; W3C WebRTC Encoded Transform §5.
 */
import { headerOf, openFrame, sealFrame } from "../seal/media-frame.ts";
import type { SealedTrack } from "../wire/frame-room-media.ts";
import type { DropReason } from "../wire/group-media.ts";
import { clearPrefix, VP8_KEY } from "./clear-prefix.ts";
import type { EpochKeyring } from "./epoch-keyring.ts";
import { guardOpus, unguardOpus } from "./opus-guard.ts";
import { maskTag, unmaskTag } from "./vp8-tag.ts";

/** What RTCEncodedVideoFrame and RTCEncodedAudioFrame have in common; `type` is video's. */
export interface EncodedFrame {
  data: ArrayBuffer;
  readonly type?: string;
  getMetadata(): { readonly mimeType?: string };
}

export interface TrackIn extends SealedTrack {
  /** LiveKit's, of the participant whose track it is said to be */
  readonly identity: string;
}

/** What was passed on, as it was or is sealed. */
export interface Passed {
  readonly kid: bigint;
  readonly ctr: bigint;
  readonly epoch: number;
  /** more than two have the key */
  readonly isShared: boolean;
  readonly sealed: Uint8Array;
  /** bytes of its clear prefix */
  readonly clear: number;
}

/** @param track null: it is none of ours @returns a reason if it must not be passed on */
export async function sealEncoded(
  frame: EncodedFrame,
  keyring: EpochKeyring,
  track: SealedTrack | null,
): Promise<Passed | DropReason> {
  // Whatever codec its frames name.
  if (!track) return "codec";
  const clear = clearPrefix(track.kind, codecOf(frame, track), frame.type === "key");
  if (clear === null) return "codec";
  const whole = new Uint8Array(frame.data);
  const masked = clear === VP8_KEY ? maskTag(whole) : whole;
  if (!masked) return "codec";
  const use = await keyring.seal(track.kind);
  if (!use) return "no-key";
  const { key, ctr, epoch, isShared } = use;
  const sealed = await sealFrame(key, ctr, masked, clear).catch((error) => {
    // A counter that nothing is said of would hold back all that is said of later ones.
    keyring.unsent(use);
    throw error;
  });
  if (!keyring.maySend(epoch)) {
    keyring.unsent(use);
    return "no-key";
  }
  frame.data = (isSound(track) ? guardOpus(sealed) : sealed).buffer as ArrayBuffer;
  return { kid: key.kid, ctr, epoch, isShared, sealed, clear };
}

/** @param track undefined while it is not known whose it is @returns a reason if it must not be passed on */
export async function openEncoded(
  frame: EncodedFrame,
  keyring: EpochKeyring,
  track: TrackIn | undefined,
): Promise<Passed | DropReason> {
  if (!track) return "wrong-sender";
  const clear = clearPrefix(track.kind, codecOf(frame, track), frame.type === "key");
  if (clear === null) return "codec";
  const came = new Uint8Array(frame.data);
  const sealed = isSound(track) ? unguardOpus(came) : came;
  const header = sealed && headerOf(sealed, clear);
  if (!header) return "no-header";
  const key = await keyring.open(header.kid, track);
  if (typeof key === "string") return key;
  if (!key.window.isFresh(Number(header.ctr))) return "replayed";
  const opened = await openFrame(key.key, sealed, clear);
  if (!opened) return "not-authentic";
  // Two copies may have been under way at once, and the key may have gone meanwhile.
  if (!keyring.took(key, header.ctr)) return "replayed";
  if (clear === VP8_KEY) unmaskTag(opened);
  frame.data = opened.buffer;
  const { epoch, isShared } = key;
  return { kid: header.kid, ctr: header.ctr, epoch, isShared, sealed, clear };
}

const isSound = ({ kind }: SealedTrack): boolean => kind === "audio" || kind === "screen-audio";

/** `video/VP8` → `vp8` */
function codecOf(frame: EncodedFrame, track: SealedTrack): string {
  const named = frame.getMetadata().mimeType?.split("/")[1] ?? track.codec;
  return named.toLowerCase();
}
