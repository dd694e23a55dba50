/**
 * Remembers, per room, how far this browser has seen the audit trail, and holds the relay to it at the next visit: a
 * trail that is shorter, or another one, is a trail that was rewritten. Two heads of one size are kept as evidence.
 * Realm: group worker. Source: protocol.md §2 (Charter), §9. Holds room ids, sizes and hashes; no names, no secrets.
 */
import { readTrail } from "../wire/audit-trail.ts";
import { fromBase64url, toBase64url } from "../wire/bytes.ts";
import { API_ERRORS, CodedError } from "../wire/errors.ts";
import { roomPaths } from "../wire/room-relay.ts";
import type { AuditFault, Trail, TrailPlace } from "./audit-watch.ts";

/** What is remembered of a room. */
export interface Seen extends Trail {
  /** of the newest charter: an older one is refused for ever */
  readonly charter: number;
}

/** Two heads that the relay signed for one size of one trail: whoever has them can prove that it lied. */
export type Evidence = readonly [ours: string, theirs: string];

export interface TrailMemory {
  recall(roomId: string): Promise<Seen | undefined>;
  remember(roomId: string, seen: Seen): Promise<void>;
  /** The first stays. */
  accuse(roomId: string, evidence: Evidence): Promise<void>;
  evidence(roomId: string): Promise<Evidence | undefined>;
}

/** For where nothing can be stored, and for tests: as long as the process lives. */
export class ShortMemory implements TrailMemory {
  readonly #seen = new Map<string, Seen>();
  readonly #evidence = new Map<string, Evidence>();
  async recall(roomId: string): Promise<Seen | undefined> {
    return this.#seen.get(roomId);
  }
  async remember(roomId: string, seen: Seen): Promise<void> {
    this.#seen.set(roomId, seen);
  }
  async accuse(roomId: string, evidence: Evidence): Promise<void> {
    if (!this.#evidence.has(roomId)) this.#evidence.set(roomId, evidence);
  }
  async evidence(roomId: string): Promise<Evidence | undefined> {
    return this.#evidence.get(roomId);
  }
}

/**
 * Whether the trail that the relay tells of now goes on from the one seen before.
 * @param fetchTrail the whole trail as exported @param auditKey 32 B, base64url
 */
export async function extendsSeen(
  seen: TrailPlace | undefined,
  now: TrailPlace,
  { auditKey, fetchTrail }: { auditKey: string; fetchTrail: () => Promise<string> },
): Promise<AuditFault | undefined> {
  if (!seen || (seen.size === now.size && seen.hash === now.hash)) return undefined;
  if (now.size < seen.size) return "rolled-back";
  if (now.size === seen.size) return "head-differs";
  const whole = await readTrail(await fetchTrail(), fromBase64url(auditKey) ?? new Uint8Array());
  if ("fault" in whole) return "chain-broken";
  // Others may have come meanwhile: longer than the head that was told is fine, shorter or other is not.
  const goesOn = (trail: TrailPlace) => trail.size === 0 || whole.hashes[trail.size - 1] === trail.hash;
  return goesOn(seen) && goesOn(now) ? undefined : "head-differs";
}

/** Tries before a relay that gives no trail is held to withhold it, and ms between them. */
const TRIES = 3;
const TRY_MS = 500;

/**
 * The whole trail as the relay exports it; empty if it does not. @param origin `http[s]://…` @param relayToken 32 B
 * @throws CodedError link-replaced: there is a newer one, which gets the trail
 */
export async function fetchTrail(origin: string, roomId: Uint8Array, relayToken: Uint8Array): Promise<string> {
  const headers = { Authorization: `Bearer ${toBase64url(relayToken)}` };
  for (let tries = 1; ; tries++) {
    const response = await fetch(origin + roomPaths.audit(toBase64url(roomId)), { headers }).catch(() => undefined);
    if (response?.ok) return response.text();
    if (response?.status === API_ERRORS["link-replaced"])
      throw new CodedError("link-replaced", "There is a newer link.");
    if (tries === TRIES) return "";
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
}
