/**
 * The logs of the embedded store's documents, as steps inside a transaction that the store opens.
 * Realm: server; sees what store.ts says.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Append, type Appended, DROP_ALL, type Key, type LogAppend, type LogPart, splitKey } from "../store.ts";

/** A document takes its logs along, whoever deletes it. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS logs (
    key TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, entry TEXT NOT NULL,
    PRIMARY KEY (key, name, seq)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS log_ends (
    key TEXT NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (key, name)
  ) WITHOUT ROWID;
  CREATE TRIGGER IF NOT EXISTS logs_go AFTER DELETE ON documents BEGIN
    DELETE FROM logs WHERE key = OLD.key;
    DELETE FROM log_ends WHERE key = OLD.key;
  END;
`;

export class SqliteLogs {
  readonly #sql: Readonly<
    Record<
      "version" | "next" | "insert" | "update" | "remove" | "due" | "ends" | "end" | "add" | "drop" | "oldest" | "read",
      StatementSync
    >
  >;

  constructor(db: DatabaseSync) {
    db.exec(SCHEMA);
    // Of a file from before logs had a size.
    const columns = db.prepare("SELECT name FROM pragma_table_info('log_ends')").all();
    if (!columns.some(({ name }) => name === "bytes")) {
      db.exec("ALTER TABLE log_ends ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0");
    }
    this.#sql = {
      version: db.prepare("SELECT version FROM documents WHERE key = ?"),
      next: db.prepare("UPDATE versions SET last = last + 1 RETURNING last"),
      insert: db.prepare("INSERT INTO documents (key, collection, version, value) VALUES (?, ?, ?, ?)"),
      update: db.prepare("UPDATE documents SET version = ?, value = ? WHERE key = ?"),
      remove: db.prepare("DELETE FROM documents WHERE key = ?"),
      due: db.prepare("UPDATE documents SET deadline = ? WHERE key = ?"),
      ends: db.prepare("SELECT last, bytes FROM log_ends WHERE key = ? AND name = ?"),
      end: db.prepare(
        "INSERT INTO log_ends VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last, bytes = excluded.bytes",
      ),
      add: db.prepare("INSERT INTO logs VALUES (?, ?, ?, ?, ?)"),
      drop: db.prepare("DELETE FROM logs WHERE key = ? AND name = ? AND seq < ?"),
      oldest: db.prepare(
        "SELECT seq, time, octet_length(entry) AS bytes FROM logs WHERE key = ? AND name = ? ORDER BY seq",
      ),
      read: db.prepare("SELECT seq, entry FROM logs WHERE key = ? AND name = ? AND seq > ? ORDER BY seq LIMIT ?"),
    };
  }

  /** Inside a write transaction. */
  append(key: Key, expected: number | null, change: Append): Appended | null {
    const current = this.#sql.version.get(key);
    const isExpected = current === undefined ? expected === null : Number(current.version) === expected;
    if (!isExpected) return null;
    const version = change.value === undefined ? Number(current?.version) : this.#write(key, expected, change.value);
    if (change.deadline !== undefined) this.#sql.due.run(change.deadline, key);
    const firstSeqs = change.logs.map((log) => this.#add(key, log, change.at));
    if (change.value === null) this.#sql.remove.run(key);
    return { version, firstSeqs };
  }

  /** Inside a read or write transaction. */
  read(key: Key, name: string, { after, limit }: { after: number; limit: number }): LogPart {
    const last = this.#last(key, name);
    const rows = this.#sql.read.all(key, name, after, limit);
    const firstSeq = Number(rows[0]?.seq ?? Math.max(last, after) + 1);
    return { last, firstSeq, entries: rows.map((row) => String(row.entry)) };
  }

  #write(key: Key, expected: number | null, value: string | null): number {
    const version = Number(this.#sql.next.get()?.last);
    if (value === null) return version;
    if (expected === null) this.#sql.insert.run(key, splitKey(key).collection, version, value);
    else this.#sql.update.run(version, value, key);
    return version;
  }

  #add(key: Key, log: LogAppend, at: number): number {
    const { name, entries, keepFrom } = log;
    const { last, bytes } = this.#end(key, name);
    if (keepFrom === DROP_ALL) this.#sql.drop.run(key, name, DROP_ALL);
    else for (const [i, entry] of entries.entries()) this.#sql.add.run(key, name, last + 1 + i, at, entry);
    const added = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), bytes);
    const kept = keepFrom === DROP_ALL ? 0 : this.#trim(key, log, added);
    this.#sql.end.run(key, name, last + entries.length, kept);
    return last + 1;
  }

  /** @param bytes of all entries @returns … of those that stay */
  #trim(key: Key, { name, keepFrom = 0, keepBytes = Number.POSITIVE_INFINITY }: LogAppend, bytes: number): number {
    let [kept, first] = [bytes, 0];
    if (keepFrom === 0 && bytes <= keepBytes) return bytes;
    for (const row of this.#sql.oldest.iterate(key, name)) {
      if (Number(row.time) >= keepFrom && kept <= keepBytes) break;
      kept -= Number(row.bytes);
      first = Number(row.seq) + 1;
    }
    if (first > 0) this.#sql.drop.run(key, name, first);
    return kept;
  }

  #last(key: Key, name: string): number {
    return this.#end(key, name).last;
  }

  #end(key: Key, name: string): { readonly last: number; readonly bytes: number } {
    const { last = 0, bytes = 0 } = this.#sql.ends.get(key, name) ?? {};
    return { last: Number(last), bytes: Number(bytes) };
  }
}
