/**
 * Who sealed a frame that several could have sealed: its sender vouches for it inside the group, or the others say that it
 * did not. Source: protocol.md §4 (Insider check); docs/decisions/0049.
 */
import assert from "node:assert/strict";
import { after, mock, test } from "node:test";
import { CLEAN_MS, InsiderCheck, VOUCHED_WITHIN_MS } from "../../../widget/media/insider-check.ts";
import { OwnFrames } from "../../../widget/media/own-frames.ts";
import { kidOf } from "../../../widget/seal/media-frame-header.ts";
import { DIGESTS_MAX } from "../../../widget/wire/frame-lists.ts";
import type { MediaToGroup } from "../../../widget/wire/group-media.ts";
import { type Member, VouchingRoom } from "./vouching-room.ts";

const rooms: VouchingRoom[] = [];
after(() => rooms.map((room) => room.end()));

function open(...names: string[]): { room: VouchingRoom; anna: Member; ben: Member; clea: Member } {
  const room = new VouchingRoom(...names);
  rooms.push(room);
  const [anna, ben, clea] = room.members as [Member, Member, Member];
  return { room, anna, ben, clea };
}
const three = () => open("anna", "ben", "clea");

/** Anna's camera for that long, as the others get it: four frames a second. */
async function streams({ room, anna }: { room: VouchingRoom; anna: Member }, ms: number, to: readonly Member[]) {
  for (let passed = 0; passed < ms; passed += 250) {
    const frame = await anna.send();
    for (const one of to) await one.receive(frame, anna.name);
    await room.pass(250);
  }
}

const isDoubt = ({ type }: MediaToGroup) => type === "doubt";

test("frames that their sender vouches for are checked, and it stays so", async () => {
  const { room, anna, ben, clea } = three();
  await streams({ room, anna }, 8_000, [ben, clea]);
  assert.deepEqual([ben.verdicts("anna"), clea.verdicts("anna")], [["checked"], ["checked"]]);
});

test("where two have the keys nobody vouches and nobody is judged", async () => {
  const { room, anna, ben } = open("anna", "ben");
  const said: MediaToGroup[] = [];
  room.passes = (message) => said.push(message) > 0;
  await streams({ room, anna }, 5_000, [ben]);
  assert.deepEqual([said, ben.verdicts("anna")], [[], []]);
});

test("a frame that is another one than its sender's with that counter is forged, and nothing more of it is passed on", async () => {
  const { room, anna, ben, clea } = three();
  await streams({ room, anna }, 2_000, [ben, clea]);
  // The SFU keeps the true frame from Ben, and gives Clea both: the second one is a copy to her.
  const truly = await anna.send();
  const forged = await room.forge(anna, 8);
  await ben.receive(forged, "anna");
  await clea.receive(truly, "anna");
  assert.equal(await clea.receive(forged, "anna"), "replayed");
  await room.pass(1_500);
  assert.deepEqual([ben.verdicts("anna"), clea.verdicts("anna")], [["checked", "forged"], ["checked"]]);
  assert.equal(await ben.receive(await anna.send(), "anna"), "forged");
  await streams({ room, anna }, CLEAN_MS + 1_000, [ben]);
  assert.deepEqual(ben.verdicts("anna"), ["checked", "forged"]);
  // Nor when nobody is left who could forge: what was shown in her name may have been believed.
  room.install({ dropOlder: true, out: [clea] });
  assert.deepEqual(ben.verdicts("anna"), ["checked", "forged"]);
});

test("a frame that comes after the list of its counter is compared as well", async () => {
  const { room, anna, ben } = three();
  await anna.send();
  await room.pass(1_000);
  await ben.receive(await room.forge(anna, 0), "anna");
  await room.pass(250);
  assert.deepEqual(ben.verdicts("anna"), ["forged"]);
});

test("frames under counters that their sender has not used are forged, as it says when it is asked", async () => {
  const { room, anna, ben, clea } = three();
  await streams({ room, anna }, 2_000, [ben, clea]);
  for (let ctr = 5_000; ctr < 5_012; ctr++) {
    await ben.receive(await room.forge(anna, ctr), "anna");
    await anna.send();
    await room.pass(250);
  }
  assert.deepEqual(ben.verdicts("anna"), ["checked", "forged"]);
});

