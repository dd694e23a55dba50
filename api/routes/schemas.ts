/**
 * The shapes of client-api.ts as schemas: the same ones check what comes in and make the OpenAPI document.
 * Realm: server. Source: widget/wire/client-api.ts, to which the compiler holds each of them.
 */
import { z } from "zod";
import type {
  Burned,
  ClipCreated,
  ClipPreview,
  ClipSent,
  CreateClip,
  Heartbeat,
  LeaseTaken,
  PieceStored,
  Problem,
  Receipt,
  SendClip,
  TakeLease,
} from "../../widget/wire/client-api.ts";
import { CLIP_ID_BYTES, IV_BYTES, MAX_LEASES, METADATA_MAX_BYTES, TAG_BYTES } from "../../widget/wire/clip-limits.ts";
import type { NewLink } from "../../widget/wire/commit-data.ts";
import { API_ERRORS, type ApiErrorCode } from "../../widget/wire/errors.ts";
import {
  CHARTER_MAX_BYTES,
  LOBBY_MAX_BYTES,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
} from "../../widget/wire/room-limits.ts";
import type { AuditKey, OpenRoom, RoomOpened } from "../../widget/wire/room-relay.ts";

/** The last character of 16 and of 32 bytes has bits to spare; in the one canonical spelling they are zero. */
export const CLIP_ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;
export const BYTES_32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const BYTES_12 = /^[A-Za-z0-9_-]{16}$/;
export const PIECE_INDEX = /^(0|[1-9][0-9]{0,5})$/;
/** Any number of whole bytes in their canonical spelling. */
const ANY_BYTES = /^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$/;

const clipId = z.string().regex(CLIP_ID).describe(`base64url of ${CLIP_ID_BYTES} bytes`);
const hash = z.string().regex(BYTES_32).describe("base64url of a SHA-256, 32 bytes");
const iv = z.string().regex(BYTES_12).describe(`base64url of ${IV_BYTES} bytes`);
const time = z.int().nonnegative().describe("ms since the epoch");
const count = z.int().nonnegative();
const state = z.enum(["draft", "ready", "leased", "burned", "expired", "revoked", "discarded", "broken"]);
const metadata = z
  .string()
  .regex(ANY_BYTES)
  .min(base64urlLength(TAG_BYTES))
  .max(base64urlLength(METADATA_MAX_BYTES))
  .describe("sealed metadata box, base64url");
const lapses = z.array(z.strictObject({ at: time, position: z.number().nonnegative() }));

const BYTES_64 = /^[A-Za-z0-9_-]{85}[AQgw]$/;
const publicKey = z.string().regex(BYTES_32).describe(`base64url of an Ed25519 public key, ${PUBLIC_KEY_BYTES} bytes`);

const newLink = z.strictObject({
  v: z.int().min(1).max(0xffff_ffff).describe("version of the link"),
  relayTokenHash: hash,
  sealedCharter: z
    .string()
    .regex(ANY_BYTES)
    .min(1)
    .max(base64urlLength(CHARTER_MAX_BYTES))
    .describe("sealed charter, base64url"),
  signature: z
    .string()
    .regex(BYTES_64)
    .describe(`base64url of the charter key's signature over the link, ${SIGNATURE_BYTES} bytes`),
}) satisfies z.ZodType<NewLink>;

export const openRoom = z.strictObject({
  charterKey: publicKey,
  link: newLink,
  lobby: z
    .string()
    .regex(ANY_BYTES)
    .min(1)
    .max(base64urlLength(LOBBY_MAX_BYTES))
    .describe("the lobby's public key with the charter key's signature, base64url")
    .exactOptional(),
}) satisfies z.ZodType<OpenRoom>;

export const roomOpened = z.strictObject({
  roomId: z.string().regex(CLIP_ID),
  auditKey: publicKey,
}) satisfies z.ZodType<RoomOpened>;

export const auditKey = z.strictObject({
  auditKey: publicKey,
  region: z.string(),
}) satisfies z.ZodType<AuditKey>;

/** s; longer than any clip, and a number that JSON keeps. */
const position = z.number().nonnegative().max(86_400).describe("seconds of play");

export const createClip = z.strictObject({
  iv,
  viewTokenHash: hash,
  maxLeases: z.int().min(1).max(10).default(MAX_LEASES).describe("burn at this lapse"),
}) satisfies z.ZodType<CreateClip, CreateClip | { maxLeases?: number | undefined }>;

export const sendClip = z.strictObject({
  pieces: z.int().min(1).max(1_000_000),
  bytes: z.int().min(TAG_BYTES),
  sha256: hash,
  duration: z.int().min(10).multipleOf(10).describe("whole seconds, rounded up to 10"),
  metadata,
  metadataIv: iv,
}) satisfies z.ZodType<SendClip>;

export const takeLease = z.strictObject({ leaseTokenHash: hash }) satisfies z.ZodType<TakeLease>;
export const heartbeat = z.strictObject({ position }) satisfies z.ZodType<Heartbeat>;
/** For actions that need no body: an empty object, or none at all. */
export const nothing = z.strictObject({}).describe("may be left out");

export const clipCreated = z.strictObject({
  id: clipId,
  state: z.literal("draft"),
  createdAt: time,
  maxBytes: count,
  maxSeconds: count,
}) satisfies z.ZodType<ClipCreated>;

export const pieceStored = z.strictObject({ index: count, bytes: count }) satisfies z.ZodType<PieceStored>;

export const clipSent = z.strictObject({
  id: clipId,
  state,
  sentAt: time,
  expiresAt: time,
}) satisfies z.ZodType<ClipSent>;

export const receipt = z.strictObject({
  id: clipId,
  state,
  createdAt: time,
  sentAt: time.optional(),
  openedAt: time.optional().describe("first lease"),
  endedAt: time.optional(),
  deletedAt: time.optional().describe("every object seen to be gone from storage"),
  expiresAt: time.optional(),
  lapses,
}) satisfies z.ZodType<Loose<Receipt>>;

export const clipPreview = z.strictObject({
  id: clipId,
  state,
  sentAt: time,
  expiresAt: time.optional(),
  endedAt: time.optional(),
  openedAt: time.optional(),
  duration: count.optional(),
  pieces: count.optional(),
  bytes: count.optional(),
  iv: iv.optional(),
  sha256: hash.optional(),
  metadata: metadata.optional(),
  metadataIv: iv.optional(),
  lapses,
  maxLeases: count,
  leasedUntil: time.optional().describe("while somebody watches: when that ends at the latest"),
}) satisfies z.ZodType<Loose<ClipPreview>>;

export const leaseTaken = z.strictObject({
  lapsesAt: time,
  endsAt: time,
  heartbeat: count.describe("seconds between heartbeats"),
}) satisfies z.ZodType<LeaseTaken>;

export const burned = z.strictObject({
  state,
  deletedAt: time.optional().describe("absent while deletion is still being retried"),
}) satisfies z.ZodType<Loose<Burned>>;

export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: count,
  code: z.enum(Object.keys(API_ERRORS) as [ApiErrorCode, ...ApiErrorCode[]]),
  detail: z.string().optional(),
  retryAfter: count.optional().describe("seconds"),
  missing: z.array(count).optional().describe("indices of pieces to send again"),
}) satisfies z.ZodType<Loose<Problem>>;

export const status = z.strictObject({ status: z.string() });

/** Zod's optional fields may be present and undefined; JSON knows no such thing. */
type Loose<T> = { [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] };

function base64urlLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}
