/** Who has the link, or only a connection, can't fill what the relay keeps, nor keep others out by it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Openings, placeOf } from "../../../api/rooms/openings.ts";
import { PosterLimits } from "../../../api/rooms/poster-limits.ts";
import { clientAddress } from "../../../api/routes/client-address.ts";
import {
  LOG_MAX_BYTES,
  ROOM_BYTES_AT_ONCE,
  ROOMS_OPENED_MAX,
  ROOMS_OPENED_MS,
} from "../../../widget/wire/room-limits.ts";
import { roomPaths } from "../../../widget/wire/room-relay.ts";
import { call, startTestApi, TestClock } from "../support/api.ts";
import { TestMember } from "./support/member.ts";
import { TestRoom } from "./support/room.ts";
import { onEachStorage } from "./support/storages.ts";

onEachStorage("asks", (ground) => {
  test("of those who have gone, or who asked anew, keep nobody from asking", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    for (let c = 0; c < 19; c++) {
      const one = await TestMember.connect(ground.api, host.room);
      await one.enter();
      await one.ask();
      for (let i = 0; i < 6; i++) await one.askAnew();
      await one.drop();
    }
    const guest = await TestMember.connect(ground.api, host.room);
    await guest.enter();
    await guest.ask();
    await host.admit([guest]);
    await guest.next("welcome");
  });
});

onEachStorage("a room's log", (ground) => {
  test("keeps 16 MB at the most: who needs what was dropped joins afresh", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    const seq = guest.lastSeq || guest.welcomeSeq;
    await guest.drop();
    const posters = [host];
    while (posters.length < 3) {
      posters.push(await TestMember.joiner(ground.api, host));
      for (const poster of posters) poster.follow(host);
    }
    for (const poster of posters) {
      let last = "";
      for (let i = 0; i < 100; i++) last = poster.post("message", { size: 60_000 });
      await host.heard((message) => message.type === "message" && message.bytes === last);
    }
    const { entries } = await ground.api.store.readLog(`room/${host.room.id}`, "main", { after: 0, limit: 1_000 });
    const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0);
    assert.ok(bytes <= LOG_MAX_BYTES && bytes > LOG_MAX_BYTES - 200_000, String(bytes));
    const again = await TestMember.connect(ground.api, host.room, { as: guest });
    again.say(again.resuming(seq));
    assert.equal(await again.refusal(), "log-gap");
  });

  test("takes no more commits of a post key for its coming on another connection", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    let taken = 0;
    for (let i = 0; i < 3; i++) {
      const again = await TestMember.connect(ground.api, host.room, { as: guest });
      again.say(again.resuming(guest.lastSeq || guest.welcomeSeq));
      await again.next("resumed");
      await again.next("present");
      // None of them is of this epoch: what counts is how many are looked at.
      const ids = Array.from({ length: 40 }, () => {
        const commit = again.committing({}, { epoch: 999 });
        again.say(commit);
        return commit.id;
      });
      for (const id of ids) if ((await again.refusalOf(id)) === "epoch-passed") taken++;
    }
    // 50 at once, and 10 more each second that this takes.
    assert.ok(taken < 110, String(taken));
  });
});

test("all who are in one room may say so much at once, and nobody's own limit is spent by others", () => {
  const limits = new PosterLimits();
  assert.notEqual(limits.of("a"), limits.of("b"));
  assert.equal(limits.of("a"), limits.of("a"));
  assert.equal(limits.secondsFor(ROOM_BYTES_AT_ONCE), 0);
  assert.ok(limits.secondsFor(4_000_000) > 0);
  const before = limits.of("a");
  limits.forget(["a"]);
  assert.notEqual(limits.of("a"), before);
});

test("rooms that may be opened from one place are counted for ten minutes", () => {
  const clock = new TestClock();
  const openings = new Openings(clock);
  for (let i = 0; i < ROOMS_OPENED_MAX; i++) assert.equal(openings.secondsFor(`203.0.113.${i}`), 0);
  assert.equal(openings.secondsFor("203.0.113.200"), ROOMS_OPENED_MS / 1_000);
  assert.equal(openings.secondsFor("203.0.114.1"), 0);
  openings.takeBack("203.0.113.7");
  assert.equal(openings.secondsFor("203.0.113.8"), 0);
  clock.pass(ROOMS_OPENED_MS / 1_000 - 1);
  assert.equal(openings.secondsFor("203.0.113.9"), 1);
  clock.pass(1);
  assert.equal(openings.secondsFor("203.0.113.9"), 0);
});

test("a place is an address without what a household changes at will, and not this machine", () => {
  const places = {
    "203.0.113.77": "203.0.113.0",
    "::ffff:203.0.113.77": "203.0.113.0",
    "2001:db8:77:1:2:3:4:5": "2001:db8:77",
    "2001:DB8:77::5": "2001:db8:77",
    "2001:db8::5": "2001:db8:0",
    "fe80::1%eth0": "fe80:0:0",
    "1::2:3:4:5:6:7": "1:0:2",
    nonsense: "unknown",
    "127.0.0.1": null,
    "::ffff:127.0.0.1": null,
    "::1": null,
  };
  for (const [address, place] of Object.entries(places)) assert.equal(placeOf(address), place, address);
});

test("the address is the one that the operator's own proxies say, whatever is written before it", () => {
  const at = (forwarded: string | undefined, proxies: number) => {
    const request = { headers: { "x-forwarded-for": forwarded }, socket: { remoteAddress: "10.0.0.1" } };
    return clientAddress(request as unknown as Parameters<typeof clientAddress>[0], proxies);
  };
  assert.equal(at("198.51.100.1", 0), "10.0.0.1");
  assert.equal(at("198.51.100.1, 203.0.113.5", 1), "203.0.113.5");
  assert.equal(at("198.51.100.1, 203.0.113.5", 2), "198.51.100.1");
  for (const forged of [undefined, "", "nonsense", "203.0.113.5,"]) assert.equal(at(forged, 1), "10.0.0.1");
});

test("who opens too many rooms is told when it may go on, and its address is in no log", async () => {
  const api = await startTestApi({ environment: { TRUST_PROXY: "1" } });
  const from = (address: string, room = new TestRoom()) =>
    call(api, "PUT", roomPaths.room(room.id), { json: room.openBody, headers: { "x-forwarded-for": address } });
  const first = new TestRoom();
  // The same again opens nothing new.
  for (let i = 0; i < 5; i++) assert.equal((await from("203.0.113.1", first)).status, i === 0 ? 201 : 200);
  for (let i = 1; i < ROOMS_OPENED_MAX; i++) assert.equal((await from("203.0.113.9")).status, 201);
  const refused = await from("203.0.113.200");
  assert.deepEqual([refused.status, refused.json.code], [429, "too-many-requests"]);
  assert.equal(refused.headers.get("retry-after"), String(ROOMS_OPENED_MS / 1_000));
  assert.equal((await from("198.51.100.4")).status, 201);
  assert.ok(!/203\.0\.113|198\.51/.test(api.logged()));
  await api.stop();
});
