/** The rules of a room as pure functions: what no sequence of events can bring about. */
import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { addToTrail, EMPTY_TRAIL } from "../../../api/rooms/audit-chain.ts";
import type { CommitEvent } from "../../../api/rooms/commit-rules.ts";
import type { Room } from "../../../api/rooms/room.ts";
import { apply, groupIdOf, isRefused, open, type RoomEvent } from "../../../api/rooms/room-events.ts";
import type { AuditEntry } from "../../../widget/wire/audit.ts";
import { canonicalEntry } from "../../../widget/wire/audit.ts";
import type { CommitData, RemovalReason } from "../../../widget/wire/commit-data.ts";
import {
  COMMITS_MAX,
  KEY_PACKAGE_S,
  LEAVES_MAX,
  LOG_KEPT_MS,
  UPDATE_ONLY_MS,
} from "../../../widget/wire/room-limits.ts";
import { bytesOf, TestRoom } from "./support/room.ts";

const T0 = 1_800_000_000_000;
/** Post keys and references are what a seed makes of them, so that sequences meet again. */
const key = (i: number) => hash("sha256", `key ${i}`, "base64url");
const ref = (i: number) => hash("sha256", `ref ${i}`, "base64url");

class Model {
  readonly test = new TestRoom();
  readonly where = { roomId: this.test.id, region: "eu", now: T0 };
  readonly trail: string[] = [];
  room: Room;
  token = hashOf(this.test.token);
  commits = 0;
  /** noted as gone, and whether with a goodbye */
  gone: Record<string, boolean> = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [key(i), true]));

  constructor() {
    const opened = open(this.test.openBody, { ...this.where, origin: "https://frame.example" });
    assert.ok("room" in opened);
    this.trail.push(...(opened.audit ?? []));
    this.room = frozen(opened.room);
  }

  apply(event: RoomEvent): string {
    const outcome = apply(this.room, event, this.where);
    if (isRefused(outcome)) return outcome.code;
    this.trail.push(...(outcome.audit ?? []));
    this.room = frozen(outcome.room);
    return "done";
  }

  found(i: number): string {
    const n = this.room.n + 1;
    const creatorNonce = randomBytes(32).toString("base64url");
    const groupId = groupIdOf(this.room, this.test.id, { n, creatorNonce });
    return this.apply({ type: "found", tokenHash: this.token, n, groupId, creatorNonce, postKey: key(i) });
  }

  ask(i: number, r = i): string {
    const { groupId } = this;
    return this.apply({ type: "ask", tokenHash: this.token, groupId, ref: ref(r), postKey: key(i), sealed: "AAAA" });
  }

  withdraw(i: number): string {
    return this.apply({ type: "withdraw", groupId: this.groupId, ref: ref(i), postKey: key(i) });
  }

  commit(poster: number, data: Partial<CommitData>, change: Partial<CommitEvent> = {}): string {
    const whole: CommitData = { add: [], remove: [], ...data };
    const commitHash = hash("sha256", `commit ${++this.commits}`, "base64url");
    return this.apply({
      type: "commit",
      poster: key(poster),
      groupId: this.groupId,
      epoch: this.epoch,
      data: whole,
      bytes: "AAAA",
      commitHash,
      signature: "AAAA",
      gone: this.gone,
      ...(whole.add.length > 0 ? { welcome: "AAAA" } : {}),
      ...change,
    });
  }

  add(...members: number[]): CommitData["add"] {
    return members.map((i) => ({ ref: ref(i), postKey: key(i), epoch: this.epoch, proof: "AAAA" }));
  }

  get groupId(): string {
    return this.room.generation?.groupId ?? key(-1);
  }

  get epoch(): number {
    return this.room.generation?.epoch ?? 0;
  }

  /** A room with these members. */
  static of(...members: number[]): Model {
    const model = new Model();
    const [first = 0, ...others] = members;
    assert.equal(model.found(first), "done");
    for (const other of others) assert.equal(model.ask(other), "done");
    if (others.length > 0) assert.equal(model.commit(first, { add: model.add(...others) }), "done");
    return model;
  }
}

