/**
 * A whole trail, as the relay exports it: JSON lines, one canonical entry each, then `{"head": <signed note>}`.
 * Realm-free; read by members and by the offline verifier. Source: protocol.md §9.
 */
import { type AuditEntry, canonicalEntry, hashOf, openHead } from "./audit.ts";
import { toBase64url } from "./bytes.ts";

/** Why a trail does not hold, and at which line (from 1). */
export interface TrailFault {
  readonly fault: "not-an-entry" | "chain-broken" | "head-not-signed" | "head-differs" | "other-room";
  readonly line: number;
}

export interface WholeTrail {
  readonly room: string;
  readonly entries: readonly AuditEntry[];
  /** SHA-256 of each entry, base64url, in order */
  readonly hashes: readonly string[];
  /** as signed */
  readonly origin: string;
}

/** @param auditKey of the relay, 32 B */
export async function readTrail(text: string, auditKey: Uint8Array): Promise<WholeTrail | TrailFault> {
  const lines = text.split("\n").filter((line) => line !== "");
  const last = lines.pop() ?? "";
  const entries: AuditEntry[] = [];
  const hashes: string[] = [];
  let hash = toBase64url(await hashOf(new Uint8Array()));
  for (const [i, line] of lines.entries()) {
    const entry = parseEntry(line);
    if (!entry) return { fault: "not-an-entry", line: i + 1 };
    if (entry.seq !== i || entry.prev !== hash) return { fault: "chain-broken", line: i + 1 };
    if (entry.room !== (entries[0]?.room ?? entry.room)) return { fault: "other-room", line: i + 1 };
    hash = toBase64url(await hashOf(canonicalEntry(entry)));
    entries.push(entry);
    hashes.push(hash);
  }
  const head = await openHead(noteOf(last), auditKey);
  const line = lines.length + 1;
  if (!head) return { fault: "head-not-signed", line };
  if (head.size !== entries.length || toBase64url(head.hash) !== hash) return { fault: "head-differs", line };
  const room = entries[0]?.room ?? "";
  if (entries.length > 0 && !head.origin.endsWith(`/r/${room}`)) return { fault: "other-room", line };
  return { room, entries, hashes, origin: head.origin };
}

/** Null for anything that is not one entry in its one spelling. */
export function parseEntry(line: string): AuditEntry | null {
  try {
    const entry = JSON.parse(line) as AuditEntry;
    const isWhole =
      Number.isSafeInteger(entry.seq) &&
      Number.isSafeInteger(entry.time) &&
      [entry.room, entry.type, entry.subject, entry.region, entry.prev].every((text) => typeof text === "string") &&
      (entry.commit === undefined || typeof entry.commit === "string");
    return isWhole && new TextDecoder().decode(canonicalEntry(entry)) === line ? entry : null;
  } catch {
    return null;
  }
}

function noteOf(line: string): string {
  try {
    const { head } = JSON.parse(line) as { head: unknown };
    return typeof head === "string" ? head : "";
  } catch {
    return "";
  }
}
