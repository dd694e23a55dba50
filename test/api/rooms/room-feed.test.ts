/** A log is passed on once and in order, whichever way and however late its records come. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ENDED } from "../../../api/rooms/record.ts";
import { RoomFeed } from "../../../api/rooms/room-feed.ts";
import type { LogPart } from "../../../api/store/store.ts";

class Log {
  entries: string[] = [];
  /** number of the oldest that is kept */
  first = 1;
  isAway = false;

  async read({ after, limit }: { after: number; limit: number }): Promise<LogPart> {
    if (this.isAway) throw new Error("away");
    const from = Math.max(after + 1, this.first);
    return { last: this.entries.length, firstSeq: from, entries: this.entries.slice(from - 1, from - 1 + limit) };
  }
}

function feedOf(log: Log) {
  const delivered: [number, string][] = [];
  const lost: boolean[] = [];
  const feed = new RoomFeed({
    read: (range) => log.read(range),
    deliver: (seq, record) => delivered.push([seq, record]),
    lost: (isOther) => lost.push(isOther),
  });
  return { feed, delivered, lost };
}

describe("the feed of a room", () => {
  test("passes every record on once and in order, whatever is heard twice, late or never", async () => {
    const step = fc.record({
      records: fc.integer({ min: 1, max: 3 }),
      heard: fc.constantFrom("at once", "twice", "later", "never"),
      fill: fc.boolean(),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(5), async (steps, startsAt) => {
      const log = new Log();
      log.entries = Array.from({ length: startsAt }, (_, i) => `before ${i}`);
      const { feed, delivered, lost } = feedOf(log);
      const late: (() => void)[] = [];
      feed.begin(startsAt);
      for (const { records, heard, fill } of steps) {
        const firstSeq = log.entries.length + 1;
        const fresh = Array.from({ length: records }, (_, i) => `record ${firstSeq + i}`);
        log.entries.push(...fresh);
        const hear = () => feed.hear(firstSeq, fresh);
        if (heard === "at once" || heard === "twice") hear();
        if (heard === "twice") hear();
        if (heard === "later") late.push(hear);
        if (fill) await feed.fill();
        if (fill) for (const each of late.splice(0)) each();
      }
      for (const each of late.reverse()) each();
      await feed.fill();
      feed.stop();
      const all = log.entries.map((record, i) => [i + 1, record]).slice(startsAt);
      assert.deepEqual(delivered, all);
      assert.deepEqual(lost, []);
    });
    await fc.assert(property, { numRuns: 200, seed: 20_261_124 });
  });

  test("reads by itself what does not come", async () => {
    const log = new Log();
    const { feed, delivered } = feedOf(log);
    feed.begin(0);
    log.entries.push("one", "two", "three");
    feed.hear(3, ["three"]);
    while (delivered.length < 3) await new Promise(setImmediate);
    assert.deepEqual(delivered.at(-1), [3, "three"]);
    feed.stop();
  });

  test("goes on asking while the store is away", async () => {
    const log = new Log();
    const { feed, delivered } = feedOf(log);
    feed.begin(0);
    log.isAway = true;
    log.entries.push("one", "two");
    feed.hear(2, ["two"]);
    await feed.fill();
    assert.equal(delivered.length, 0);
    log.isAway = false;
    while (delivered.length < 2) await new Promise(setImmediate);
    feed.stop();
  });

  test("keeps what it hears before its beginning is known", () => {
    const log = new Log();
    const { feed, delivered } = feedOf(log);
    feed.hear(4, ["four"]);
    feed.hear(5, ["five"]);
    feed.begin(4);
    assert.deepEqual(delivered, [[5, "five"]]);
    feed.stop();
  });

  test("says that it is lost when records are gone, and that the log is another when it is", async () => {
    const log = new Log();
    const dropped = feedOf(log);
    dropped.feed.begin(0);
    log.entries.push("one", "two", "three");
    log.first = 3;
    await dropped.feed.fill();
    assert.deepEqual([dropped.lost, dropped.delivered], [[false], []]);

    // What it only has not heard of yet is not lost.
    const late = feedOf(log);
    late.feed.begin(1);
    const filling = late.feed.fill();
    setImmediate(() => late.feed.hear(2, ["two", "three"]));
    await filling;
    assert.deepEqual([late.lost, late.delivered.length], [[], 2]);

    const shorter = feedOf(log);
    shorter.feed.begin(7);
    await shorter.feed.fill();
    assert.deepEqual(shorter.lost, [true]);

    const other = feedOf(log);
    other.feed.begin(2);
    other.feed.hear(3, ["three"]);
    log.entries = ["one", "two", "another", "more"];
    await other.feed.fill();
    assert.deepEqual([other.lost, other.delivered.length], [[true], 1]);
  });

  test("says that the log is another when it has ended under a number that was seen, heard of or read", async () => {
    for (const isHeard of [true, false]) {
      const log = new Log();
      const { feed, delivered, lost } = feedOf(log);
      feed.begin(0);
      log.entries.push("one", "two");
      await feed.fill();
      // The store went back to "one", and another process ended it there: an end is not kept.
      log.entries = ["one", "gone"];
      log.first = 3;
      if (isHeard) feed.hear(2, [ENDED]);
      else await feed.fill();
      while (lost.length === 0) await new Promise(setImmediate);
      assert.deepEqual([lost, delivered.length], [[true], 2]);
      feed.stop();
    }
  });

  test("an end that was passed on is the end of that log, and what comes after it is passed on", async () => {
    const log = new Log();
    const { feed, delivered, lost } = feedOf(log);
    feed.begin(0);
    log.entries.push(ENDED);
    log.first = 2;
    feed.hear(1, [ENDED]);
    await feed.fill();
    log.entries.push("two");
    await feed.fill();
    assert.deepEqual(
      [lost, delivered],
      [
        [],
        [
          [1, ENDED],
          [2, "two"],
        ],
      ],
    );
  });
});
