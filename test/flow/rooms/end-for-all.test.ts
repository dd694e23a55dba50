/**
 * A host ends the room for everybody: all are told inside the group, are out in one commit, and the link that they know is
 * dead. Nobody else can. Source: product.md R16; protocol.md §2 (Removal for cause); docs/decisions/0049.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Headless, Room } from "./headless.ts";
import { Insider } from "./insider.ts";
import { startLiar } from "./liar.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("embedded");
after(() => relay.close());

const ended = (one: Headless) => one.until(() => one.phase === "ended", "ended");

test("everybody is out and told so, the host last, and the link that they knew lets in nobody", async () => {
  const room = await Room.open(relay.origin);
  const guests = await room.grow("anna", "ben", "cleo");
  const old = room.link;
  await room.host.member.acts.endForAll();
  await Promise.all([room.host, ...guests].map(ended));
  for (const one of guests) {
    const { left } = one.last("roster") ?? { left: [] };
    assert.deepEqual(left, [], "nobody sees the others go one by one");
    assert.deepEqual(one.faults, []);
  }
  assert.deepEqual(
    room.host
      .last("roster")
      ?.left.map(({ name, reason }) => `${name} ${reason}`)
      .sort(),
    ["anna removed", "ben removed", "cleo removed"],
  );
  const back = await room.invite("back", { link: old });
  await back.until(() => back.phase === "refused", "refused");
  assert.equal(back.last("phase")?.code, "link-replaced");
});

test("whoever comes while the host ends the room is out as well", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna");
  const late = await room.invite("late");
  await room.host.member.acts.endForAll();
  await ended(room.host);
  await late.until(() => ["ended", "removed", "refused"].includes(late.phase ?? ""), "not in");
});

test("a host alone ends it too, and the link is dead", async () => {
  const room = await Room.open(relay.origin);
  const old = room.link;
  await room.host.member.acts.endForAll();
  await ended(room.host);
  const back = await room.invite("back", { link: old });
  await back.until(() => back.phase === "refused", "refused");
});

test("somebody who is no host can't end it: refused, and nothing happens to anybody", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = (await room.grow("anna")) as [Headless];
  await assert.rejects(anna.member.acts.endForAll(), { code: "not-a-host" });
  const insider = await Insider.join(room, "insider");
  after(() => insider.leave());
  await room.untilPeople(3);
  await insider.seal({ type: "end" }, "message");
  await anna.until(() => anna.faults.length > 0, "said so");
  await room.host.until(() => room.host.faults.length > 0, "said so");
  await room.host.say("we go on");
  await anna.untilHeard("we go on");
  assert.deepEqual([anna.faults, room.host.faults], [["bad-message"], ["bad-message"]]);
  // Longer than an honest end takes.
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  assert.deepEqual([anna.phase, room.host.phase], ["in", "in"]);
  await room.leave();
});

test("a host's word that the removal does not follow is enough: they go by themselves", async () => {
  const liar = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, liar.origin);
  const [anna] = (await room.grow("anna")) as [Headless];
  // The host's commit is lost, and the host with it.
  liar.lies = { toRelay: (message) => (message.type === "commit" ? [] : [message]) };
  await room.host.member.acts.endForAll();
  await ended(anna);
  liar.lies = {};
  await room.host.member.leave();
  await liar.close();
});

test("whoever did not get the host's word is sent away like anybody else", async () => {
  const room = await Room.open(relay.origin);
  const [anna] = (await room.grow("anna")) as [Headless];
  await room.host.member.acts.renewLink([room.host.id("anna")]);
  await anna.until(() => anna.phase === "removed", "removed");
  await room.leave();
});
