/**
 * What stands in the chat: what people said, and who came and went. In the order in which the room has it; what this
 * person said and the room has not got yet stands behind it. Pure. Realm: frame; sees the chat.
 */
import type { RoomEvent } from "../../wire/frame-group.ts";
import { LOG_KEPT_MS } from "../../wire/room-limits.ts";

interface Numbered {
  /** by arrival: nobody else's ids decide what is drawn */
  readonly key: number;
}

export interface Said extends Numbered {
  readonly kind: "said";
  /** a person's id */
  readonly from: string;
  readonly name: string;
  /** base64url */
  readonly identity: string;
  readonly text: string;
  /** ms since the epoch */
  readonly at: number;
  readonly own: boolean;
}

/** `back`: was here before; `away`: went while this device was away, so nobody knows why. */
export type NoteKind = "came" | "back" | "left" | "lost" | "removed" | "away" | "locked" | "unlocked";

/** Whose commit said so. */
export interface Doer {
  readonly name: string;
  readonly self: boolean;
}

export interface Note extends Numbered {
  readonly kind: "note";
  readonly note: NoteKind;
  /** empty where it is about the room */
  readonly name: string;
  readonly by?: Doer;
  readonly at: number;
}

export type Line = Said | Note;

/** `handed`: the worker has it; it says it as soon as it can. */
export interface Unsent {
  readonly key: string;
  readonly text: string;
  readonly at: number;
  readonly handed: boolean;
}

/** Older lines go: a room may last for days. */
const LINES_MAX = 2_000;

/** A line that has not come yet has no number. */
export type NewLine = Omit<Said, "key"> | Omit<Note, "key">;

export function appended(lines: readonly Line[], ...more: readonly NewLine[]): readonly Line[] {
  if (more.length === 0) return lines;
  const next = (lines.at(-1)?.key ?? 0) + 1;
  return [...lines, ...more.map((line, i): Line => ({ ...line, key: next + i }))].slice(-LINES_MAX);
}

/** The sender's clock, unless it can't be right: then ours. */
export function believable(at: number, now: number): number {
  return at > now || at < now - 2 * LOG_KEPT_MS ? now : at;
}

/** Without the first of one's own that is now in the room's order. */
export function withoutOrdered(unsent: readonly Unsent[], { text }: Extract<RoomEvent, { type: "chat" }>): Unsent[] {
  const at = unsent.findIndex((each) => each.handed && each.text === text);
  return unsent.filter((_, i) => i !== at);
}
