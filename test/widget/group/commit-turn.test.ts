/**
 * Whose turn it is to commit, when, and what for: with a real group and no relay; what is posted is looked at here.
 * Source: protocol.md §5 (Committer, batching, updates, intents).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asking } from "../../../widget/group/asking.ts";
import { CommitTurn } from "../../../widget/group/commit-turn.ts";
import { readCredential } from "../../../widget/group/credential.ts";
import { epochOf } from "../../../widget/group/mls/group-state.ts";
import { Needs } from "../../../widget/group/needs.ts";
import { makeLink } from "../../../widget/group/open-room.ts";
import { adoptOwn, type PendingCommit, type RoomState } from "../../../widget/group/room-state.ts";
import { fromBase64url } from "../../../widget/wire/bytes.ts";
import { type CommitData, readCommitHeader } from "../../../widget/wire/commit-data.ts";
import { BATCH_MS, TAKEOVER_MS } from "../../../widget/wire/room-limits.ts";
import { Lab, newPerson, type Person } from "./lab.ts";

/** The founder's turn in a room of one. */
class Turning {
  readonly lab: Lab;
  readonly turn: CommitTurn;
  readonly posted: { readonly data: CommitData; readonly text: string; readonly at: number }[] = [];
  state: RoomState;
  #work: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => undefined;

  private constructor(lab: Lab, state: RoomState) {
    this.lab = lab;
    this.state = state;
    this.turn = new CommitTurn({
      postKey: lab.founder.postKey,
      state: () => this.state,
      keys: () => lab.keys,
      nextCharter: async ({ charter }, wish) => {
        const v = wish.newLink ? charter.v + 1 : charter.v;
        return makeLink(lab.host, { ...charter, ...wish.rules, version: charter.version + 1 }, v);
      },
      post: ({ bytes }) => {
        const header = readCommitHeader(fromBase64url(bytes) ?? new Uint8Array());
        assert.ok(header);
        this.posted.push({ data: header.data, text: bytes, at: performance.now() });
        this.#wake();
      },
      sealing: { hold: () => undefined, release: () => undefined },
      inTurn: (work) => {
        this.#work = this.#work.then(work);
      },
    });
  }

  static async begin(): Promise<Turning> {
    const lab = await Lab.open();
    return new Turning(lab, await lab.found());
  }

  async ask(person: Person, state = this.state): Promise<Asking> {
    const asking = await this.asking(person, state);
    this.hear(asking);
    return asking;
  }

