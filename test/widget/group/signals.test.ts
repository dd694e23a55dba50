/**
 * What members say unordered, with real MLS between them: in each sender's order, in measure, and nobody in another's name.
 * Source: protocol.md §4 (Insider check), §5 (Heartbeat); docs/decisions/0049.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { InGroup } from "../../../widget/group/in-group.ts";
import { ownLeafOf } from "../../../widget/group/mls/group-state.ts";
import { adoptOwn, type RoomState } from "../../../widget/group/room-state.ts";
import { openSaid, sealSaid } from "../../../widget/group/said.ts";
import { SAID_AGAIN_MS, Signals, type Taken } from "../../../widget/group/signals.ts";
import { kidOf } from "../../../widget/seal/media-frame-header.ts";
import type { Bytes } from "../../../widget/wire/bytes.ts";
import type { SelfState } from "../../../widget/wire/frame-group.ts";
import { encodeFrameLists } from "../../../widget/wire/frame-lists.ts";
import type { Doubt, MediaToGroup } from "../../../widget/wire/group-media.ts";
import { Lab, newPerson } from "./lab.ts";

const QUIET: SelfState = { microphone: false, camera: false, screen: false, hand: false };

/** One member's end, its media worker included. */
class End {
  state: RoomState;
  readonly post: string;
  readonly said: { text: string; from: string }[] = [];
  readonly vouched: Bytes[] = [];
  readonly doubted: (readonly Doubt[])[] = [];
  readonly #later: (() => void)[] = [];
  ms = 0;
  shown: SelfState | undefined;
  readonly signals: Signals;
  readonly media: ConstructorParameters<typeof Signals>[0]["media"];
  #work: Promise<unknown> = Promise.resolve();

  constructor(state: RoomState) {
    this.state = state;
    this.post = state.roster.get(ownLeafOf(state.group))?.postKey ?? "";
    this.media = {
      onMedia: undefined,
      vouched: (bytes) => this.vouched.push(bytes),
      doubted: (doubts) => this.doubted.push(doubts),
    };
    this.signals = new Signals({
      state: () => this.state,
      say: (content) => this.say(content),
      inTurn: (work) => {
        this.#work = this.#work.then(work);
      },
      later: (work) => this.#later.push(work),
      shown: () => this.shown,
      media: this.media,
      now: () => this.ms,
    });
  }

  get leaf(): number {
    return ownLeafOf(this.state.group);
  }

  async say(content: InGroup): Promise<number> {
    const { text, next } = await sealSaid(this.state.group, content);
    this.state = { ...this.state, group: next };
    return this.said.push({ text, from: this.post });
  }

  async fromMedia(message: Exclude<MediaToGroup, { type: "ended" }>): Promise<void> {
    this.media.onMedia?.(message);
    await this.#work;
  }

  settled = (): Promise<unknown> => this.#work;

