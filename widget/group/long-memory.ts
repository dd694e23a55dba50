/**
 * The memory of audit trails that outlives the tab. Realm: group worker. Where nothing can be stored it forgets, and a
 * relay is held to its trail only for as long as the tab lives.
 */
import { read, type StoreName, withDatabase, write } from "./stored.ts";
import { type Evidence, type Seen, ShortMemory, type TrailMemory } from "./trail-memory.ts";

export class LongMemory implements TrailMemory {
  readonly #meanwhile = new ShortMemory();

  async recall(roomId: string): Promise<Seen | undefined> {
    return (await stored<Seen>("trails", roomId)) ?? this.#meanwhile.recall(roomId);
  }

  async remember(roomId: string, seen: Seen): Promise<void> {
    await this.#meanwhile.remember(roomId, seen);
    await store("put", { store: "trails", key: roomId, value: seen });
  }

  async accuse(roomId: string, evidence: Evidence): Promise<void> {
    await this.#meanwhile.accuse(roomId, evidence);
    await store("add", { store: "evidence", key: roomId, value: evidence });
  }

  async evidence(roomId: string): Promise<Evidence | undefined> {
    return (await stored<Evidence>("evidence", roomId)) ?? this.#meanwhile.evidence(roomId);
  }
}

function stored<T>(name: StoreName, key: string): Promise<T | undefined> {
  return withDatabase((database) => read<T>(database, name, key)).catch(() => undefined);
}

async function store(how: "add" | "put", what: { store: StoreName; key: string; value: unknown }): Promise<void> {
  await withDatabase((database) => write(database, how, what)).catch(() => undefined);
}
