/** A goodbye that the relay has not heard: nobody is put out for it, and nobody waits for it. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Room } from "./headless.ts";
import { startLiar } from "./liar.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("embedded");
after(() => relay.close());

test("who says goodbye in the group only stays until it is gone, and others come in meanwhile", async () => {
  const liar = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, liar.origin);
  const [anna] = await room.grow("anna");
  assert.ok(anna);
  await anna.member.say({ type: "leave" });
  const refusals = () => liar.heard.filter((one) => one.type === "refused" && one.code === "still-here").length;
  while (refusals() === 0) await new Promise((resolve) => setImmediate(resolve));
  const ben = await room.invite("ben");
  await ben.until(() => ben.phase === "in", "in");
  assert.ok(refusals() <= 2, `${refusals()} refused: the same commit again and again`);
  assert.deepEqual(room.host.names, ["anna", "ben", "host"]);
  await anna.member.leave();
  await room.host.untilPeople(2);
  await ben.member.leave();
  await room.host.untilPeople(1);
  assert.deepEqual(room.host.faults, []);
  await room.leave();
  await liar.close();
});
