/**
 * What the group worker and the media worker tell each other, on a port between the two: each epoch's base keys, once, and
 * who vouches for which frames. The frame's own thread sees none of it. Realm-free. Source: protocol.md §3–§5.
 */
import type { Bytes } from "./bytes.ts";
import type { ErrorCode } from "./errors.ts";

export type MediaKind = "audio" | "video" | "screen" | "screen-audio";
/** In the order of their contexts in a KID. */
export const MEDIA_KINDS: readonly MediaKind[] = ["audio", "video", "screen", "screen-audio"];

/** RFC 9605 §4.5; the third is of our own, with the same layout (protocol.md §3). */
export const MEDIA_SUITES = [
  "AES_256_GCM_SHA512_128",
  "AES_128_GCM_SHA256_128",
  "CHACHA20_POLY1305_SHA512_128",
] as const;
export type MediaSuite = (typeof MEDIA_SUITES)[number];

/** By kind, those that the room allows; 32 B each. */
export type BaseKeys = Readonly<Partial<Record<MediaKind, Bytes>>>;

/** The member of leaf `by` asks whether frames of this KID, one of ours, are ours; the answer names `id`. */
export interface Doubt {
  readonly kid: number;
  readonly id: number;
  readonly by: number;
}

export type GroupToMedia =
  | {
      readonly type: "epoch";
      readonly epoch: number;
      readonly suite: MediaSuite;
      /** the receiver derives from them and zeroes them */
      readonly baseKeys: BaseKeys;
      /** leaf → LiveKit identity (pseudonym of its post key) */
      readonly senders: readonly (readonly [leaf: number, identity: string])[];
      readonly ownLeaf: number;
      /** somebody was removed: older keys go at once, and nothing more is sealed with them */
      readonly dropOlder: boolean;
      /** another removal is still under way: nothing is sealed in this epoch unless `move` says so */
      readonly held?: boolean;
    }
  /** everyone has the epoch, or has had its time: sealing moves there */
  | { readonly type: "move"; readonly epoch: number }
  /** a removal is under way: nothing is sealed until the next epoch */
  | { readonly type: "stop" }
  /** what the member of this leaf says of its frames: wire/frame-lists.ts, all of KIDs of that leaf */
  | { readonly type: "vouched"; readonly bytes: Bytes }
  /** answered by one list of all that they ask for; ANSWERS_MAX (wire/frame-lists.ts) at most */
  | { readonly type: "doubted"; readonly doubts: readonly Doubt[] }
  /** the membership is over: all keys go; answered by `ended` */
  | { readonly type: "end" };

/** The other way on the same port. */
export type MediaToGroup =
  /** for the others, in the group: wire/frame-lists.ts */
  | { readonly type: "lists"; readonly bytes: Bytes }
  /** frames of this KID came that nobody has vouched for yet; `id` is to stand in the answer */
  | { readonly type: "doubt"; readonly kid: number; readonly id: number }
  /** whatever comes from now on is of a later membership */
  | { readonly type: "ended" };

/** Why a frame was dropped. */
export type DropReason =
  | "no-key"
  | "no-header"
  | "unknown-epoch"
  | "wrong-sender"
  | "wrong-kind"
  | "replayed"
  | "not-authentic"
  | "codec"
  /** something broke on it: it is malformed, or the browser refuses */
  | "broken"
  /** others of this sender and kind were sealed by somebody else */
  | "forged";

/** Of the insider check (protocol.md §4). */
export type Verdict = "checked" | "unverified" | "forged";

export type FromRoomMedia =
  /** counts since the last report of this track */
  | {
      readonly type: "dropped";
      readonly identity: string;
      readonly kind: MediaKind;
      readonly reason: DropReason;
      readonly count: number;
    }
  | { readonly type: "opened"; readonly identity: string; readonly kind: MediaKind; readonly count: number }
  | { readonly type: "sealed"; readonly kind: MediaKind; readonly count: number; readonly epoch: number }
  /**
   * what the insider check says of what this sender's frames were, when it changes: `forged`: another member sealed some
   * of them; `unverified`: their sender has not vouched for them in time
   */
  | { readonly type: "judged"; readonly identity: string; readonly kind: MediaKind; readonly verdict: Verdict }
  /** each video that is being sent should begin anew: this browser takes that from its frame only */
  | { readonly type: "key-frames" }
  | { readonly type: "failed"; readonly code: ErrorCode };
