/**
 * Adds entries to a room's audit trail: each carries the hash of the one before. Pure.
 * Realm: server; times, kinds and pseudonyms. Source: protocol.md §9, widget/wire/audit.ts.
 */
import { hash } from "node:crypto";
import { type AuditEntry, type AuditType, canonicalEntry } from "../../widget/wire/audit.ts";

/** Where a trail stands. */
export interface AuditState {
  /** number of entries */
  readonly size: number;
  /** SHA-256 of the last entry's canonical bytes, base64url; of nothing for an empty trail */
  readonly hash: string;
}

export const EMPTY_TRAIL: AuditState = { size: 0, hash: hash("sha256", "", "base64url") };

export interface Happened {
  readonly type: AuditType;
  /** pseudonym, see AuditEntry */
  readonly subject: string;
  /** SHA-256 of the commit, base64url */
  readonly commit?: string;
}

/** Of all entries that one step adds. */
export interface Where {
  readonly roomId: string;
  readonly region: string;
  /** ms since the epoch */
  readonly now: number;
}

/** @returns the trail's new state, and the entries as canonical JSON */
export function addToTrail(
  trail: AuditState,
  happened: readonly Happened[],
  { roomId, region, now }: Where,
): { readonly audit: AuditState; readonly entries: readonly string[] } {
  let audit = trail;
  const entries = happened.map(({ type, subject, commit }) => {
    const entry: AuditEntry = {
      seq: audit.size,
      time: now,
      room: roomId,
      type,
      subject,
      region,
      ...(commit === undefined ? {} : { commit }),
      prev: audit.hash,
    };
    const bytes = canonicalEntry(entry);
    audit = { size: audit.size + 1, hash: hash("sha256", bytes, "base64url") };
    return new TextDecoder().decode(bytes);
  });
  return { audit, entries };
}

/** How the trail names the holder of a public key: SHA-256, cut to 16 B. @param publicKey base64url */
export function pseudonymOf(publicKey: string): string {
  return hash("sha256", Buffer.from(publicKey, "base64url"), "buffer").subarray(0, 16).toString("base64url");
}
