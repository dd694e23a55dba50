/** What holds of a clip after any events at any times: a second, plainer reading of protocol.md §7. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Clip, isOver, leaseEndsAt, nextDeadline, settle } from "../../../api/clips/clip.ts";
import { apply, type ClipEvent, createDraft, leaseRefusal } from "../../../api/clips/clip-events.ts";
import { CONTENT, T0 } from "./clips.ts";

const viewers = ["ann", "bob", "cyd"] as const;
const viewer = fc.constantFrom(...viewers);
const event: fc.Arbitrary<ClipEvent> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ type: "piece" } as const) },
  { weight: 4, arbitrary: fc.constant({ type: "send", content: CONTENT, ttlMs: 3_600_000 } as const) },
  { weight: 1, arbitrary: fc.constantFrom({ type: "discard" } as const, { type: "revoke" } as const) },
  { weight: 8, arbitrary: viewer.map((tokenHash) => ({ type: "lease", tokenHash }) as const) },
  {
    weight: 8,
    arbitrary: fc
      .record({ tokenHash: viewer, position: fc.double({ min: 0, max: 70, noNaN: true }) })
      .map((beat) => ({ type: "heartbeat", ...beat }) as const),
  },
  { weight: 1, arbitrary: viewer.map((tokenHash) => ({ type: "burn", tokenHash }) as const) },
  { weight: 2, arbitrary: fc.boolean().map((intact) => ({ type: "checked", intact }) as const) },
  { weight: 2, arbitrary: fc.nat(3).map((found) => ({ type: "deleted", found }) as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { type: "deletion-failed" } as const,
      { type: "check-failed" } as const,
      { type: "settle" } as const,
    ),
  },
);
/** ms to the next event: mostly seconds, sometimes hours or weeks, sometimes a little back (another clock). */
const pause = fc.oneof(
  { weight: 60, arbitrary: fc.nat(45_000) },
  { weight: 3, arbitrary: fc.nat(5_000_000) },
  { weight: 1, arbitrary: fc.nat(40 * 24 * 3_600_000) },
  { weight: 3, arbitrary: fc.integer({ min: -2_000, max: 0 }) },
);
const SENT = { event: { type: "send", content: CONTENT, ttlMs: 3_600_000 } as ClipEvent, pause: 1_000 };
/** Most of what can happen happens after Send, so that two stories of three begin with it. */
const story = fc
  .tuple(fc.array(fc.record({ event, pause }), { maxLength: 80, size: "max" }), fc.nat(2))
  .map(([steps, start]) => (start ? [SENT, ...steps] : steps));
const lapsesAllowed = fc.integer({ min: 1, max: 4 });

const ENDS: Record<string, readonly string[]> = {
  draft: ["draft", "ready", "discarded", "expired"],
  ready: ["ready", "leased", "expired", "revoked", "broken"],
  leased: ["leased", "ready", "burned", "expired", "revoked", "broken"],
};

/** Plays a story and hands every step to `look`; stops where nothing is left of the clip. */
function play(
  maxLeases: number,
  steps: { event: ClipEvent; pause: number }[],
  look: (step: { before: Clip; event: ClipEvent; now: number; after: Clip; settled: Clip; allowed: boolean }) => void,
): void {
  let clip = createDraft({ iv: "iv", viewTokenHash: "view", manageTokenHash: "manage", maxLeases }, T0);
  let now = T0;
  for (const { event, pause } of steps) {
    now += pause;
    const settled = settle(clip, now);
    const outcome = apply(clip, event, now);
    if (!outcome.clip || !settled) return;
    look({ before: clip, event, now, after: outcome.clip, settled, allowed: outcome.refused === undefined });
    clip = outcome.clip;
  }
}

function check(look: Parameters<typeof play>[2]): void {
  fc.assert(
    fc.property(lapsesAllowed, story, (maxLeases, steps) => play(maxLeases, steps, look)),
    { numRuns: 1_500, seed: 20_260_301 },
  );
}

test("a state is only ever followed by one that the protocol names", () => {
  check(({ settled, after }) => {
    const next = ENDS[settled.state] ?? [settled.state];
    assert.ok(next.includes(after.state), `${settled.state} → ${after.state}`);
  });
});

test("a clip that is over never changes its state, its end or its lapses again", () => {
  check(({ before, after }) => {
    if (!isOver(before)) return;
    const { deletion: _a, ...told } = after;
    const { deletion: _b, ...known } = before;
    assert.deepEqual(told, known);
  });
});

