/** Presence as pure functions: who lapses when. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isOverdue, lapsed, NOBODY, nextLapse, TOO_LATE_MS, withHeard, without } from "../../../api/rooms/presence.ts";
import { GONE_AFTER_MS } from "../../../widget/wire/room-limits.ts";

const T0 = 1_800_000_000_000;

describe("presence", () => {
  test("lapses for each one 15 s after it was heard of last, to the millisecond", () => {
    const presence = withHeard(
      NOBODY,
      new Map([
        ["a", T0],
        ["b", T0 + 1],
      ]),
    );
    assert.deepEqual(lapsed(presence, T0 + GONE_AFTER_MS - 1), []);
    assert.deepEqual(lapsed(presence, T0 + GONE_AFTER_MS), ["a"]);
    assert.deepEqual(lapsed(presence, T0 + GONE_AFTER_MS + 1), ["a", "b"]);
    assert.equal(nextLapse(presence), T0 + GONE_AFTER_MS);
    assert.equal(nextLapse(without(presence, ["a"])), T0 + GONE_AFTER_MS + 1);
    assert.equal(nextLapse(NOBODY), 0);
  });

  test("never moves back, in whatever order processes write", () => {
    const heard = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: T0, max: T0 + 99_999 })));
    fc.assert(
      fc.property(heard, (all) => {
        const one = all.reduce((presence, pair) => withHeard(presence, new Map([pair])), NOBODY);
        const latest = Object.fromEntries([...all].sort((x, y) => x[1] - y[1]));
        assert.deepEqual(one.heard, latest);
      }),
      { seed: 20_261_124 },
    );
  });

  test("that lapsed long ago was not looked after, and gets another chance", () => {
    const presence = withHeard(NOBODY, new Map([["a", T0]]));
    assert.equal(isOverdue(presence, T0 + GONE_AFTER_MS + TOO_LATE_MS), false);
    assert.equal(isOverdue(presence, T0 + GONE_AFTER_MS + TOO_LATE_MS + 1), true);
    assert.equal(isOverdue(NOBODY, T0), false);
  });
});
