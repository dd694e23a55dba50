/**
 * What the sealed frame and its media worker say to each other about clips: numbered calls, one answer each.
 * Realm-free. Both ends live inside the sealed frame; clip keys and plaintext cross here and nowhere else.
 */
import type { Bytes, Sealed } from "./bytes.ts";
import type { ErrorCode } from "./errors.ts";

/** One sealed segment and its place. */
export interface SealedSegment {
  readonly index: number;
  readonly last: boolean;
  readonly sealed: Sealed;
}

/** The whole ciphertext, once the last segment is sealed. */
export interface SealedClip {
  readonly pieces: number;
  /** ciphertext bytes */
  readonly bytes: number;
  /** plaintext bytes */
  readonly plainBytes: number;
  /** 32 B */
  readonly sha256: Bytes;
}

/** What the viewer's worker must hold a clip against. */
export interface ExpectedClip {
  readonly iv: Bytes;
  readonly pieces: number;
  readonly bytes: number;
  readonly sha256: Bytes;
}

/** The calls of the media worker: name → [argument, answer]. */
export interface MediaCalls {
  /** Fresh key and IV. */
  beginSealing: [undefined, { iv: Bytes; viewTokenHash: Bytes }];
  /** Takes more of the file; gives the segments that became full. */
  seal: [Bytes, SealedSegment[]];
  /** Seals what is left. */
  finishSealing: [undefined, { segments: SealedSegment[]; clip: SealedClip }];
  /** Opens a segment that this worker sealed, for review before Send. */
  reviewSegment: [SealedSegment, Bytes];
  /** Seals the metadata and gives the key away for the link: only at Send. */
  finishClip: [Bytes, { metadata: Sealed; metadataIv: Bytes; key: Bytes }];
  /** Takes the key of a link; gives the view token, 32 B. */
  takeKey: [Bytes, { viewToken: Bytes }];
  openMetadata: [{ iv: Bytes; sealed: Bytes }, Bytes];
  beginOpening: [ExpectedClip, undefined];
  /** Segments in order; the last only comes out if size and SHA-256 of all of it are right. */
  openSegment: [{ index: number; sealed: Bytes }, Bytes];
}

export type MediaCallName = keyof MediaCalls;
export type MediaArgument<N extends MediaCallName> = MediaCalls[N][0];
export type MediaAnswer<N extends MediaCallName> = MediaCalls[N][1];

/** frame → worker */
export interface MediaCall {
  readonly id: number;
  readonly call: MediaCallName;
  readonly argument: unknown;
}
/** frame → worker: tick every so many ms until told 0. A hidden tab's own timers stop (platform-notes: Timers). */
export interface MediaClock {
  readonly tickEvery: number;
}
/** worker → frame */
export type MediaReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } }
  | { readonly tick: true };
