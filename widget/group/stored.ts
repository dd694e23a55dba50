/**
 * The frame's one IndexedDB database, as far as the group worker uses it: identity, trails, evidence.
 * Realm: group worker. Partitioned by embedding site; may be absent (platform-notes: Storage).
 */

const DATABASE = "whatping";
const VERSION = 2;
const STORES = ["identity", "trails", "evidence"] as const;
export type StoreName = (typeof STORES)[number];

/** Runs `use` on an open database. @throws whatever the browser throws where it stores nothing */
export async function withDatabase<T>(use: (database: IDBDatabase) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, VERSION);
  opening.onupgradeneeded = () => {
    const there = opening.result.objectStoreNames;
    for (const store of STORES) if (!there.contains(store)) opening.result.createObjectStore(store);
  };
  const database = await done(opening);
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

export function read<T>(database: IDBDatabase, store: StoreName, key: IDBValidKey): Promise<T | undefined> {
  return done(database.transaction(store).objectStore(store).get(key));
}

/** @throws DOMException ConstraintError if `how` is "add" and there is one already */
export async function write(
  database: IDBDatabase,
  how: "add" | "put",
  { store, key, value }: { store: StoreName; key: IDBValidKey; value: unknown },
): Promise<void> {
  await done(database.transaction(store, "readwrite").objectStore(store)[how](value, key));
}

function done<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = (event) => {
      event.preventDefault();
      reject(asked.error);
    };
  });
}
