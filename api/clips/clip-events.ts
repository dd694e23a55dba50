/**
 * What people and jobs may do to a clip: one pure function (clip, event, now) → clip and, where the rules forbid the
 * event, a refusal. Time is an argument; the store only compares and sets what comes out.
 * Realm: server. Source: protocol.md §7.
 */
import type { ApiErrorCode } from "../../widget/wire/errors.ts";
import {
  type Clip,
  type Content,
  end,
  isOver,
  type Lease,
  leaseLapsesAt,
  postponed,
  RECHECK_MS,
  settle,
} from "./clip.ts";
import { sameHash } from "./token.ts";

/** A draft's last touch is kept to the minute, ms: not every piece needs a write. */
const TOUCH_MS = 60_000;

export type ClipEvent =
  /** a piece was stored */
  | { readonly type: "piece" }
  | { readonly type: "send"; readonly content: Content; readonly ttlMs: number }
  | { readonly type: "discard" }
  | { readonly type: "revoke" }
  | { readonly type: "lease"; readonly tokenHash: string }
  | { readonly type: "heartbeat"; readonly tokenHash: string; readonly position: number }
  | { readonly type: "burn"; readonly tokenHash: string }
  /** the hash over all pieces was recomputed */
  | { readonly type: "checked"; readonly intact: boolean }
  | { readonly type: "check-failed" }
  /** all objects were deleted and seen to be gone; `found` were still there before */
  | { readonly type: "deleted"; readonly found: number }
  | { readonly type: "deletion-failed" }
  /** nothing but time */
  | { readonly type: "settle" };

export interface Refused {
  readonly code: ApiErrorCode;
  /** s */
  readonly retryAfter?: number;
}

export interface Outcome {
  /** the clip after the event or, if it was refused, after time; null if nothing is left of it */
  readonly clip: Clip | null;
  readonly refused?: Refused;
}

/** The only way a clip changes. The clip is the same object if nothing changed. */
export function apply(before: Clip, event: ClipEvent, now: number): Outcome {
  const clip = settle(before, now);
  if (!clip) return { clip, refused: { code: "no-such-clip" } };
  const result = transition(clip, event, now);
  return "code" in result ? { clip, refused: result } : { clip: result };
}

/** A new draft. */
export function createDraft(
  request: Pick<Clip, "iv" | "viewTokenHash" | "manageTokenHash" | "maxLeases">,
  now: number,
): Clip {
  return { state: "draft", ...request, createdAt: now, touchedAt: now, lapses: [] };
}

/**
 * How a lease token stands to a clip: `no-such-clip` for one that never had a lease.
 * @returns null if the token holds the lease now
 */
export function leaseRefusal(clip: Clip, tokenHash: string): Refused | null {
  if (clip.lease && sameHash(clip.lease.tokenHash, tokenHash)) return null;
  const formerly = [...clip.lapses.map((lapse) => lapse.tokenHash), clip.lastLease ?? ""];
  // Compared all, not until the first: how long it takes must not tell which.
  if (formerly.filter((hash) => sameHash(hash, tokenHash)).length === 0) return { code: "no-such-clip" };
  return { code: isOver(clip) ? "clip-over" : "lease-lapsed" };
}

function transition(clip: Clip, event: ClipEvent, now: number): Clip | Refused {
  switch (event.type) {
    case "piece":
      return storePiece(clip, now);
    case "send":
      return send(clip, event, now);
    case "discard":
      if (clip.state === "discarded") return clip;
      return clip.state === "draft" ? end(clip, "discarded", now) : notADraft(clip);
    case "revoke":
      return revoke(clip, now);
    case "lease":
      return takeLease(clip, event.tokenHash, now);
    case "heartbeat":
      return beat(clip, event, now);
    case "burn":
      return burn(clip, event.tokenHash, now);
    case "checked":
    case "check-failed":
      return checked(clip, event, now);
    case "deleted":
      return deleted(clip, event.found, now);
    case "deletion-failed":
      return deletionFailed(clip, now);
    case "settle":
      return clip;
  }
}