test("whoever sends nothing says so when it is asked: what comes in its name is forged within three seconds", async () => {
  const { room, anna, ben } = three();
  let ms = 0;
  for (let ctr = 0; ben.verdicts("anna").length === 0; ctr++) {
    await ben.receive(await room.forge(anna, ctr), "anna");
    await room.pass(250);
    ms += 250;
  }
  assert.deepEqual(ben.verdicts("anna"), ["forged"]);
  assert.ok(ms < VOUCHED_WITHIN_MS, `${ms} ms`);
});

test("without lists a sender is unverified after three seconds, however long it lasts, and forged never", async () => {
  const { room, anna, ben } = three();
  await streams({ room, anna }, 2_000, [ben]);
  room.passes = (message) => isDoubt(message);
  await streams({ room, anna }, VOUCHED_WITHIN_MS - 1_000, [ben]);
  assert.deepEqual(ben.verdicts("anna"), ["checked"]);
  await streams({ room, anna }, 2_000, [ben]);
  assert.deepEqual(ben.verdicts("anna"), ["checked", "unverified"]);
  await streams({ room, anna }, 20_000, [ben]);
  assert.deepEqual(ben.verdicts("anna"), ["checked", "unverified"]);
});

test("ten seconds of frames that are vouched for make an unverified sender checked again, and no less", async () => {
  const { room, anna, ben } = three();
  room.passes = () => false;
  await streams({ room, anna }, 5_000, [ben]);
  room.passes = () => true;
  await streams({ room, anna }, CLEAN_MS - 1_000, [ben]);
  assert.deepEqual(ben.verdicts("anna"), ["unverified"]);
  await streams({ room, anna }, 5_000, [ben]);
  assert.deepEqual(ben.verdicts("anna"), ["unverified", "checked"]);
});

test("a list that is lost is said again when it is asked for: nobody becomes unverified for it", async () => {
  const { room, anna, ben } = three();
  let lost = 0;
  room.passes = (message) => message.type !== "lists" || lost++ % 3 !== 0;
  await streams({ room, anna }, 12_000, [ben]);
  assert.ok(lost > 5);
  assert.deepEqual(ben.verdicts("anna"), ["checked"]);
});

for (const late of [2_000, 5_000])
  test(`lists that the relay holds back for ${late} ms make nobody forged: not by their time, not by old ones said again`, async () => {
    const { room, anna, ben } = three();
    const held: { at: number; message: MediaToGroup; from: Member }[] = [];
    room.passes = (message, from) => held.push({ at: room.ms, message, from }) < 0;
    for (let passed = 0; passed < 20_000; passed += 250) {
      await ben.receive(await anna.send(), "anna");
      await room.pass(250);
      while (held[0] && room.ms - held[0].at >= late) {
        const { message, from } = held.shift() as (typeof held)[number];
        room.hand(message, from);
      }
    }
    assert.ok(!ben.verdicts("anna").includes("forged"), ben.verdicts("anna").join());
    assert.ok(ben.verdicts("anna").length > 0);
  });

test("what comes while an answer is on its way is not measured by that answer", () => {
  let now = 0;
  const verdicts: string[] = [];
  const asked: number[] = [];
  const check = new InsiderCheck({
    now: () => now,
    judged: ({ verdict }) => verdicts.push(verdict),
    doubt: (_, id) => asked.push(id),
  });
  const kid = kidOf({ kind: "video", leaf: 0, epoch: 1 });
  const opens = (ctr: bigint) => check.opened({ kid, ctr, identity: "anna", kind: "video" }, ctr + 1n, now);
  opens(0n);
  now = VOUCHED_WITHIN_MS / 2;
  check.look();
  assert.equal(asked.length, 1);
  now += 100;
  opens(1n);
  const lists = [{ kid: Number(kid), first: 0, next: 1, digests: [1n] }];
  check.vouched({ answers: [{ leaf: 2, id: asked[0] as number }], lists }, 2);
  assert.deepEqual(verdicts, ["checked"]);
});

test("a frame that was sealed and not sent is vouched for by nobody: one with its counter is forged", async () => {
  const { room, anna, ben } = three();
  const { keyring } = anna.media;
  const use = await keyring.seal("video");
  assert.ok(use?.ctr === 0n);
  keyring.unsent(use);
  await ben.receive(await anna.send(), "anna");
  await room.pass(1_500);
  assert.deepEqual(ben.verdicts("anna"), ["checked"]);
  const hole = await room.forge(anna, 0);
  await ben.receive(hole, "anna");
  await room.pass(250);
  assert.deepEqual(ben.verdicts("anna"), ["checked", "forged"]);
});

