/**
 * Whoever has the host link can always end a room that lets nobody in, and begin it anew; nobody else can.
 * Source: docs/protocol-rooms.md (Beginning anew with the host link).
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { RoomLink } from "../../../widget/seal/room-link.ts";
import type { ToRelay } from "../../../widget/wire/room-relay.ts";
import { Headless, Room } from "./headless.ts";
import { heldRoom, withoutAsk } from "./held-room.ts";
import { startLiar } from "./liar.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("redis");
after(() => relay.close());

async function atTheDoor(link: RoomLink, name: string, origin = relay.origin): Promise<Headless> {
  const one = await Headless.begin({ relay: origin, link, name });
  await one.until(() => one.phase === "waiting", "waiting at the door");
  return one;
}

function guestLink({ member }: Headless, { roomId }: RoomLink): RoomLink {
  const { roomSecret, v } = member.invitation ?? assert.fail("no invitation");
  return { kind: "guest", roomId, roomSecret: roomSecret.slice(), v, mangled: false };
}

/** What came after it was first so. */
function phasesSince(one: Headless, phase: string): string[] {
  const phases = one.all("phase").map((event) => event.phase);
  return phases.slice(phases.indexOf(phase as never) + 1);
}

async function refused(one: Headless): Promise<void> {
  await one.until(() => one.phase === "refused", "refused");
  assert.equal(one.last("phase")?.code, "link-replaced");
}

test("a host that nobody lets in begins anew: it is inside, the old link is dead, and whom it invites comes in", async () => {
  const { guest, link, hostLink } = await heldRoom(relay.origin);
  const host = await atTheDoor(hostLink, "host");
  await host.member.acts.beginAnew();
  await host.until(() => host.phase === "in" && host.member.invitation?.v === 2, "in, with a new link");
  await refused(guest);
  const late = await Headless.begin({ relay: relay.origin, link, name: "late" });
  await refused(late);
  const invited = await Headless.begin({ relay: relay.origin, link: guestLink(host, hostLink), name: "anna" });
  await Promise.all([host.untilPeople(2), invited.untilPeople(2)]);
  assert.deepEqual([host.names, host.faults, invited.faults], [["anna", "host"], [], []]);
  assert.equal(host.code, invited.code);
  assert.equal(host.people.find(({ self }) => self)?.host, true);
});

test("nobody comes in by the old link while the room is begun anew, however early it asks", async () => {
  const { guest, link, hostLink } = await heldRoom(relay.origin);
  const slow = await startLiar(relay.origin);
  const host = await atTheDoor(hostLink, "host", slow.origin);
  const commits: ToRelay[] = [];
  slow.lies = {
    toRelay(message) {
      if (message.type !== "commit") return [message];
      commits.push(message);
      return [];
    },
  };
  await host.member.acts.beginAnew();
  // Thrown out, it asks by the link that it has, which is still the room's: the commit that renews it is on its way.
  await guest.until(() => guest.phase === "waiting", "at the door");
  await host.until(() => host.phase === "in", "in");
  slow.lies = {};
  // What was lost is said again.
  slow.cut();
  await host.until(() => host.member.invitation?.v === 2, "in, with a new link");
  assert.ok(commits.length > 0);
  await refused(await Headless.begin({ relay: relay.origin, link, name: "late" }));
  // … and who was there before the link was renewed hears so, too.
  await refused(guest);
  assert.deepEqual(
    host.all("roster").map(({ people }) => people.length),
    [1, 1],
  );
});

test("another host that was inside comes in again by itself, by the new link", async () => {
  const deaf = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, deaf.origin);
  const { roomId, hostSecret } = room;
  deaf.lies = { toMember: (message) => [withoutAsk(message)] };
  const late = await atTheDoor({ kind: "host", roomId, hostSecret: hostSecret.slice(), mangled: false }, "late");
  await late.member.acts.beginAnew();
  await Promise.all([late.untilPeople(2, 40_000), room.host.untilPeople(2, 40_000)]);
  assert.deepEqual([late.member.invitation?.v, room.host.member.invitation?.v], [2, 2]);
  assert.deepEqual([late.faults, room.host.faults], [[], []]);
  await late.member.leave();
  await room.leave();
});

