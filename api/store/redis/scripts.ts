/**
 * The Lua of the Redis store: a document, its shard's deadlines and its shard's version counter change in one step.
 * Realm: server. All keys of a script carry one hash tag, so that each runs on one Redis Cluster slot.
 *
 *   {wisp:a}:doc:<id>   hash  v = version, d = value
 *   {wisp:a}:due        sorted set  member <id>, score ms since the epoch
 *   {wisp:a}:version    counter; a version is never used twice, even after a deletion
 */
import { defineScript } from "redis";

interface Arguments {
  pushKey(key: string): void;
  push(...values: string[]): void;
}

/** expected "" = there must be none; deadline "keep", "none" or ms. Answers the new version, or 0 on conflict. */
export const compareAndSet = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: `
    local current = redis.call('HGET', KEYS[1], 'v') or ''
    if current ~= ARGV[1] then return 0 end
    local version = redis.call('INCR', KEYS[3])
    if ARGV[2] == 'delete' then
      redis.call('DEL', KEYS[1])
      redis.call('ZREM', KEYS[2], ARGV[5])
      return version
    end
    redis.call('HSET', KEYS[1], 'v', version, 'd', ARGV[3])
    if ARGV[4] == 'none' then redis.call('ZREM', KEYS[2], ARGV[5])
    elseif ARGV[4] ~= 'keep' then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5]) end
    return version`,
  parseCommand(parser: Arguments, keys: [doc: string, due: string, version: string], values: string[]) {
    for (const key of keys) parser.pushKey(key);
    parser.push(...values);
  },
  transformReply: (reply: unknown) => Number(reply),
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
