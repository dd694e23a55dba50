/**
 * What a clip looks like from outside: to its sender, and to whoever holds its link.
 * Realm: server; gives away nothing but the fields of the contract. Source: widget/wire/client-api.ts.
 */
import type {
  Burned,
  ClipCreated,
  ClipPreview,
  ClipSent,
  Lapse,
  LeaseTaken,
  Receipt,
} from "../../widget/wire/client-api.ts";
import { HEARTBEAT_S } from "../../widget/wire/clip-limits.ts";
import { type Clip, leaseEndsAt, leaseLapsesAt } from "./clip.ts";

export interface Limits {
  readonly maxBytes: number;
  readonly maxSeconds: number;
}

export function clipCreated(id: string, clip: Clip, { maxBytes, maxSeconds }: Limits): ClipCreated {
  return { id, state: "draft", createdAt: clip.createdAt, maxBytes, maxSeconds };
}

export function clipSent(id: string, clip: Clip): ClipSent {
  return { id, state: clip.state, sentAt: clip.sentAt ?? 0, expiresAt: clip.expiresAt ?? 0 };
}

export function receiptOf(id: string, clip: Clip): Receipt {
  return {
    id,
    state: clip.state,
    createdAt: clip.createdAt,
    ...times(clip),
    ...(clip.deletion?.verifiedAt === undefined ? {} : { deletedAt: clip.deletion.verifiedAt }),
    lapses: lapsesOf(clip),
  };
}

/** For a clip that was sent. */
export function previewOf(id: string, clip: Clip): ClipPreview {
  return {
    id,
    state: clip.state,
    ...times(clip),
    sentAt: clip.sentAt ?? 0,
    ...clip.content,
    ...(clip.iv === undefined ? {} : { iv: clip.iv }),
    lapses: lapsesOf(clip),
    maxLeases: clip.maxLeases,
    ...(clip.lease ? { leasedUntil: leaseEndsAt(clip, clip.lease) } : {}),
  };
}

/** For a clip that is leased. */
export function leaseTaken(clip: Clip): LeaseTaken {
  if (!clip.lease) throw new TypeError("the clip is not leased");
  return {
    lapsesAt: leaseLapsesAt(clip, clip.lease),
    endsAt: leaseEndsAt(clip, clip.lease),
    heartbeat: HEARTBEAT_S,
  };
}

export function ended(clip: Clip): Burned {
  const deletedAt = clip.deletion?.verifiedAt;
  return { state: clip.state, ...(deletedAt === undefined ? {} : { deletedAt }) };
}

function times(clip: Clip) {
  const { sentAt, openedAt, endedAt, expiresAt } = clip;
  return {
    ...(sentAt === undefined ? {} : { sentAt }),
    ...(openedAt === undefined ? {} : { openedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function lapsesOf(clip: Clip): Lapse[] {
  return clip.lapses.map(({ at, position }) => ({ at, position }));
}