  /** What somebody would say at the door. */
  async asking(person: Person, state = this.state): Promise<Asking> {
    const who = readCredential((await this.#credential(person)) ?? new Uint8Array());
    assert.ok(who);
    return { ...(await this.lab.asks(person, state)), who, v: this.state.charter.charter.v };
  }

  hear(asking: Asking): void {
    this.turn.needs.asks(asking.admitted.ref, asking);
  }

  async #credential(person: Person): Promise<Uint8Array | undefined> {
    const { credential } = person.own.inner.publicPackage.leafNode;
    return credential.credentialType === "basic" ? credential.identity : undefined;
  }

  async untilPosted(count: number): Promise<void> {
    while (this.posted.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The relay has ordered the last post. */
  async ordered(): Promise<void> {
    const text = this.posted.at(-1)?.text ?? "";
    const own = this.turn.decided(text) as (PendingCommit & { text: string; startedAt: number }) | undefined;
    assert.ok(own);
    const claim = await this.lab.claim(this.state, own, this.lab.founder.post);
    const adopted = await adoptOwn(this.state, own, this.lab.founder.post, claim);
    assert.ok("state" in adopted);
    this.state = adopted.state;
    this.turn.done(own);
    this.turn.needs.settle(this.state);
    this.turn.consider();
  }
}

test("who comes within the time of a batch comes along, and puts nothing off", async () => {
  const turning = await Turning.begin();
  const names = ["a", "b", "c", "d", "e", "f"];
  // Made before: what takes time here would come late to the batch.
  const asks = await Promise.all(names.map(async (name) => turning.asking(await newPerson(name))));
  const asking = setInterval(() => {
    const next = asks.pop();
    if (!next) return clearInterval(asking);
    turning.hear(next);
    turning.turn.consider();
  }, BATCH_MS / 2);
  await turning.untilPosted(1);
  clearInterval(asking);
  turning.turn.end();
  const together = turning.posted[0]?.data.add.length ?? 0;
  assert.ok(together < names.length, "the first did not wait for the last");
  assert.ok(together >= 2, "and did not go alone");
});

test("rank k takes over after k times the longer of 400 ms and four of its own commits; the lowest live leaf is first", async () => {
  const { lab, state, turn } = await Turning.begin();
  turn.end();
  const roster = new Map(
    await Promise.all(
      [0, 1, 2, 3].map(async (leaf) => {
        const { postKey } = { postKey: (await newPerson("x")).post };
        return [leaf, { identity: "i", postKey, name: "x" }] as const;
      }),
    ),
  );
  const keyOf = (leaf: number) => roster.get(leaf)?.postKey ?? "";
  const delayOf = (own: number, needs: Needs, lastMs: number) => {
    const swapped = new Map(roster);
    // The state's own leaf is 0: who stands there is who asks.
    const view = [...roster].map(([leaf, who]) => [leaf - own, who] as const);
    return needs.delay({ ...state, roster: own === 0 ? swapped : new Map(view) }, lastMs);
  };
  const needs = new Needs();
  assert.equal(delayOf(0, needs, 10), null);
  needs.isGone(keyOf(3), "gone");
  for (const [rank, lastMs, wait] of [
    [0, 10, 0],
    [1, 10, TAKEOVER_MS],
    [2, 10, 2 * TAKEOVER_MS],
    [2, 200, 2 * 800],
  ] as const) {
    assert.equal(delayOf(rank, needs, lastMs), BATCH_MS + wait);
  }
  needs.isGone(keyOf(0), "gone");
  assert.equal(delayOf(1, needs, 10), BATCH_MS, "the lowest leaf is gone: the next one is first");
  assert.ok(lab);
});

test("updates that are nothing else are a minute apart; what others need is not held up", async () => {
  const turning = await Turning.begin();
  const { turn } = turning;
  turn.needs.updateDue = true;
  turn.consider();
  await turning.untilPosted(1);
  await turning.ordered();
  turn.needs.updateDue = true;
  turn.consider();
  await turning.ask(await newPerson("guest"));
  turn.consider();
  await turning.untilPosted(2);
  assert.deepEqual(
    turning.posted.map(({ data }) => data.add.length),
    [0, 1],
  );
  await turning.ordered();
  assert.equal(turn.needs.updateDue, false, "its path was fresh as well");
  turn.end();
});

test("a relay that wants an update later gets it later, and joins meanwhile", async () => {
  const turning = await Turning.begin();
  const { turn } = turning;
  turn.needs.updateDue = true;
  turn.consider();
  await turning.untilPosted(1);
  assert.equal(turn.postponed(30_000), true);
  await turning.ask(await newPerson("guest"));
  turn.consider();
  await turning.untilPosted(2);
  assert.equal(turning.posted[1]?.data.add.length, 1);
  assert.equal(turn.postponed(30_000), false, "that was no mere update");
  turn.end();
});

test("one whose key package is broken keeps nobody else out", async () => {
  const turning = await Turning.begin();
  const bad = await turning.ask(await newPerson("bad"));
  const { keyPackage } = bad;
  keyPackage[keyPackage.length - 1] = (keyPackage[keyPackage.length - 1] ?? 0) ^ 1;
  const good = await turning.ask(await newPerson("good"));
  turning.turn.consider();
  await turning.untilPosted(1);
  turning.turn.end();
  assert.deepEqual(
    turning.posted[0]?.data.add.map(({ ref }) => ref),
    [good.admitted.ref],
  );
});

test("an ask that was made under the link before is not committed: others would refuse it", async () => {
  const turning = await Turning.begin();
  await turning.ask(await newPerson("early"));
  turning.turn.needs.wants({ newLink: true });
  turning.turn.consider();
  await turning.untilPosted(1);
  await turning.ordered();
  assert.equal(turning.state.charter.charter.v, 2);
  assert.equal(turning.turn.needs.delay(turning.state, 1), null);
  turning.turn.end();
});

test("a wish that lost its race is made anew upon the charter that holds then", async () => {
  const turning = await Turning.begin();
  const { turn, lab } = turning;
  turn.needs.wants({ rules: { locked: true } });
  turn.consider();
  await turning.untilPosted(1);
  // Another host was quicker: its charter is in force, ours is not.
  const { charter } = turning.state.charter;
  const theirs = await makeLink(
    lab.host,
    { ...charter, recording: "allowed", version: charter.version + 1 },
    charter.v,
  );
  turn.decided("another");
  const { made, claim, poster } = await lab.commit(turning.state, { newCharter: theirs });
  const adopted = await adoptOwn(turning.state, made, poster, claim);
  assert.ok("state" in adopted);
  turning.state = adopted.state;
  turn.consider();
  await turning.untilPosted(2);
  await turning.ordered();
  const { locked, recording, version } = turning.state.charter.charter;
  assert.deepEqual([locked, recording, version, epochOf(turning.state.group)], [true, "allowed", 3, 2]);
  assert.equal(turn.needs.wish, undefined);
  turn.end();
});
