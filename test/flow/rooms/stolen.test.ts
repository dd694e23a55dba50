/**
 * What somebody has who copied a guest's memory, its link included: what is said until the guest heals, and a link until
 * a host renews it; nothing of before, nothing of after. And whoever was sent away stays away, by whichever way it
 * comes back. Source: product.md R6, R7; protocol.md §2.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { epochOf } from "../../../widget/group/mls/group-state.ts";
import { openMessage, sealMessage } from "../../../widget/group/mls/message.ts";
import { adoptCommit, type RoomState } from "../../../widget/group/room-state.ts";
import { type Bytes, fromBase64url } from "../../../widget/wire/bytes.ts";
import type { FromRelay } from "../../../widget/wire/room-relay.ts";
import { Bare } from "./bare.ts";
import { Headless, Room } from "./headless.ts";
import { startLiar } from "./liar.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("redis");
after(() => relay.close());

type Of<T extends FromRelay["type"]> = Extract<FromRelay, { type: T }>;

/** A host, anna, and a guest whose memory is read. */
async function spied(): Promise<{ room: Room; guest: Bare }> {
  const room = await Room.open(relay.origin);
  await room.grow("anna");
  const { link } = room;
  assert.ok(link.kind === "guest");
  const guest = await Bare.enter({ relay: relay.origin, link, name: "guest" });
  await room.untilPeople(3);
  after(() => guest.end());
  return { room, guest };
}

/** The host says it; what the guest gets of it. */
async function overheard({ room, guest }: { room: Room; guest: Bare }, text: string): Promise<Bytes> {
  const before = messages(guest).length;
  await room.host.say(text);
  await guest.until(() => messages(guest).length > before);
  return fromBase64url(messages(guest).at(-1)?.bytes ?? "") as Bytes;
}

const messages = (guest: Bare) => guest.told.filter((one): one is Of<"message"> => one.type === "message");

async function opened(copy: RoomState, bytes: Uint8Array): Promise<string> {
  const { plaintext } = await openMessage(copy.group, bytes);
  return (JSON.parse(new TextDecoder().decode(plaintext)) as { text: string }).text;
}

async function healed({ room, guest }: { room: Room; guest: Bare }): Promise<Of<"commit">> {
  const epoch = room.host.last("roster")?.epoch ?? 0;
  guest.heal();
  await Promise.all(room.present.map((one) => one.until(() => (one.last("roster")?.epoch ?? 0) > epoch, "healed")));
  await guest.until(() => epochOf(guest.membership.state.group) > epoch);
  const commit = guest.told.findLast((one): one is Of<"commit"> => one.type === "commit");
  assert.ok(commit);
  return commit;
}

test("a copied state opens what is said in its epoch: the tests below would notice if nothing opened at all", async () => {
  const spy = await spied();
  const copy = spy.guest.copy();
  assert.equal(await opened(copy, await overheard(spy, "overheard")), "overheard");
  await spy.room.leave();
});

test("a copied state does not follow the guest's heal, nor what comes after it, and can say nothing", async () => {
  const spy = await spied();
  const copy = spy.guest.copy();
  const commit = await healed(spy);
  const bytes = fromBase64url(commit.bytes) as Bytes;
  assert.deepEqual(await adoptCommit(copy, bytes, commit.poster, commit), { fault: "mls" });
  await assert.rejects(opened(copy, await overheard(spy, "after the heal")));
  const next = await healedByHost(spy);
  assert.ok("fault" in (await adoptCommit(copy, fromBase64url(next.bytes) as Bytes, next.poster, next)));
  await assert.rejects(opened(copy, await overheard(spy, "later")));
  // What it seals is of an epoch that is over: nobody who is in the new one opens it.
  const forged = await sealMessage(copy.group, new TextEncoder().encode("forged"));
  await assert.rejects(openMessage(spy.guest.copy().group, forged.bytes));
  await spy.room.leave();
});

