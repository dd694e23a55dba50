/**
 * What the media worker is told, and when: each epoch's keys once, sealing on when everyone has them or has had their
 * time, and not at all while somebody is being removed. Source: protocol.md §3, §5.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CommitTurn } from "../../../widget/group/commit-turn.ts";
import { EpochKeys, MOVE_AFTER_MS } from "../../../widget/group/epoch-keys.ts";
import { adoptOwn, type RoomState } from "../../../widget/group/room-state.ts";
import { type Bytes, fromBase64url } from "../../../widget/wire/bytes.ts";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import { CodedError } from "../../../widget/wire/errors.ts";
import { type GroupToMedia, MEDIA_KINDS } from "../../../widget/wire/group-media.ts";
import { Lab, newPerson, type Person } from "./lab.ts";

type EpochMessage = Extract<GroupToMedia, { type: "epoch" }>;

/** What comes out at the media worker's end. */
class Port {
  readonly told: GroupToMedia[] = [];
  readonly at: number[] = [];
  readonly transferred: Transferable[] = [];
  #next: (() => void) | undefined;
  postMessage(message: GroupToMedia, transfer: Transferable[]): void {
    this.told.push(structuredClone(message));
    this.at.push(performance.now());
    this.transferred.push(...transfer);
    this.#next?.();
  }
  get types(): string[] {
    return this.told.map((message) => (message.type === "move" ? `move ${message.epoch}` : message.type));
  }
  epoch(i = -1): EpochMessage {
    const epochs = this.told.filter((message): message is EpochMessage => message.type === "epoch");
    return epochs.at(i) as EpochMessage;
  }
  async until(type: string): Promise<void> {
    while (!this.types.includes(type)) await new Promise<void>((resolve) => (this.#next = resolve));
  }
}

const ALONE = { others: [], dropOlder: false, held: false };
const open: EpochKeys[] = [];
after(() => {
  for (const keys of open) keys.end();
});

function keysWithPort(): { keys: EpochKeys; port: Port } {
  const keys = new EpochKeys();
  const port = new Port();
  keys.attach(port);
  open.push(keys);
  return { keys, port };
}

interface Two {
  readonly lab: Lab;
  readonly guest: Person;
  readonly founder: RoomState;
  readonly joined: RoomState;
}

async function two(): Promise<Two> {
  const lab = await Lab.open();
  const guest = await newPerson("guest");
  const alone = await lab.found();
  const { made, claim, poster } = await lab.commit(alone, { add: [await lab.asks(guest, alone)] });
  const founder = await adoptOwn(alone, made, poster, claim);
  if ("fault" in founder) throw new Error(founder.fault);
  return { lab, guest, founder: founder.state, joined: await lab.join(guest, made, alone.trail, founder.state) };
}

/** Both are in the epoch after this one. */
async function next({ lab, founder }: Two): Promise<RoomState> {
  const { made, claim, poster } = await lab.commit(founder, {});
  const adopted = await adoptOwn(founder, made, poster, claim);
  if ("fault" in adopted) throw new Error(adopted.fault);
  return adopted.state;
}

const isZero = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

test("members of one epoch get the same key for each kind, no two kinds the same, and know each leaf's name at the SFU", async () => {
  const room = await two();
  const [ours, theirs] = [keysWithPort(), keysWithPort()];
  await ours.keys.begin(room.founder, ALONE);
  await theirs.keys.begin(room.joined, ALONE);
  const [a, b] = [ours.port.epoch(), theirs.port.epoch()];
  assert.deepEqual(a.baseKeys, b.baseKeys);
  const all = MEDIA_KINDS.map((kind) => Buffer.from(a.baseKeys[kind] ?? []).toString("hex"));
  assert.equal(new Set(all).size, 4);
  assert.ok(all.every((hex) => hex.length === 64));
  const named = async ({ post }: Person) => pseudonym(fromBase64url(post) as Bytes);
  assert.deepEqual(a.senders, [
    [0, await named(room.lab.founder)],
    [1, await named(room.guest)],
  ]);
  assert.deepEqual([a.ownLeaf, b.ownLeaf, a.epoch, b.epoch], [0, 1, 1, 1]);
});

test("the exporter secret is zero after its keys were taken, and gives none a second time", async () => {
  const { founder } = await two();
  const secret = founder.group.keySchedule.exporterSecret;
  assert.ok(!isZero(secret));
  const { keys, port } = keysWithPort();
  await keys.begin(founder, ALONE);
  assert.ok(isZero(secret));
  await assert.rejects(keys.begin(founder, ALONE), (error) => error instanceof CodedError && error.code === "internal");
  assert.deepEqual(port.types, ["epoch", "move 1"]);
});

test("base keys are moved to the media worker, not copied", async () => {
  const { founder } = await two();
  const { keys, port } = keysWithPort();
  await keys.begin(founder, ALONE);
  assert.equal(port.transferred.length, 4);
});

test("keys that nobody has come for are zeroed by the next epoch's, and by the end", async () => {
  const room = await two();
  const keys = new EpochKeys();
  const port = new Port();
  const waiting: Uint8Array[] = [];
  const fill = Uint8Array.prototype.fill;
  Uint8Array.prototype.fill = function (this: Uint8Array, ...how: [number]) {
    if (this.length === 32 && how[0] === 0 && how.length === 1) waiting.push(this);
    return fill.apply(this, how);
  } as typeof fill;
  try {
    await keys.begin(room.founder, ALONE);
    waiting.length = 0;
    await keys.begin(await next(room), ALONE);
    assert.ok(waiting.length >= 4 && waiting.every(isZero), "the first epoch's");
    waiting.length = 0;
    keys.end();
    assert.equal(waiting.length, 4);
  } finally {
    Uint8Array.prototype.fill = fill;
  }
  keys.attach(port);
  assert.deepEqual(port.types, []);
});

test("who comes for keys gets the newest epoch's only, and held if a removal is under way", async () => {
  const room = await two();
  const keys = new EpochKeys();
  open.push(keys);
  await keys.begin(room.founder, ALONE);
  await keys.begin(await next(room), ALONE);
  keys.hold();
  const port = new Port();
  keys.attach(port);
  assert.deepEqual(port.types, ["epoch"]);
  assert.deepEqual([port.epoch().epoch, port.epoch().held], [2, true]);
});

test("nobody else gets the keys of a membership; between two memberships another worker may come", async () => {
  const { founder } = await two();
  const { keys } = keysWithPort();
  await keys.begin(founder, ALONE);
  assert.throws(() => keys.attach(new Port()), CodedError);
  keys.end();
  keys.attach(new Port());
});

test("a membership that ends while its keys are being made gives none", async () => {
  const { founder } = await two();
  const { keys, port } = keysWithPort();
  const beginning = keys.begin(founder, ALONE);
  keys.end();
  await beginning;
  assert.deepEqual(port.types, ["end"]);
});

test("sealing moves on as soon as everyone has shown the epoch", async () => {
  const { founder } = await two();
  const { keys, port } = keysWithPort();
  await keys.begin(founder, { ...ALONE, others: ["anna", "ben"] });
  keys.heard("anna");
  keys.heard("anna");
  keys.heard("somebody else");
  assert.deepEqual(port.types, ["epoch"]);
  keys.heard("ben");
  assert.deepEqual(port.types, ["epoch", "move 1"]);
});

test("sealing moves on after a second, whoever has not shown the epoch", async () => {
  const { founder } = await two();
  const { keys, port } = keysWithPort();
  await keys.begin(founder, { ...ALONE, others: ["anna"] });
  const begun = performance.now();
  await port.until("move 1");
  const ms = (port.at.at(-1) ?? 0) - begun;
  assert.ok(ms > MOVE_AFTER_MS - 50, `${ms} ms`);
});

test("while a removal is under way nothing makes sealing move: not what is heard, not the time, not another epoch", async () => {
  const room = await two();
  const { keys, port } = keysWithPort();
  await keys.begin(room.founder, { ...ALONE, others: ["anna"] });
  keys.hold();
  keys.heard("anna");
  await keys.begin(await next(room), { ...ALONE, held: true });
  assert.deepEqual(port.types, ["epoch", "stop", "epoch"]);
  assert.equal(port.epoch().held, true);
  keys.release();
  assert.equal(port.types.at(-1), "move 2");
});

test("the epoch that a removal makes drops all older keys, and sealing goes on in it", async () => {
  const room = await two();
  const { keys, port } = keysWithPort();
  await keys.begin(room.founder, ALONE);
  keys.hold();
  const { made, claim, poster } = await room.lab.commit(room.founder, {
    remove: [{ postKey: room.guest.post, reason: "gone" }],
  });
  const adopted = await adoptOwn(room.founder, made, poster, claim);
  assert.ok(!("fault" in adopted));
  await keys.begin(adopted.state, { others: [], dropOlder: adopted.removed.length > 0, held: false });
  const { dropOlder, held, senders } = port.epoch();
  assert.deepEqual([dropOlder, held, senders.length], [true, false, 1]);
  assert.deepEqual(port.types, ["epoch", "move 1", "stop", "epoch", "move 2"]);
});

/** A turn whose commits go nowhere until the test says what became of them. */
function turnOf({ lab, founder }: Two): { turn: CommitTurn; log: string[]; work: Promise<void>[] } {
  const log: string[] = [];
  const work: Promise<void>[] = [];
  const turn = new CommitTurn({
    postKey: lab.founder.postKey,
    state: () => founder,
    keys: () => lab.keys,
    nextCharter: async () => null,
    post: ({ bytes }) => log.push(`post ${bytes.length > 0}`),
    sealing: { hold: () => log.push("hold"), release: () => log.push("release") },
    inTurn: (step) => void work.push(step()),
  });
  return { turn, log, work };
}

async function posted({ work }: ReturnType<typeof turnOf>): Promise<void> {
  while (work.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await Promise.all(work.splice(0));
}

test("sealing stops before a commit that removes is posted, and goes on when the relay will never take it", async () => {
  const room = await two();
  const own = turnOf(room);
  own.turn.needs.isGone(room.guest.post, "gone");
  own.turn.consider();
  await posted(own);
  assert.deepEqual(own.log, ["hold", "post true"]);
  await own.turn.rejected();
  own.turn.end();
  assert.deepEqual(own.log, ["hold", "post true", "release"]);
});

test("a removal that lost a race holds sealing as long as it is still wanted", async () => {
  const room = await two();
  const own = turnOf(room);
  own.turn.needs.isGone(room.guest.post, "gone");
  own.turn.consider();
  await posted(own);
  own.turn.decided("somebody else's");
  assert.equal(own.turn.removes(), true);
  own.turn.needs.isBack(room.guest.post);
  own.turn.consider();
  own.turn.end();
  assert.deepEqual(own.log, ["hold", "post true", "release"]);
});

test("a commit that removes nobody does not stop sealing", async () => {
  const room = await two();
  const own = turnOf(room);
  own.turn.needs.updateDue = true;
  own.turn.consider();
  await posted(own);
  own.turn.end();
  assert.deepEqual(own.log, ["post true"]);
});
