/** What time alone does to a clip. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Clip,
  DRAFT_IDLE_MS,
  DRAFT_MAX_MS,
  dueJob,
  end,
  nextDeadline,
  RECHECK_MS,
  settle,
} from "../../../api/clips/clip.ts";
import { apply } from "../../../api/clips/clip-events.ts";
import { CONTENT, draft, leased, ready, T0, TTL_MS } from "./clips.ts";

const MINUTE = 60_000;
const DAY = 24 * 3_600_000;

describe("time", () => {
  test("leaves a clip alone, the very object, while nothing is due", () => {
    for (const clip of [draft(), ready(), leased()]) assert.equal(settle(clip, T0 + 1), clip);
  });

  test("ends a draft 24 h after its last piece", () => {
    const touched = apply(draft(), { type: "piece" }, T0 + 5 * MINUTE).clip as Clip;
    assert.equal(settle(touched, T0 + 5 * MINUTE + DRAFT_IDLE_MS - 1), touched);
    const over = settle(touched, T0 + 5 * MINUTE + DRAFT_IDLE_MS);
    assert.equal(over?.state, "expired");
    assert.equal(over?.endedAt, T0 + 5 * MINUTE + DRAFT_IDLE_MS);
  });

  test("ends a draft 48 h after its creation, however often it is touched", () => {
    let clip: Clip = draft();
    for (let hour = 0; hour < 48; hour++) clip = apply(clip, { type: "piece" }, T0 + hour * 3_600_000).clip as Clip;
    assert.equal(clip.state, "draft");
    assert.equal(settle(clip, T0 + DRAFT_MAX_MS)?.state, "expired");
  });

  test("ends a sent clip when its time is over, to the millisecond", () => {
    const clip = ready();
    assert.equal(settle(clip, T0 + TTL_MS - 1), clip);
    assert.equal(settle(clip, T0 + TTL_MS)?.state, "expired");
  });

  test("ends a sent clip even while somebody watches it", () => {
    const clip = { ...leased(), expiresAt: T0 + 20_000 };
    const over = settle(clip, T0 + 25_000);
    assert.equal(over?.state, "expired");
    assert.equal(over?.endedAt, T0 + 20_000);
    assert.deepEqual(over?.lapses, []);
    assert.equal(over?.lease, undefined);
  });

  test("lets a lease lapse after 30 s of silence, and keeps where it was", () => {
    const clip = leased({ position: 17 });
    assert.equal(settle(clip, T0 + 29_999), clip);
    const lapsed = settle(clip, T0 + 500_000);
    assert.equal(lapsed?.state, "ready");
    assert.equal(lapsed?.lease, undefined);
    assert.deepEqual(lapsed?.lapses, [{ at: T0 + 30_000, position: 17, tokenHash: "lease" }]);
  });

  test("lets a lease lapse at twice the duration and a minute, however often it beats", () => {
    let clip = leased();
    const longest = (2 * CONTENT.duration + 60) * 1_000;
    for (let at = 10_000; at < longest; at += 10_000) {
      clip = apply(clip, { type: "heartbeat", tokenHash: "lease", position: 3 }, T0 + at).clip as Clip;
      assert.equal(clip.state, "leased");
    }
    assert.equal(settle(clip, T0 + longest - 1)?.state, "leased");
    const lapsed = settle(clip, T0 + longest);
    assert.equal(lapsed?.state, "ready");
    assert.equal(lapsed?.lapses[0]?.at, T0 + longest);
  });

  test("burns at a lapse at or past 90 % of the duration, and not before", () => {
    const edge = CONTENT.duration * 0.9;
    assert.equal(settle(leased({ position: edge - 0.01 }), T0 + 30_000)?.state, "ready");
    const burned = settle(leased({ position: edge }), T0 + 30_000);
    assert.equal(burned?.state, "burned");
    assert.equal(burned?.endedAt, T0 + 30_000);
    assert.equal(burned?.lapses.length, 1);
  });

  test("burns at the lapse that the sender named, the first one if strict", () => {
    assert.equal(settle({ ...leased(), maxLeases: 1 }, T0 + 30_000)?.state, "burned");
    const second = { ...leased(), lapses: [{ at: T0, position: 0, tokenHash: "x" }] };
    assert.equal(settle(second, T0 + 30_000)?.state, "ready");
    const third = { ...second, lapses: [...second.lapses, ...second.lapses] };
    assert.equal(settle(third, T0 + 30_000)?.state, "burned");
  });

  test("does everything at once for a clip that nobody has looked at for days", () => {
    const over = settle(leased(), T0 + 3 * DAY);
    assert.equal(over?.state, "expired");
    assert.equal(over?.endedAt, T0 + TTL_MS);
    assert.equal(over?.lapses.length, 1);
  });

  test("removes a tombstone after 30 days, but only when the content is known to be gone", () => {
    const over = end(ready(), "revoked", T0);
    assert.equal(settle(over, T0 + 31 * DAY), over);
    const once = apply(over, { type: "deleted", found: 2 }, T0 + 1).clip as Clip;
    assert.equal(settle(once, T0 + 31 * DAY), once);
    const twice = apply(once, { type: "deleted", found: 0 }, T0 + 1 + RECHECK_MS).clip as Clip;
    assert.equal(settle(twice, T0 + 30 * DAY - 1), twice);
    assert.equal(settle(twice, T0 + 30 * DAY), null);
  });
});

describe("the end", () => {
  test("drops IV, hash, sizes, metadata and the lease, and keeps times, lapses and the two token hashes", () => {
    const over = end(leased({ position: 4 }), "burned", T0 + 5);
    assert.deepEqual(over, {
      state: "burned",
      viewTokenHash: "view",
      manageTokenHash: "manage",
      maxLeases: 3,
      createdAt: T0,
      touchedAt: T0,
      sentAt: T0,
      expiresAt: T0 + TTL_MS,
      openedAt: T0,
      endedAt: T0 + 5,
      lapses: [],
      lastLease: "lease",
      deletion: { job: { dueAt: T0 + 5, failures: 0 } },
    });
  });
});

describe("the place in the queue", () => {
  test("is the next thing that happens by itself", () => {
    assert.equal(nextDeadline(draft()), T0 + DRAFT_IDLE_MS);
    assert.equal(nextDeadline(ready()), T0 + TTL_MS);
    assert.equal(nextDeadline(leased()), T0 + 30_000);
    assert.equal(nextDeadline({ ...leased(), expiresAt: T0 + 7 }), T0 + 7);
    assert.equal(nextDeadline({ ...ready(), check: { dueAt: T0 + 3, failures: 0 } }), T0 + 3);
    assert.equal(nextDeadline(end(ready(), "revoked", T0 + 9)), T0 + 9);
  });

  test("names the job that is due", () => {
    assert.equal(dueJob(ready(), T0), null);
    assert.equal(dueJob({ ...ready(), check: { dueAt: T0 + 3, failures: 0 } }, T0 + 2), null);
    assert.equal(dueJob({ ...ready(), check: { dueAt: T0 + 3, failures: 0 } }, T0 + 3), "check");
    assert.equal(dueJob(end(ready(), "revoked", T0 + 9), T0 + 9), "deletion");
  });
});
