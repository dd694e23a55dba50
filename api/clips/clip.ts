/**
 * What the relay remembers of a clip, and what time alone does to it. Pure: time is an argument, nothing is stored here.
 * Realm: server; sees ids, states, times, hashes of tokens and sealed metadata, never a key.
 * Source: protocol.md §6, §7.
 *
 *   draft → ready ⇄ leased → burned      and: draft → discarded | expired,
 *                                             ready | leased → expired | revoked | broken, leased → burned by a lapse
 */
import type { ClipState, Lapse } from "../../widget/wire/client-api.ts";
import {
  LEASE_EXTRA_S,
  LEASE_FACTOR,
  LEASE_SILENCE_S,
  TOMBSTONE_TTL_S,
  WATCHED_SHARE,
} from "../../widget/wire/clip-limits.ts";

/** A draft ends this long after its last piece, ms. */
export const DRAFT_IDLE_MS = 24 * 3_600_000;
/** … and this long after its creation at the latest, ms: the storage's own backstop must never reach a living clip. */
export const DRAFT_MAX_MS = 48 * 3_600_000;
/** A second deletion this long after the first, ms, catches pieces that were on their way when the clip ended. */
export const RECHECK_MS = 3_600_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_LONGEST_MS = 600_000;

export type EndState = Exclude<ClipState, "draft" | "ready" | "leased">;

export interface Lease {
  /** SHA-256 of the viewer's lease token, base64url */
  readonly tokenHash: string;
  readonly grantedAt: number;
  /** last heartbeat, or the grant */
  readonly beatAt: number;
  /** seconds of play, as last reported */
  readonly position: number;
}

/** A job of the durable queue: when it is due, and how often it failed. */
export interface Job {
  readonly dueAt: number;
  readonly failures: number;
}

export interface Deletion {
  /** absent once nothing is left to do */
  readonly job?: Job;
  /** every object was seen to be gone */
  readonly verifiedAt?: number;
  /** … and again, RECHECK_MS later */
  readonly recheckedAt?: number;
}

/** What Send adds; gone with the clip's end, except the two times. */
export interface Content {
  /** number of pieces */
  readonly pieces: number;
  /** of ciphertext */
  readonly bytes: number;
  /** of the whole ciphertext, base64url */
  readonly sha256: string;
  /** s, a multiple of 10 */
  readonly duration: number;
  /** sealed box, base64url */
  readonly metadata: string;
  readonly metadataIv: string;
}

/** All times in ms since the epoch. A tombstone is a clip without `iv` and `content`. */
export interface Clip {
  readonly state: ClipState;
  readonly viewTokenHash: string;
  readonly manageTokenHash: string;
  readonly maxLeases: number;
  readonly createdAt: number;
  /** last piece of the draft, to the minute */
  readonly touchedAt: number;
  readonly iv?: string;
  readonly content?: Content;
  readonly sentAt?: number;
  readonly expiresAt?: number;
  readonly openedAt?: number;
  readonly endedAt?: number;
  readonly lease?: Lease;
  /** with the hash of the token whose lease it was, so that its holder hears `lease-lapsed` and not a riddle */
  readonly lapses: readonly (Lapse & { readonly tokenHash: string })[];
  /** whose lease the end cut short or completed: a repeated burn must find itself again */
  readonly lastLease?: string;
  /** the hash over all pieces is still to be recomputed */
  readonly check?: Job;
  readonly deletion?: Deletion;
}

export function isOver(clip: Clip): boolean {
  return clip.state !== "draft" && clip.state !== "ready" && clip.state !== "leased";
}

/** When a lease must be over even if its viewer goes on reporting, ms since the epoch. */
export function leaseEndsAt(clip: Clip, lease: Lease): number {
  const longest = (LEASE_FACTOR * (clip.content?.duration ?? 0) + LEASE_EXTRA_S) * 1_000;
  return Math.min(lease.grantedAt + longest, clip.expiresAt ?? Number.POSITIVE_INFINITY);
}

/** When a lease lapses unless another heartbeat comes, ms since the epoch. */
export function leaseLapsesAt(clip: Clip, lease: Lease): number {
  return Math.min(lease.beatAt + LEASE_SILENCE_S * 1_000, leaseEndsAt(clip, lease));
}

/** Ends a clip: what could open or describe its content is dropped, and its objects are to be deleted at once. */
export function end(clip: Clip, state: EndState, at: number): Clip {
  const { iv: _iv, content: _content, lease, check: _check, ...rest } = clip;
  return {
    ...rest,
    state,
    endedAt: at,
    ...(lease ? { lastLease: lease.tokenHash } : {}),
    deletion: { job: { dueAt: at, failures: 0 } },
  };
}

/** The job after one more failure: later each time. */
export function postponed(job: Job, now: number): Job {
  const wait = Math.min(RETRY_FIRST_MS * 2 ** Math.min(job.failures, 10), RETRY_LONGEST_MS);
  return { dueAt: now + wait, failures: job.failures + 1 };
}

/**
 * Does what time has done to a clip up to `now`: expiry, lapses, removal of the tombstone. Every reader and every event
 * starts here, so that nothing depends on a sweeper being in time.
 * @returns the same object if nothing happened; null if even the tombstone's time is over
 */
export function settle(clip: Clip, now: number): Clip | null {
  if (isOver(clip)) return tombstoneEndsAt(clip) <= now ? null : clip;
  const at = endsOrLapsesAt(clip);
  if (now < at) return clip;
  if (clip.lease && at < expiryOf(clip)) return settle(lapse(clip, clip.lease, at), now);
  return settle(end(clip, "expired", at), now);
}

/** When a clip changes or a job of it is due, ms since the epoch: its place in the queue of deadlines. */
export function nextDeadline(clip: Clip): number {
  if (isOver(clip)) return clip.deletion?.job?.dueAt ?? tombstoneEndsAt(clip);
  return Math.min(endsOrLapsesAt(clip), clip.check?.dueAt ?? Number.POSITIVE_INFINITY);
}

/** Which job of the durable queue is due: content to delete, or the whole to be hashed again. */
export function dueJob(clip: Clip, now: number): "deletion" | "check" | null {
  if (clip.deletion?.job && clip.deletion.job.dueAt <= now) return "deletion";
  return !isOver(clip) && clip.check && clip.check.dueAt <= now ? "check" : null;
}

function expiryOf(clip: Clip): number {
  if (clip.state === "draft") return Math.min(clip.touchedAt + DRAFT_IDLE_MS, clip.createdAt + DRAFT_MAX_MS);
  return clip.expiresAt ?? clip.createdAt;
}

function endsOrLapsesAt(clip: Clip): number {
  const lapsesAt = clip.lease ? leaseLapsesAt(clip, clip.lease) : Number.POSITIVE_INFINITY;
  return Math.min(expiryOf(clip), lapsesAt);
}

/** A tombstone goes only when its content is known to be gone. */
function tombstoneEndsAt(clip: Clip): number {
  if (clip.deletion?.job) return Number.POSITIVE_INFINITY;
  return (clip.endedAt ?? 0) + TOMBSTONE_TTL_S * 1_000;
}

function lapse(clip: Clip, lease: Lease, at: number): Clip {
  const { lease: _lease, ...rest } = clip;
  const lapses = [...clip.lapses, { at, position: lease.position, tokenHash: lease.tokenHash }];
  const ready: Clip = { ...rest, state: "ready", lapses };
  const watched = lease.position >= WATCHED_SHARE * (clip.content?.duration ?? 0);
  if (!watched && lapses.length < clip.maxLeases) return ready;
  return end({ ...ready, lastLease: lease.tokenHash }, "burned", at);
}
