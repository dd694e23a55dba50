/**
 * Who gets all packets and has not this epoch's keys decodes nothing: LiveKit's own client, a member of another room, one
 * whose keys are others than those of the room, and whoever was removed; and while somebody is being removed nothing is
 * sealed. Source: product.md R5, R7; protocol.md §4, §5.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openFrame } from "../../../widget/seal/media-frame.ts";
import { kidOf } from "../../../widget/seal/media-frame-header.ts";
import { deriveFrameKey } from "../../../widget/seal/media-frame-key.ts";
import type { Bytes } from "../../../widget/wire/bytes.ts";
import type { DropReason, GroupToMedia, MediaKind } from "../../../widget/wire/group-media.ts";
import type { ToRelay } from "../../../widget/wire/room-relay.ts";
import { type Headless, Room } from "../rooms/headless.ts";
import { type Attacker, type Carried, headerOf, isBlank } from "./attacker.ts";
import { droppedIn, incomingOf, lookUntil } from "./call-world.ts";
import { KeyedPage } from "./keyed-page.ts";
import { type KeyedWorld, openKeyedWorld } from "./keyed-world.ts";
import { anyToken } from "./sfu-tokens.ts";

const KINDS = ["video", "audio"] as const;
/** Frames of each kind that have to arrive before it counts that none was opened. */
const FRAMES = 60;
/** ms without a frame that count as silence. */
const SILENT_MS = 1_000;

type EpochMessage = Extract<GroupToMedia, { type: "epoch" }>;

let there: KeyedWorld;
let watcher: Attacker;
let sender: KeyedPage;
let cleo: Headless;
let dan: Headless;
/** the host's at LiveKit */
let name: string;
let danEpochs: EpochMessage[];

before(async () => {
  there = await openKeyedWorld();
  [cleo, dan] = (await there.group.grow("Cleo", "Dan")) as [Headless, Headless];
  danEpochs = tapped(dan);
  name = await there.nameOf(there.group.host);
  sender = await there.page(there.group.host);
  watcher = await there.attacker("watcher");
  for (const kind of KINDS) await sender.publish(kind);
});
after(() => there.close());

/** Every epoch's keys that a member gets, as they are. */
function tapped(member: Headless): EpochMessage[] {
  const epochs: EpochMessage[] = [];
  member.member.media.takePort({
    postMessage: (message) => {
      if (message.type === "epoch") epochs.push(structuredClone(message));
    },
  });
  return epochs;
}

/** Of the room's host, as they passed. */
const carried = async (): Promise<Carried[]> =>
  (await watcher.carried()).filter((frame) => frame.identity === name && headerOf(frame));

/** Short: what differs by thousands of frames takes all memory to be told apart. */
function namesOf(frames: readonly Carried[]): string[] {
  return frames
    .map((frame) => `${frame.source} ${frame.type ?? ""} ${JSON.stringify(headerOf(frame), hexed)}`)
    .slice(0, 20);
}
const hexed = (_name: string, value: unknown) => (typeof value === "bigint" ? value.toString(16) : value);

/** Which of these frames any of these keys opens. */
async function openedBy(epochs: readonly EpochMessage[], frames: readonly Carried[]): Promise<Carried[]> {
  const opened: Carried[] = [];
  for (const frame of frames) {
    const header = headerOf(frame);
    if (!header) continue;
    // Sound stands behind an Opus header of no frames.
    const isSound = header.kind === "audio";
    const clear = isSound ? 0 : frame.type === "key" ? 10 : 1;
    const bytes = isSound ? frame.bytes.subarray(2) : frame.bytes;
    for (const { suite, baseKeys } of epochs) {
      const key = await deriveFrameKey(suite, baseKeys[header.kind] as Bytes, kidOf(header));
      if (await openFrame(key, bytes, clear)) opened.push(frame);
    }
  }
  return opened;
}

/** That so much came to a page, and that none of it was opened, shown or played. */
async function assertOpensNothing(page: KeyedPage, reasons: readonly DropReason[]): Promise<void> {
  for (const kind of KINDS) {
    const fate = await lookUntil(
      () => page.fate(name, kind),
      (seen) => droppedIn(seen) >= FRAMES,
    );
    for (const reason of Object.keys(fate.dropped)) assert.ok(reasons.includes(reason as DropReason), reason);
    assert.equal(fate.opened, 0);
  }
  const { packets, decoded, energy } = await incomingOf(page.page.mainFrame());
  assert.ok(packets >= 2 * FRAMES);
  assert.deepEqual([decoded, energy], [0, 0]);
}