test("no list passes over a frame that is still being sealed", async () => {
  const own = new OwnFrames(() => 0);
  const kid = kidOf({ kind: "video", leaf: 0, epoch: 1 });
  for (const ctr of [0n, 1n, 2n]) own.took(kid, ctr);
  await own.sent(kid, 0n, Promise.resolve(7n));
  await own.sent(kid, 2n, Promise.resolve(9n));
  assert.deepEqual(own.lists()?.lists, [{ kid: Number(kid), first: 0, next: 3, digests: [7n] }]);
  await own.sent(kid, 1n, Promise.resolve(8n));
  assert.deepEqual(own.lists()?.lists, [{ kid: Number(kid), first: 1, next: 3, digests: [8n, 9n] }]);
  assert.equal(own.lists(), null);
});

test("a list has an end, whatever waits, and the rest comes with the next one", async () => {
  const own = new OwnFrames(() => 0);
  const kid = kidOf({ kind: "video", leaf: 0, epoch: 1 });
  for (let ctr = 0n; ctr < 3_000n; ctr++) {
    own.took(kid, ctr);
    await own.sent(kid, ctr, Promise.resolve(ctr + 1n));
  }
  const sizes = [own.lists(), own.lists(), own.lists(), own.lists()].map((all) => all?.lists[0]?.digests.length);
  assert.deepEqual(sizes, [DIGESTS_MAX, DIGESTS_MAX, 3_000 - 2 * DIGESTS_MAX, undefined]);
  const { lists } = own.answer(new Set([kid]), []);
  assert.ok(lists.reduce((sum, { digests }) => sum + digests.length, 0) <= DIGESTS_MAX);
});

test("one answer says of each kind that is doubted what is new, and where its sender is", async () => {
  const own = new OwnFrames(() => 0);
  const kids = (["audio", "video", "screen"] as const).map((kind) => kidOf({ kind, leaf: 0, epoch: 1 }));
  const [sound, picture, screen] = kids as [bigint, bigint, bigint];
  for (const [kid, frames] of [
    [sound, 50n],
    [picture, 1_500n],
  ] as const) {
    for (let ctr = 0n; ctr < frames; ctr++) {
      own.took(kid, ctr);
      await own.sent(kid, ctr, Promise.resolve(ctr + 1n));
    }
  }
  const { answers, lists } = own.answer(new Set(kids), [{ leaf: 2, id: 7 }]);
  const of = (kid: bigint) => lists.filter((list) => list.kid === Number(kid));
  const next = kids.map((kid) => Math.max(...of(kid).map((list) => list.next)));
  const digests = kids.map((kid) => of(kid).reduce((sum, list) => sum + list.digests.length, 0));
  assert.deepEqual([answers, next, digests], [[{ leaf: 2, id: 7 }], [50, 1_500, 0], [50, DIGESTS_MAX - 50, 0]]);
  assert.deepEqual(of(screen), [{ kid: Number(screen), first: 0, next: 0, digests: [] }]);
  // What had no room comes with the next list.
  assert.equal(own.lists()?.lists[0]?.first, DIGESTS_MAX - 50);
});

test("epochs that change in between cost no verdict: lists name the KID, not the time", async () => {
  const { room, anna, ben } = three();
  for (let i = 0; i < 6; i++) {
    await streams({ room, anna }, 1_250, [ben]);
    room.install();
  }
  await streams({ room, anna }, 3_000, [ben]);
  assert.deepEqual(ben.verdicts("anna"), ["checked"]);
});

test("after a removal what is said of the epochs before counts no more, and those who stay stay checked", async () => {
  const { room, anna, ben, clea } = open("anna", "ben", "clea", "dora");
  await streams({ room, anna }, 2_000, [ben, clea]);
  await ben.receive(await room.forge(anna, 8), "anna");
  room.install({ dropOlder: true, out: [room.members[3] as Member] });
  await streams({ room, anna }, 5_000, [ben, clea]);
  assert.deepEqual([ben.verdicts("anna"), clea.verdicts("anna")], [["checked"], ["checked"]]);
});

test("an epoch of two has nobody who could forge: an unverified sender is checked, and nothing is listed any more", async () => {
  const { room, anna, ben, clea } = three();
  room.passes = () => false;
  await streams({ room, anna }, 5_000, [ben]);
  assert.deepEqual(ben.verdicts("anna"), ["unverified"]);
  room.install({ dropOlder: true, out: [clea] });
  const said: MediaToGroup[] = [];
  room.passes = (message) => said.push(message) > 0;
  await streams({ room, anna }, 5_000, [ben]);
  assert.deepEqual([ben.verdicts("anna"), said.length], [["unverified", "checked"], 0]);
});

