/** What people and jobs may do to a clip, and what the rules refuse. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Clip, end, RECHECK_MS } from "../../../api/clips/clip.ts";
import { apply, type ClipEvent, type Refused } from "../../../api/clips/clip-events.ts";
import { CONTENT, draft, leased, ready, T0, TTL_MS } from "./clips.ts";

const SEND: ClipEvent = { type: "send", content: CONTENT, ttlMs: TTL_MS };
const LEASE: ClipEvent = { type: "lease", tokenHash: "lease" };
const BEAT: ClipEvent = { type: "heartbeat", tokenHash: "lease", position: 12 };
const BURN: ClipEvent = { type: "burn", tokenHash: "lease" };

const over = {
  burned: () => end(leased(), "burned", T0),
  expired: () => end(ready(), "expired", T0),
  revoked: () => end(ready(), "revoked", T0),
  discarded: () => end(draft(), "discarded", T0),
  broken: () => end(ready(), "broken", T0),
};

describe("a draft", () => {
  test("can't be opened, beaten, burned or revoked before Send", () => {
    assert.equal(refusal(draft(), LEASE), "not-ready");
    assert.equal(refusal(draft(), { type: "revoke" }), "not-ready");
    assert.equal(refusal(draft(), BEAT), "no-such-clip");
    assert.equal(refusal(draft(), BURN), "no-such-clip");
  });

  test("notes a piece at most once a minute", () => {
    const clip = draft();
    assert.equal(after(clip, { type: "piece" }, T0 + 59_999), clip);
    assert.equal(after(clip, { type: "piece" }, T0 + 60_000).touchedAt, T0 + 60_000);
  });

  test("becomes ready by Send, with its time running and its hash to be checked", () => {
    const clip = after(draft(), SEND, T0 + 5);
    assert.equal(clip.state, "ready");
    assert.equal(clip.sentAt, T0 + 5);
    assert.equal(clip.expiresAt, T0 + 5 + TTL_MS);
    assert.deepEqual(clip.check, { dueAt: T0 + 5, failures: 0 });
    assert.deepEqual(clip.content, CONTENT);
  });

  test("is over once discarded, and discarding twice is the same as once", () => {
    const clip = after(draft(), { type: "discard" });
    assert.equal(clip.state, "discarded");
    assert.equal(after(clip, { type: "discard" }, T0 + 9), clip);
  });
});

describe("a sent clip", () => {
  test("takes no piece and no discard any more", () => {
    for (const clip of [ready(), leased()]) {
      assert.equal(refusal(clip, { type: "piece" }), "not-a-draft");
      assert.equal(refusal(clip, { type: "discard" }), "not-a-draft");
    }
  });

  test("answers a repeated Send like the first, and refuses a different one", () => {
    const clip = ready();
    assert.equal(after(clip, SEND, T0 + 99), clip);
    const different = [
      { pieces: 3 },
      { bytes: 1 },
      { sha256: "other" },
      { duration: 10 },
      { metadata: "other" },
      { metadataIv: "other" },
    ];
    for (const change of different) {
      assert.equal(refusal(clip, { ...SEND, content: { ...CONTENT, ...change } }), "not-a-draft");
    }
  });

  test("is over once revoked, even while somebody watches, and revoking twice is the same as once", () => {
    for (const clip of [ready(), leased()]) {
      const revoked = after(clip, { type: "revoke" });
      assert.equal(revoked.state, "revoked");
      assert.equal(after(revoked, { type: "revoke" }, T0 + 9), revoked);
    }
  });
});

describe("a lease", () => {
  test("goes to the first who asks, and to nobody else while it holds", () => {
    const clip = after(ready(), LEASE);
    assert.equal(clip.state, "leased");
    assert.equal(clip.openedAt, T0);
    const outcome = apply(clip, { type: "lease", tokenHash: "other" }, T0 + 10_500);
    assert.deepEqual(outcome.refused, { code: "clip-leased", retryAfter: 20 });
    assert.equal(outcome.clip, clip);
  });

  test("goes on for the same token after a reload, where it was", () => {
    const again = after(leased({ position: 33 }), LEASE, T0 + 25_000);
    assert.deepEqual(again.lease, { tokenHash: "lease", grantedAt: T0, beatAt: T0 + 25_000, position: 33 });
    assert.equal(again.lapses.length, 0);
  });

  test("goes to the next one after a lapse, who is told of it; the first opening stays", () => {
    const clip = after(leased({ position: 20 }), { type: "lease", tokenHash: "other" }, T0 + 40_000);
    assert.equal(clip.lease?.tokenHash, "other");
    assert.equal(clip.openedAt, T0);
    assert.deepEqual(clip.lapses, [{ at: T0 + 30_000, position: 20, tokenHash: "lease" }]);
  });

  test("is kept by heartbeats, whose position counts as last reported", () => {
    let clip = leased();
    for (const [at, position] of [
      [20_000, 15],
      [40_000, 5],
    ] as const) {
      clip = after(clip, { ...BEAT, position } as ClipEvent, T0 + at);
    }
    assert.deepEqual(clip.lease, { tokenHash: "lease", grantedAt: T0, beatAt: T0 + 40_000, position: 5 });
  });

  test("never beats backwards, whatever another process's clock says", () => {
    assert.equal(after(leased(), BEAT, T0 - 5_000).lease?.beatAt, T0);
  });

  test("tells its former holder that it lapsed, and a stranger nothing", () => {
    for (const event of [BEAT, BURN]) {
      assert.equal(refusal(leased(), event, T0 + 31_000), "lease-lapsed");
      assert.equal(refusal(leased(), { ...event, tokenHash: "stranger" } as ClipEvent), "no-such-clip");
    }
  });

  test("burns the clip at the end of play, and burning twice is the same as once", () => {
    const burned = after(leased(), BURN, T0 + 1);
    assert.equal(burned.state, "burned");
    assert.equal(burned.endedAt, T0 + 1);
    assert.equal(after(burned, BURN, T0 + 2), burned);
    assert.equal(refusal(burned, { type: "burn", tokenHash: "stranger" }, T0 + 2), "no-such-clip");
  });

  test("hears that the clip is over if it ended otherwise", () => {
    const revoked = after(leased(), { type: "revoke" });
    assert.equal(refusal(revoked, BEAT), "clip-over");
    assert.equal(refusal(revoked, BURN), "clip-over");
  });

  test("lets a repeated burn succeed where a lapse past 90 % has burned the clip already", () => {
    const outcome = apply(leased({ position: 59 }), BURN, T0 + 60_000);
    assert.equal(outcome.refused, undefined);
    assert.equal(outcome.clip?.state, "burned");
    assert.equal(outcome.clip?.endedAt, T0 + 30_000);
  });
});

describe("a clip that is over", () => {
  for (const [state, make] of Object.entries(over)) {
    test(`stays ${state}, whatever is asked of it`, () => {
      const clip = make();
      const events: ClipEvent[] = [
        SEND,
        LEASE,
        BEAT,
        BURN,
        { type: "piece" },
        { type: "discard" },
        { type: "revoke" },
        { type: "checked", intact: false },
        { type: "checked", intact: true },
        { type: "check-failed" },
      ];
      for (const event of events) {
        const outcome = apply(clip, event, T0 + 1);
        assert.equal(outcome.clip, clip);
      }
      assert.equal(refusal(clip, LEASE), "clip-over");
      assert.equal(refusal(clip, SEND), "clip-over");
      assert.equal(refusal(clip, { type: "piece" }), "clip-over");
    });
  }

  test("has a receipt only when its objects were seen to be gone, and looks again an hour later", () => {
    const burned = over.burned();
    const first = after(burned, { type: "deleted", found: 2 }, T0 + 50);
    assert.deepEqual(first.deletion, { job: { dueAt: T0 + 50 + RECHECK_MS, failures: 0 }, verifiedAt: T0 + 50 });
    assert.equal(after(first, { type: "deleted", found: 0 }, T0 + 60), first);
    const second = after(first, { type: "deleted", found: 0 }, T0 + 50 + RECHECK_MS);
    assert.deepEqual(second.deletion, { verifiedAt: T0 + 50, recheckedAt: T0 + 50 + RECHECK_MS });
  });

  test("takes its receipt back for a later one if something was found after all, and looks again", () => {
    const first = after(over.burned(), { type: "deleted", found: 2 }, T0);
    const again = after(first, { type: "deleted", found: 1 }, T0 + RECHECK_MS);
    assert.deepEqual(again.deletion, {
      job: { dueAt: T0 + 2 * RECHECK_MS, failures: 0 },
      verifiedAt: T0 + RECHECK_MS,
    });
  });

  test("tries a failed deletion again, later each time, but at least every ten minutes", () => {
    let clip = over.burned();
    let now = T0;
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      clip = after(clip, { type: "deletion-failed" }, now);
      waits.push((clip.deletion?.job?.dueAt ?? 0) - now);
      now = clip.deletion?.job?.dueAt ?? now;
    }
    assert.deepEqual(waits.slice(0, 4), [5_000, 10_000, 20_000, 40_000]);
    assert.equal(waits.at(-1), 600_000);
    assert.deepEqual(
      waits,
      [...waits].sort((a, b) => a - b),
    );
    assert.equal(clip.deletion?.verifiedAt, undefined);
  });
});

describe("the hash check", () => {
  const unchecked = () => after(draft(), SEND);

  test("is done once the whole was found intact", () => {
    assert.equal(after(unchecked(), { type: "checked", intact: true }).check, undefined);
  });

  test("breaks the clip if it was not, and drops its content", () => {
    const broken = after(unchecked(), { type: "checked", intact: false });
    assert.equal(broken.state, "broken");
    assert.equal(broken.content, undefined);
    assert.ok(broken.deletion?.job);
  });

  test("comes back later if storage failed", () => {
    const clip = after(unchecked(), { type: "check-failed" }, T0 + 100);
    assert.deepEqual(clip.check, { dueAt: T0 + 5_100, failures: 1 });
    assert.equal(clip.state, "ready");
  });

  test("can't break a clip that was found intact before", () => {
    const clip = ready();
    assert.equal(after(clip, { type: "checked", intact: false }), clip);
  });
});

function after(clip: Clip, event: ClipEvent, now = T0): Clip {
  const outcome = apply(clip, event, now);
  assert.equal(outcome.refused, undefined);
  return outcome.clip as Clip;
}

function refusal(clip: Clip, event: ClipEvent, now = T0): Refused["code"] | undefined {
  return apply(clip, event, now).refused?.code;
}
