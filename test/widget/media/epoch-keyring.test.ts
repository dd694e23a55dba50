/** Which key seals, which opens, and when each is gone. Source: protocol.md §3, §5. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import fc from "fast-check";
import { EpochKeyring, type OpenKey } from "../../../widget/media/epoch-keyring.ts";
import { REPLAY_WINDOW, ReplayWindow } from "../../../widget/media/replay-window.ts";
import { openFrame, sealFrame } from "../../../widget/seal/media-frame.ts";
import { kidOf } from "../../../widget/seal/media-frame-header.ts";
import { type GroupToMedia, MEDIA_KINDS, type MediaKind } from "../../../widget/wire/group-media.ts";

mock.timers.enable({ apis: ["setTimeout"] });

const SENDERS = [
  [0, "anna"],
  [1, "ben"],
] as const;

function epoch(number: number, ownLeaf: number, dropOlder = false): Extract<GroupToMedia, { type: "epoch" }> {
  const key = (kind: number) =>
    new Uint8Array(32)
      .fill(kind + 1)
      .fill(number >> 8, 0, 1)
      .fill(number, 1, 2);
  const baseKeys = Object.fromEntries(MEDIA_KINDS.map((kind, i) => [kind, key(i)])) as Record<MediaKind, never>;
  return {
    type: "epoch",
    epoch: number,
    suite: "AES_256_GCM_SHA512_128",
    baseKeys,
    senders: SENDERS,
    ownLeaf,
    dropOlder,
  };
}

class Pair {
  ms = 0;
  readonly anna = new EpochKeyring(() => this.ms);
  readonly ben = new EpochKeyring(() => this.ms);
  install(number: number, dropOlder = false): void {
    this.anna.install(epoch(number, 0, dropOlder));
    this.ben.install(epoch(number, 1, dropOlder));
  }
  async send(kind: MediaKind = "video"): Promise<{ frame: Uint8Array; kid: bigint; ctr: bigint } | null> {
    const to = await this.anna.seal(kind);
    return to && { frame: await sealFrame(to.key, to.ctr, new Uint8Array(50), 1), kid: to.key.kid, ctr: to.ctr };
  }
  /** What Ben makes of a frame: `opened` or why not. */
  async take(
    sent: { frame: Uint8Array; kid: bigint; ctr: bigint } | null,
    track = { identity: "anna", kind: "video" as MediaKind },
  ) {
    if (!sent) return "nothing sealed";
    const key = await this.ben.open(sent.kid, track);
    if (typeof key === "string") return key;
    if (!key.window.isFresh(Number(sent.ctr))) return "replayed";
    if (!(await openFrame(key.key, sent.frame, 1))) return "not-authentic";
    return this.ben.took(key as OpenKey, sent.ctr) ? "opened" : "replayed";
  }
}

test("no key, no frame: nothing is sealed before the first epoch and nothing after the end", async () => {
  const pair = new Pair();
  assert.equal(await pair.send(), null);
  pair.install(0);
  assert.equal(await pair.take(await pair.send()), "opened");
  const last = await pair.send();
  pair.anna.end();
  pair.ben.end();
  assert.equal(await pair.send(), null);
  assert.equal(await pair.take(last), "unknown-epoch");
});

test("a frame opens once", async () => {
  const pair = new Pair();
  pair.install(0);
  const sent = await pair.send();
  assert.equal(await pair.take(sent), "opened");
  assert.equal(await pair.take(sent), "replayed");
});

test("a frame counts only for the member that seals it, and for its kind of track", async () => {
  const pair = new Pair();
  pair.install(0);
  assert.equal(await pair.take(await pair.send(), { identity: "ben", kind: "video" }), "wrong-sender");
  assert.equal(await pair.take(await pair.send(), { identity: "clea", kind: "video" }), "wrong-sender");
  assert.equal(await pair.take(await pair.send("video"), { identity: "anna", kind: "screen" }), "wrong-kind");
  // What comes back to its own sender, under whatever name, is no frame of somebody else.
  const own = kidOf({ kind: "video", leaf: 1, epoch: 0 });
  assert.equal(await pair.ben.open(own, { identity: "ben", kind: "video" }), "wrong-sender");
});

test("sealing moves when it is told to, and never back", async () => {
  const pair = new Pair();
  pair.install(0);
  pair.install(1);
  assert.equal((await pair.anna.seal("video"))?.epoch, 0);
  pair.anna.move(1);
  assert.equal((await pair.anna.seal("video"))?.epoch, 1);
  pair.anna.move(0);
  assert.equal((await pair.anna.seal("video"))?.epoch, 1);
});

test("a sender's old key goes 2 s after its first frame of the new epoch", async () => {
  const pair = new Pair();
  pair.install(0);
  const late = [await pair.send(), await pair.send()];
  pair.install(1);
  pair.anna.move(1);
  assert.equal(await pair.take(await pair.send()), "opened");
  pair.ms += 1_900;
  assert.equal(await pair.take(late[0] ?? null), "opened");
  pair.ms += 200;
  assert.equal(await pair.take(late[1] ?? null), "unknown-epoch");
});

