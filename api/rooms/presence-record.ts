/**
 * Presence in the store: one document per generation, changed with compare-and-set by every process that has members of
 * it, and swept by any. Realm: server; sees what presence.ts says.
 *
 *   presence/<room id>.<group id>   so that nothing said in one room is ever noted of another's generation
 */
import { CodedError } from "../../widget/wire/errors.ts";
import type { Key, Store } from "../store/store.ts";
import { NOBODY, nextLapse, type Presence } from "./presence.ts";

/** The collection, and with it the hash tag of its keys. */
export const PRESENCE = "presence";
const ATTEMPTS = 64;

/** Of which generation a document is. */
export interface GenerationName {
  readonly roomId: string;
  readonly groupId: string;
}

export interface PresenceChange {
  readonly before: Presence;
  readonly after: Presence;
  /** of the document; greater with every change */
  readonly version: number;
}

export class PresenceRecord {
  readonly #store: Store;
  readonly #key: Key;

  constructor(store: Store, { roomId, groupId }: GenerationName) {
    this.#store = store;
    this.#key = `${PRESENCE}/${roomId}.${groupId}`;
  }

  static nameOf(key: Key): GenerationName {
    const [roomId = "", groupId = ""] = key.slice(PRESENCE.length + 1).split(".");
    return { roomId, groupId };
  }

  /**
   * @param make whether there is one if there is none yet; otherwise nothing happens then
   * @param change the same object: nothing is written
   * @returns null if there is none
   * @throws CodedError storage-unavailable
   */
  async change(change: (presence: Presence) => Presence, { make = false } = {}): Promise<PresenceChange | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await this.#store.get(this.#key);
      if (!stored && !make) return null;
      const before = stored ? (JSON.parse(stored.value) as Presence) : NOBODY;
      const after = change(before);
      if (after === before) return { before, after, version: stored?.version ?? 0 };
      const options = { deadline: nextLapse(after) };
      const version = await this.#store.compareAndSet(
        this.#key,
        stored?.version ?? null,
        JSON.stringify(after),
        options,
      );
      if (version !== null) return { before, after, version };
    }
    throw new CodedError("storage-unavailable", "Too many changes to one document at once.");
  }

  /** @throws CodedError storage-unavailable */
  async read(): Promise<Presence> {
    const stored = await this.#store.get(this.#key);
    return stored ? (JSON.parse(stored.value) as Presence) : NOBODY;
  }

  /** Only if nobody is in it. */
  async remove(): Promise<void> {
    const stored = await this.#store.get(this.#key);
    if (!stored || Object.keys((JSON.parse(stored.value) as Presence).heard).length > 0) return;
    await this.#store.compareAndSet(this.#key, stored.version, null);
  }

  /** Due again later, with nothing changed. */
  async postpone(until: number): Promise<void> {
    const stored = await this.#store.get(this.#key);
    if (stored) await this.#store.compareAndSet(this.#key, stored.version, stored.value, { deadline: until });
  }
}
