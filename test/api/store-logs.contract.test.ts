/** The store contract's second half, on every implementation of it: logs that belong to a document, and channels. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Append, DROP_ALL, type Heard, type Key, type Store } from "../../api/store/store.ts";
import { fresh, freshCollection, implementations, type Started } from "./support/stores.ts";

const ALL = { after: 0, limit: 1_000 };

for (const [name, start] of Object.entries(implementations)) {
  describe(`the logs and channels of the ${name} store`, () => {
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

    test("numbers entries from 1 without gaps, and gives them to every process", async () => {
      const { key, version } = await document();
      assert.deepEqual((await store.append(key, version, main("é 1", "😀 2")))?.firstSeqs, [1]);
      assert.deepEqual((await other.append(key, version, main("3")))?.firstSeqs, [3]);
      assert.deepEqual((await store.append(key, version, main()))?.firstSeqs, [4]);
      const whole = { last: 3, firstSeq: 1, entries: ["é 1", "😀 2", "3"] };
      for (const reader of [store, other]) assert.deepEqual(await reader.readLog(key, "main", ALL), whole);
      assert.deepEqual(await store.readLog(key, "main", { after: 1, limit: 1 }), {
        last: 3,
        firstSeq: 2,
        entries: ["😀 2"],
      });
      assert.deepEqual(await store.readLog(key, "main", { after: 3, limit: 9 }), { last: 3, firstSeq: 4, entries: [] });
      assert.deepEqual(await store.readLog(key, "none", ALL), { last: 0, firstSeq: 1, entries: [] });
      assert.deepEqual(await store.readLog(fresh(), "main", ALL), { last: 0, firstSeq: 1, entries: [] });
    });

    test("adds nothing to a document that is no longer as expected", async () => {
      const { key, version } = await document();
      assert.equal(await store.append(key, version + 1, main("x")), null);
      assert.equal(await store.append(key, null, { ...main("x"), value: "other" }), null);
      assert.equal(await store.append(fresh(), version, main("x")), null);
      await other.compareAndSet(key, version, "later");
      assert.equal(await store.append(key, version, { ...main("x"), value: "stale" }), null);
      assert.deepEqual(await store.readLog(key, "main", ALL), { last: 0, firstSeq: 1, entries: [] });
      assert.equal((await store.get(key))?.value, "later");
    });

    test("leaves the version alone without a value, and moves it with one", async () => {
      const { key, version } = await document();
      assert.equal((await store.append(key, version, main("a")))?.version, version);
      const moved = await other.append(key, version, { ...main("b"), value: "two" });
      assert.ok(moved && moved.version > version);
      assert.deepEqual(await store.get(key), { version: moved.version, value: "two" });
      assert.equal(await store.append(key, version, main("c")), null);
    });

    test("makes a document together with its first entries", async () => {
      const key = fresh();
      const made = await store.append(key, null, { ...main("a"), value: "one" });
      assert.deepEqual(await other.get(key), { version: made?.version, value: "one" });
      assert.deepEqual((await other.readLog(key, "main", ALL)).entries, ["a"]);
    });

    test("writes several logs and the deadline in the same step", async () => {
      const key: Key = `${freshCollection()}/x`;
      const logs = [
        { name: "main", entries: ["m"] },
        { name: "audit", entries: ["a", "b"] },
      ];
      const made = await store.append(key, null, { at: 5, value: "v", deadline: 100, logs });
      assert.deepEqual(made?.firstSeqs, [1, 1]);
      assert.deepEqual((await other.readLog(key, "audit", ALL)).entries, ["a", "b"]);
      const collection = key.split("/")[0] ?? "";
      assert.deepEqual(await store.claimDue(collection, { now: 99, visibility: 0, limit: 9 }), []);
      assert.deepEqual(await store.claimDue(collection, { now: 100, visibility: 0, limit: 9 }), [key]);
      await store.append(key, made?.version ?? 0, { at: 5, deadline: null, logs: [] });
      assert.deepEqual(await store.claimDue(collection, { now: 999, visibility: 0, limit: 9 }), []);
    });

    test("drops entries older than a time of the caller's, from one log only, and numbers on", async () => {
      const { key, version } = await document();
      for (const at of [10, 20, 30]) {
        const logs = ["main", "audit"].map((log) => ({ name: log, entries: [String(at)] }));
        await store.append(key, version, { at, logs });
      }
      await other.append(key, version, { at: 40, logs: [{ name: "main", entries: ["40"], keepFrom: 25 }] });
      assert.deepEqual(await store.readLog(key, "main", ALL), { last: 4, firstSeq: 3, entries: ["30", "40"] });
      assert.deepEqual((await store.readLog(key, "audit", ALL)).entries, ["10", "20", "30"]);
      const dropped = await other.append(key, version, { at: 50, logs: [{ ...named("x", "y"), keepFrom: DROP_ALL }] });
      assert.deepEqual(dropped?.firstSeqs, [5]);
      assert.deepEqual(await store.readLog(key, "main", ALL), { last: 6, firstSeq: 7, entries: [] });
      assert.deepEqual((await store.append(key, version, main("z")))?.firstSeqs, [7]);
      assert.deepEqual(await store.readLog(key, "main", ALL), { last: 7, firstSeq: 7, entries: ["z"] });
    });

    test("drops the oldest entries beyond so many bytes, those of the same call too, and numbers on", async () => {
      const { key, version } = await document();
      const add = (keepBytes: number, ...entries: string[]) =>
        other.append(key, version, { at: 1, logs: [{ name: "main", entries, keepBytes }] });
      // Four bytes each.
      await add(12, "éé", "bbbb", "😀");
      await add(12);
      assert.deepEqual(await store.readLog(key, "main", ALL), {
        last: 3,
        firstSeq: 1,
        entries: ["éé", "bbbb", "😀"],
      });
      await add(12, "d");
      assert.deepEqual(await store.readLog(key, "main", ALL), { last: 4, firstSeq: 2, entries: ["bbbb", "😀", "d"] });
      await add(5);
      assert.deepEqual((await store.readLog(key, "main", ALL)).entries, ["😀", "d"]);
      const both = await other.append(key, version, {
        at: 9,
        logs: [{ name: "main", entries: ["eeee", "ff"], keepFrom: 5, keepBytes: 6 }],
      });
      assert.deepEqual(both?.firstSeqs, [5]);
      assert.deepEqual(await store.readLog(key, "main", ALL), { last: 6, firstSeq: 5, entries: ["eeee", "ff"] });
      await add(6, "too large");
      assert.deepEqual(await store.readLog(key, "main", ALL), { last: 7, firstSeq: 8, entries: [] });
      await other.append(key, version, { at: 9, logs: [{ ...named("x"), keepFrom: DROP_ALL }] });
      await add(6, "gggggg");
      assert.deepEqual(await store.readLog(key, "main", ALL), { last: 9, firstSeq: 9, entries: ["gggggg"] });
    });

    test("deletes a document with all its logs, whichever way", async () => {
      for (const remove of [
        (key: Key, version: number) => store.compareAndSet(key, version, null),
        (key: Key, version: number) => store.append(key, version, { at: 1, value: null, logs: [named("last")] }),
      ]) {
        const { key, version } = await document();
        await store.append(key, version, { at: 1, logs: [named("m"), { name: "audit", entries: ["a"] }] });
        assert.ok(await remove(key, version));
        assert.equal(await other.get(key), null);
        for (const log of ["main", "audit"]) {
          assert.deepEqual(await other.readLog(key, log, ALL), { last: 0, firstSeq: 1, entries: [] });
        }
        const again = await store.append(key, null, { ...main("new"), value: "v" });
        assert.deepEqual(again?.firstSeqs, [1]);
        assert.ok((again?.version ?? 0) > version);
      }
    });

    test("lets one of many racing writers win, and gives the losers' entries no number", async () => {
      for (let round = 0; round < 20; round++) {
        const { key, version } = await document();
        const racers = [store, other, store, other, store, other];
        const results = await Promise.all(
          racers.map((racer, i) => racer.append(key, version, { ...main(`racer ${i}`), value: `${i}` })),
        );
        const winner = results.findIndex((result) => result !== null);
        assert.equal(results.filter((result) => result !== null).length, 1);
        const log = await store.readLog(key, "main", ALL);
        assert.deepEqual(log, { last: 1, firstSeq: 1, entries: [`racer ${winner}`] });
      }
    });

    test("loses, doubles and reorders nothing when many append at once", async () => {
      const { key, version } = await document();
      const appended = await Promise.all(
        Array.from({ length: 200 }, async (_, i) => {
          const result = await (i % 2 ? store : other).append(key, version, main(`${i} a`, `${i} b`));
          return { i, first: result?.firstSeqs[0] ?? 0 };
        }),
      );
      const { entries, last } = await store.readLog(key, "main", ALL);
      assert.equal(last, 400);
      for (const { i, first } of appended) assert.deepEqual(entries.slice(first - 1, first + 1), [`${i} a`, `${i} b`]);
    });

    test("lets no entry in after a write that it did not expect, however they race", async () => {
      const { key, version } = await document();
      const write = other.append(key, version, { ...main("WRITE"), value: "next" });
      const results = await Promise.all(Array.from({ length: 50 }, (_, i) => store.append(key, version, main(`${i}`))));
      assert.ok(await write);
      const { entries } = await store.readLog(key, "main", ALL);
      assert.equal(entries.at(-1), "WRITE");
      assert.equal(entries.length - 1, results.filter((result) => result !== null).length);
    });

    test("tells every subscriber of the key, in order, and nobody else", async () => {
      const { key, version } = await document();
      const [mine, theirs, elsewhere] = [heardBy(store, key), heardBy(other, key), heardBy(other, fresh())];
      const ends = await Promise.all([mine, theirs, elsewhere].map((ear) => ear.subscribed));
      await store.append(key, version, main("é", "two"));
      await store.publish(key, "passing\nby");
      const written = await store.append(key, version, {
        at: 1,
        value: "v",
        logs: [{ name: "audit", entries: ["a"] }],
      });
      const said: Heard[] = [
        { type: "appended", version, firstSeq: 1, entries: ["é", "two"] },
        { type: "message", text: "passing\nby" },
        { type: "appended", version: written?.version ?? 0, firstSeq: 0, entries: [] },
      ];
      for (const ear of [mine, theirs]) assert.deepEqual(await ear.next(3), said);
      assert.deepEqual(elsewhere.heard, []);
      for (const end of ends) end();
    });

    test("tells nothing after the end of a subscription, and all after another beginning", async () => {
      const { key, version } = await document();
      const [first, lasting] = [heardBy(store, key), heardBy(store, key)];
      const end = await first.subscribed;
      const endLasting = await lasting.subscribed;
      end();
      end();
      const second = heardBy(store, key);
      const endSecond = await second.subscribed;
      await other.append(key, version, main("x"));
      for (const ear of [lasting, second]) assert.equal((await ear.next(1))[0]?.type, "appended");
      assert.deepEqual(first.heard, []);
      endLasting();
      endSecond();
      const third = heardBy(store, key);
      const endThird = await third.subscribed;
      await other.publish(key, "again");
      assert.deepEqual(await third.next(1), [{ type: "message", text: "again" }]);
      endThird();
    });

    test("tells of every one of many appends of two processes, so that no gap is left", async () => {
      const { key, version } = await document();
      const ear = heardBy(store, key);
      const end = await ear.subscribed;
      await Promise.all(
        Array.from({ length: 100 }, (_, i) => (i % 2 ? store : other).append(key, version, main(`${i}`))),
      );
      const told = (await ear.next(100)).flatMap((heard) => (heard.type === "appended" ? [heard.firstSeq] : []));
      assert.deepEqual(
        told,
        Array.from({ length: 100 }, (_, i) => i + 1),
      );
      end();
    });

    test("refuses what is not a key, and answers nothing once it is closed", async () => {
      const third = await started.open();
      const bad = "a/b/c" as Key;
      for (const attempt of [
        () => third.append(bad, null, main("x")),
        () => third.readLog(bad, "main", ALL),
        () => third.publish(bad, "x"),
        () => third.subscribe(bad, () => undefined),
      ]) {
        await assert.rejects(async () => attempt(), TypeError);
      }
      const { key, version } = await document();
      const ear = heardBy(third, key);
      await ear.subscribed;
      await third.close();
      await assert.rejects(() => third.append(key, version, main("x")), { code: "storage-unavailable" });
      await assert.rejects(() => third.readLog(key, "main", ALL), { code: "storage-unavailable" });
      await store.publish(key, "x");
      assert.deepEqual(ear.heard, []);
    });

    async function document(): Promise<{ key: Key; version: number }> {
      const key = fresh();
      return { key, version: (await store.compareAndSet(key, null, "document")) ?? 0 };
    }
  });
}

function named(...entries: string[]) {
  return { name: "main", entries, announced: true } as const;
}

function main(...entries: string[]): Append {
  return { at: 1_000, logs: [named(...entries)] };
}

/** What a subscriber hears from now on. A cluster's connections come up one by one, and each may say "missed". */
function heardBy(store: Store, key: Key) {
  const heard: Heard[] = [];
  let wake = () => {};
  const subscribed = store.subscribe(key, (each) => {
    if (each.type === "missed") return;
    heard.push(each);
    wake();
  });
  return {
    heard,
    subscribed,
    async next(count: number): Promise<Heard[]> {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return heard;
    },
  };
}
