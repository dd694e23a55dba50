/** What is Redis's alone: a connection that no reset ever ends, and where its keys lie. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { createClient } from "redis";
import { openRedisStore } from "../../../api/store/redis/redis-store.ts";
import { type GivenRedis, testRedis } from "../support/services.ts";

let redis: GivenRedis;
before(async () => {
  redis = await testRedis();
});
after(() => redis?.stop());

describe("the Redis store", () => {
  test("puts a document and its deadline under one hash tag, and its clips over all 16 shards", async () => {
    const store = await openRedisStore({ urls: [redis.url], prefix: redis.prefix });
    for (let i = 0; i < 200; i++) await store.compareAndSet(`wisp/clip${i}`, null, "{}", { deadline: i });
    const client = await createClient({ url: redis.url }).connect();
    const keys = await client.keys(`${redis.prefix}*`);
    const shards = new Set(keys.map((key) => /\{wisp:([0-9a-f])\}/.exec(key)?.[1]));
    assert.equal(shards.size, 16);
    for (const key of keys)
      assert.match(key.slice(redis.prefix.length), /^\{wisp:[0-9a-f]\}:(doc:clip\d+|due|version)$/);
    for (const key of keys) assert.equal(await client.ttl(key), -1);
    client.destroy();
    await store.close();
  });

  test("finds a way back when its connection has gone deaf without a word", async () => {
    const target = new URL(redis.url);
    const links = new Set<{ near: Socket; far: Socket }>();
    const proxy = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const socket of [near, far]) socket.on("error", () => undefined);
      near.pipe(far).pipe(near);
      links.add({ near, far });
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const { port } = proxy.address() as AddressInfo;
    // The run's own Redis has a password, which must come along.
    const url = Object.assign(new URL(redis.url), { port: String(port) });
    const store = await openRedisStore({ urls: [url.href], prefix: redis.prefix });
    await store.compareAndSet("wisp/deaf", null, "heard");
    // As after a lost route: both ends keep their socket, and nothing passes any more.
    for (const { near, far } of links) near.unpipe(far) && far.unpipe(near);
    const startedAt = performance.now();
    let answer = null;
    while (answer === null && performance.now() - startedAt < 20_000) {
      answer = await store.get("wisp/deaf").catch((error: { code: string }) => {
        assert.equal(error.code, "storage-unavailable");
        return null;
      });
      // Refused at once while it reconnects.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(answer?.value, "heard");
    await store.close();
    proxy.close();
    for (const { near, far } of links) {
      near.destroy();
      far.destroy();
    }
  });

  test("says who it can't reach by no more than that", async () => {
    await assert.rejects(
      openRedisStore({ urls: ["redis://user:canary@127.0.0.1:1"] }),
      (error: Error & { code: string }) => error.code === "storage-unavailable" && !error.message.includes("canary"),
    );
  });
});
