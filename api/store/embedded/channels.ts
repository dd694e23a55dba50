/**
 * Channels of the embedded store: within this process, shared by all stores that are open on one file.
 * Realm: server; sees what store.ts says.
 */
import type { Heard, Key, Listener } from "../store.ts";

export class Channels {
  readonly #listeners = new Map<Key, Set<Listener>>();

  /** Listeners are called in a task of their own, in order, so that none of them runs inside the speaker's call. */
  tell(key: Key, heard: Heard): void {
    const listeners = this.#listeners.get(key);
    if (listeners) for (const listener of listeners) queueMicrotask(() => listeners.has(listener) && listener(heard));
  }

  listen(key: Key, listener: Listener): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }
}

const byFile = new Map<string, Channels>();

/** @param file absolute path; `:memory:` shares with nobody */
export function channelsOf(file: string): Channels {
  if (file === ":memory:") return new Channels();
  const channels = byFile.get(file) ?? new Channels();
  byFile.set(file, channels);
  return channels;
}
