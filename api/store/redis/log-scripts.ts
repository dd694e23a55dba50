/**
 * The Lua of a document's logs: entries, document, deadline and announcement in one step, one round trip.
 * Realm: server. All keys of a script carry one hash tag, so that each runs on one Redis Cluster slot.
 *
 *   {room:a}:doc:<id>         hash  beside v and d: l:<name> = number of the log's last entry, b:<name> = its bytes
 *   {room:a}:doc:<id>:<name>  list  "<ms since the epoch> <entry>"
 *   {room:a}:doc:<id>         sharded channel  "a<version> <first number>\n<entry>\n<entry>…" or "m<text>"
 */
import { defineScript } from "redis";
import type { Append, Appended, Heard, LogPart } from "../store.ts";

interface Arguments {
  pushKey(key: string): void;
  push(...values: string[]): void;
}

/** A deletion has to reach logs that the caller does not name: their keys follow from that of `doc`, in its slot. */
export const DELETE_LOGS = `
  for _, field in ipairs(redis.call('HKEYS', doc)) do
    if string.sub(field, 1, 2) == 'l:' then redis.call('UNLINK', doc .. ':' .. string.sub(field, 3)) end
  end`;

/** Bytes. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

export interface AppendKeys {
  readonly doc: string;
  readonly due: string;
  readonly version: string;
}

/** expected and deadline as in compareAndSet; answers the version and each log's first number, or nothing on conflict. */
export const append = defineScript({
  NUMBER_OF_KEYS: 4,
  SCRIPT: `
    local doc = KEYS[1]
    local version = redis.call('HGET', doc, 'v') or ''
    if version ~= ARGV[1] then return {} end
    local at = tonumber(ARGV[6])
    if ARGV[2] ~= 'keep' then version = redis.call('INCR', KEYS[3]) end
    if ARGV[2] == 'set' then redis.call('HSET', KEYS[1], 'v', version, 'd', ARGV[3]) end
    if ARGV[2] == 'delete' or ARGV[4] == 'none' then redis.call('ZREM', KEYS[2], ARGV[5])
    elseif ARGV[4] ~= 'keep' then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5]) end
    local reply = { tonumber(version) }
    local said = 'a' .. version .. ' 0'
    local i = 7
    while ARGV[i] do
      local name, from, count, last = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 3]), 0
      local key, first, most = KEYS[1] .. ':' .. name, i + 5, tonumber(ARGV[i + 4])
      local bytes = tonumber(redis.call('HGET', KEYS[1], 'b:' .. name) or '0')
      last = redis.call('HINCRBY', KEYS[1], 'l:' .. name, count)
      reply[#reply + 1] = last - count + 1
      if ARGV[i + 2] == '1' then
        said = 'a' .. version .. ' ' .. (last - count + 1)
        if count > 0 then said = said .. '\\n' .. table.concat(ARGV, '\\n', first, first + count - 1) end
      end
      if from > at then
        redis.call('UNLINK', key)
        bytes = 0
      else
        for n = first, first + count - 1 do
          redis.call('RPUSH', key, ARGV[6] .. ' ' .. ARGV[n])
          bytes = bytes + #ARGV[n]
        end
        while from > 0 or bytes > most do
          local oldest = redis.call('LINDEX', key, 0)
          if not oldest then break end
          local time = string.match(oldest, '^%d+')
          if tonumber(time) >= from and bytes <= most then break end
          redis.call('LPOP', key)
          bytes = bytes - (#oldest - #time - 1)
        end
      end
      redis.call('HSET', KEYS[1], 'b:' .. name, string.format('%d', bytes))
      i = first + count
    end
    if ARGV[2] == 'delete' then ${DELETE_LOGS}
      redis.call('DEL', doc)
    end
    redis.call('SPUBLISH', KEYS[4], said)
    return reply`,
  parseCommand(parser: Arguments, keys: AppendKeys, id: string, expected: number | null, change: Append) {
    for (const key of [keys.doc, keys.due, keys.version, keys.doc]) parser.pushKey(key);
    const operation = change.value === undefined ? "keep" : change.value === null ? "delete" : "set";
    const deadline = change.deadline === undefined ? "keep" : (change.deadline?.toString() ?? "none");
    parser.push(expected?.toString() ?? "", operation, change.value ?? "", deadline, id, String(change.at));
    for (const { name, entries, keepFrom = 0, keepBytes = UNBOUNDED, announced } of change.logs) {
      const numbers = [keepFrom, announced ? 1 : 0, entries.length, keepBytes].map(String);
      parser.push(name, ...numbers, ...entries);
    }
  },
  transformReply(reply: unknown): Appended | null {
    const [version, ...firstSeqs] = (reply as unknown[]).map(Number);
    return version === undefined ? null : { version, firstSeqs };
  },
});

export const readLog = defineScript({
  NUMBER_OF_KEYS: 2,
  SCRIPT: `
    local last = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
    local first = last - redis.call('LLEN', KEYS[2]) + 1
    local from = math.max(tonumber(ARGV[2]) + 1, first)
    return { last, from, redis.call('LRANGE', KEYS[2], from - first, from - first + ARGV[3] - 1) }`,
  parseCommand(parser: Arguments, doc: string, name: string, { after, limit }: { after: number; limit: number }) {
    parser.pushKey(doc);
    parser.pushKey(`${doc}:${name}`);
    parser.push(`l:${name}`, String(after), String(limit));
  },
  transformReply(reply: unknown): LogPart {
    const [last, firstSeq, entries] = reply as [unknown, unknown, unknown[]];
    const withoutTime = (entry: unknown) => String(entry).slice(String(entry).indexOf(" ") + 1);
    return { last: Number(last), firstSeq: Number(firstSeq), entries: entries.map(withoutTime) };
  },
});

/** A channel's message as it was said. */
export function parseSaid(said: string): Heard {
  if (said.startsWith("m")) return { type: "message", text: said.slice(1) };
  const end = said.indexOf("\n");
  const [version, firstSeq] = said.slice(1, end < 0 ? undefined : end).split(" ");
  const entries = end < 0 ? [] : said.slice(end + 1).split("\n");
  return { type: "appended", version: Number(version), firstSeq: Number(firstSeq), entries };
}
