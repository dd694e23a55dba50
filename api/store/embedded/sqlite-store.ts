/**
 * The store on node:sqlite: one file, write-ahead log, several processes may share it. The default where no REDIS_URL
 * is given. Realm: server; sees what store.ts says.
 * A transaction is on disk when its call returns (synchronous=FULL): a tombstone must outlive a power cut.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { CodedError } from "../../../widget/wire/errors.ts";
import { type Claim, type Key, type Store, type Stored, splitKey } from "../store.ts";

/** ms that a write waits for another process's write. */
const BUSY_MS = 2_000;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS documents (
    key TEXT PRIMARY KEY, collection TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, deadline INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS due ON documents (collection, deadline) WHERE deadline IS NOT NULL;
  CREATE TABLE IF NOT EXISTS versions (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL);
  INSERT OR IGNORE INTO versions VALUES (1, 0);
`;

interface Statements {
  read: StatementSync;
  nextVersion: StatementSync;
  insert: StatementSync;
  update: StatementSync;
  remove: StatementSync;
  absent: StatementSync;
  claim: StatementSync;
}

/** Opens (and makes) the database file; `:memory:` works too. */
export function openSqliteStore(file: string): Store {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  db.exec(SCHEMA);
  return new SqliteStore(db);
}

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #sql: Statements;
  #hasWritten = true;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#sql = {
      read: db.prepare("SELECT version, value FROM documents WHERE key = ?"),
      nextVersion: db.prepare("UPDATE versions SET last = last + 1 RETURNING last"),
      insert: db.prepare("INSERT INTO documents VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"),
      update: db.prepare(
        "UPDATE documents SET version = ?, value = ?, deadline = iif(?, deadline, ?) WHERE key = ? AND version = ?",
      ),
      remove: db.prepare("DELETE FROM documents WHERE key = ? AND version = ?"),
      absent: db.prepare("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM documents WHERE key = ?)"),
      claim: db.prepare(
        `UPDATE documents SET deadline = ? WHERE key IN (
           SELECT key FROM documents WHERE collection = ? AND deadline <= ? ORDER BY deadline LIMIT ?
         ) RETURNING key`,
      ),
    };
  }

  async get(key: Key): Promise<Stored | null> {
    splitKey(key);
    const row = this.#try(() => this.#sql.read.get(key));
    return row ? { version: Number(row.version), value: String(row.value) } : null;
  }

  async compareAndSet(
    key: Key,
    expected: number | null,
    value: string | null,
    options: { readonly deadline?: number | null } = {},
  ): Promise<number | null> {
    const { collection } = splitKey(key);
    return this.#inTransaction(() => {
      const version = Number(this.#sql.nextVersion.get()?.last);
      const deadline = options.deadline ?? null;
      const keep = options.deadline === undefined ? 1 : 0;
      if (expected === null) {
        if (value === null) return this.#sql.absent.get(key) ? version : null;
        return this.#sql.insert.run(key, collection, version, value, deadline).changes ? version : null;
      }
      const done =
        value === null
          ? this.#sql.remove.run(key, expected)
          : this.#sql.update.run(version, value, keep, deadline, key, expected);
      return done.changes ? version : null;
    });
  }

  async claimDue(collection: string, { now, visibility, limit }: Claim): Promise<Key[]> {
    const rows = this.#try(() => this.#sql.claim.all(now + visibility, collection, now, limit));
    this.#forgetOverwritten();
    return rows.map((row) => row.key as Key);
  }

  async ping(): Promise<void> {
    this.#try(() => this.#db.prepare("SELECT 1").get());
  }

  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
  }

  /** What was overwritten lives on in the log until the log is folded in: a sweeper comes by often enough for that. */
  #forgetOverwritten(): void {
    if (!this.#hasWritten) return;
    // Another process that reads just now makes it wait for the next time.
    const folded = this.#try(() => this.#db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get());
    this.#hasWritten = folded?.busy !== 0;
  }

  #inTransaction<T>(step: () => T | null): T | null {
    return this.#try(() => {
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        const result = step();
        this.#db.exec(result === null ? "ROLLBACK" : "COMMIT");
        this.#hasWritten ||= result !== null;
        return result;
      } catch (cause) {
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw cause;
      }
    });
  }

  #try<T>(step: () => T): T {
    try {
      return step();
    } catch (cause) {
      throw new CodedError("storage-unavailable", "The embedded database did not answer.", { cause });
    }
  }
}
