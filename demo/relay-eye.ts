/**
 * Shows the demo's visitor what the relay holds: it reads the same database and storage as the API, through the same
 * contracts, and the API's own log. Part of the demo server, never of the API; loopback only.
 * Sees what the relay sees: ciphertext, ids, times, hashes.
 *
 *   GET /relay-eye   text/event-stream of Snapshot, whenever something changed
 */
import type { ServerResponse } from "node:http";
import { type Blobs, clipPrefix } from "../api/blobs/blobs.ts";
import type { Store } from "../api/store/store.ts";
import { RoomEye, type SeenRoom } from "./room-eye.ts";

/** Clips shown, the newest ones. */
const CLIPS = 3;
const LOG_LINES = 60;
/** ms between two looks while somebody watches. */
const LOOK_MS = 300;
/** First bytes of an object that are shown, as noise and as hex. */
const HEAD_BYTES = 256;

export interface SeenObject {
  readonly key: string;
  readonly bytes: number;
  /** its first bytes, base64 */
  readonly head: string;
}

export interface SeenClip {
  readonly id: string;
  /** the document as stored, null if there is none */
  readonly record: unknown;
  readonly objects: readonly SeenObject[];
}

export interface Snapshot {
  /** the newest first */
  readonly clips: readonly SeenClip[];
  /** the newest first */
  readonly rooms: readonly SeenRoom[];
  /** lines of the API's log to the letter, the newest first */
  readonly log: readonly string[];
}

export interface RelayParts {
  readonly store: Pick<Store, "get" | "readLog">;
  readonly blobs: Pick<Blobs, "list" | "get">;
}

export class RelayEye {
  readonly #lines: string[] = [];
  readonly #ids: string[] = [];
  readonly #rooms = new RoomEye();
  readonly #heads = new Map<string, string>();
  readonly #watchers = new Set<ServerResponse>();
  #relay: RelayParts | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last = "";

  /** The API's log goes through here; clips and rooms of this run are known from it. */
  readonly log = {
    write: (line: string): void => {
      this.#lines.unshift(line.trimEnd());
      this.#lines.length = Math.min(this.#lines.length, LOG_LINES);
      this.#rooms.hear(line);
      const id = clipIdIn(line);
      if (id !== undefined && !this.#ids.includes(id)) this.#ids.unshift(id);
      this.#ids.length = Math.min(this.#ids.length, CLIPS);
    },
  };

  /** Tells it where to look, once the API runs. */
  open(relay: RelayParts): void {
    this.#relay = relay;
  }

  /** Streams snapshots until the visitor leaves. */
  watch(response: ServerResponse): void {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    this.#watchers.add(response);
    response.once("close", () => {
      this.#watchers.delete(response);
      if (this.#watchers.size === 0) this.#rest();
    });
    // The newcomer gets a first snapshot at the next look, whether or not anything changed.
    this.#last = "";
    if (this.#timer === undefined) void this.#look();
  }

  async snapshot(): Promise<Snapshot> {
    const [clips, rooms] = await Promise.all([
      Promise.all(this.#ids.map((id) => this.#see(id))),
      this.#relay ? this.#rooms.see(this.#relay.store) : [],
    ]);
    return { clips, rooms, log: [...this.#lines] };
  }

  close(): void {
    this.#rest();
    for (const response of this.#watchers) response.end();
    this.#relay = undefined;
  }

  async #look(): Promise<void> {
    // A database that is away for a moment is looked at again; the visitor sees the last state until then.
    const text = await this.snapshot().then(JSON.stringify, () => this.#last);
    if (text !== this.#last) for (const response of this.#watchers) response.write(`data: ${text}\n\n`);
    this.#last = text;
    if (this.#watchers.size > 0) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #see(id: string): Promise<SeenClip> {
    if (!this.#relay) return { id, record: null, objects: [] };
    const { store, blobs } = this.#relay;
    const [stored, listed] = await Promise.all([store.get(`wisp/${id}`), blobs.list(clipPrefix(id))]);
    this.#forgetHeads(clipPrefix(id), new Set(listed.map(({ key }) => key)));
    const objects = await Promise.all(
      listed.map(async (object) => ({ ...object, head: await this.#head(object.key) })),
    );
    return { id, record: stored && JSON.parse(stored.value), objects };
  }

  /** What the relay has deleted must not live on here. */
  #forgetHeads(prefix: string, present: ReadonlySet<string>): void {
    for (const key of this.#heads.keys()) if (key.startsWith(prefix) && !present.has(key)) this.#heads.delete(key);
  }

  /** An object's first bytes, read once: a sealed piece never changes. "" if it is gone by now. */
  async #head(key: string): Promise<string> {
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    const blob = await this.#relay?.blobs.get(key);
    if (!blob) return "";
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of blob.body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= HEAD_BYTES) break;
    }
    const head = Buffer.concat(chunks).subarray(0, HEAD_BYTES).toString("base64");
    this.#heads.set(key, head);
    return head;
  }
}

function clipIdIn(line: string): string | undefined {
  const { clipId, method } = JSON.parse(line) as { clipId?: unknown; method?: unknown };
  // Whoever asks for an id that never was must not push real clips out of sight.
  return typeof clipId === "string" && method === "PUT" ? clipId : undefined;
}