const member = fc.integer({ min: 0, max: 5 });
const reason = fc.constantFrom<RemovalReason>("gone", "left", "replaced", "removed");
type Act =
  | { do: "found" | "end" | "message"; i: number }
  | { do: "ask"; i: number; r: number }
  | { do: "commit"; i: number; add: number[]; remove: { i: number; reason: RemovalReason }[]; raises: boolean }
  | { do: "wait"; ms: number };
/** Mostly none or one: most others are refused. */
function few<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const [one, more] = [fc.array(arbitrary, { maxLength: 1 }), fc.array(arbitrary, { maxLength: 3 })];
  return fc.oneof({ weight: 4, arbitrary: one }, { weight: 1, arbitrary: more });
}
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("found" as const), i: member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), i: member }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("message" as const), i: member }) },
  {
    weight: 5,
    // Mostly with a reference of its own, so that a commit may admit it.
    arbitrary: fc.tuple(member, member).map(([i, r]) => ({ do: "ask" as const, i, r: r === 0 ? r : i })),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("commit" as const),
      i: member,
      add: few(member),
      remove: few(fc.record({ i: member, reason })),
      raises: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 900_000 }) }) },
);

describe("whatever happens to a room", () => {
  test("its list, epochs, links and trail follow from what was allowed", () => {
    const kinds = new Map<string, number>();
    const property = fc.property(fc.array(act, { minLength: 20, maxLength: 60, size: "max" }), (acts) => {
      const model = Model.of(0, 1);
      const asked = new Set([`${model.groupId} ${key(1)} ${ref(1)}`]);
      for (const each of acts) {
        const before = model.room;
        const result = perform(model, each, asked);
        if (result !== "done") assert.equal(model.room, before, "a refusal changes nothing");
        else kinds.set(each.do, (kinds.get(each.do) ?? 0) + 1);
        check(before, model.room, each, asked);
      }
      checkTrail(model);
    });
    fc.assert(property, { numRuns: 300, seed: 20_261_124 });
    for (const kind of ["found", "end", "message", "ask", "commit"])
      assert.ok((kinds.get(kind) ?? 0) > 200, `${kind} ${kinds.get(kind)}`);
  });

  test("nobody is on the list who has not founded or asked", () => {
    const model = Model.of(0, 1, 2);
    assert.equal(model.commit(0, { add: model.add(3) }), "bad-request");
    model.ask(3);
    assert.equal(model.commit(0, { add: [{ ...model.add(3)[0], postKey: key(4) } as never] }), "bad-request");
    assert.equal(model.commit(9, { add: model.add(3) }), "not-a-poster");
    assert.equal(model.commit(0, { add: model.add(3) }), "done");
    assert.deepEqual(model.room.generation?.posters, [0, 1, 2, 3].map(key));
  });

  test("an ask is good as long as its key package", () => {
    const model = Model.of(0);
    model.ask(1);
    model.where.now += KEY_PACKAGE_S * 1_000;
    assert.equal(model.commit(0, { add: model.add(1) }), "bad-request");
    assert.equal(model.ask(2), "done");
    assert.deepEqual(
      model.room.generation?.asks.map(({ postKey }) => postKey),
      [key(2)],
    );
  });

  test("asks are bounded; a stale one makes room, a fresh one does not", () => {
    const model = Model.of(0);
    for (let i = 1; i <= 128; i++) assert.equal(model.ask(i), "done");
    assert.equal(model.ask(129), "too-many-requests");
    model.where.now += 60_000;
    assert.equal(model.ask(129), "done");
    assert.equal(model.room.generation?.asks.length, 128);
    assert.equal(model.commit(0, { add: model.add(1) }), "bad-request");
    assert.equal(model.commit(0, { add: model.add(2) }), "done");
  });

  test("no more than a KID has room for get in", () => {
    const model = Model.of(0);
    for (let first = 1; first < LEAVES_MAX; first += 100) {
      const some = Array.from({ length: Math.min(100, LEAVES_MAX - first) }, (_, i) => first + i);
      for (const i of some) assert.equal(model.ask(i), "done");
      assert.equal(model.commit(0, { add: model.add(...some) }), "done");
    }
    model.ask(LEAVES_MAX);
    assert.equal(model.commit(0, { add: model.add(LEAVES_MAX) }), "bad-request");
    const remove = [{ postKey: key(1), reason: "left" as const }];
    assert.equal(model.commit(0, { add: model.add(LEAVES_MAX), remove }), "done");
  });

  test("an update that is nothing else is taken once a minute from each; what does something is not held up", () => {
    const model = Model.of(0, 1);
    assert.equal(model.commit(0, {}), "done");
    assert.equal(model.commit(0, {}), "too-many-requests");
    assert.equal(model.commit(1, {}), "done");
    model.ask(2);
    assert.equal(model.commit(0, { add: model.add(2) }), "done");
    assert.equal(model.commit(0, { remove: [{ postKey: key(2), reason: "gone" }] }), "done");
    assert.equal(model.commit(0, { link: model.test.nextLink().link }), "done");
    model.where.now += UPDATE_ONLY_MS - 1;
    assert.equal(model.commit(0, {}), "too-many-requests");
    model.where.now += 1;
    assert.equal(model.commit(0, {}), "done");
  });

  test("its document stays small with 250 people and a full door", () => {
    const model = Model.of(...Array.from({ length: 100 }, (_, i) => i));
    for (const first of [100, 175]) {
      const some = Array.from({ length: 75 }, (_, i) => first + i);
      for (const i of some) model.ask(i);
      model.commit(0, { add: model.add(...some) });
    }
    for (let i = 250; i < 378; i++) assert.equal(model.ask(i), "done");
    assert.equal(model.room.generation?.posters.length, 250);
    assert.ok(JSON.stringify(model.room).length < 68_000, String(JSON.stringify(model.room).length));
  });

  test("a new generation's name comes from where the trail stands", () => {
    const model = Model.of(0);
    const { groupId } = model;
    assert.equal(model.apply({ type: "end", groupId, connected: [] }), "done");
    assert.equal(model.room.generation, null);
    assert.equal(model.apply({ type: "end", groupId, connected: [] }), "done");
    const creatorNonce = randomBytes(32).toString("base64url");
    const stale = groupIdOf({ ...model.room, audit: EMPTY_TRAIL }, model.test.id, { n: 2, creatorNonce });
    const founding = { type: "found", tokenHash: model.token, n: 2, creatorNonce, postKey: key(0) } as const;
    assert.equal(model.apply({ ...founding, groupId: stale }), "bad-request");
    assert.equal(model.apply({ ...founding, n: 1, groupId: stale }), "generation-exists");
    assert.equal(model.found(0), "done");
    assert.equal(model.room.n, 2);
  });

  test("it ends when nobody on its list is connected, whoever else is noted", () => {
    const model = Model.of(0, 1);
    const { groupId } = model;
    for (const i of [0, 1]) model.apply({ type: "end", groupId, connected: [key(7), key(i)] });
    assert.equal(model.groupId, groupId);
    model.apply({ type: "end", groupId: key(8), connected: [] });
    assert.equal(model.groupId, groupId);
    model.apply({ type: "end", groupId, connected: [key(7)] });
    assert.equal(model.room.generation, null);
  });

  test("a withdrawn ask makes room at once, and may be let in as long as nobody needs it", () => {
    const model = Model.of(0);
    for (let i = 1; i <= 128; i++) assert.equal(model.ask(i), "done");
    assert.equal(model.ask(129), "too-many-requests");
    for (const i of [5, 6, 7, 8]) assert.equal(model.withdraw(i), "done");
    assert.equal(model.ask(129), "done");
    assert.equal(model.commit(0, { add: model.add(5) }), "bad-request");
    assert.equal(model.commit(0, { add: model.add(6) }), "done");
    // Back on another connection.
    assert.equal(model.ask(7), "done");
    for (const i of [130, 131]) assert.equal(model.ask(i), "done");
    assert.equal(model.ask(132), "too-many-requests");
    assert.equal(model.commit(0, { add: model.add(8) }), "bad-request");
    assert.equal(model.commit(0, { add: model.add(7) }), "done");
  });

  test("a commit is remembered for 60 s whatever comes after it, so that it can be complained of", () => {
    const model = Model.of(0, 1);
    const renew = () => {
      const { link, token } = model.test.nextLink();
      const result = model.commit(1, { link });
      if (result === "done") Object.assign(model.test, { link, token });
      return result;
    };
    const bad = hash("sha256", `commit ${model.commits + 1}`, "base64url");
    let taken = 0;
    while (renew() === "done") taken++;
    assert.equal(taken, COMMITS_MAX);
    assert.equal(model.commit(0, {}), "done");
    assert.equal(model.apply({ type: "complaint", poster: key(0), bytes: bad, signature: "AAAA" }), "done");
    assert.deepEqual(model.room.generation?.complaints, [{ commit: bad, by: key(0) }]);
    model.where.now += LOG_KEPT_MS - 1;
    assert.equal(renew(), "too-many-requests");
    assert.equal(model.room.generation?.complaints.length, 1);
    model.where.now += 1;
    assert.equal(renew(), "done");
    assert.deepEqual([model.room.generation?.complaints.length, model.room.generation?.commits.length], [0, 1]);
  });

  test("a trail's entry is bound to the one before it", () => {
    const where = { roomId: "r", region: "ch", now: T0 };
    const one = addToTrail(EMPTY_TRAIL, [{ type: "opened", subject: "s" }], where);
    const two = addToTrail(one.audit, [{ type: "closed", subject: "s" }], where);
    assert.equal((JSON.parse(two.entries[0] ?? "") as AuditEntry).prev, one.audit.hash);
    assert.equal(two.audit.size, 2);
  });
});

