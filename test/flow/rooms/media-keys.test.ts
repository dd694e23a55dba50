/**
 * What members' media workers are told while people come, go and are sent away, through a real relay: one key for all,
 * moved to together, and none for whoever is out. Source: protocol.md §3, §5; product.md R3, R6, R7.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { MOVE_AFTER_MS } from "../../../widget/group/epoch-keys.ts";
import type { GroupToMedia } from "../../../widget/wire/group-media.ts";
import { type Headless, Room } from "./headless.ts";
import { openRelay } from "./relay.ts";

type EpochMessage = Extract<GroupToMedia, { type: "epoch" }>;

const relay = await openRelay("embedded");
after(() => relay.close());

/** A media worker's end of the port. */
class Told {
  readonly all: GroupToMedia[] = [];
  readonly #at: number[] = [];
  readonly #checks = new Set<() => void>();
  postMessage(message: GroupToMedia): void {
    this.all.push(structuredClone(message));
    this.#at.push(performance.now());
    for (const check of this.#checks) check();
  }
  get types(): string[] {
    return this.all.map(({ type }) => type);
  }
  epoch(number: number): EpochMessage | undefined {
    return this.all.find((message): message is EpochMessage => message.type === "epoch" && message.epoch === number);
  }
  /** The newest. */
  get last(): EpochMessage | undefined {
    return this.all.findLast((message): message is EpochMessage => message.type === "epoch");
  }
  /** ms from an epoch's keys to sealing with them */
  moveMs(number: number): number {
    const at = (type: string) =>
      this.#at[
        this.all.findIndex((message) => message.type === type && "epoch" in message && message.epoch === number)
      ];
    return (at("move") ?? Number.NaN) - (at("epoch") ?? Number.NaN);
  }
  until(ok: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!ok()) return;
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }
}

function listenTo({ member }: Headless): Told {
  const told = new Told();
  member.media.takePort(told);
  return told;
}

const moved = (told: Told, epoch: number) => () =>
  told.all.some((message) => message.type === "move" && message.epoch === epoch);

test("all members have one epoch's keys, and seal with them as soon as everyone has shown that it has them", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna");
  const told = [listenTo(room.host), listenTo(anna as Headless)];
  await room.grow("ben");
  const epoch = room.host.last("roster")?.epoch ?? 0;
  for (const one of told) await one.until(moved(one, epoch));
  const [a, b] = told.map((one) => one.epoch(epoch));
  assert.deepEqual(a?.baseKeys, b?.baseKeys);
  assert.deepEqual(a?.senders, b?.senders);
  assert.equal(a?.senders.length, 3);
  assert.deepEqual([a?.dropOlder, a?.held], [false, false]);
  for (const one of told) assert.ok(one.moveMs(epoch) < MOVE_AFTER_MS - 100, `${one.moveMs(epoch)} ms`);
  await room.leave();
  for (const one of told) assert.equal(one.types.at(-1), "end");
});

test("who sends somebody away seals nothing from before it is posted until it holds, and older keys go everywhere", async () => {
  const room = await Room.open(relay.origin);
  const [anna, ben] = (await room.grow("anna", "ben")) as [Headless, Headless];
  const [host, staying, going] = [listenTo(room.host), listenTo(anna), listenTo(ben)];
  const before = room.host.last("roster")?.epoch ?? 0;
  await room.host.member.acts.renewLink([room.host.id("ben")]);
  await ben.until(() => ben.phase === "removed", "removed");
  await staying.until(() => (staying.last?.epoch ?? 0) > before);
  const epoch = staying.last?.epoch ?? 0;
  await host.until(moved(host, epoch));
  const stopped = host.types.indexOf("stop");
  const removing = host.all.findIndex((message) => message.type === "epoch" && message.epoch === before + 1);
  assert.ok(stopped >= 0 && stopped < removing, host.types.join(" "));
  assert.ok(!host.types.slice(stopped, removing).includes("move"));
  for (const one of [host, staying]) {
    assert.equal(one.epoch(before + 1)?.dropOlder, true);
    assert.equal(one.epoch(before + 1)?.senders.length, 2);
  }
  assert.equal(going.types.at(-1), "end");
  assert.ok(!going.epoch(before + 1), "who is out gets no keys");
  // Who stays stops when the removal comes in, and goes on with the keys that it made.
  const heard = staying.types.indexOf("stop");
  assert.ok(heard >= 0 && staying.all[heard + 1]?.type === "epoch", staying.types.join(" "));
  await room.leave();
});

test("a second media worker gets nothing of what the first one had: its member enters anew, with keys of its own", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = (await room.grow("anna")) as [Headless];
  const first = listenTo(anna);
  await first.until(() => first.types.includes("epoch"));
  const id = anna.people.find(({ self }) => self)?.id;
  const second = listenTo(anna);
  assert.equal(first.types.at(-1), "end");
  await second.until(() => second.types.includes("epoch"));
  const [old, fresh] = [first.last, second.last];
  assert.ok((fresh?.epoch ?? 0) > (old?.epoch ?? 0));
  assert.notDeepEqual(fresh?.baseKeys, old?.baseKeys);
  await anna.untilPeople(2);
  await anna.until(() => anna.people.find(({ self }) => self)?.id !== id, "entered anew");
  assert.equal(first.types.filter((type) => type === "epoch").length, 1);
  await room.leave();
});
