/**
 * The Lua of the Redis store: a document, its shard's deadlines and its shard's version counter change in one step.
 * Realm: server. Scripts take the documents of one turn together; on a Redis Cluster, those of one slot.
 *
 *   {wisp:a}:doc:<id>   hash  v = version, d = value
 *   {wisp:a}:due        sorted set  member <id>, score ms since the epoch
 *   {wisp:a}:version    counter; a version is never used twice, even after a deletion
 */
import { defineScript } from "redis";
import type { Stored } from "../store.ts";
import { DELETE_LOGS } from "./log-scripts.ts";

interface Arguments {
  pushKey(key: string): void;
  push(...values: string[]): void;
}

/** Of several documents at once: version and value of each, nothing twice for one that is not there. */
export const read = defineScript({
  SCRIPT: `
    local found = {}
    for i = 1, #KEYS do
      local fields = redis.call('HMGET', KEYS[i], 'v', 'd')
      found[2 * i - 1], found[2 * i] = fields[1], fields[2]
    end
    return found`,
  parseCommand(parser: Arguments, docs: readonly string[]) {
    parser.push(String(docs.length));
    for (const doc of docs) parser.pushKey(doc);
  },
  transformReply(reply: unknown): (Stored | null)[] {
    const fields = reply as unknown[];
    return Array.from({ length: fields.length / 2 }, (_, i) => {
      const [version, value] = [fields[2 * i], fields[2 * i + 1]];
      return version === null ? null : { version: Number(version), value: String(value) };
    });
  },
});

export interface Write {
  /** of one slot */
  readonly doc: string;
  readonly due: string;
  readonly version: string;
  readonly id: string;
  /** "": there must be none */
  readonly expected: string;
  /** null: deletes */
  readonly value: string | null;
  /** ms since the epoch, "keep" or "none" */
  readonly deadline: string;
}

/** Of several documents, each for itself: answers the new version of each, or 0 on conflict. */
export const compareAndSet = defineScript({
  SCRIPT: `
    local versions = {}
    for i = 1, #KEYS / 3 do
      local doc, due, counter = KEYS[3 * i - 2], KEYS[3 * i - 1], KEYS[3 * i]
      local expected, operation, value, deadline, id = unpack(ARGV, 5 * i - 4, 5 * i)
      local current = redis.call('HGET', doc, 'v') or ''
      if current ~= expected then
        versions[i] = 0
      else
        versions[i] = redis.call('INCR', counter)
        if operation == 'delete' then ${DELETE_LOGS}
          redis.call('DEL', doc)
          redis.call('ZREM', due, id)
        else
          redis.call('HSET', doc, 'v', versions[i], 'd', value)
          if deadline == 'none' then redis.call('ZREM', due, id)
          elseif deadline ~= 'keep' then redis.call('ZADD', due, deadline, id) end
        end
      end
    end
    return versions`,
  parseCommand(parser: Arguments, writes: readonly Write[]) {
    parser.push(String(3 * writes.length));
    for (const { doc, due, version } of writes) for (const key of [doc, due, version]) parser.pushKey(key);
    for (const { expected, value, deadline, id } of writes) {
      parser.push(expected, value === null ? "delete" : "set", value ?? "", deadline, id);
    }
  },
  transformReply: (reply: unknown) => (reply as unknown[]).map(Number),
});

/** Takes the ids that are due at ARGV[1] and makes them due again at ARGV[2]. */
export const claimDue = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    local ids = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])
    for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], ARGV[2], id) end
    return ids`,
  parseCommand(parser: Arguments, due: string, values: string[]) {
    parser.pushKey(due);
    parser.push(...values);
  },
  transformReply: (reply: unknown) => (reply as unknown[]).map(String),
});