  /** A while later. */
  wait(): void {
    for (const work of this.#later.splice(0)) work();
  }

  /** What it makes of what another has said, one after the other; @param poster as the relay says */
  async hear(from: End, poster = from.post): Promise<(Taken | undefined)[]> {
    const taken: (Taken | undefined)[] = [];
    for (const { text } of from.said.splice(0)) {
      const opened = await openSaid(this.state, text, poster);
      if (opened) this.state = { ...this.state, group: opened.next };
      taken.push(opened?.content ? this.signals.take(opened.content, { poster, leaf: opened.leaf }) : undefined);
    }
    return taken;
  }
}

async function three(): Promise<[End, End, End]> {
  const lab = await Lab.open();
  const people = [await newPerson("anna"), await newPerson("ben")] as const;
  const alone = await lab.found();
  const add = await Promise.all(people.map((person) => lab.asks(person, alone)));
  const { made, claim, poster } = await lab.commit(alone, { add });
  const adopted = await adoptOwn(alone, made, poster, claim);
  assert.ok("state" in adopted);
  const joined = await Promise.all(people.map((person) => lab.join(person, made, alone.trail, adopted.state)));
  return [adopted.state, ...joined].map((state) => new End(state)) as [End, End, End];
}

const listsOf = (leaf: number) =>
  encodeFrameLists({
    answers: [],
    lists: [{ kid: Number(kidOf({ kind: "video", leaf, epoch: 1 })), first: 0, next: 1, digests: [7n] }],
  });

test("a member vouches for its own frames: what it says of another's is refused, and the media worker hears nothing", async () => {
  const [host, anna, ben] = await three();
  await anna.fromMedia({ type: "lists", bytes: listsOf(anna.leaf) });
  assert.deepEqual(await host.hear(anna), ["nothing"]);
  assert.deepEqual(host.vouched, [listsOf(anna.leaf)]);
  await anna.say({ type: "frames", lists: listsOf(ben.leaf) });
  assert.deepEqual(await host.hear(anna), ["bad"]);
  assert.equal(host.vouched.length, 1);
  // Nor does the relay make it Ben's by saying so.
  await anna.say({ type: "frames", lists: listsOf(ben.leaf) });
  assert.deepEqual(await host.hear(anna, ben.post), [undefined]);
  assert.equal(host.vouched.length, 1);
});

test("a doubt reaches the media worker of whose frames it is, with the leaf of who has it, and nobody else's", async () => {
  const [host, anna, ben] = await three();
  const kid = Number(kidOf({ kind: "audio", leaf: ben.leaf, epoch: 1 }));
  await anna.fromMedia({ type: "doubt", kid, id: 5 });
  const said = [...anna.said];
  assert.deepEqual(await ben.hear(anna), ["nothing"]);
  anna.said.push(...said);
  assert.deepEqual(await host.hear(anna), ["nothing"]);
  for (const one of [ben, host]) one.wait();
  assert.deepEqual([ben.doubted, host.doubted], [[[{ kid, id: 5, by: anna.leaf }]], []]);
});

test("who doubts without end makes one answer and keeps nobody from it; who vouches without end is heard in measure", async () => {
  const [host, anna, ben] = await three();
  const kid = Number(kidOf({ kind: "audio", leaf: host.leaf, epoch: 1 }));
  for (let id = 0; id < 40; id++) await anna.say({ type: "doubt", kid, id });
  for (let i = 0; i < 40; i++) await anna.say({ type: "frames", lists: listsOf(anna.leaf) });
  await host.hear(anna);
  await ben.say({ type: "doubt", kid, id: 3 });
  await host.hear(ben);
  host.wait();
  assert.equal(host.doubted.length, 1);
  assert.deepEqual(
    host.doubted[0]?.map(({ by }) => by),
    [anna.leaf, ben.leaf],
  );
  assert.ok(host.vouched.length <= 20, `${host.vouched.length} lists`);
});

test("a doubt of other frames of a member keeps nobody from asking in a large room", async () => {
  const [host, anna, ben] = await three();
  const { roster } = anna.state;
  const crowd = Array.from({ length: 20 }, (_, i) => [100 + i, roster.get(ben.leaf)] as const);
  anna.state = { ...anna.state, roster: new Map([...roster, ...crowd]) as RoomState["roster"] };
  const [sound, picture] = (["audio", "video"] as const).map((kind) =>
    Number(kidOf({ kind, leaf: host.leaf, epoch: 1 })),
  ) as [number, number];
  const said: number[] = [];
  for (let id = 0; id < 6; id++) {
    await ben.say({ type: "doubt", kid: sound, id });
    await anna.hear(ben);
    await anna.fromMedia({ type: "doubt", kid: picture, id });
    said.push(anna.said.splice(0).length);
    anna.ms += 1_000;
  }
  assert.deepEqual(said, [0, 0, 1, 0, 0, 1]);
});

test("a state is told when it changes, and never by a signal that is older than the last one", async () => {
  const [host, anna] = await three();
  const { head } = anna.state.trail;
  const hand = { ...QUIET, hand: true };
  const alive = (n: number, state?: SelfState): InGroup => ({ type: "alive", n, head, ...(state && { state }) });
  for (const content of [alive(0), alive(1, hand), alive(2, hand), alive(5, QUIET), alive(3, hand)])
    await anna.say(content);
  assert.deepEqual(await host.hear(anna), [alive(0), alive(1, hand), alive(2), alive(5, QUIET), "nothing"]);
});

test("a reaction that comes after a later sign of life is not shown", async () => {
  const [host, anna] = await three();
  const { head } = anna.state.trail;
  await anna.say({ type: "alive", n: 4, head });
  await anna.say({ type: "reaction", n: 3, reaction: "heart" });
  await anna.say({ type: "reaction", n: 5, reaction: "heart" });
  assert.deepEqual((await host.hear(anna)).slice(1), ["nothing", { type: "reaction", n: 5, reaction: "heart" }]);
});

test("a reaction that the relay refuses is said again in the next epoch, and not once it is old", async () => {
  const [, anna] = await three();
  const said = async (): Promise<number> => {
    await anna.settled();
    return anna.said.length;
  };
  anna.signals.react("heart");
  assert.equal(await said(), 1);
  anna.signals.refused(1);
  await anna.signals.begin();
  assert.equal(await said(), 2);
  // The relay may say so of what it has passed on, over and over.
  anna.signals.refused(2);
  anna.ms += SAID_AGAIN_MS + 1;
  await anna.signals.begin();
  assert.equal(await said(), 2);
});

test("a state beyond the measure is told with the next sign of life that is within", async () => {
  const [host, anna] = await three();
  const { head } = anna.state.trail;
  for (let n = 0; n < 30; n++) await anna.say({ type: "alive", n, head, state: { ...QUIET, hand: n % 2 === 0 } });
  const told = (await host.hear(anna)).filter((taken) => typeof taken === "object" && "state" in taken);
  assert.equal(told.length, 10);
  host.ms += 5_000;
  const last = { ...QUIET, screen: true };
  await anna.say({ type: "alive", n: 30, head, state: last });
  assert.deepEqual(await host.hear(anna), [{ type: "alive", n: 30, head, state: last }]);
});

test("what counts in the log's order only is nothing outside of it", async () => {
  const [host, anna] = await three();
  await anna.say({ type: "chat", id: "1", text: "hello", at: 0 });
  await anna.say({ type: "end" });
  await anna.say({ type: "leave" });
  assert.deepEqual(await host.hear(anna), ["bad", "bad", "bad"]);
});
