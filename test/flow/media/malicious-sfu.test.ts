/**
 * The SFU, or whoever got into it, writes frames: another member's, altered, old, on another track, under another name,
 * or rubbish. Nobody opens one that its member did not seal for that track, and nobody opens one twice.
 * Source: product.md R5; protocol.md §4 (Receiver).
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { ParticipantInfo_State } from "@livekit/protocol";
import type { DropReason, MediaKind } from "../../../widget/wire/group-media.ts";
import { runsLivekit } from "../../api/sfu/support/livekit.ts";
import { button } from "../../widget/views/open-room.ts";
import { type Attacker, type Carried, headerOf } from "./attacker.ts";
import {
  type CallWorld,
  droppedIn,
  type Fate,
  fateDuring,
  fateOf,
  incomingOf,
  lookUntil,
  openCallWorld,
} from "./call-world.ts";
import { retold, SIF_TRAILER } from "./lying-sfu.ts";
import { anyToken } from "./sfu-tokens.ts";

/** Frames per attempt: two thirds of a second. */
const FRAMES = 20;
/** Of them as many as have to arrive: a busy machine loses some. */
const ENOUGH = FRAMES / 2;
/** ms: longer than a packet that was lost takes to come again, and than the worker takes to say what it did. */
const QUIET_MS = 700;

let call: CallWorld;
let attacker: Attacker;
/** identity at LiveKit → what Ben is told it is; undefined: nobody */
const told = new Map<string, string | undefined>();
let marasSid = "";

before(async () => {
  call = await openCallWorld();
  call.sfu.lieTo(call.names.Ben, {
    down: (said) =>
      retold(said, (who) => {
        if (who.identity === call.names.Mara) marasSid = who.sid;
        if (!told.has(who.identity)) return who;
        const name = told.get(who.identity);
        if (name !== undefined) who.identity = name;
        return name === undefined ? undefined : who;
      }),
    // It sends what it likes, whatever Ben looks at.
    up: (said) => (said.message.case === "trackSetting" ? undefined : said),
  });
  await button(call.mara.within, "Camera").click();
  await tile("open").waitFor();
  attacker = await call.attacker("mallory");
});
after(() => call.close());

const tile = (opening: string) => call.ben.frame.locator(`.tile:not(.own)[data-opening="${opening}"]`);

/** What Ben makes of frames that come under this name. */
function asBenSees(
  identity: string,
  kind: MediaKind,
  enough: (fate: Fate) => boolean,
  work: () => Promise<unknown>,
): Promise<Fate> {
  return fateDuring(() => fateOf(call.ben.frame, identity, kind), enough, work);
}

const has =
  (reason: DropReason, count = ENOUGH) =>
  (fate: Fate) =>
    (fate.dropped[reason] ?? 0) >= count;

/** So many of Mara's newest frames in a row, the first of them a key frame. */
async function freshFrames(count: number): Promise<Carried[]> {
  const from = (await attacker.carried()).length;
  return lookUntil(
    async () => {
      const all = (await attacker.carried()).slice(from);
      const frames = all.filter((frame) => frame.identity === call.names.Mara && headerOf(frame));
      const first = frames.findIndex(({ type }) => type === "key");
      return first < 0 ? [] : frames.slice(first).slice(0, count);
    },
    ({ length }) => length === count,
  );
}

const bytesOf = (frames: readonly Carried[]) => frames.map(({ bytes }) => bytes);

async function goInAs(identity: string): Promise<void> {
  await attacker.rejoin({ url: runsLivekit().url, token: await anyToken(call.room, identity) });
  await attacker.writeOwn();
}

test("opens nothing of a stranger: neither what it makes nor what it has heard", async (t) => {
  const sid = await attacker.publish("video");
  const own = await asBenSees(
    "mallory",
    "video",
    (fate) => droppedIn(fate) >= ENOUGH,
    () => attacker.writeOwn(),
  );
  const frames = bytesOf(await freshFrames(FRAMES));
  const heard = await asBenSees("mallory", "video", has("wrong-sender"), () => attacker.write(frames));
  const incoming = await incomingOf(call.ben.frame, sid);
  t.diagnostic(JSON.stringify({ own, heard, incoming }));
  assert.equal(own.opened + heard.opened, 0);
  assert.ok(incoming.packets >= FRAMES);
  assert.equal(incoming.decoded, 0);
});

test("opens no member's frame under another member's name", async () => {
  told.set("as-cleo", call.names.Cleo);
  await goInAs("as-cleo");
  const sid = await attacker.publish("video");
  const frames = bytesOf(await freshFrames(FRAMES));
  const fate = await asBenSees(call.names.Cleo, "video", has("wrong-sender"), () => attacker.write(frames));
  assert.equal(fate.opened, 0);
  assert.equal((await incomingOf(call.ben.frame, sid)).decoded, 0);
  assert.equal(await tile("open").count(), 1, "Mara's alone");
});

/** From now on Ben takes the attacker for Mara, and does not know of the real one. @returns the track's sid */
async function beMara(kind: MediaKind = "video"): Promise<string> {
  if (!told.has("as-mara")) {
    told.set(call.names.Mara, undefined).set("as-mara", call.names.Mara);
    const gone = { sid: marasSid, identity: call.names.Mara, state: ParticipantInfo_State.DISCONNECTED };
    call.sfu.say(call.names.Ben, { message: { case: "update", value: { participants: [gone] } as never } });
    await tile("open").waitFor({ state: "detached" });
    await goInAs("as-mara");
  }
  await attacker.unpublish();
  await untilQuiet();
  await attacker.writeOwn();
  return attacker.publish(kind);
}

