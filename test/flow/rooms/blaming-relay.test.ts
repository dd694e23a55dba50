/**
 * The relay against members, with nothing that an operator does not have, audit key included: it can have no member
 * accused, rewrites no trail, isolates nobody in a group of others' name, and brings no removed person back.
 * Source: product.md R8, R11; protocol.md §2, §5, §9.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { addToTrail, EMPTY_TRAIL } from "../../../api/rooms/audit-chain.ts";
import { AuditSigner } from "../../../api/rooms/audit-signer.ts";
import { ShortMemory } from "../../../widget/group/trail-memory.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { type Headless, Room } from "./headless.ts";
import { startLiar } from "./liar.ts";
import { openRelay } from "./relay.ts";

const seed = randomBytes(32);
const origin = "http://frame.localhost";
const signer = new AuditSigner(seed);
const relay = await openRelay("embedded", { env: { AUDIT_KEY: seed.toString("base64url") } });
after(() => relay.close());

const epochOf = (one: Headless): number => one.last("roster")?.epoch ?? 0;
const decided = (one: Headless): Promise<void> =>
  one.until(() => one.phase === "in" || one.phase === "refused", "in or refused");

/** One that changes nothing else. */
async function commitOf(one: Headless): Promise<void> {
  const before = epochOf(one);
  await one.member.acts.heal();
  await one.until(() => epochOf(one) > before, "an update");
}

test("noise in the place of a commit is the relay's fault: whoever commits next is not accused", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna");
  const liar = await startLiar(relay.origin);
  const victim = await room.invite("victim", { relay: liar.origin });
  await room.untilPeople(3);
  let isDone = false;
  const complaints: unknown[] = [];
  liar.lies = {
    toMember(message) {
      if (isDone || message.type !== "commit") return [message];
      isDone = true;
      return [{ type: "message", seq: message.seq, bytes: "AAAA", poster: message.poster }];
    },
    toRelay(message) {
      if (message.type === "complaint") complaints.push(message);
      return [message];
    },
  };
  await commitOf(anna as Headless);
  await commitOf(room.host);
  await victim.until(() => victim.phase === "refused", "refused");
  assert.deepEqual(victim.faults, ["bad-message", "chain-broken"]);
  assert.deepEqual(complaints, []);
  await room.leave();
  await liar.close();
});

test("a trail that is another one in the Welcome than at the door is refused, and not remembered", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna");
  await commitOf(anna as Headless);
  const liar = await startLiar(relay.origin);
  const roomId = toBase64url(room.roomId);
  liar.lies = {
    toMember(message) {
      if (message.type !== "welcome") return [message];
      // Another history: one entry, which never happened.
      const happened = [{ type: "closed", subject: "x", commit: message.commitHash }] as const;
      const { audit, entries } = addToTrail(EMPTY_TRAIL, happened, { roomId, region: "ch", now: 1 });
      void signer.headOf(roomId, { origin, audit }).then((head) => liar.tell({ ...message, audit: entries, head }));
      return [];
    },
  };
  const memory = new ShortMemory();
  const victim = await room.invite("victim", { relay: liar.origin, memory });
  await decided(victim);
  assert.equal(victim.phase, "refused");
  assert.equal(await memory.recall(roomId), undefined);
  await room.leave();
  await liar.close();
});

test("“founded” is no answer to an ask: nobody is alone in a group of others' name", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna");
  const liar = await startLiar(relay.origin);
  const trail = await room.host.memory.recall(toBase64url(room.roomId));
  assert.ok(trail);
  liar.lies = {
    toMember: (message) =>
      message.type === "asked" ? [{ type: "founded", seq: 0, audit: [], head: trail.head }, message] : [message],
  };
  const victim = await room.invite("victim", { relay: liar.origin });
  await room.untilPeople(3);
  assert.ok(victim.all("roster").every(({ people }) => people.length === 3));
  assert.deepEqual(victim.faults, []);
  await room.leave();
  await liar.close();
});

test("after a removal a host is not led back under the charter before, by a relay that sides with who was removed", async () => {
  const room = await Room.open(relay.origin);
  const spy = await startLiar(relay.origin);
  await room.invite("removed", { relay: spy.origin });
  await room.untilPeople(2);
  const old = spy.heard.find((message) => message.type === "room");
  assert.ok(old?.type === "room");
  await room.host.member.acts.renewLink([room.host.id("removed")]);
  await room.host.until(() => room.host.all("link").some(({ v }) => v === 2), "the new link");
  const roomId = toBase64url(room.roomId);
  await room.host.untilPeople(1);
  await room.host.member.leave();
  const seen = await room.host.memory.recall(roomId);
  assert.ok(seen);
  // The host comes back with all that its browser remembers. The relay: nobody is in, and this is the charter.
  const liar = await startLiar(relay.origin);
  liar.lies = {
    toMember: (message) => (message.type === "hello" ? [message] : []),
    toRelay(message) {
      if (message.type === "enter") liar.tell({ ...old, head: seen.head, n: 5, generation: null });
      if (message.type === "found") liar.tell({ type: "founded", seq: 0, head: seen.head, audit: [] });
      return [];
    },
  };
  const link = { kind: "host", roomId: room.roomId, hostSecret: room.hostSecret, mangled: false } as const;
  const { identity, memory } = room.host;
  const again = await room.invite("host", { relay: liar.origin, link, identity, memory });
  await decided(again);
  assert.deepEqual([again.phase, again.faults], ["refused", ["older-charter"]]);
  await Promise.all([liar.close(), spy.close()]);
});