test("a guest has no such right: it is told so, and the room goes on", async () => {
  const { guest, link } = await heldRoom(relay.origin);
  const other = await atTheDoor(link, "other");
  await assert.rejects(other.member.acts.beginAnew(), { code: "not-a-host" });
  assert.equal(other.phase, "waiting");
  assert.equal(guest.phase, "in");
});

test("a host that was let in meanwhile ends nothing", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = await room.grow("anna");
  await room.host.member.acts.beginAnew();
  await room.host.say("still here");
  await anna?.untilHeard("still here");
  assert.equal(room.host.member.invitation?.v, 1);
  room.assertOne();
  await room.leave();
});

test("a founding that was overheard ends nothing on another connection", async () => {
  const { guest, hostLink } = await heldRoom(relay.origin);
  const liar = await startLiar(relay.origin);
  const overheard: ToRelay[] = [];
  liar.lies = {
    toRelay(message) {
      if (message.type === "found") overheard.push(message);
      return [message];
    },
  };
  const host = await atTheDoor(hostLink, "host", liar.origin);
  await host.member.acts.beginAnew();
  await host.until(() => host.phase === "in" && host.member.invitation?.v === 2, "in, with a new link");
  await refused(guest);
  const [found] = overheard.splice(0);
  assert.ok(found?.type === "found" && found.anew);
  // Somebody whom the host invites says at the door what the host said.
  const thief = await startLiar(relay.origin);
  let isSaid = false;
  thief.lies = {
    toRelay(message) {
      if (message.type !== "ask" || isSaid) return [message];
      isSaid = true;
      return [found];
    },
  };
  const invited = await Headless.begin({ relay: thief.origin, link: guestLink(host, hostLink), name: "anna" });
  await invited.until(() => invited.last("trouble")?.code === "bad-signature", "told that the signature is wrong");
  await Promise.all([host.untilPeople(2), invited.untilPeople(2)]);
  assert.equal(host.member.invitation?.v, 2);
  assert.deepEqual(phasesSince(host, "in"), []);
});

test("two hosts that begin anew at once end up in one room, by one link", async () => {
  const { guest, hostLink } = await heldRoom(relay.origin);
  const hosts = await Promise.all([atTheDoor(hostLink, "one"), atTheDoor(hostLink, "two")]);
  await Promise.all(hosts.map(({ member }) => member.acts.beginAnew()));
  await Promise.all(hosts.map((host) => host.untilPeople(2)));
  await refused(guest);
  const [one, two] = hosts as [Headless, Headless];
  assert.equal(one.code, two.code);
  assert.ok((one.member.invitation?.v ?? 1) > 1);
  assert.equal(one.member.invitation?.v, two.member.invitation?.v);
  assert.deepEqual([one.faults, two.faults], [[], []]);
});

/** When → the version that the relay tells by then. */
const DEATHS = { "while the relay is checked with it": 1, "before the relay tells of the room": 2 };

for (const [when, v] of Object.entries(DEATHS)) {
  test(`a link that dies ${when} is a dead link, and nothing to accuse the relay of`, async () => {
    const room = await Room.open(relay.origin);
    const [anna] = await room.grow("anna");
    assert.ok(anna);
    const { link } = room;
    await anna.member.leave();
    await room.host.untilPeople(1);
    const slow = await startLiar(relay.origin);
    slow.lies = { toMember: (message) => (message.type === "room" ? [] : [message]) };
    const again = await Headless.begin({ relay: slow.origin, link, name: "anna", memory: anna.memory });
    const told = () => slow.heard.find((message) => message.type === "room");
    while (!told()) await new Promise((resolve) => setImmediate(resolve));
    await room.host.member.acts.renewLink();
    await room.host.until(() => room.host.member.invitation?.v === 2, "a new link");
    slow.lies = {};
    slow.tell({ ...(told() ?? assert.fail("no room")), v });
    await refused(again);
    assert.deepEqual(again.faults, []);
    await room.leave();
  });
}
