/**
 * The store on node:sqlite: one file, write-ahead log, several processes may share it. The default where no REDIS_URL
 * is given. Realm: server; sees what store.ts says.
 * Writes of one turn of the event loop are one transaction, which is on disk before any of them is answered
 * (synchronous=FULL): a tombstone must outlive a power cut.
 */
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { CodedError } from "../../../widget/wire/errors.ts";
import {
  type Append,
  type Appended,
  type Claim,
  type Key,
  type Listener,
  type LogPart,
  type Store,
  type Stored,
  splitKey,
} from "../store.ts";
import { type Asked, Turn } from "../turn.ts";
import { type Channels, channelsOf } from "./channels.ts";
import { SqliteLogs } from "./sqlite-logs.ts";

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

/** Runs inside a transaction; a write is given a version that nobody else has. */
type Step = (version: number) => unknown;

interface Statements {
  begin: StatementSync;
  beginWrite: StatementSync;
  commit: StatementSync;
  rollback: StatementSync;
  read: StatementSync;
  takeVersions: StatementSync;
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
  return new SqliteStore(db, channelsOf(file === ":memory:" ? file : resolve(file)));
}

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #sql: Statements;
  readonly #logs: SqliteLogs;
  readonly #channels: Channels;
  readonly #subscriptions = new Set<() => void>();
  readonly #reads = new Turn<Step, unknown>((asked) => this.#readAll(asked));
  readonly #writes = new Turn<Step, unknown>((asked) => this.#writeAll(asked));
  #hasWritten = true;

  constructor(db: DatabaseSync, channels: Channels) {
    this.#db = db;
    this.#channels = channels;
    this.#logs = new SqliteLogs(db);
    this.#sql = {
      read: db.prepare("SELECT version, value FROM documents WHERE key = ?"),
      begin: db.prepare("BEGIN"),
      beginWrite: db.prepare("BEGIN IMMEDIATE"),
      commit: db.prepare("COMMIT"),
      rollback: db.prepare("ROLLBACK"),
      takeVersions: db.prepare("UPDATE versions SET last = last + ? RETURNING last"),
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
    return this.#reads.ask(() => {
      const row = this.#sql.read.get(key);
      return row ? { version: Number(row.version), value: String(row.value) } : null;
    }) as Promise<Stored | null>;
  }

  async compareAndSet(
    key: Key,
    expected: number | null,
    value: string | null,
    { deadline }: { readonly deadline?: number | null } = {},
  ): Promise<number | null> {
    const { collection } = splitKey(key);
    const { absent, insert, remove, update } = this.#sql;
    const keep = deadline === undefined ? 1 : 0;
    return this.#writes.ask((version) => {
      if (expected === null) {
        if (value === null) return absent.get(key) ? version : null;
        return insert.run(key, collection, version, value, deadline ?? null).changes ? version : null;
      }
      const done =
        value === null ? remove.run(key, expected) : update.run(version, value, keep, deadline ?? null, key, expected);
      return done.changes ? version : null;
    }) as Promise<number | null>;
  }

  async append(key: Key, expected: number | null, change: Append): Promise<Appended | null> {
    splitKey(key);
    const appended = (await this.#writes.ask(() => this.#logs.append(key, expected, change))) as Appended | null;
    if (!appended) return null;
    const at = change.logs.findIndex((log) => log.announced);
    const [firstSeq = 0, entries = []] = at < 0 ? [] : [appended.firstSeqs[at], change.logs[at]?.entries];
    this.#channels.tell(key, { type: "appended", version: appended.version, firstSeq, entries });
    return appended;
  }

  async readLog(key: Key, name: string, range: { readonly after: number; readonly limit: number }): Promise<LogPart> {
    splitKey(key);
    return this.#reads.ask(() => this.#logs.read(key, name, range)) as Promise<LogPart>;
  }

  async publish(key: Key, text: string): Promise<void> {
    splitKey(key);
    this.#channels.tell(key, { type: "message", text });
  }

  async subscribe(key: Key, listener: Listener): Promise<() => void> {
    splitKey(key);
    const unlisten = this.#channels.listen(key, listener);
    const end = () => {
      this.#subscriptions.delete(end);
      unlisten();
    };
    this.#subscriptions.add(end);
    return end;
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
    for (const end of this.#subscriptions) end();
    if (this.#db.isOpen) this.#db.close();
  }

  /** What was overwritten lives on in the log until the log is folded in: a sweeper comes by often enough for that. */
  #forgetOverwritten(): void {
    if (!this.#hasWritten) return;
    // Another process that reads just now makes it wait for the next time.
    const folded = this.#try(() => this.#db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get());
    this.#hasWritten = folded?.busy !== 0;
  }

  #readAll(asked: readonly Asked<Step, unknown>[]): void {
    this.#settle(asked, () => this.#inTransaction(this.#sql.begin, () => asked.map(({ question }) => question(0))));
  }

  #writeAll(asked: readonly Asked<Step, unknown>[]): void {
    this.#settle(asked, () =>
      this.#inTransaction(this.#sql.beginWrite, () => {
        const last = Number(this.#sql.takeVersions.get(asked.length)?.last);
        this.#hasWritten = true;
        return asked.map(({ question }, i) => question(last - asked.length + 1 + i));
      }),
    );
  }

  /** All are answered together, or refused together: then nothing of them was written. */
  #settle(asked: readonly Asked<Step, unknown>[], step: () => unknown[]): void {
    try {
      const answers = this.#try(step);
      for (const [i, { resolve }] of asked.entries()) resolve(answers[i]);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  #inTransaction<T>(begin: StatementSync, step: () => T): T {
    begin.run();
    try {
      const result = step();
      this.#sql.commit.run();
      return result;
    } catch (cause) {
      if (this.#db.isTransaction) this.#sql.rollback.run();
      throw cause;
    }
  }

  #try<T>(step: () => T): T {
    try {
      return step();
    } catch (cause) {
      throw new CodedError("storage-unavailable", "The embedded database did not answer.", { cause });
    }
  }
}
