/**
 * Holds the relay to its audit trail: every commit stands in it under a signed head that extends the last one.
 * Realm: group worker. Source: protocol.md §9. The relay's key comes from the charter, so that a relay can't change it.
 */

import { type AuditHead, canonicalEntry, hashOf, openHead } from "../wire/audit.ts";
import { parseEntry } from "../wire/audit-trail.ts";
import { fromBase64url, toBase64url } from "../wire/bytes.ts";
import type { CommitData } from "../wire/commit-data.ts";
import { pseudonym } from "../wire/commit-data.ts";
import { allowsRegion, type Charter } from "./charter.ts";

/** A place in the trail. */
export interface TrailPlace {
  /** number of entries */
  readonly size: number;
  /** SHA-256 of the last entry, or of nothing, 32 B, base64url */
  readonly hash: string;
}

/** How far the trail has been seen. */
export interface Trail extends TrailPlace {
  /** the signed note that says so: two of one size are evidence */
  readonly head: string;
}

/** Why a trail is refused; stable, for events and tests. */
export type AuditFault =
  | "head-not-signed"
  | "head-differs"
  | "chain-broken"
  | "entry-differs"
  | "rolled-back"
  | "other-region";

export interface AuditClaim {
  /** signed note */
  readonly head: string;
  /** canonical entries since the trail's size */
  readonly audit: readonly string[];
}

/** The head of a note by the relay's key. @param auditKey 32 B, base64url */
export async function readHead(note: string, auditKey: string): Promise<AuditHead | null> {
  const key = fromBase64url(auditKey);
  return key ? openHead(note, key) : null;
}

/** What a head must be of. */
export interface TrailOf {
  readonly charter: Pick<Charter, "auditKey" | "region">;
  /** room id, base64url */
  readonly room: string;
}

/** The place that a note signs, or null. */
export async function placeOf(note: string, { charter, room }: TrailOf): Promise<Trail | null> {
  const head = await readHead(note, charter.auditKey);
  if (!head?.origin.endsWith(`/r/${room}`)) return null;
  return { size: head.size, hash: toBase64url(head.hash), head: note };
}

/** The trail after a commit's entries, if they chain, say of the commit what it does, and the head is signed over them. */
export async function extendTrail(
  trail: TrailPlace,
  { head: note, audit }: AuditClaim,
  expected: TrailOf & { readonly commit?: string; readonly types?: string[] },
): Promise<{ trail: Trail } | { fault: AuditFault }> {
  const head = await placeOf(note, expected);
  if (!head) return { fault: "head-not-signed" };
  let { size, hash } = trail;
  const said: string[] = [];
  for (const line of audit) {
    const entry = parseEntry(line);
    if (!entry || entry.seq !== size || entry.prev !== hash || entry.room !== expected.room) {
      return { fault: "chain-broken" };
    }
    if (!allowsRegion(expected.charter, entry.region)) return { fault: "other-region" };
    if (expected.commit !== undefined && entry.commit !== expected.commit) return { fault: "entry-differs" };
    said.push(`${entry.type} ${entry.subject}`);
    hash = toBase64url(await hashOf(canonicalEntry(entry)));
    size++;
  }
  if (head.size !== size || head.hash !== hash) return { fault: "head-differs" };
  if (expected.types && said.sort().join() !== [...expected.types].sort().join()) return { fault: "entry-differs" };
  return { trail: head };
}

/** What the trail has to say of a commit, as `type pseudonym`. @param poster base64url */
export async function entriesOf(data: CommitData, poster: string): Promise<string[]> {
  const types = { gone: "lost", left: "left", replaced: "replaced", removed: "removed" } as const;
  const named = async (type: string, postKey: string) =>
    `${type} ${await pseudonym(fromBase64url(postKey) as Uint8Array)}`;
  return Promise.all([
    ...data.add.map(({ postKey }) => named("joined", postKey)),
    ...data.remove.map(({ postKey, reason }) => named(types[reason], postKey)),
    ...(data.add.length + data.remove.length === 0 ? [named("epoch", poster)] : []),
    ...(data.link ? [named("link", poster)] : []),
    ...(data.charter ? [named("charter", poster)] : []),
  ]);
}
