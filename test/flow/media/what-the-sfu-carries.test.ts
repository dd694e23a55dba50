/**
 * What is on the wire where SRTP is off: sealed frames of all four kinds and nothing else, whatever happens to a sender.
 * Source: product.md R5; protocol.md §3, §4; W3C WebRTC Encoded Transform §5.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { MEDIA_KINDS, type MediaKind } from "../../../widget/wire/group-media.ts";
import type { Headless } from "../rooms/headless.ts";
import { type Attacker, type Carried, headerOf, isBlank } from "./attacker.ts";
import { incomingOf, lookUntil } from "./call-world.ts";
import type { KeyedPage } from "./keyed-page.ts";
import { type KeyedWorld, openKeyedWorld } from "./keyed-world.ts";

/** Of ciphertext, for the test of evenness. */
const BYTES = 1_000_000;
/** χ² of 256 even values has mean 255 and deviation √510: outside of six of them once in 10⁸ runs. */
const CHI_MAX = 255 + 6 * Math.sqrt(510);
const CHI_MIN = 255 - 6 * Math.sqrt(510);
/** Frames after each thing that happens to a sender. */
const FRAMES = 20;

let there: KeyedWorld;
let watcher: Attacker;
let sender: KeyedPage;
let cleo: Headless;
let dan: Headless;
let eve: Headless;
let name: string;

before(async () => {
  there = await openKeyedWorld();
  const members = await there.group.grow("Cleo Canary", "Dan Canary", "Eve Canary");
  [cleo, dan, eve] = members as [Headless, Headless, Headless];
  name = await there.nameOf(cleo);
  [watcher, sender] = await Promise.all([there.attacker("watcher"), there.page(cleo)]);
  for (const kind of MEDIA_KINDS) await sender.publish(kind);
  for (const kind of MEDIA_KINDS) await watcher.untilCarried(FRAMES, of(name, kind));
});
after(() => there.close());

const of = (identity: string, kind?: MediaKind) => (frame: Carried) =>
  frame.identity === identity && (!kind || headerOf(frame)?.kind === kind);

/** All that ever came from one, of which each must be sealed, with a counter of its own. */
async function assertAllSealed(identity: string): Promise<void> {
  const frames = (await watcher.carried()).filter(of(identity));
  const plain = frames.filter((frame) => headerOf(frame) === null && !isBlank(frame));
  assert.deepEqual(
    plain.map(({ source, type, bytes }) => [source, type, bytes.subarray(0, 16).toString("hex")]),
    [],
  );
  const headers = frames.flatMap((frame) => headerOf(frame) ?? []);
  assert.equal(new Set(headers.map(({ leaf }) => leaf)).size, 1);
  const used = headers.map(({ kind, epoch, ctr }) => `${kind} ${epoch} ${ctr}`);
  assert.equal(new Set(used).size, used.length, "a counter was used twice");
}

/** So many more frames of a kind. */
async function more(kind: MediaKind, identity = name, count = FRAMES): Promise<Carried[]> {
  const before = (await watcher.carried()).length;
  return lookUntil(
    async () => (await watcher.carried()).slice(before).filter(of(identity, kind)),
    (frames) => frames.length >= count,
  );
}