async function healedByHost({ room, guest }: { room: Room; guest: Bare }): Promise<Of<"commit">> {
  const epoch = epochOf(guest.membership.state.group);
  await room.host.member.acts.heal();
  await guest.until(() => epochOf(guest.membership.state.group) > epoch);
  await room.host.until(() => room.host.member.invitation?.v === 2, "a new link");
  return guest.told.findLast((one) => one.type === "commit") as Of<"commit">;
}

test("a dump of the memory opens nothing that was said before it, in this epoch or in an earlier one", async () => {
  const spy = await spied();
  const earlier = await overheard(spy, "in an earlier epoch");
  await healed(spy);
  const recent = await overheard(spy, "a moment ago");
  const dump = spy.guest.copy();
  for (const bytes of [earlier, recent]) await assert.rejects(opened(dump, bytes));
  assert.equal(await opened(spy.guest.copy(), await overheardBy(spy, dump)), "now");
  await spy.room.leave();
});

/** The dump is whole: what is said now it would open. */
async function overheardBy(spy: { room: Room; guest: Bare }, dump: RoomState): Promise<Bytes> {
  const bytes = await overheard(spy, "now");
  assert.equal(await opened(dump, bytes), "now");
  return bytes;
}

test("a copied guest link lets in a second leaf that everyone sees, until a host renews the link: then it is dead", async () => {
  const room = await Room.open(relay.origin);
  const [anna, guest] = await room.grow("anna", "guest");
  assert.ok(anna && guest);
  const { link } = room;
  await guest.member.acts.heal();
  const copy = await room.invite("guest", { link, identity: guest.identity });
  await room.untilPeople(4);
  // The heal of a guest can't raise the link: what comes in by it is on the roster, under the same identity.
  const twice = anna.people.filter(({ name }) => name === "guest");
  assert.deepEqual([twice.length, new Set(twice.map(({ identity }) => identity)).size], [2, 1]);
  const intruder = copy.people.find(({ self }) => self);
  await room.host.member.acts.renewLink([intruder?.id ?? ""]);
  await copy.until(() => copy.phase === "removed", "removed");
  await room.untilPeople(3);
  await comesInVain(room, link, { identity: guest.identity });
  room.assertOne();
  await room.leave();
});

test("whoever is sent away does not come back: by its link, by another identity, or by a key package used before", async () => {
  const liar = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, liar.origin);
  const { link } = room;
  const [anna] = await room.grow("anna", "ben");
  const asks = liar.heard.filter((message): message is Of<"ask"> => message.type === "ask");
  await room.host.member.acts.renewLink([room.host.id("anna")]);
  await anna?.until(() => anna.phase === "removed", "removed");
  await room.untilPeople(2);
  await comesInVain(room, link, { identity: anna?.identity as Headless["identity"] });
  await comesInVain(room, link, {});
  // The relay helps it: each ask of before takes the place of the next person's at everyone who might commit.
  for (const old of asks) {
    let isSwapped = false;
    liar.lies = {
      toMember(message) {
        if (message.type !== "ask" || isSwapped) return [message];
        isSwapped = true;
        return [{ ...old, seq: message.seq }];
      },
    };
    const late = await room.invite(`late ${old.seq}`);
    await late.until(() => late.phase === "in", "in, by another committer");
    assert.ok(isSwapped);
    await late.member.leave();
    await room.untilPeople(2);
  }
  assert.deepEqual(room.host.names, ["ben", "host"]);
  assert.deepEqual(room.host.faults, []);
  room.assertOne();
  await room.leave();
  await liar.close();
});

async function comesInVain(room: Room, link: Room["link"], as: { identity?: Headless["identity"] }): Promise<void> {
  const { names } = room.host;
  const again = await Headless.begin({ relay: relay.origin, link, name: "again", ...as });
  await again.until(() => again.phase === "refused", "refused");
  assert.equal(again.last("phase")?.code, "link-replaced");
  assert.deepEqual(room.host.names, names);
}
