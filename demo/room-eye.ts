/**
 * What the relay holds of the newest rooms of this run: document, presence, log of sealed messages, audit trail, read
 * from the same database as the API. Part of the demo server, never of the API; loopback only.
 * Sees what the relay sees: sealed bytes, public keys, hashes, times.
 */
import type { Key, Store } from "../api/store/store.ts";

/** Rooms shown, the newest ones. */
const ROOMS = 2;
/** Entries shown of a log, the newest ones. */
const ENTRIES = 24;
/** More than a minute of talk in a demo. */
const READ_MAX = 2_000;
/** First bytes of an entry that are shown, as noise and as hex. */
const HEAD_BYTES = 256;

export interface SeenEntry {
  readonly seq: number;
  /** message, commit, ask, complaint or ended */
  readonly type: string;
  /** length of what is sealed */
  readonly bytes: number;
  /** its first bytes, base64 */
  readonly head: string;
}

export interface SeenRoom {
  readonly id: string;
  /** the documents as stored; `presence` is one per generation */
  readonly record: unknown;
  /** the newest last */
  readonly entries: readonly SeenEntry[];
  /** lines of the audit trail to the letter, the newest last */
  readonly trail: readonly string[];
}

type Readable = Pick<Store, "get" | "readLog">;

export class RoomEye {
  readonly #ids: string[] = [];

  /** Rooms of this run are known from the API's log. */
  hear(line: string): void {
    const { roomId, method } = JSON.parse(line) as { roomId?: unknown; method?: unknown };
    if (typeof roomId !== "string" || method !== "PUT" || this.#ids.includes(roomId)) return;
    this.#ids.unshift(roomId);
    this.#ids.length = Math.min(this.#ids.length, ROOMS);
  }

  see(store: Readable): Promise<SeenRoom[]> {
    return Promise.all(this.#ids.map((id) => seeRoom(store, id)));
  }
}

async function seeRoom(store: Readable, id: string): Promise<SeenRoom> {
  const key: Key = `room/${id}`;
  const [stored, entries, trail] = await Promise.all([
    store.get(key),
    newest(store, key, "main"),
    newest(store, key, "audit"),
  ]);
  const room = stored && (JSON.parse(stored.value) as { generation?: { groupId: string } | null });
  const present = room?.generation ? await store.get(`presence/${room.generation.groupId}`) : null;
  return {
    id,
    record: room && { ...room, ...(present ? { presence: heardOf(present.value) } : {}) },
    entries: entries.map(({ seq, entry }) => seenEntry(seq, entry)),
    trail: trail.map(({ entry }) => entry),
  };
}

async function newest(store: Readable, key: Key, name: string): Promise<{ seq: number; entry: string }[]> {
  const { firstSeq, entries } = await store.readLog(key, name, { after: 0, limit: READ_MAX });
  return entries.map((entry, i) => ({ seq: firstSeq + i, entry })).slice(-ENTRIES);
}

function seenEntry(seq: number, record: string): SeenEntry {
  const [text = "{}"] = record.split("\t");
  const { type = "", bytes = "" } = JSON.parse(text) as { type?: string; bytes?: string };
  const sealed = Buffer.from(bytes, "base64url");
  return { seq, type, bytes: sealed.length, head: sealed.subarray(0, HEAD_BYTES).toString("base64") };
}

/** Post keys are names of fields there; here they are values, so that each field has one meaning. */
function heardOf(presence: string): { postKey: string; heardAt: number }[] {
  const { heard } = JSON.parse(presence) as { heard: Record<string, number> };
  return Object.entries(heard).map(([postKey, heardAt]) => ({ postKey, heardAt }));
}