function chiSquare(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = bytes.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test("every frame of every kind is sealed under its kind's key, and is not to be told from noise", async (t) => {
  const bodies = (frames: readonly Carried[]) =>
    Buffer.concat(frames.map((frame) => frame.bytes.subarray(headerOf(frame)?.length ?? 0)));
  const sealed = await lookUntil(
    async () => bodies((await watcher.carried()).filter(of(name))),
    ({ length }) => length >= BYTES,
  );
  await assertAllSealed(name);
  const plainSender = await there.attacker("plain");
  await plainSender.publish("audio");
  const plain = bodies(await watcher.untilCarried(10 * FRAMES, of("plain")));
  await plainSender.page.context().close();
  const [chi, plainChi] = [chiSquare(sealed), chiSquare(plain)];
  t.diagnostic(
    `χ² ${chi.toFixed(0)} over ${sealed.length} bytes; of plain sound ${plainChi.toFixed(0)} over ${plain.length}`,
  );
  assert.ok(chi < CHI_MAX && chi > CHI_MIN, `χ² ${chi}`);
  assert.ok(plainChi > CHI_MAX, `the test sees nothing: ${plainChi}`);
});

test("neither names, keys, links nor the marks of a codec are in what it carries or is told", async () => {
  const frames = (await watcher.carried()).filter(of(name));
  const carried = Buffer.concat(frames.map(({ bytes }) => bytes));
  const signalled = Buffer.concat(there.sfu.said);
  assert.ok(carried.length > 10_000 && signalled.length > 1_000);
  const { link } = there.group;
  assert.ok(link.kind === "guest");
  const keys = sender.epochs.flatMap(({ baseKeys }) => Object.values(baseKeys));
  assert.ok(keys.length >= MEDIA_KINDS.length && keys.every((key) => key.some((byte) => byte !== 0)));
  const secrets = [...keys, link.roomSecret, there.group.hostSecret, there.group.roomId];
  const forms = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret);
    return [bytes, Buffer.from(bytes.toString("base64url")), Buffer.from(bytes.toString("hex"))];
  });
  for (const form of [...forms, Buffer.from("Canary"), Buffer.from("OpusHead")]) {
    assert.ok(!carried.includes(form) && !signalled.includes(form));
  }
  const keyFrames = frames.filter(({ type }) => type === "key");
  assert.ok(keyFrames.length > 0);
  // Size: RFC 6386 §9.1. It stands in the clear prefix and nowhere behind it; the start code before it stands nowhere.
  for (const { bytes } of keyFrames) {
    const size = bytes.subarray(6, 10);
    assert.ok(size.readUInt16LE(0) > 0 && size.readUInt16LE(2) > 0);
    const whole = Buffer.concat([Buffer.from([0x9d, 0x01, 0x2a]), size]);
    assert.ok(!bytes.includes(whole));
  }
});

test("another device, another publication, more layers: all of it is sealed, and no counter comes twice", async () => {
  await sender.replace("video");
  await sender.replace("audio");
  await more("video");
  await more("audio");
  await sender.unpublish("video");
  await sender.publish("video", "simulcast");
  await more("video");
  await sender.unpublish("screen");
  await sender.publish("screen", "simulcast");
  await more("screen");
  await assertAllSealed(name);
});

test("VP9 with spatial layers (SVC, L3T3_KEY): all of it is sealed, and a member sees it", async (t) => {
  const member = await there.page(eve);
  await sender.unpublish("video");
  await sender.unpublish("screen");
  const before = (await watcher.carried()).length;
  await sender.publish("video", "spatial");
  const { decoded } = await lookUntil(
    () => incomingOf(member.page.mainFrame()),
    (seen) => seen.decoded >= 2 * FRAMES,
  );
  const frames = (await watcher.carried()).slice(before).filter(of(name, "video"));
  const coded = frames.filter(({ mimeType }) => mimeType === "video/VP9");
  t.diagnostic(`${decoded} decoded, ${coded.length} carried`);
  assert.ok(coded.length >= FRAMES);
  await assertAllSealed(name);
  await member.page.context().close();
  await sender.unpublish("video");
  await sender.publish("video", "simulcast");
});

test("after a lost signal and after a connection made anew all of it is sealed, and no counter comes twice", async () => {
  await sender.simulate("signal-reconnect");
  await more("video");
  await sender.simulate("full-reconnect");
  await more("video");
  await more("audio");
  await assertAllSealed(name);
});

test("while its worker has not started, and once it is dead, a sender sends nothing", async (t) => {
  there.code.hold();
  const late = await there.page(dan);
  const danName = await there.nameOf(dan);
  await late.publish("video");
  await late.publish("audio");
  const { encoded } = await lookUntil(
    () => late.outgoing(),
    (sum) => sum.encoded >= FRAMES,
  );
  assert.deepEqual((await watcher.carried()).filter(of(danName)), []);
  there.code.release();
  await more("video", danName);
  await more("audio", danName);
  await late.endWorker();
  // What was under way has come when something later of somebody else has.
  await more("video");
  const last = (await watcher.carried()).filter(of(danName)).length;
  const dead = await late.outgoing();
  await lookUntil(
    () => late.outgoing(),
    (sum) => sum.encoded >= dead.encoded + FRAMES,
  );
  await more("video");
  assert.equal((await watcher.carried()).filter(of(danName)).length, last);
  t.diagnostic(`${encoded} encoded before it started, ${last} carried until it died`);
  await assertAllSealed(danName);
  await late.page.context().close();
});