test("an old key goes 10 s after a newer epoch came, even if its sender says nothing", async () => {
  const pair = new Pair();
  pair.install(0);
  const late = [await pair.send(), await pair.send()];
  pair.install(1);
  pair.ms += 9_900;
  assert.equal(await pair.take(late[0] ?? null), "opened");
  pair.ms += 200;
  assert.equal(await pair.take(late[1] ?? null), "unknown-epoch");
});

test("an old epoch's keys are zeroes after 10 s though no frame comes, and each epoch has its own time", () => {
  const pair = new Pair();
  const pass = (ms: number): void => {
    pair.ms += ms;
    mock.timers.tick(ms);
  };
  const isZero = ({ baseKeys }: ReturnType<typeof epoch>): boolean =>
    Object.values(baseKeys).every((key) => key.every((byte) => byte === 0));
  const [first, second, third] = [epoch(0, 0), epoch(1, 0), epoch(2, 0)];
  pair.anna.install(first);
  pass(60_000);
  pair.anna.install(second);
  pass(4_000);
  pair.anna.install(third);
  pass(5_999);
  assert.deepEqual([first, second, third].map(isZero), [false, false, false]);
  pass(1);
  assert.deepEqual([first, second, third].map(isZero), [true, false, false]);
  pass(4_000);
  assert.deepEqual([first, second, third].map(isZero), [true, true, false]);
  pair.anna.end();
  assert.ok(isZero(third));
});

test("after a removal older keys are gone at once, and nothing is sealed between the decision and the new epoch", async () => {
  const pair = new Pair();
  pair.install(0);
  const before = await pair.send();
  pair.anna.stop();
  assert.equal(await pair.send(), null);
  pair.install(1, true);
  assert.equal(await pair.take(before), "unknown-epoch");
  assert.equal((await pair.anna.seal("video"))?.epoch, 1);
  assert.equal(await pair.take(await pair.send()), "opened");
});

test("an epoch that comes again is not taken: what was opened with its keys stays opened", async () => {
  const pair = new Pair();
  pair.install(0);
  const sent = await pair.send();
  assert.equal(await pair.take(sent), "opened");
  pair.install(0);
  assert.equal(await pair.take(sent), "replayed");
  assert.equal((await pair.send())?.ctr, 1n);
});

test("nothing is sealed while the person has to look at something, whatever epochs come", async () => {
  const pair = new Pair();
  pair.install(0);
  const under = pair.anna.seal("video");
  pair.anna.hush(true);
  assert.equal(await under, null);
  pair.install(1, true);
  assert.equal(await pair.send(), null);
  assert.equal(pair.anna.maySend(1), false);
  pair.anna.hush(false);
  assert.equal(await pair.take(await pair.send()), "opened");
});

test("an epoch evicts the one with the same low byte: a KID never has two keys", async () => {
  const pair = new Pair();
  pair.install(3);
  const old = await pair.send();
  pair.install(259);
  pair.anna.move(259);
  assert.equal(await pair.take(old), "not-authentic");
  assert.equal(await pair.take(await pair.send()), "opened");
});

test("no KID seals twice with one counter, whatever moves, stops and starts in between", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("audio", "video", "epoch", "move", "stop", "remove"), { maxLength: 80 }),
      async (run) => {
        const ring = new EpochKeyring(() => 0);
        let number = 0;
        ring.install(epoch(0, 0));
        const used = new Set<string>();
        const pending: Promise<void>[] = [];
        for (const step of run) {
          if (step === "epoch") ring.install(epoch(++number, 0));
          else if (step === "remove") ring.install(epoch(++number, 0, true));
          else if (step === "move") ring.move(number);
          else if (step === "stop") ring.stop();
          else {
            pending.push(
              ring.seal(step as MediaKind).then((to) => {
                if (!to) return;
                const use = `${to.epoch} ${to.key.kid} ${to.ctr}`;
                assert.ok(!used.has(use), use);
                used.add(use);
              }),
            );
          }
        }
        await Promise.all(pending);
      },
    ),
    { numRuns: 60 },
  );
});

test("the replay window takes each counter once, within its length, in any order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3 * REPLAY_WINDOW), { maxLength: 400 }), (counters) => {
      const window = new ReplayWindow();
      const taken = new Set<number>();
      let highest = -1;
      for (const ctr of counters) {
        const expected = !taken.has(ctr) && ctr > highest - REPLAY_WINDOW;
        assert.equal(window.isFresh(ctr), expected);
        assert.equal(window.take(ctr), expected);
        if (expected) taken.add(ctr);
        highest = Math.max(highest, expected ? ctr : highest);
      }
    }),
  );
});
