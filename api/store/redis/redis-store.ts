/**
 * The store on Redis 7 or Valkey, one server or a cluster. The only owner of the `redis` library.
 * Realm: server; sees what store.ts says.
 * Keys of a collection are spread over 16 shards, each with a hash tag of its own ({wisp:0} … {wisp:f}): a document and
 * its deadline share a slot, and a cluster spreads the shards. No promise rests on a Redis TTL.
 */
import { hash, randomInt } from "node:crypto";
import { ClientClosedError, ClientOfflineError, createClient, createCluster } from "redis";
import { CodedError } from "../../../widget/wire/errors.ts";
import {
  type Append,
  type Appended,
  type Claim,
  type Key,
  type Listener,
  type LogPart,
  NothingDone,
  type Store,
  type Stored,
  splitKey,
} from "../store.ts";
import { type Asked, Turn } from "../turn.ts";
import { RedisChannels } from "./channels.ts";
import { refuseEviction } from "./eviction.ts";
import { append, readLog } from "./log-scripts.ts";
import { claimDue, compareAndSet, read, type Write } from "./scripts.ts";

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

/** @throws CodedError storage-unavailable if Redis can't be reached within 5 s, or may evict keys */
export async function openRedisStore(options: RedisOptions): Promise<Store> {
  const store = new RedisStore(options);
  try {
    await store.connect();
  } catch (cause) {
    await store.close();
    if (cause instanceof CodedError) throw cause;
    throw new CodedError("storage-unavailable", "Redis could not be reached.", { cause });
  }
  return store;
}

function connection({ urls, prefix = "", onError }: RedisOptions, silenceMs?: number) {
  const scripts = { read, compareAndSet, claimDue, append, readLog };
  const node = {
    // Without it a request would hang in the queue for as long as Redis is away.
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LENGTH,
    // Ours covers the answer, too; the library's is a timer that goes on after it.
    commandOptions: { timeout: 0 },
    pingInterval: 5_000,
    socket: {
      connectTimeout: 2_000,
      ...(silenceMs === undefined ? {} : { socketTimeout: silenceMs }),
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
  readonly #channels: RedisChannels;
  #client: ReturnType<typeof connection>;
  readonly #reads = new Turn<string, Stored | null>((asked) => {
    this.#together(asked, tagOf, (client, docs) => client.read(docs));
  });
  readonly #writes = new Turn<Write, number>((asked) => {
    this.#together(
      asked,
      (write) => tagOf(write.doc),
      (client, writes) => client.compareAndSet(writes),
    );
  });
  /** whether keys of several slots may go to one script */
  #spansSlots = false;
  #lastAnswer = performance.now();
  #closed = false;

  constructor(options: RedisOptions) {
    this.#options = options;
    this.#client = connection(options);
    this.#channels = new RedisChannels(() => connection(options, DEAF_MS * 2));
  }

  async connect(): Promise<void> {
    await within<unknown>(CONNECT_MS, this.#client.connect());
    await this.ping();
    await within(OPERATION_MS, refuseEviction(this.#client));
    this.#spansSlots = this.#options.urls.length === 1 && (await this.#takesSeveralSlots());
  }

  async get(key: Key): Promise<Stored | null> {
    return this.#reads.ask(shardOf(key).doc);
  }

  async compareAndSet(
    key: Key,
    expected: number | null,
    value: string | null,
    options: { readonly deadline?: number | null } = {},
  ): Promise<number | null> {
    const deadline = options.deadline === undefined ? "keep" : (options.deadline?.toString() ?? "none");
    const version = await this.#writes.ask({ ...shardOf(key), expected: expected?.toString() ?? "", value, deadline });
    return version === 0 ? null : version;
  }

  async append(key: Key, expected: number | null, change: Append): Promise<Appended | null> {
    const { id, ...keys } = shardOf(key);
    return this.#ask((client) => client.append(keys, id, expected, change));
  }

  async readLog(key: Key, name: string, range: { readonly after: number; readonly limit: number }): Promise<LogPart> {
    const { doc } = shardOf(key);
    return this.#ask((client) => client.readLog(doc, name, range));
  }

  async publish(key: Key, text: string): Promise<void> {
    const channel = this.#channelOf(key);
    await this.#ask((client) => client.sPublish(channel, `m${text}`));
  }

  async subscribe(key: Key, listener: Listener): Promise<() => void> {
    const subscribed = this.#channels.subscribe(this.#channelOf(key), listener);
    return subscribed.catch((cause) => {
      throw new CodedError("storage-unavailable", "Redis did not answer.", { cause });
    });
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
    this.#channels.close();
    this.#client.destroy();
  }

  /** The library puts its prefix before keys, not before channels. */
  #channelOf(key: Key): string {
    return `${this.#options.prefix ?? ""}${shardOf(key).doc}`;
  }

  /** Says no where a cluster hides behind one address. */
  async #takesSeveralSlots(): Promise<boolean> {
    const keys = ["{wisp:0}:version", "{wisp:1}:version"];
    const done = within<unknown>(OPERATION_MS, this.#client.eval("return 1", { keys }));
    return done.then(
      () => true,
      () => false,
    );
  }

  /** One command for all, or one for each slot; each command succeeds or fails as a whole. */
  #together<Q, A>(
    asked: readonly Asked<Q, A>[],
    slotOf: (question: Q) => string,
    command: (client: ReturnType<typeof connection>, questions: Q[]) => Promise<A[]>,
  ): void {
    const groups = this.#spansSlots ? [asked] : Object.values(Object.groupBy(asked, (one) => slotOf(one.question)));
    for (const group of groups) {
      if (!group) continue;
      this.#ask((client) =>
        command(
          client,
          group.map((one) => one.question),
        ),
      ).then(
        (answers) => group.forEach((one, i) => void one.resolve(answers[i] as A)),
        (error) => group.forEach((one) => void one.reject(error)),
      );
    }
  }

  async #ask<T>(command: (client: ReturnType<typeof connection>) => Promise<T>): Promise<T> {
    try {
      const reply = await within(OPERATION_MS, command(this.#client));
      this.#lastAnswer = performance.now();
      return reply;
    } catch (cause) {
      if (cause instanceof Overdue) this.#replaceDeafConnection();
      if (wasNeverSent(cause)) throw new NothingDone("Redis is away.", { cause });
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
  // The low half of the hash's first byte.
  const shard = hash("sha256", id, "hex")[1];
  const tag = `{${collection}:${shard}}`;
  return { doc: `${tag}:doc:${id}`, due: `${tag}:due`, version: `${tag}:version`, id };
}

/** The hash tag of a document's key. */
function tagOf(doc: string): string {
  return doc.slice(0, doc.indexOf("}"));
}

class Overdue extends Error {}

/** The library refuses at once what it has no connection for. */
function wasNeverSent(cause: unknown): boolean {
  return cause instanceof ClientOfflineError || cause instanceof ClientClosedError;
}

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
