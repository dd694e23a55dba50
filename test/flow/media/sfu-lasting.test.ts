/**
 * In real time, with the sweeper that a server has: who is out stays out, whatever its token, LiveKit or a process does.
 */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { SfuAccess } from "../../../sfu-config/livekit.ts";
import { TestMember } from "../../api/rooms/support/member.ts";
import { TestRoom } from "../../api/rooms/support/room.ts";
import { ownLivekit, runsLivekit, soon, Visitor, variablesOf, wayIn } from "../../api/sfu/support/livekit.ts";
import { openRelay } from "../rooms/relay.ts";

const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

async function couple(livekit: SfuAccess) {
  const relay = await openRelay("embedded", { env: variablesOf(livekit) });
  ends.push(() => relay.close());
  const room = new TestRoom();
  assert.equal((await room.open({ base: `http://127.0.0.1:${relay.api.port}` })).status, 201);
  const host = await TestMember.founder(relay.api, room);
  const guest = await TestMember.joiner(relay.api, host);
  return { host, guest, way: await wayIn(guest) };
}

test("whoever was removed and comes back is put out by itself, however often", async () => {
  const { host, guest, way } = await couple(runsLivekit());
  const there = await Visitor.join(way);
  await host.sendAway(guest);
  await soon(there.out);
  for (let i = 0; i < 3; i++) await soon((await Visitor.join(way)).out);
});

test("whoever is removed while LiveKit is away is out when it is back", async () => {
  const livekit = await ownLivekit(join(process.env.TEST_LOG_DIR ?? tmpdir(), "livekit-lasting.log"));
  ends.push(() => livekit.stop());
  const { host, guest, way } = await couple(livekit);
  const there = await Visitor.join(way);
  await livekit.kill();
  await there.out;
  await host.sendAway(guest);
  assert.equal(await guest.closed, 1000);
  await livekit.restart();
  await soon((await Visitor.joinAtLast(way)).out);
});
