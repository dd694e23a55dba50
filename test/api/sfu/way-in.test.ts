/** Who gets into LiveKit, as whom, with which rights; and what a room hears when there is none. */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Room } from "../../../api/rooms/room.ts";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import { TestMember } from "../rooms/support/member.ts";
import { bytesOf, TestRoom } from "../rooms/support/room.ts";
import { startTestApi, type TestApi } from "../support/api.ts";
import {
  askFor,
  ownLivekit,
  roomsOf,
  runsLivekit,
  Visitor,
  variablesOf,
  wayIn,
  wayInAtLast,
} from "./support/livekit.ts";

const livekit = runsLivekit();

async function founder(api: TestApi): Promise<TestMember> {
  const room = new TestRoom();
  assert.equal((await room.open(api)).status, 201);
  return TestMember.founder(api, room);
}

describe("a member", () => {
  let api: TestApi;
  let host: TestMember;
  before(async () => {
    api = await startTestApi({ environment: variablesOf(livekit) });
    host = await founder(api);
  });
  after(() => api?.stop());

  test("gets a token for ten minutes that names its generation and its post key by hashes, with no right more than it needs", async () => {
    const { url, claims } = await wayIn(host);
    const { video, nbf, exp, ...rest } = claims;
    assert.equal(url, livekit.url);
    assert.equal(exp - nbf, 600);
    assert.deepEqual(rest, { iss: livekit.key, sub: await pseudonym(bytesOf(host.key.publicKey)) });
    const room = hash(
      "sha256",
      Buffer.concat([Buffer.from("whatping v1 sfu room\n"), bytesOf(host.groupId)]),
      "buffer",
    );
    assert.deepEqual(video, {
      roomJoin: true,
      room: room.subarray(0, 16).toString("base64url"),
      canPublish: true,
      canPublishSources: ["camera", "microphone", "screen_share", "screen_share_audio"],
      canSubscribe: true,
      canPublishData: false,
      canUpdateOwnMetadata: false,
    });
  });

  test("is let in by LiveKit, under that name and no other", async () => {
    const guest = await TestMember.joiner(api, host);
    const ways = [await wayIn(host), await wayIn(guest)];
    const visitors = await Promise.all(ways.map((way) => Visitor.join(way)));
    const room = ways[0]?.claims.video.room ?? "";
    const there = await roomsOf(livekit).listParticipants(room);
    assert.deepEqual(there.map(({ identity }) => identity).sort(), ways.map(({ claims }) => claims.sub).sort());
    for (const { name, metadata, attributes } of there) assert.deepEqual([name, metadata, attributes], ["", "", {}]);
    for (const visitor of visitors) await visitor.leave();
  });

  test("gets no token for as long as it is none: not when it connects, enters or asks", async () => {
    const guest = await TestMember.connect(api, host.room);
    assert.deepEqual(await askFor(guest), { code: "not-a-poster" });
    await guest.enter();
    assert.deepEqual(await askFor(guest), { code: "not-a-poster" });
    await guest.ask();
    assert.deepEqual(await askFor(guest), { code: "not-a-poster" });
    await host.admit([guest]);
    await guest.next("welcome");
    assert.ok("token" in (await askFor(guest)));
  });

  test("gets no token once the store says that it is none, before its own process has heard of it", async () => {
    const first = await founder(api);
    const guest = await TestMember.joiner(api, first);
    const key = `room/${first.room.id}` as const;
    const stored = await api.store.get(key);
    assert.ok(stored);
    const room = JSON.parse(stored.value) as Room;
    const generation = room.generation && { ...room.generation, posters: [first.key.publicKey] };
    await api.store.compareAndSet(key, stored.version, JSON.stringify({ ...room, generation }));
    assert.deepEqual(await askFor(guest), { code: "not-a-poster" });
    assert.ok("token" in (await askFor(first)));
  });

  test("gets another room in the next generation, and two rooms have nothing in common", async () => {
    const first = await founder(api);
    const rooms = [(await wayIn(first)).claims.video.room, (await wayIn(await founder(api))).claims.video.room];
    first.say({ type: "leave" });
    await first.closed;
    rooms.push((await wayIn(await TestMember.founder(api, first.room))).claims.video.room);
    assert.equal(new Set(rooms).size, 3);
    for (const room of rooms) assert.ok(!room.includes(first.room.id) && !room.includes(first.groupId));
  });

  test("leaves neither key, secret, token nor name in the log", async () => {
    const { token, claims } = await wayIn(host);
    const other = await startTestApi({ environment: { ...variablesOf(livekit), LIVEKIT_API_SECRET: "s".repeat(40) } });
    assert.deepEqual(await askFor(await founder(other)), { code: "no-sfu", retryAfter: 5 });
    await other.stop();
    const logged = api.logged() + other.logged();
    assert.match(other.logged(), /"event":"sfu-away","error":"status 401"/);
    const gone = [livekit.key, livekit.secret, "s".repeat(40), token, claims.sub, claims.video.room, "127.0.0.1"];
    for (const text of gone) assert.ok(!logged.includes(text), text);
  });
});

describe("without LiveKit", () => {
  test("a member hears no-sfu where there is none, and need not ask again", async () => {
    const api = await startTestApi();
    const host = await founder(api);
    assert.deepEqual(await askFor(host), { code: "no-sfu" });
    await api.stop();
  });

  test("a member hears no-sfu while it is away, and gets in when it is back", async () => {
    const sfu = await ownLivekit(join(process.env.TEST_LOG_DIR ?? tmpdir(), "livekit-way-in.log"));
    const api = await startTestApi({ environment: variablesOf(sfu) });
    const host = await founder(api);
    await wayIn(host);
    await sfu.kill();
    // That it was there is remembered for a second, too.
    while ("token" in (await askFor(host))) await new Promise((resolve) => setTimeout(resolve, 600));
    assert.deepEqual(await askFor(host), { code: "no-sfu", retryAfter: 5 });
    await sfu.restart();
    await Visitor.join(await wayInAtLast(host));
    assert.deepEqual(api.logged().match(/sfu-\w+/g), ["sfu-away", "sfu-back"]);
    await api.stop();
    await sfu.stop();
  });

  test("nothing waits for one that never answers: not the next message, not a commit that removes", async () => {
    const deaf = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const { port } = deaf.address() as { port: number };
    const api = await startTestApi({ environment: variablesOf({ ...livekit, url: `ws://127.0.0.1:${port}` }) });
    const host = await founder(api);
    const guest = await TestMember.joiner(api, host);
    host.say({ type: "sfu", id: 7 });
    host.post();
    await host.next("message");
    await host.sendAway(guest);
    assert.equal(await guest.closed, 1000);
    assert.ok(!host.told.some(({ type }) => type === "refused"), "LiveKit was waited for");
    await host.heard((message) => message.type === "refused" && message.code === "no-sfu" && message.id === 7);
    await api.stop();
    deaf.close();
  });
});