test("at most one viewer holds a lease, and no other can take it while it holds", () => {
  check(({ settled, event, after, allowed }) => {
    assert.equal(after.state === "leased", after.lease !== undefined);
    const holders = viewers.filter((name) => leaseRefusal(after, name) === null);
    assert.ok(holders.length <= 1);
    if (event.type === "lease" && settled.lease && settled.lease.tokenHash !== event.tokenHash) {
      assert.equal(allowed, false);
      assert.equal(after.lease?.tokenHash, settled.lease.tokenHash);
    }
  });
});

test("nothing is served to anybody before Send, without a lease, or after the end", () => {
  check(({ after, now }) => {
    const served = viewers.filter((name) => leaseRefusal(after, name) === null);
    if (after.state !== "leased") assert.deepEqual(served, []);
    for (const _ of served) {
      assert.ok(after.expiresAt !== undefined && now < after.expiresAt);
      assert.ok(after.lease && now < leaseEndsAt(after, after.lease));
    }
  });
});

test("a clip that is over keeps nothing that opens or describes its content", () => {
  check(({ after }) => {
    if (!isOver(after)) return;
    const kept = JSON.stringify(after);
    assert.equal(after.iv, undefined);
    assert.equal(after.content, undefined);
    for (const gone of [CONTENT.sha256, CONTENT.metadata, CONTENT.metadataIv, '"iv"']) assert.ok(!kept.includes(gone));
  });
});

test("a clip that is over is always either still to be deleted or seen to be gone", () => {
  check(({ after }) => {
    if (!isOver(after)) return;
    assert.ok(after.deletion?.job || (after.deletion?.verifiedAt && after.deletion.recheckedAt));
  });
});

test("every clip has a deadline, and before it time changes nothing", () => {
  check(({ after, now }) => {
    const deadline = nextDeadline(after);
    assert.ok(Number.isFinite(deadline));
    if (deadline > now) assert.equal(settle(after, deadline - 1), after);
  });
});

test("time is settled by then at the latest when a deadline says so, and settling twice is settling once", () => {
  check(({ after, now }) => {
    const settled = settle(after, now);
    assert.equal(settled && settle(settled, now), settled);
    const later = nextDeadline(after) + 1;
    const oneStep = settle(after, later + 10 * 3_600_000);
    const first = settle(after, later);
    const twoSteps = first && settle(first, later + 10 * 3_600_000);
    assert.deepEqual(twoSteps, oneStep);
  });
});

test("no clip lapses more often than its sender allowed, and the last allowed lapse burns it", () => {
  check(({ after }) => {
    assert.ok(after.lapses.length <= after.maxLeases);
    if (after.lapses.length === after.maxLeases) assert.equal(after.state, "burned");
  });
});

test("no clip outlives its time: drafts 48 h, sent ones what Send said", () => {
  check(({ after, now }) => {
    if (isOver(after)) return;
    assert.ok(now < after.createdAt + 48 * 3_600_000 || after.sentAt !== undefined);
    if (after.expiresAt !== undefined) assert.ok(now < after.expiresAt);
  });
});

test("a refused event changes no more than time does", () => {
  check(({ after, settled, allowed }) => {
    if (!allowed) assert.deepEqual(after, settled);
  });
});

test("whatever a person may do may be repeated at once, and leaves the same clip", () => {
  const jobs = ["deleted", "deletion-failed", "checked", "check-failed"];
  check(({ after, event, now, allowed }) => {
    if (!allowed || jobs.includes(event.type)) return;
    const again = apply(after, event, now);
    assert.equal(again.refused, undefined);
    assert.deepEqual(again.clip, after);
  });
});

test("the stories told here reach every state, and lapses of every number", () => {
  const seen = new Map<string, number>();
  check(({ after }) => {
    for (const what of [after.state, `${after.lapses.length} lapses`]) seen.set(what, (seen.get(what) ?? 0) + 1);
  });
  const states = ["draft", "ready", "leased", "burned", "expired", "revoked", "discarded", "broken"];
  for (const what of [...states, "1 lapses", "2 lapses", "3 lapses", "4 lapses"]) {
    assert.ok((seen.get(what) ?? 0) > 20, `${what}: ${seen.get(what)}`);
  }
});
