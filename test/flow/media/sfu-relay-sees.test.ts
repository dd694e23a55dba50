/**
 * docs/what-the-relay-sees.md is true of LiveKit: what it says of a room and of a member, and what the relay keeps for it,
 * is listed there (product.md R13, for media).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestMember } from "../../api/rooms/support/member.ts";
import { TestRoom } from "../../api/rooms/support/room.ts";
import { roomsOf, runsLivekit, Visitor, variablesOf, wayIn } from "../../api/sfu/support/livekit.ts";
import { startTestApi, type TestApi } from "../../api/support/api.ts";
import { testRedis } from "../../api/support/services.ts";
import { listed, listedFields } from "../relay-page.ts";
import { dumpRedis } from "../rooms/relay-dump.ts";

const livekit = runsLivekit();

async function founder(api: TestApi): Promise<TestMember> {
  const room = new TestRoom();
  assert.equal((await room.open(api)).status, 201);
  return TestMember.founder(api, room);
}

/** Whether everything is there that it should be, and nothing that is not listed. */
function assertListed(heading: string, seen: object, { least }: { least: readonly string[] }): void {
  const names = Object.keys(seen);
  const page = listed(heading);
  assert.deepEqual(
    names.filter((name) => !page.has(name)),
    [],
  );
  for (const name of least) assert.ok(names.includes(name), name);
}

test("LiveKit says of a room and of a member what the page lists, and no name, metadata or attribute", async () => {
  const api = await startTestApi({ environment: variablesOf(livekit) });
  const way = await wayIn(await founder(api));
  await Visitor.join(way);
  const { room } = way.claims.video;
  const [there] = await roomsOf(livekit).listRooms([room]);
  const [member] = await roomsOf(livekit).listParticipants(room);
  assertListed("LiveKit: a room", there?.toJson() as object, { least: ["name", "creationTime"] });
  assertListed("LiveKit: a member", member?.toJson() as object, { least: ["identity", "joinedAt", "permission"] });
  await api.stop();
});

test("the relay keeps what the page lists, and forgets it", async () => {
  const redis = await testRedis();
  const environment = { ...variablesOf(livekit), REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix };
  const api = await startTestApi({ environment });
  const host = await founder(api);
  const guest = await TestMember.joiner(api, host);
  const [seen, places] = [new Set<string>(), new Set<string>()];
  const look = async (): Promise<void> => {
    const dump = await dumpRedis(redis.url, redis.prefix);
    for (const place of dump.places.filter((each) => each.startsWith("{sfu:"))) places.add(place);
    for (const { value } of dump.documents.filter(({ collection }) => collection === "sfu")) {
      for (const [groupId, watched] of Object.entries(JSON.parse(value) as object)) {
        assert.equal(groupId, host.groupId);
        for (const name of Object.keys(watched as object)) seen.add(`<group id>.${name}`);
      }
    }
  };
  await wayIn(host);
  await look();
  guest.say({ type: "leave" });
  await host.heard((message) => message.type === "gone" && message.postKey === guest.key.publicKey);
  await host.commit({ remove: [{ postKey: guest.key.publicKey, reason: "left" }] });
  host.say({ type: "leave" });
  await host.closed;
  while ((await api.rooms.readRoom(host.room.id))?.generation) await api.rooms.sweepOnce();
  while (!seen.has("<group id>.isOver")) await look();
  assert.deepEqual([...seen].sort(), [...listed("LiveKit: what the relay keeps for it")].sort());
  assert.deepEqual([...places].sort(), [...listedFields("LiveKit: where that lies in Redis")].sort());
  api.clock.pass(13 * 60);
  await api.sfu?.watch.sweepOnce();
  assert.equal(await api.store.get(`sfu/${host.room.id}`), null);
  await api.stop();
  await redis.stop();
});
