/**
 * People whom this browser met on this site: identity key, names, when, and what was decided about them. Nothing that
 * was said, no rooms, no links. Forgettable. Realm: frame, IndexedDB. Source: product.md R9.
 * Where nothing can be stored (private windows, Safari's third-party frames) it lasts as long as the tab.
 */
import type { Person } from "../../wire/frame-group.ts";
import type { Acquaintance, Acquaintances, Verdict } from "./standing.ts";

const DATABASE = "whatping-people";
const STORE = "people";
/** Beyond this many, who was met first and never decided about goes: whoever floods rooms must not fill the disk. */
const KEPT_MAX = 2_000;
const NAMES_MAX = 8;

export class AcquaintanceBook {
  readonly #database: IDBDatabase | undefined;
  #all: Map<string, Acquaintance>;

  private constructor(database: IDBDatabase | undefined, all: readonly Acquaintance[]) {
    this.#database = database;
    this.#all = new Map(all.map((each) => [each.identity, each]));
  }

  static async open(): Promise<AcquaintanceBook> {
    try {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "identity" });
      const database = await answerOf(opening);
      const all = await answerOf(database.transaction(STORE).objectStore(STORE).getAll());
      return new AcquaintanceBook(database, all as Acquaintance[]);
    } catch {
      return new AcquaintanceBook(undefined, []);
    }
  }

  /** whether it outlasts this tab */
  get isKept(): boolean {
    return this.#database !== undefined;
  }

  get all(): Acquaintances {
    return this.#all;
  }

  /** All but oneself. @param now ms since the epoch @returns whether anything is new */
  meet(people: readonly Person[], now: number): boolean {
    const fresh = people.flatMap(({ identity, name, self }): Acquaintance[] => {
      if (self) return [];
      const known = this.#all.get(identity) ?? { identity, names: [], firstMet: now };
      if (known.names.at(-1) === name) return [];
      const names = [...known.names.filter((each) => each !== name), name].slice(-NAMES_MAX);
      return [{ ...known, names }];
    });
    if (fresh.length === 0) return false;
    this.#keep(fresh);
    this.#forgetOldest();
    return true;
  }

  judge(identity: string, verdict: Verdict): void {
    const known = this.#all.get(identity);
    if (known) this.#keep([{ ...known, verdict }]);
  }

  forgetAll(): void {
    this.#all = new Map();
    this.#write((store) => store.clear());
  }

  #keep(some: readonly Acquaintance[]): void {
    // A new map each time: whoever shows it sees that it has changed.
    this.#all = new Map([...this.#all, ...some.map((each) => [each.identity, each] as const)]);
    this.#write((store) => {
      for (const each of some) store.put(each);
    });
  }

  #forgetOldest(): void {
    const surplus = this.#all.size - KEPT_MAX;
    if (surplus <= 0) return;
    const oldest = [...this.#all.values()]
      .filter(({ verdict }) => verdict === undefined)
      .sort((a, b) => a.firstMet - b.firstMet)
      .slice(0, surplus);
    for (const { identity } of oldest) this.#all.delete(identity);
    this.#write((store) => {
      for (const { identity } of oldest) store.delete(identity);
    });
  }

  #write(act: (store: IDBObjectStore) => void): void {
    try {
      const transaction = this.#database?.transaction(STORE, "readwrite");
      if (transaction) act(transaction.objectStore(STORE));
    } catch {
      // The browser took the storage away meanwhile: as if there were none.
    }
  }
}

function answerOf<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