function perform(model: Model, each: Act, asked: Set<string>): string {
  switch (each.do) {
    case "wait":
      model.where.now += each.ms;
      return "done";
    case "found":
      return model.found(each.i);
    case "end":
      return model.apply({ type: "end", groupId: model.groupId, connected: [] });
    case "message": {
      const { groupId, epoch } = model;
      return model.apply({ type: "message", poster: key(each.i), groupId, epoch, bytes: "AAAA" });
    }
    case "ask": {
      const result = model.ask(each.i, each.r);
      if (result === "done") asked.add(`${model.groupId} ${key(each.i)} ${ref(each.r)}`);
      return result;
    }
    case "commit": {
      const next = each.raises ? model.test.nextLink() : null;
      const remove = each.remove.map(({ i, reason: why }) => ({ postKey: key(i), reason: why }));
      const data = { add: model.add(...each.add), remove, ...(next ? { link: next.link } : {}) };
      const result = model.commit(each.i, data);
      if (result === "done" && next) {
        model.test.link = next.link;
        model.token = hashOf(next.token);
      }
      return result;
    }
  }
}

function check(before: Room, after: Room, each: Act, asked: Set<string>): void {
  const [was, is] = [before.generation, after.generation];
  const isSame = was !== null && is !== null && was.groupId === is.groupId;
  if (each.do !== "commit") assert.equal(after.link, before.link);
  if (isSame) assert.equal(is.epoch - was.epoch, each.do === "commit" && before !== after ? 1 : 0);
  if (!isSame && is) assert.deepEqual([is.epoch, is.posters.length, after.n], [0, 1, before.n + 1]);
  if (isSame && each.do !== "commit") assert.equal(is.posters, was.posters);
  if (!isSame || each.do !== "commit" || before === after) return;
  assert.ok(was.posters.includes(key(each.i)) && is.posters.includes(key(each.i)));
  assert.equal(new Set(is.posters).size, is.posters.length);
  for (const i of each.add) assert.ok(asked.has(`${is.groupId} ${key(i)} ${ref(i)}`) && is.posters.includes(key(i)));
  for (const { i } of each.remove) assert.ok(!is.posters.includes(key(i)));
  if (each.remove.some(({ reason: why }) => why === "removed")) assert.equal(after.link.v, before.link.v + 1);
  assert.equal(after.replaced.length - before.replaced.length, after.link.v - before.link.v);
}

function checkTrail(model: Model): void {
  let prev = EMPTY_TRAIL.hash;
  for (const [seq, line] of model.trail.entries()) {
    const entry = JSON.parse(line) as AuditEntry;
    assert.equal(entry.seq, seq);
    assert.equal(entry.prev, prev);
    assert.equal(Buffer.from(canonicalEntry(entry)).toString(), line);
    prev = hash("sha256", line, "base64url");
  }
  assert.deepEqual(model.room.audit, { size: model.trail.length, hash: prev });
}

function hashOf(token: string): string {
  return hash("sha256", bytesOf(token), "base64url");
}

/** Rules that changed what they were given would throw. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
