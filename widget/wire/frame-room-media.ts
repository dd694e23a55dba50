/**
 * What the frame tells the media worker of a room: where keys come from, and which transform is whose. Base keys don't
 * pass here: they come on a port from the group worker (group-media.ts). Realm-free.
 */
import type { MediaKind } from "./group-media.ts";

/** What a member sends. @property codec as asked for, for browsers that don't name it with each frame */
export interface SealedTrack {
  readonly kind: MediaKind;
  readonly codec: string;
}

/** Options of an RTCRtpScriptTransform: what its frames are; null: none of ours, and nothing leaves it. */
export type TransformOptions =
  | { readonly side: "seal"; readonly track: SealedTrack | null }
  /** whose it is comes as `track`; until then everything on it is dropped */
  | { readonly side: "open"; readonly id: number };

export type FrameToRoomMedia =
  /** with the port of the group worker */
  | { readonly type: "keys" }
  /** the transform `id` carries what this member sends */
  | {
      readonly type: "track";
      readonly id: number;
      /** LiveKit's, as it says; each frame's key says whether that is so */
      readonly identity: string;
      readonly kind: MediaKind;
      /** as negotiated, for browsers that don't name it with each frame: `vp8`, `opus` */
      readonly codec: string;
    }
  /** … nothing any more */
  | { readonly type: "no-track"; readonly id: number }
  /** somebody's key has changed: nothing is sealed until the person has looked */
  | { readonly type: "hush"; readonly isHushed: boolean };