function storePiece(clip: Clip, now: number): Clip | Refused {
  if (clip.state !== "draft") return notADraft(clip);
  return now - clip.touchedAt < TOUCH_MS ? clip : { ...clip, touchedAt: now };
}

function send(clip: Clip, event: ClipEvent & { type: "send" }, now: number): Clip | Refused {
  if (clip.content) return sameContent(clip.content, event.content) ? clip : { code: "not-a-draft" };
  if (clip.state !== "draft") return notADraft(clip);
  return {
    ...clip,
    state: "ready",
    content: event.content,
    sentAt: now,
    expiresAt: now + event.ttlMs,
    check: { dueAt: now, failures: 0 },
  };
}

function revoke(clip: Clip, now: number): Clip | Refused {
  if (clip.state === "revoked") return clip;
  if (clip.state === "draft") return { code: "not-ready" };
  return isOver(clip) ? { code: "clip-over" } : end(clip, "revoked", now);
}

function takeLease(clip: Clip, tokenHash: string, now: number): Clip | Refused {
  if (clip.state === "draft") return { code: "not-ready" };
  if (isOver(clip)) return { code: "clip-over" };
  if (!clip.lease) {
    const lease: Lease = { tokenHash, grantedAt: now, beatAt: now, position: 0 };
    return { ...clip, state: "leased", lease, openedAt: clip.openedAt ?? now };
  }
  // The same tab after a reload: its lease goes on, and its position with it.
  if (sameHash(clip.lease.tokenHash, tokenHash)) return withBeat(clip, clip.lease, now);
  const retryAfter = Math.max(1, Math.ceil((leaseLapsesAt(clip, clip.lease) - now) / 1_000));
  return { code: "clip-leased", retryAfter };
}

function beat(clip: Clip, event: ClipEvent & { type: "heartbeat" }, now: number): Clip | Refused {
  const refused = leaseRefusal(clip, event.tokenHash);
  if (refused || !clip.lease) return refused ?? { code: "no-such-clip" };
  return withBeat(clip, { ...clip.lease, position: event.position }, now);
}

/** Several processes have several clocks: a beat never moves back. */
function withBeat(clip: Clip, lease: Lease, now: number): Clip {
  return { ...clip, lease: { ...lease, beatAt: Math.max(lease.beatAt, now) } };
}

function burn(clip: Clip, tokenHash: string, now: number): Clip | Refused {
  const refused = leaseRefusal(clip, tokenHash);
  if (!refused) return end(clip, "burned", now);
  return refused.code === "clip-over" && clip.state === "burned" ? clip : refused;
}

function checked(clip: Clip, event: ClipEvent & { type: "checked" | "check-failed" }, now: number): Clip {
  if (!clip.check) return clip;
  if (event.type === "check-failed") return { ...clip, check: postponed(clip.check, now) };
  if (!event.intact) return end(clip, "broken", now);
  const { check: _check, ...rest } = clip;
  return rest;
}

function deleted(clip: Clip, found: number, now: number): Clip {
  const deletion = clip.deletion;
  if (!isOver(clip) || !deletion?.job) return clip;
  const first = deletion.verifiedAt === undefined;
  if (!first && now < deletion.job.dueAt && found === 0) return clip;
  // A piece that came late means that "gone" was too early, and that one more may come.
  if (first || found > 0) {
    return { ...clip, deletion: { job: { dueAt: now + RECHECK_MS, failures: 0 }, verifiedAt: now } };
  }
  return { ...clip, deletion: { verifiedAt: deletion.verifiedAt ?? now, recheckedAt: now } };
}

function deletionFailed(clip: Clip, now: number): Clip {
  if (!isOver(clip) || !clip.deletion?.job) return clip;
  return { ...clip, deletion: { ...clip.deletion, job: postponed(clip.deletion.job, now) } };
}

function notADraft(clip: Clip): Refused {
  return { code: isOver(clip) ? "clip-over" : "not-a-draft" };
}

function sameContent(a: Content, b: Content): boolean {
  return (
    a.pieces === b.pieces &&
    a.bytes === b.bytes &&
    a.sha256 === b.sha256 &&
    a.duration === b.duration &&
    a.metadata === b.metadata &&
    a.metadataIv === b.metadataIv
  );
}
