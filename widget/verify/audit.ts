/**
 * Offline verifier of a room's exported audit trail: `node widget/verify/audit.ts <trail> <audit key> [<another export>]`.
 * Realm: anyone with the file; public data only. Source: protocol.md §9, product.md R11; for people: docs/verify.md.
 * The key is the one that the room shows beside its trail (it stands in the charter), base64url. Exit code 0: the chain
 * holds from the first entry to the signed head; 1: it does not, and where; 2: there is nothing to verify.
 */
import { readFileSync } from "node:fs";
import { readTrail, type TrailFault, type WholeTrail } from "../wire/audit-trail.ts";
import { isBase64urlOf } from "../wire/bytes.ts";
import { PUBLIC_KEY_BYTES } from "../wire/room-limits.ts";

const USAGE = `usage: node widget/verify/audit.ts <trail> <audit key> [<another export of the same room>]
  trail      the file that a member exported: JSON lines, the signed head last
  audit key  the key that the room shows beside its trail, 43 characters of base64url
exit code: 0 it holds, 1 it does not, 2 there is nothing to verify
`;

const FAULTS: Readonly<Record<TrailFault["fault"], string>> = {
  "not-an-entry": "is not an entry in its one spelling: it was changed, or the file is no trail",
  "chain-broken": "does not follow from the line before: something was taken out, put in, changed or moved",
  "other-room": "belongs to another room",
  "head-not-signed": "is not a head signed by this key: the file is cut off, or another key signed it",
  "head-differs": "is signed over another trail: entries are missing, or more than were signed",
};

export interface Verdict {
  /** as the program's exit code */
  readonly code: 0 | 1 | 2;
  readonly report: string;
}

/** @param auditKey 32 B @param other another export of the same room, to be held against it */
export async function verify(text: string, auditKey: Uint8Array, other?: string): Promise<Verdict> {
  const trail = await read(text, auditKey, "trail");
  if ("report" in trail) return trail;
  const summary = summaryOf(trail);
  if (other === undefined) return { code: 0, report: summary };
  const second = await read(other, auditKey, "other export");
  if ("report" in second) return second;
  const { code, report } = compare(trail, second);
  return { code, report: code === 0 ? `${summary}\n${report}` : report };
}

async function read(text: string, auditKey: Uint8Array, name: string): Promise<WholeTrail | Verdict> {
  const [first = ""] = text.split("\n").filter((line) => line !== "");
  if (!isObject(first))
    return { code: 2, report: `the ${name} is none: ${first ? "its first line is not JSON" : "it is empty"}` };
  const trail = await readTrail(text, auditKey);
  if (!("fault" in trail)) return trail;
  return { code: 1, report: `the ${name} does not hold: line ${trail.line} ${FAULTS[trail.fault]}` };
}

function summaryOf({ room, entries, origin }: WholeTrail): string {
  const [first, last] = [entries[0], entries.at(-1)];
  const span = first && last ? ` from ${stamp(first.time)} to ${stamp(last.time)}` : "";
  const counts = new Map<string, number>();
  for (const { type } of entries) counts.set(type, (counts.get(type) ?? 0) + 1);
  const kinds = [...counts].map(([type, count]) => `${count} ${type}`).join(", ");
  return `the trail holds: ${entries.length} entries${span}\n${kinds}\nroom ${room}, signed as ${origin}`;
}

/** Whether one of two trails that hold goes on from the other. */
function compare(trail: WholeTrail, other: WholeTrail): Verdict {
  if (trail.room !== other.room) return { code: 1, report: `the other export is of another room, ${other.room}` };
  const [shorter, longer] = [trail, other].sort((a, b) => a.hashes.length - b.hashes.length) as [
    WholeTrail,
    WholeTrail,
  ];
  const fork = shorter.hashes.findIndex((hash, i) => hash !== longer.hashes[i]);
  if (fork >= 0) {
    const report = `forked: both are signed, and from line ${fork + 1} on they tell different stories. Keep both files: they are the proof.`;
    return { code: 1, report };
  }
  const count = shorter.hashes.length;
  if (count === longer.hashes.length) return { code: 0, report: "the other export is the same trail" };
  const report =
    shorter === trail ? "the other export goes on from it" : `it goes on from the other export's ${count} entries`;
  return { code: 0, report };
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

const stamp = (ms: number): string => new Date(ms).toISOString();

async function main([file, key = "", other, ...more]: readonly string[]): Promise<Verdict> {
  if (!file || more.length > 0) return { code: 2, report: USAGE.trimEnd() };
  if (!isBase64urlOf(key, PUBLIC_KEY_BYTES)) {
    return { code: 2, report: `the audit key must be 43 characters of base64url\n${USAGE.trimEnd()}` };
  }
  const texts: string[] = [];
  for (const name of other === undefined ? [file] : [file, other]) {
    try {
      texts.push(readFileSync(name, "utf8"));
    } catch (error) {
      return { code: 2, report: `${name} can't be read: ${(error as NodeJS.ErrnoException).code}` };
    }
  }
  return verify(texts[0] ?? "", Buffer.from(key, "base64url"), texts[1]);
}

if (import.meta.main) {
  const { code, report } = await main(process.argv.slice(2));
  (code === 0 ? process.stdout : process.stderr).write(`${report}\n`);
  process.exitCode = code;
}
