/**
 * The relay's eye: a member may look at what LiveKit carries under a name of its own, which can send nothing, which nobody
 * else is told of, and which is out with the member.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import { TestMember } from "../rooms/support/member.ts";
import { bytesOf, TestRoom } from "../rooms/support/room.ts";
import { startTestApi, type TestApi } from "../support/api.ts";
import { askFor, roomsOf, runsLivekit, soon, Visitor, variablesOf, type WayIn, wayIn } from "./support/livekit.ts";

const livekit = runsLivekit();
const rooms = roomsOf(livekit);
const EYE = { eye: true } as const;

let api: TestApi;
before(async () => {
  api = await startTestApi({ environment: variablesOf(livekit) });
});
after(() => api?.stop());

async function twoMembers(): Promise<{ host: TestMember; guest: TestMember }> {
  const room = new TestRoom();
  assert.equal((await room.open(api)).status, 201);
  const host = await TestMember.founder(api, room);
  const guest = await TestMember.joiner(api, host);
  await host.sees(guest);
  return { host, guest };
}

async function there({ claims }: WayIn): Promise<string[]> {
  return (await rooms.listParticipants(claims.video.room)).map(({ identity }) => identity).sort();
}

const eyeOf = async (member: TestMember): Promise<string> => `${await pseudonym(bytesOf(member.key.publicKey))}.eye`;

/** A look that finds everybody where they belong, and one a while later. */
async function lookTwice(): Promise<void> {
  for (const seconds of [11, 11]) {
    api.clock.pass(seconds);
    await api.sfu?.watch.sweepOnce();
  }
}

describe("a member who looks", () => {
  test("gets a token that lets it get media, and do nothing else, hidden and under a name of its own", async () => {
    const { host } = await twoMembers();
    const [own, { claims }] = [await wayIn(host), await wayIn(host, EYE)];
    const { video, nbf, exp, ...rest } = claims;
    assert.equal(exp - nbf, 600);
    assert.deepEqual(rest, { iss: livekit.key, sub: await eyeOf(host) });
    assert.deepEqual(video, {
      roomJoin: true,
      room: own.claims.video.room,
      hidden: true,
      canPublish: false,
      canSubscribe: true,
      canPublishData: false,
      canUpdateOwnMetadata: false,
    });
  });

  test("is let in beside itself, and LiveKit holds it to that", async () => {
    const { host } = await twoMembers();
    const ways = [await wayIn(host), await wayIn(host, EYE)] as const;
    await Promise.all(ways.map((way) => Visitor.join(way)));
    assert.deepEqual(await there(ways[0]), [ways[0].claims.sub, ways[1].claims.sub].sort());
    const { permission } = await rooms.getParticipant(ways[1].claims.video.room, ways[1].claims.sub);
    const { hidden, canPublish, canPublishData, canSubscribe, canUpdateMetadata } = permission ?? {};
    assert.deepEqual(
      { hidden, canPublish, canPublishData, canSubscribe, canUpdateMetadata },
      { hidden: true, canPublish: false, canPublishData: false, canSubscribe: true, canUpdateMetadata: false },
    );
  });

  test("is left alone for as long as it is on the list", async () => {
    const { host } = await twoMembers();
    const way = await wayIn(host, EYE);
    await Visitor.join(way);
    await lookTwice();
    assert.deepEqual(await there(way), [way.claims.sub]);
  });

  test("has to be a member, as for any other token, and is held to the same limit", async () => {
    const { host } = await twoMembers();
    const stranger = await TestMember.connect(api, host.room);
    await stranger.enter();
    assert.deepEqual(await askFor(stranger, EYE), { code: "not-a-poster" });
    const answers: object[] = [];
    while (answers.length < 60 && !("code" in (answers.at(-1) ?? {}))) answers.push(await askFor(host, EYE));
    assert.deepEqual(answers.at(-1), { code: "too-many-requests", retryAfter: 1 });
  });

  test("may ask for an eye or not, and for nothing in between", async () => {
    const { host } = await twoMembers();
    for (const eye of [false, 1, "true", null]) {
      host.say({ type: "sfu", id: 1, eye } as never);
      await host.heard((message) => message.type === "refused" && message.code === "bad-request");
    }
  });
});

describe("the eye of somebody who is no member any more", () => {
  test("is out at once after a removal, and again after each time that its token lets it in", async () => {
    const { host, guest } = await twoMembers();
    const [hostWay, eyeWay] = [await wayIn(host, EYE), await wayIn(guest, EYE)];
    const [, eye] = [await Visitor.join(hostWay), await Visitor.join(eyeWay)];
    await host.sendAway(guest);
    await soon(eye.out);
    assert.deepEqual(await there(hostWay), [hostWay.claims.sub]);
    const again = await Visitor.join(eyeWay);
    const looking = setInterval(() => {
      api.clock.pass(1);
      void api.sfu?.watch.sweepOnce().catch(() => undefined);
    }, 100);
    await soon(again.out).finally(() => clearInterval(looking));
    assert.deepEqual(await there(hostWay), [hostWay.claims.sub]);
  });

  test("is out as soon as it says goodbye, with the member itself", async () => {
    const { host, guest } = await twoMembers();
    const ways = [await wayIn(guest), await wayIn(guest, EYE)];
    const visitors = await Promise.all(ways.map((way) => Visitor.join(way)));
    guest.say({ type: "leave" });
    await soon(Promise.all(visitors.map(({ out }) => out)));
    assert.deepEqual(await there(await wayIn(host)), []);
  });

  test("is out when the generation is over", async () => {
    const room = new TestRoom();
    assert.equal((await room.open(api)).status, 201);
    const host = await TestMember.founder(api, room);
    const eye = await Visitor.join(await wayIn(host, EYE));
    await host.drop();
    api.clock.pass(16);
    await api.rooms.sweepOnce();
    await soon(eye.out);
  });
});