/** What was under way has come: a late frame of one attempt must not count in the next one. */
async function untilQuiet(): Promise<void> {
  const look = async () => JSON.stringify(await fateOf(call.ben.frame, call.names.Mara));
  let before = "";
  await lookUntil(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      const now = await look();
      const isQuiet = now === before;
      before = now;
      return isQuiet;
    },
    (isQuiet) => isQuiet,
  );
}

test("opens a frame once, wherever it comes from: a copy is dropped", async (t) => {
  const sid = await beMara();
  const frames = bytesOf(await freshFrames(FRAMES));
  const first = await asBenSees(
    call.names.Mara,
    "video",
    ({ opened }) => opened >= ENOUGH,
    () => attacker.write(frames),
  );
  await tile("open").waitFor();
  const again = await asBenSees(call.names.Mara, "video", has("replayed", ENOUGH / 2), () => attacker.write(frames));
  t.diagnostic(JSON.stringify({ first, again, incoming: await incomingOf(call.ben.frame, sid) }));
  // What was late of the first ones may come with the second ones, and no frame opens twice.
  assert.ok(first.opened + again.opened <= FRAMES, "some opened twice");
});

/** One change each to a sealed frame with its header here. */
const ALTERATIONS: Readonly<
  Record<string, (bytes: Uint8Array, header: { clear: number; length: number }) => Uint8Array>
> = {
  "clear prefix": (bytes) => flipped(bytes, 0, 0x20),
  "kind in the KID": (bytes, { clear }) => flipped(bytes, clear + 1, 0x0c),
  "leaf in the KID": (bytes, { clear }) => flipped(bytes, clear + 2, 0x40),
  "epoch in the KID": (bytes, { clear }) => flipped(bytes, clear + 3, 0x40),
  counter: (bytes, { length }) => flipped(bytes, length - 1, 0x20),
  "ciphertext's start": (bytes, { length }) => flipped(bytes, length, 0x01),
  "tag's end": (bytes) => flipped(bytes, bytes.length - 1, 0x80),
  "one byte less": (bytes) => bytes.subarray(0, -1),
  "one byte more": (bytes) => new Uint8Array([...bytes, 0]),
};

function flipped(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
}

test("opens no altered frame, whichever part of it is altered", async (t) => {
  await beMara();
  const each = 6;
  const changes = Object.values(ALTERATIONS);
  const frames = await freshFrames(each * changes.length);
  const altered = frames.map((frame, i) => {
    const clear = frame.type === "key" ? 10 : 1;
    const change = changes[Math.floor(i / each)] as (typeof changes)[number];
    return change(frame.bytes, { clear, length: headerOf(frame)?.length ?? 0 });
  });
  const enough = (fate: Fate) => droppedIn(fate) >= (each * changes.length) / 2 && has("not-authentic", 2 * each)(fate);
  const fate = await asBenSees(call.names.Mara, "video", enough, () => attacker.write(altered));
  t.diagnostic(JSON.stringify(fate));
  assert.equal(fate.opened, 0);
  for (const reason of ["wrong-kind", "wrong-sender", "unknown-epoch", "not-authentic"] as const) {
    assert.ok(fate.dropped[reason], reason);
  }
  // The very frames, unaltered, are as good as ever: none of it moved the window.
  const after = await asBenSees(
    call.names.Mara,
    "video",
    ({ opened }) => opened >= each,
    () => attacker.write(bytesOf(frames.slice(0, FRAMES))),
  );
  assert.ok(after.opened <= FRAMES);
});

test("opens no rubbish: nothing, one byte, plain pictures, a megabyte of noise", async (t) => {
  await beMara();
  const noise = randomBytes(1_000_000);
  noise[0] = 1;
  const rubbish = [
    ...Array.from({ length: FRAMES }, (_, i) => new Uint8Array(i % 2)),
    ...Array.from({ length: FRAMES }, (_, i) => randomBytes(1 + 9 * i).fill(0xff, 0, 1)),
    noise,
  ];
  const fate = await asBenSees(
    call.names.Mara,
    "video",
    (more) => droppedIn(more) >= FRAMES,
    async () => {
      await attacker.write(rubbish);
      await attacker.writeOwn();
    },
  );
  t.diagnostic(JSON.stringify(fate));
  assert.equal(fate.opened, 0);
});

test("opens no plain picture that ends as the SFU says that its own frames end (LiveKit's SIF trailer)", async (t) => {
  await beMara();
  const before = await incomingOf(call.ben.frame);
  const fate = await asBenSees(
    call.names.Mara,
    "video",
    (more) => droppedIn(more) >= ENOUGH,
    async () => {
      await attacker.writeOwn(SIF_TRAILER);
      await attacker.untilWritten(FRAMES);
    },
  );
  const after = await incomingOf(call.ben.frame);
  t.diagnostic(JSON.stringify({ fate, before, after }));
  assert.equal(fate.opened, 0);
  assert.ok(after.decoded <= before.decoded);
});

test("opens no camera's frame on a screen's track", async () => {
  await beMara("screen");
  const before = await incomingOf(call.ben.frame);
  const frames = await freshFrames(4 * FRAMES);
  const written = frames.map(({ bytes }) => bytes);
  const fate = await asBenSees(call.names.Mara, "screen", has("wrong-kind", 5), () => attacker.write(written));
  assert.equal(fate.opened, 0);
  assert.ok((await incomingOf(call.ben.frame)).decoded <= before.decoded);
});
