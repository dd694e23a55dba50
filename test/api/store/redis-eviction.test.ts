/** A Redis that may throw keys away is refused before anything is kept in it. Real Redis, set up as people set it up. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createClient } from "redis";
import { openRedisStore } from "../../../api/store/redis/redis-store.ts";
import { startRedis, startRedisCluster } from "../../support/own-services.ts";

const MAIN = join(import.meta.dirname, "../../../api/main.ts");
const LIMIT = ["--maxmemory", "64mb", "--maxmemory-policy"];

/** Opens a store on a Redis with these options, and closes it. */
async function openOn(options: readonly string[], change: (url: string) => Promise<string> = async (url) => url) {
  const redis = await startRedis(options);
  try {
    await (await openRedisStore({ urls: [await change(redis.url)] })).close();
  } finally {
    await redis.stop();
  }
}

const refused = (words: RegExp) => (error: Error & { code?: string }) =>
  error.code === "storage-unavailable" && words.test(error.message);

describe("the Redis store", () => {
  for (const policy of ["allkeys-lru", "allkeys-random", "volatile-ttl"]) {
    test(`is not opened where memory is limited and the policy is ${policy}, and says what to set`, async () => {
      const words = new RegExp(`^Redis evicts keys .*${policy}.*: set maxmemory-policy to noeviction\\.$`);
      await assert.rejects(openOn([...LIMIT, policy]), refused(words));
    });
  }

  test("is opened where nothing is evicted: by policy, or since memory has no limit", async () => {
    await openOn([...LIMIT, "noeviction"]);
    await openOn(["--maxmemory", "0", "--maxmemory-policy", "allkeys-lru"]);
  });

  test("finds it out where CONFIG is forbidden, as on managed Redis", async () => {
    const managed = ["--rename-command", "CONFIG", ""];
    await assert.rejects(openOn([...LIMIT, "allkeys-lfu", ...managed]), refused(/allkeys-lfu/));
    await openOn([...LIMIT, "noeviction", ...managed]);
  });

  test("is not opened where its user may not ask, and says which command is missing", async () => {
    const asUser = async (address: string) => {
      const client = await createClient({ url: address }).connect();
      await client.sendCommand(["ACL", "SETUSER", "api", "on", "nopass", "~*", "&*", "+@all", "-info"]);
      client.destroy();
      return Object.assign(new URL(address), { username: "api", password: "any" }).href;
    };
    await assert.rejects(openOn([], asUser), refused(/allow it the command INFO\.$/));
  });

  test("is not opened where one node of a cluster evicts", async () => {
    const cluster = await startRedisCluster();
    const urls = cluster.url.split(",");
    await (await openRedisStore({ urls })).close();
    const last = await createClient({ url: urls[2] as string }).connect();
    await last.configSet({ maxmemory: "64mb", "maxmemory-policy": "allkeys-lru" });
    last.destroy();
    await assert.rejects(openRedisStore({ urls }), refused(/allkeys-lru/));
    await cluster.stop();
  });

  test("keeps the server from starting, in one sentence", async () => {
    const redis = await startRedis([...LIMIT, "allkeys-lru"]);
    const child = spawn(process.execPath, [MAIN], { env: { REDIS_URL: redis.url } });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const [code] = await once(child, "close");
    assert.equal(code, 1);
    assert.match(said, /^Redis evicts keys [^\n]* noeviction\. Check REDIS_URL[^\n]*\n$/);
    await redis.stop();
  });
});
