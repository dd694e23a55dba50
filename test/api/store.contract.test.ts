/** The store contract, on every implementation of it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Key, Store } from "../../api/store/store.ts";
import { fresh, freshCollection, implementations, type Started } from "./support/stores.ts";

for (const [name, start] of Object.entries(implementations)) {
  describe(`the ${name} store`, () => {
    let started: Started;
    let store: Store;
    let other: Store;
    before(async () => {
      started = await start();
      [store, other] = [await started.open(), await started.open()];
    });
    after(async () => {
      await Promise.all([store?.close(), other?.close()]);
      await started?.stop();
    });

    test("knows nothing of a key that was never written", async () => {
      assert.equal(await store.get(fresh()), null);
    });

    test("gives back what was written, to every process", async () => {
      const key = fresh();
      const version = await store.compareAndSet(key, null, '{"é":"😀"}');
      assert.deepEqual(await other.get(key), { version, value: '{"é":"😀"}' });
    });

    test("writes only over the version that the writer has read", async () => {
      const key = fresh();
      const first = await store.compareAndSet(key, null, "a");
      assert.equal(await other.compareAndSet(key, null, "b"), null);
      const second = await other.compareAndSet(key, first, "c");
      assert.ok(second);
      assert.equal(await store.compareAndSet(key, first, "d"), null);
      assert.deepEqual(await store.get(key), { version: second, value: "c" });
    });

    test("deletes only the version that the deleter has read", async () => {
      const key = fresh();
      const first = await store.compareAndSet(key, null, "a");
      const second = await store.compareAndSet(key, first, "b");
      assert.equal(await store.compareAndSet(key, first, null), null);
      assert.ok(await store.compareAndSet(key, second, null));
      assert.equal(await store.get(key), null);
      assert.equal(await store.compareAndSet(key, second, null), null);
    });

    test("never uses a version twice, not even after a deletion", async () => {
      const key = fresh();
      const first = await store.compareAndSet(key, null, "a");
      await store.compareAndSet(key, first, null);
      const again = await store.compareAndSet(key, null, "a");
      assert.notEqual(again, first);
      assert.equal(await store.compareAndSet(key, first, "stale"), null);
    });

    test("lets exactly one of many racing writers win", async () => {
      for (let round = 0; round < 20; round++) {
        const key = fresh();
        const version = await store.compareAndSet(key, null, "start");
        const racers = [store, other, store, other, store, other];
        const results = await Promise.all(racers.map((racer, i) => racer.compareAndSet(key, version, `racer ${i}`)));
        assert.equal(results.filter((result) => result !== null).length, 1);
      }
    });

    test("gives each of many who ask at once an answer of their own", async () => {
      const keys = Array.from({ length: 60 }, fresh);
      const written = await Promise.all(keys.map((key, i) => (i % 3 ? store.compareAndSet(key, null, `${i}`) : null)));
      const [found, again] = await Promise.all([
        Promise.all(keys.map((key) => store.get(key))),
        Promise.all(keys.map((key, i) => other.compareAndSet(key, i % 2 ? (written[i] ?? null) : null, "again"))),
      ]);
      for (const [i, version] of written.entries()) {
        if (found[i]?.value !== "again")
          assert.deepEqual(found[i], version === null ? null : { version, value: `${i}` });
        assert.equal(again[i] !== null, i % 2 === 1 || version === null, `${i}`);
        assert.equal((await other.get(keys[i] as Key))?.value, again[i] === null ? `${i}` : "again");
      }
    });

    test("claims what is due, and nothing else", async () => {
      const queue = freshCollection();
      const [early, late, never] = [`${queue}/early`, `${queue}/late`, `${queue}/never`] as [Key, Key, Key];
      await store.compareAndSet(early, null, "e", { deadline: 1_000 });
      await store.compareAndSet(late, null, "l", { deadline: 1_001 });
      await store.compareAndSet(never, null, "n");
      assert.deepEqual(await other.claimDue(queue, { now: 999, visibility: 10, limit: 9 }), []);
      assert.deepEqual(await other.claimDue(queue, { now: 1_000, visibility: 10, limit: 9 }), [early]);
      assert.deepEqual((await store.claimDue(queue, { now: 1_009, visibility: 10, limit: 9 })).sort(), [late]);
    });

    test("keeps queues of different collections apart", async () => {
      const [one, two] = [freshCollection(), freshCollection()];
      await store.compareAndSet(`${one}/x`, null, "x", { deadline: 5 });
      assert.deepEqual(await store.claimDue(two, { now: 10, visibility: 10, limit: 9 }), []);
    });

    test("gives a claim to nobody else until it grows old", async () => {
      const queue = freshCollection();
      await store.compareAndSet(`${queue}/x`, null, "x", { deadline: 5 });
      const claims = await Promise.all(
        [store, other, store, other].map((claimer) => claimer.claimDue(queue, { now: 10, visibility: 100, limit: 9 })),
      );
      assert.equal(claims.flat().length, 1);
      assert.deepEqual(await other.claimDue(queue, { now: 109, visibility: 100, limit: 9 }), []);
      assert.deepEqual(await other.claimDue(queue, { now: 110, visibility: 100, limit: 9 }), [`${queue}/x`]);
    });

    test("sets, keeps and removes the deadline in the same step as the document", async () => {
      const queue = freshCollection();
      const key: Key = `${queue}/x`;
      const due = async (now: number) => (await store.claimDue(queue, { now, visibility: 0, limit: 9 })).length;
      let version = await store.compareAndSet(key, null, "a", { deadline: 100 });
      version = await store.compareAndSet(key, version, "b", { deadline: 200 });
      assert.equal(await due(199), 0);
      version = await store.compareAndSet(key, version, "c");
      assert.equal(await due(200), 1);
      version = await store.compareAndSet(key, version, "d", { deadline: null });
      assert.equal(await due(1_000), 0);
      version = await store.compareAndSet(key, version, "e", { deadline: 300 });
      await store.compareAndSet(key, version, null);
      assert.equal(await due(1_000), 0);
    });

    test("leaves the deadline alone when a write loses", async () => {
      const queue = freshCollection();
      const key: Key = `${queue}/x`;
      const version = await store.compareAndSet(key, null, "a", { deadline: 100 });
      await store.compareAndSet(key, null, "b", { deadline: 5 });
      await store.compareAndSet(key, Number(version) + 7, "b", { deadline: null });
      assert.deepEqual(await store.claimDue(queue, { now: 50, visibility: 0, limit: 9 }), []);
      assert.deepEqual(await store.claimDue(queue, { now: 100, visibility: 0, limit: 9 }), [key]);
    });

    test("claims no more than asked for, and all of many in the end", async () => {
      const queue = freshCollection();
      const keys = Array.from({ length: 40 }, (_, i) => `${queue}/k${i}` as Key);
      await Promise.all(keys.map((key, i) => store.compareAndSet(key, null, "x", { deadline: i })));
      const seen: Key[] = [];
      for (let turn = 0; turn < 20; turn++) {
        const claimed = await store.claimDue(queue, { now: 100, visibility: 1_000, limit: 7 });
        assert.ok(claimed.length <= 7);
        seen.push(...claimed);
      }
      assert.deepEqual(seen.sort(), keys.sort());
    });

    test("refuses what is not a key", async () => {
      for (const key of ["nothing", "a/b/c", "a/{b}", "a/b c", "/a"]) {
        await assert.rejects(async () => store.get(key as Key), TypeError);
      }
    });

    test("answers a ping, and nothing once it is closed", async () => {
      const third = await started.open();
      await third.ping();
      await third.close();
      await assert.rejects(() => third.ping(), { code: "storage-unavailable" });
    });
  });
}