test("each kind is judged by itself", async () => {
  const { room, anna, ben } = three();
  await ben.receive(await anna.send("audio"), "anna", "audio");
  await anna.send();
  await ben.receive(await room.forge(anna, 0), "anna");
  await room.pass(1_500);
  assert.deepEqual([ben.verdicts("anna", "audio"), ben.verdicts("anna", "video")], [["checked"], ["forged"]]);
});

test("a verdict ends with one's membership", async () => {
  const { room, anna, ben } = three();
  await anna.send();
  await ben.receive(await room.forge(anna, 0), "anna");
  await room.pass(1_250);
  assert.deepEqual(ben.verdicts("anna"), ["forged"]);
  ben.media.take({ type: "end" });
  assert.equal(ben.posted.at(-1)?.type, "ended");
  room.install();
  const frame = await anna.send();
  assert.equal(typeof (await ben.receive(frame, "anna")), "object");
});

test("a frame that is still being told of when the membership ends names nobody in the next one", async () => {
  const { room, anna, ben } = three();
  const frame = await anna.send();
  await ben.receive(frame, "anna");
  for (const one of room.members) one.media.take({ type: "end" });
  room.epoch--;
  room.install();
  await room.pass(VOUCHED_WITHIN_MS + 500);
  assert.deepEqual(ben.verdicts("anna"), []);
});

test("what a minute of a camera in three layers and sound costs in the group stays small", async (t) => {
  const { room, anna } = three();
  let bytes = 0;
  room.passes = (message) => {
    if (message.type === "lists") bytes += Math.ceil((message.bytes.length + 73) / 256) * 256;
    return true;
  };
  // 30 pictures a second in three layers, sound every 20 ms.
  for (let passed = 0; passed < 2_000; passed += 250) {
    for (let i = 0; i < 22; i++) await anna.send("video");
    for (let i = 0; i < 13; i++) await anna.send("audio");
    await room.pass(250);
  }
  await room.pass(1_000);
  const perSecond = bytes / 2;
  t.diagnostic(`${perSecond} B each second, padded, before MLS and base64url`);
  assert.ok(perSecond <= 1_792, `${perSecond} B`);
});

test("a counter of which nothing is known any more opens nothing, and convicts nobody", async () => {
  const { room, anna, ben, clea } = three();
  // Ben takes nothing of all that, so that his replay window knows of none.
  const early = await anna.send();
  for (let i = 0; i < 2_100; i++) {
    await anna.send();
    if (i % 300 === 0) await room.pass(1_000);
  }
  await room.pass(4_000);
  assert.equal(await ben.receive(await room.forge(anna, 3), "anna"), "replayed");
  assert.equal(await ben.receive(early, "anna"), "replayed");
  // What is still listed is compared, however late it comes.
  await ben.receive(await room.forge(anna, 2_000), "anna");
  await room.pass(250);
  assert.deepEqual([ben.verdicts("anna"), clea.verdicts("anna")], [["forged"], []]);
});

test("who hears lists from the middle on takes nothing from before, and all from then on", async () => {
  const { room, anna, ben } = three();
  let isHeard = false;
  room.passes = () => isHeard;
  const early = await anna.send();
  await streams({ room, anna }, 8_000, []);
  isHeard = true;
  await streams({ room, anna }, 2_000, [ben]);
  assert.equal(await ben.receive(early, "anna"), "replayed");
  assert.equal(await ben.receive(await room.forge(anna, 2), "anna"), "replayed");
  assert.deepEqual(ben.verdicts("anna"), ["checked"]);
});

for (const [what, operation] of [
  ["a frame's sealing", "encrypt"],
  ["a key's derivation", "deriveBits"],
] as const) {
  test(`${what} that breaks once costs that frame only: what comes after is sealed, and vouched for`, async () => {
    const { room, anna, ben } = three();
    if (operation === "encrypt") await streams({ room, anna }, 1_000, [ben]);
    const broken = mock.method(crypto.subtle, operation, () => Promise.reject(new DOMException("", "OperationError")), {
      times: 1,
    });
    await assert.rejects(anna.send(), { name: "OperationError" });
    broken.mock.restore();
    await streams({ room, anna }, 6_000, [ben]);
    assert.deepEqual(ben.verdicts("anna"), ["checked"]);
  });
}
