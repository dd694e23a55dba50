/**
 * An entry of a room's log as the store keeps it: what every member gets, as it goes out, and beside it what only the
 * relay's own processes need. Realm: server; sees what room-relay.ts says.
 *
 *   <entry as JSON, without its seq> [ TAB <aside as JSON> ]
 */
import type { Entry } from "../../widget/wire/room-relay.ts";

type WithoutSeq<T> = T extends unknown ? Omit<T, "seq"> : never;

/** Numbers come from the log. */
export type NewEntry = WithoutSeq<Entry>;

/** What a commit does to connections. */
export interface Aside {
  readonly refs: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** sealed, for all that were added */
  readonly welcome?: string;
  /** the link that the askers have shown is dead */
  readonly renewsLink?: true;
  readonly commitHash: string;
}

/** The last record of a generation. */
export const ENDED = '{"type":"ended"}';

export function recordOf(entry: NewEntry, aside?: Aside): string {
  // All its parts are base64url already; this is the one that has to be fast.
  if (entry.type === "message") return `{"type":"message","bytes":"${entry.bytes}","poster":"${entry.poster}"}`;
  return JSON.stringify(entry) + (aside ? `\t${JSON.stringify(aside)}` : "");
}

/** @returns the text that goes to members, and what is beside it */
export function readRecord(record: string, seq: number): { readonly text: string; readonly aside: Aside | null } {
  const tab = record.indexOf("\t");
  const entry = tab < 0 ? record.slice(1) : record.slice(1, tab);
  return { text: `{"seq":${seq},${entry}`, aside: tab < 0 ? null : (JSON.parse(record.slice(tab + 1)) as Aside) };
}
