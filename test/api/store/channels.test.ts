/** What is Redis's alone about channels: connections that are lost, and how subscribers hear of it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openRedisStore } from "../../../api/store/redis/redis-store.ts";
import { type Heard, NothingDone, type Store } from "../../../api/store/store.ts";
import { type OwnService, startRedis } from "../../support/own-services.ts";

describe("a subscription", () => {
  let redis: OwnService;
  let store: Store;
  let other: Store;
  before(async () => {
    redis = await startRedis();
    [store, other] = (await Promise.all([1, 2].map(() => openRedisStore({ urls: [redis.url] })))) as [Store, Store];
  });
  after(async () => {
    await Promise.all([store?.close(), other?.close()]);
    await redis?.stop();
  });

  test("outlives a restart of Redis: it says that something may have been missed, and hears again", async () => {
    const ear = listen();
    const end = await store.subscribe("room/a", ear.hear);
    const version = (await store.compareAndSet("room/a", null, "v")) ?? 0;
    assert.deepEqual(ear.heard, []);
    for (let round = 1; round <= 3; round++) {
      await redis.kill();
      const lost = store.append("room/a", version, { at: 1, logs: [] });
      await assert.rejects(lost, { code: "storage-unavailable" });
      await redis.restart();
      await ear.until(() => ear.heard.filter((heard) => heard.type === "missed").length >= round);
      await said(other, "room/a", `round ${round}`);
      await ear.until(() => ear.heard.some((heard) => heard.type === "message" && heard.text === `round ${round}`));
    }
    end();
  });

  test("that begins while Redis is away fails, and one that begins later works", async () => {
    await redis.kill();
    await assert.rejects(
      store.subscribe("room/b", () => undefined),
      { code: "storage-unavailable" },
    );
    await redis.restart();
    const ear = listen();
    const end = await soon(() => store.subscribe("room/b", ear.hear));
    await said(other, "room/b", "hello");
    await ear.until(() => ear.heard.some((heard) => heard.type === "message"));
    assert.equal(ear.heard.filter((heard) => heard.type === "message").length, 1);
    end();
  });

  test("of another key is untouched by an end", async () => {
    const [one, two] = [listen(), listen()];
    const endOne = await store.subscribe("room/c", one.hear);
    const endTwo = await store.subscribe("room/d", two.hear);
    endOne();
    await said(other, "room/d", "still");
    await two.until(() => two.heard.length === 1);
    endTwo();
  });

  test("is told by an append that Redis is known to be away: then nothing was done", async () => {
    const version = (await soon(() => store.compareAndSet("room/e", null, "v"))) ?? 0;
    await redis.kill();
    const append = () => store.append("room/e", version, { at: 1, logs: [{ name: "main", entries: ["x"] }] });
    // The first may still have been on its way.
    await append().catch(() => undefined);
    await assert.rejects(append, NothingDone);
    await redis.restart();
  });

  function said(from: Store, key: `room/${string}`, text: string): Promise<void> {
    return soon(() => from.publish(key, text));
  }

  /** Asks until the store's connection to a Redis that was just started is there again. */
  async function soon<T>(ask: () => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + 10_000;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

function listen() {
  const heard: Heard[] = [];
  let wake = () => {};
  return {
    heard,
    hear: (each: Heard) => {
      heard.push(each);
      wake();
    },
    async until(holds: () => boolean): Promise<void> {
      while (!holds()) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}
