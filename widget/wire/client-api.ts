/**
 * What a client and the API say to each other about clips: paths, bodies, answers. Realm-free.
 * Every field here is public to the relay; docs/what-the-relay-sees.md lists each one.
 * Source: protocol.md §6, §7.
 *
 *   PUT    /api/clips/:id                 manage   create the draft (idempotent for equal bodies)
 *   PUT    /api/clips/:id/pieces/:n       manage   one sealed segment, octet-stream, Content-Digest (idempotent)
 *   POST   /api/clips/:id/send            manage   draft → ready (idempotent for equal bodies)
 *   POST   /api/clips/:id/discard         manage   draft → discarded
 *   POST   /api/clips/:id/revoke          manage   ready | leased → revoked
 *   GET    /api/clips/:id/receipt         manage   what became of it
 *   GET    /api/clips/:id                 view     sealed metadata, before any lease
 *   POST   /api/clips/:id/lease           view     ready → leased (idempotent for the same lease token)
 *   GET    /api/clips/:id/pieces/:n       lease    one sealed segment
 *   POST   /api/clips/:id/heartbeat       lease    position
 *   POST   /api/clips/:id/burn            lease    leased → burned, at the end of play
 *
 * Tokens travel as `Authorization: Bearer <base64url of 32 B>`; hashes of tokens are SHA-256 over those 32 bytes
 * themselves (not over their spelling). A wrong token and an unknown id answer alike
 * (404 no-such-clip), so that nobody without a token can probe.
 */
import type { ApiErrorCode } from "./errors.ts";

/** draft → ready ⇄ leased → burned, plus the other ends. `broken`: stored bytes do not match their hash. */
export type ClipState = "draft" | "ready" | "leased" | "burned" | "expired" | "revoked" | "discarded" | "broken";

export interface CreateClip {
  /** 12 B */
  iv: string;
  /** SHA-256 of the view token, 32 B */
  viewTokenHash: string;
  /** Burn at this lapse, 1–10, default 3 */
  maxLeases?: number;
}
export interface ClipCreated {
  id: string;
  state: "draft";
  /** ms since the epoch */
  createdAt: number;
  maxBytes: number;
  maxSeconds: number;
}

export interface PieceStored {
  index: number;
  bytes: number;
}

export interface SendClip {
  /** number of pieces, 1 or more */
  pieces: number;
  /** ciphertext bytes of all pieces */
  bytes: number;
  /** SHA-256 of the whole ciphertext, 32 B */
  sha256: string;
  /** whole seconds, a multiple of 10 */
  duration: number;
  /** sealed metadata box, tag included */
  metadata: string;
  /** 12 B */
  metadataIv: string;
}
export interface ClipSent {
  id: string;
  state: ClipState;
  sentAt: number;
  expiresAt: number;
}

export interface Lapse {
  at: number;
  /** seconds of play reported before it lapsed */
  position: number;
}

/** For the sender. Times in ms since the epoch; absent = has not happened. */
export interface Receipt {
  id: string;
  state: ClipState;
  createdAt: number;
  sentAt?: number;
  /** first lease */
  openedAt?: number;
  /** burned, expired, revoked, discarded or broken */
  endedAt?: number;
  /** every object seen to be gone from storage */
  deletedAt?: number;
  expiresAt?: number;
  lapses: Lapse[];
}

/** For whoever holds the view token. Content fields are absent once the clip is over. */
export interface ClipPreview {
  id: string;
  state: ClipState;
  sentAt: number;
  expiresAt?: number;
  endedAt?: number;
  openedAt?: number;
  duration?: number;
  pieces?: number;
  bytes?: number;
  iv?: string;
  sha256?: string;
  metadata?: string;
  metadataIv?: string;
  lapses: Lapse[];
  maxLeases: number;
  /** ms since the epoch, while somebody watches: when to try again at the latest */
  leasedUntil?: number;
}

export interface TakeLease {
  /** SHA-256 of the lease token that the viewer made, 32 B */
  leaseTokenHash: string;
}
export interface LeaseTaken {
  /** ms since the epoch; moves with each heartbeat, never past `endsAt` */
  lapsesAt: number;
  endsAt: number;
  /** seconds */
  heartbeat: number;
}
export interface Heartbeat {
  /** share played × the coarse duration, seconds: the relay needs to know how far, not how long */
  position: number;
}
export interface Burned {
  state: ClipState;
  /** absent while deletion is still being retried */
  deletedAt?: number;
}

/** RFC 9457, application/problem+json. `type` is `/problems/<code>`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ApiErrorCode;
  detail?: string;
  /** seconds, with 409 clip-leased and 503 */
  retryAfter?: number;
  /** with pieces-missing: indices to send again */
  missing?: number[];
}

export const paths = {
  clip: (id: string) => `/api/clips/${id}`,
  piece: (id: string, index: number) => `/api/clips/${id}/pieces/${index}`,
  action: (id: string, verb: "send" | "discard" | "revoke" | "receipt" | "lease" | "heartbeat" | "burn") =>
    `/api/clips/${id}/${verb}`,
};
