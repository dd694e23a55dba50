/**
 * Everything that a relay's database holds, read past its own code: every key of its prefix in Redis, every table of
 * the embedded store. Test support.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "redis";

export interface Dump {
  /** where something lies: keys with ids and shards taken out, and their fields; or tables and columns */
  readonly places: readonly string[];
  readonly documents: readonly { readonly collection: string; readonly value: string }[];
  /** without their times */
  readonly entries: readonly { readonly log: string; readonly text: string }[];
}

export async function dumpRedis(url: string, prefix: string): Promise<Dump> {
  const client = await createClient({ url }).connect();
  const dump = { places: [] as string[], documents: [] as Dump["documents"][0][], entries: [] as Dump["entries"][0][] };
  try {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*` })) {
      for (const key of keys) await dumpKey(client as Redis, key, { prefix, dump });
    }
  } finally {
    client.destroy();
  }
  return dump;
}

type Redis = Pick<ReturnType<typeof createClient>, "type" | "hGetAll" | "lRange">;
type Growing = { [K in keyof Dump]: Dump[K][number][] };

async function dumpKey(client: Redis, key: string, { prefix, dump }: { prefix: string; dump: Growing }): Promise<void> {
  const [, collection = "", rest = ""] = /^\{(\w+):[0-9a-f]\}:(.*)$/.exec(key.slice(prefix.length)) ?? [];
  const place = `{${collection}:<shard>}:${rest.replace(/^doc:[\w.-]+/, "doc:<id>")}`;
  const type = await client.type(key);
  if (type === "hash") {
    const fields = await client.hGetAll(key);
    for (const field of Object.keys(fields)) dump.places.push(`${place}.${field}`);
    if (fields.d !== undefined) dump.documents.push({ collection, value: fields.d });
    return;
  }
  dump.places.push(place);
  if (type !== "list") return;
  const log = rest.split(":").at(-1) ?? "";
  for (const entry of await client.lRange(key, 0, -1)) {
    dump.entries.push({ log, text: entry.slice(entry.indexOf(" ") + 1) });
  }
}

export function dumpSqlite(dataDir: string): Dump {
  const db = new DatabaseSync(join(dataDir, "store.sqlite"), { readOnly: true });
  try {
    const columns = db.prepare(
      "SELECT t.name AS t, c.name AS c FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'",
    );
    return {
      places: columns.all().map((row) => `${row.t}.${row.c}`),
      documents: db
        .prepare("SELECT collection, value FROM documents")
        .all()
        .map((row) => ({ collection: String(row.collection), value: String(row.value) })),
      entries: db
        .prepare("SELECT name, entry FROM logs")
        .all()
        .map((row) => ({ log: String(row.name), text: String(row.entry) })),
    };
  } finally {
    db.close();
  }
}