async function pageWith(member: Headless, change?: (message: GroupToMedia) => GroupToMedia): Promise<KeyedPage> {
  const page = await KeyedPage.open(there.world.browser, there.code);
  page.take(member, change);
  return page;
}

test("who has the keys hears and sees: the measure of all that follows", async (t) => {
  const page = await there.page(cleo);
  for (const kind of KINDS)
    await lookUntil(
      () => page.fate(name, kind),
      ({ opened }) => opened >= FRAMES,
    );
  const { decoded, energy } = await lookUntil(
    () => incomingOf(page.page.mainFrame()),
    (seen) => seen.energy > 0,
  );
  t.diagnostic(`${decoded} frames decoded, energy ${energy.toFixed(4)}`);
  assert.ok(decoded >= FRAMES / 2);
  await page.page.context().close();
});

test("LiveKit's own client without keys gets every packet, and nothing in them is to be understood", async (t) => {
  await lookUntil(carried, ({ length }) => length >= 4 * FRAMES);
  const { packets, decoded, energy } = await incomingOf(watcher.page.mainFrame());
  const all = (await watcher.carried()).filter(({ identity }) => identity === name);
  t.diagnostic(`${packets} packets, ${all.length} frames, ${decoded} of them decoded to something, energy ${energy}`);
  assert.ok(packets >= 4 * FRAMES);
  // No decoder can tell noise from a picture, or from sound: now and then one makes something of it.
  assert.ok(decoded <= all.length / 20, `${decoded} frames`);
  assert.deepEqual(namesOf(all.filter((frame) => headerOf(frame) === null && !isBlank(frame))), []);
});

test("a member of another room in this room's place at the SFU opens nothing", async () => {
  const other = await Room.open(there.group.relay);
  const page = await pageWith(other.host);
  await page.join({ url: there.sfu.url, token: await anyToken(await there.room(), "of another room") });
  await assertOpensNothing(page, ["wrong-sender", "unknown-epoch"]);
  await page.page.context().close();
  await other.leave();
});

test("keys that are not the room's open nothing, however well the one who has them knows who is in it", async () => {
  const other = await Room.open(there.group.relay);
  const real = sender.epochs.at(-1) as EpochMessage;
  const page = await pageWith(other.host, (message) =>
    message.type === "epoch" ? { ...real, baseKeys: message.baseKeys, ownLeaf: 1_000 } : message,
  );
  await page.join({ url: there.sfu.url, token: await anyToken(await there.room(), "with other keys") });
  await assertOpensNothing(page, ["not-authentic"]);
  await page.page.context().close();
  await other.leave();
});

test("while somebody is being removed nothing is sealed, and what comes then no key of theirs opens", async (t) => {
  const before = (await carried()).slice(-FRAMES);
  assert.equal((await openedBy(danEpochs, before)).length, before.length, "they could open it until now");
  const old = headerOf(before.at(-1) as Carried)?.epoch;

  const held: ToRelay[] = [];
  const isHeld = Promise.withResolvers<void>();
  there.liar.lies.toRelay = (message) => {
    if (message.type !== "commit") return [message];
    held.push(message);
    isHeld.resolve();
    return [];
  };
  const removal = there.group.host.member.acts.renewLink([there.group.host.id("Dan")]);
  await isHeld.promise;
  // What was under way arrives. Then nothing more comes, though camera and microphone go on.
  const all = async () => (await watcher.carried()).filter((frame) => frame.identity === name && !isBlank(frame));
  const look = async () => ({ count: (await all()).length, encoded: (await sender.outgoing()).encoded });
  const silence = await lookUntil(
    async () => {
      const [begin] = [await look(), await new Promise((resolve) => setTimeout(resolve, SILENT_MS))];
      const end = await look();
      return { count: end.count, came: end.count - begin.count, encoded: end.encoded - begin.encoded };
    },
    ({ came, encoded }) => came === 0 && encoded > 5,
  );
  t.diagnostic(`${silence.encoded} frames encoded while the commit was held, none carried`);
  delete there.liar.lies.toRelay;
  for (const message of held) there.liar.say(message);
  await removal;

  const later = await lookUntil(
    async () => (await all()).slice(silence.count),
    (frames) => KINDS.every((kind) => frames.filter((frame) => headerOf(frame)?.kind === kind).length >= FRAMES),
  );
  const stale = (frame: Carried) => [undefined, old].includes(headerOf(frame)?.epoch);
  assert.deepEqual(namesOf(later.filter(stale)), []);
  assert.deepEqual(namesOf(await openedBy(danEpochs, later)), []);
  const kinds = new Set(later.map((frame) => headerOf(frame)?.kind as MediaKind));
  assert.deepEqual([...kinds].sort(), [...KINDS].sort());
});
