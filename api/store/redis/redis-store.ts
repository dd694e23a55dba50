/**
 * The store on Redis 7 or Valkey, one server or a cluster. The only owner of the `redis` library.
 * Realm: server; sees what store.ts says.
 * Keys of a collection are spread over 16 shards, each with a hash tag of its own ({wisp:0} … {wisp:f}): a document and
 * its deadline share a slot, and a cluster spreads the shards. No promise rests on a Redis TTL.
 */
import { createHash, randomInt } from "node:crypto";
import { createClient, createCluster } from "redis";
import { CodedError } from "../../../widget/wire/errors.ts";
import { type Claim, type Key, type Store, type Stored, splitKey } from "../store.ts";
import { claimDue, compareAndSet } from "./scripts.ts";

const SHARDS = 16;
/** ms for one operation: longer than any script takes, shorter than a person's patience. */
const OPERATION_MS = 3_000;
/** ms without any answer after which the connection is thrown away: a lost peer sends no reset. */
const DEAF_MS = 6_000;
/** ms for the first connection at start. */
const CONNECT_MS = 5_000;
/** Commands that may wait at once; more means that Redis is not keeping up, and callers should hear it. */
const QUEUE_LENGTH = 10_000;

export interface RedisOptions {
  /** redis[s]://[user:password@]host:port[/db]; more than one address means a cluster's nodes */
  readonly urls: readonly string[];
  /** put before every key, so that several deployments may share one Redis */
  readonly prefix?: string;
  /** hears of a lost connection once, by the error's code or name only */
  readonly onError?: (name: string) => void;
}

/** @throws CodedError storage-unavailable if Redis can't be reached within 5 s */
export async function openRedisStore(options: RedisOptions): Promise<Store> {
  const store = new RedisStore(options);
  try {
    await store.connect();
  } catch (cause) {
    await store.close();
    throw new CodedError("storage-unavailable", "Redis could not be reached.", { cause });
  }
  return store;
}

function connection({ urls, prefix = "", onError }: RedisOptions) {
  const scripts = { compareAndSet, claimDue };
  const node = {
    // Without it a request would hang in the queue for as long as Redis is away.
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LENGTH,
    pingInterval: 5_000,
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 5), 1_000) + randomInt(50),
    },
  } as const;
  const client =
    urls.length > 1
      ? createCluster({
          rootNodes: urls.map((url) => ({ url, ...node })),
          defaults: { ...node, ...credentials(urls[0] ?? "") },
          keyPrefix: prefix,
          scripts,
        })
      : createClient({ url: urls[0] ?? "", RESP: 3, keyPrefix: prefix, scripts, ...node });
  // Every failed attempt to reconnect is an error of its own; the first says it all.
  let isLost = false;
  client.on("error", (error: NodeJS.ErrnoException) => {
    if (!isLost) onError?.(error.code ?? error.name);
    isLost = true;
  });
  client.on("ready", () => {
    isLost = false;
  });
  return client;
}

/** A cluster's discovered nodes don't inherit what the root nodes' addresses say. */
function credentials(url: string) {
  const { username, password, protocol } = new URL(url);
  return {
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(protocol === "rediss:" ? { socket: { tls: true as const } } : {}),
  };
}

class RedisStore implements Store {
  readonly #options: RedisOptions;
  #client: ReturnType<typeof connection>;
  #lastAnswer = performance.now();
  #closed = false;

  constructor(options: RedisOptions) {
    this.#options = options;
    this.#client = connection(options);
  }

  async connect(): Promise<void> {
    await within<unknown>(CONNECT_MS, this.#client.connect());
    await this.ping();
  }

  async get(key: Key): Promise<Stored | null> {
    const { doc } = shardOf(key);
    const [version, value] = await this.#ask((client) => client.hmGet(doc, ["v", "d"]));
    return version === null || version === undefined ? null : { version: Number(version), value: String(value) };
  }

  async compareAndSet(
    key: Key,
    expected: number | null,
    value: string | null,
    options: { readonly deadline?: number | null } = {},
  ): Promise<number | null> {
    const { doc, due, version, id } = shardOf(key);
    const deadline = options.deadline === undefined ? "keep" : (options.deadline?.toString() ?? "none");
    const values = [expected?.toString() ?? "", value === null ? "delete" : "set", value ?? "", deadline, id];
    const reply = await this.#ask((client) => client.compareAndSet([doc, due, version], values));
    return reply === 0 ? null : reply;
  }

  async claimDue(collection: string, { now, visibility, limit }: Claim): Promise<Key[]> {
    const keys: Key[] = [];
    // A random first shard, so that under load no shard is always last.
    const first = randomInt(SHARDS);
    for (let i = 0; i < SHARDS && keys.length < limit; i++) {
      const due = `{${collection}:${((first + i) % SHARDS).toString(16)}}:due`;
      const values = [String(now), String(now + visibility), String(limit - keys.length)];
      const ids = await this.#ask((client) => client.claimDue(due, values));
      for (const id of ids) keys.push(`${collection}/${id}`);
    }
    return keys;
  }

  async ping(): Promise<void> {
    await this.#ask((client) => client.get("{wisp:0}:version"));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#client.destroy();
  }

  async #ask<T>(command: (client: ReturnType<typeof connection>) => Promise<T>): Promise<T> {
    try {
      const reply = await within(OPERATION_MS, command(this.#client));
      this.#lastAnswer = performance.now();
      return reply;
    } catch (cause) {
      if (cause instanceof Overdue) this.#replaceDeafConnection();
      throw new CodedError("storage-unavailable", "Redis did not answer.", { cause });
    }
  }

  #replaceDeafConnection(): void {
    if (this.#closed || performance.now() - this.#lastAnswer < DEAF_MS) return;
    this.#lastAnswer = performance.now();
    this.#client.destroy();
    this.#client = connection(this.#options);
    // Its own reconnect strategy goes on trying; until then commands fail at once.
    this.#client.connect().catch(() => undefined);
  }
}

function shardOf(key: Key) {
  const { collection, id } = splitKey(key);
  const shard = ((createHash("sha256").update(id).digest()[0] ?? 0) % SHARDS).toString(16);
  const tag = `{${collection}:${shard}}`;
  return { doc: `${tag}:doc:${id}`, due: `${tag}:due`, version: `${tag}:version`, id };
}

class Overdue extends Error {}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Overdue("no answer in time")), ms);
  });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}
