/**
 * Who leaves the list of post keys is out of LiveKit: at once, and again whenever its old token lets it back in, for as
 * long as that is good. Whichever process took the commit, and whatever has become of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestMember } from "../rooms/support/member.ts";
import { TestRoom } from "../rooms/support/room.ts";
import { type SharedStorage, storages } from "../rooms/support/storages.ts";
import { startTestApi, type TestApi } from "../support/api.ts";
import { roomsOf, runsLivekit, soon, soonTrue, Visitor, variablesOf, type WayIn, wayIn } from "./support/livekit.ts";

/** ms; fewer looks than a token lasts seconds have to do. */
const LOOKS_EVERY_MS = 100;
const livekit = runsLivekit();
const rooms = roomsOf(livekit);

/** A host and a guest, both connected to LiveKit. */
interface Call {
  readonly host: TestMember;
  readonly guest: TestMember;
  readonly hostWay: WayIn;
  readonly guestWay: WayIn;
  readonly hostThere: Visitor;
  readonly guestThere: Visitor;
}

async function beginCall(api: TestApi): Promise<Call> {
  const room = new TestRoom();
  assert.equal((await room.open(api)).status, 201);
  const host = await TestMember.founder(api, room);
  const guest = await TestMember.joiner(api, host);
  await host.sees(guest);
  const [hostWay, guestWay] = [await wayIn(host), await wayIn(guest)];
  const [hostThere, guestThere] = [await Visitor.join(hostWay), await Visitor.join(guestWay)];
  return { host, guest, hostWay, guestWay, hostThere, guestThere };
}

async function there({ hostWay }: Call): Promise<string[]> {
  return (await rooms.listParticipants(hostWay.claims.video.room)).map(({ identity }) => identity);
}

/** People are out of a room a moment before it is gone. */
async function untilNoRoom({ hostWay }: Call): Promise<void> {
  await soonTrue(async () => (await rooms.listRooms([hostWay.claims.video.room])).length === 0);
}

/** The next look that is due. */
async function nextLook(api: TestApi, { seconds }: { seconds: number }): Promise<void> {
  api.clock.pass(seconds);
  await api.sfu?.watch.sweepOnce();
}

/** A generation whose last member leaves while another is being forgotten ends at the next sweep. */
async function untilOver(api: TestApi, room: TestRoom): Promise<void> {
  while ((await api.rooms.readRoom(room.id))?.generation) await api.rooms.sweepOnce();
}

/** Looks every second of the relay's clock, as the sweeper does, until it has put somebody out. */
async function putOut(api: TestApi, visitor: Visitor): Promise<void> {
  const looking = setInterval(() => void nextLook(api, { seconds: 1 }).catch(() => undefined), LOOKS_EVERY_MS);
  await soon(visitor.out).finally(() => clearInterval(looking));
}

for (const [name, share] of Object.entries(storages)) {
  const onIt = (title: string, rule: (api: TestApi, shared: SharedStorage) => Promise<void>) =>
    test(`${title}, on ${name}`, async () => {
      const shared = await share();
      const api = await startTestApi(shared.options(variablesOf(livekit)));
      try {
        await rule(api, shared);
      } finally {
        await api.stop();
        await shared.stop();
      }
    });

  onIt("whom a commit removes is out of LiveKit at once, and nobody else is", async (api) => {
    const call = await beginCall(api);
    await call.host.sendAway(call.guest);
    await soon(call.guestThere.out);
    assert.deepEqual(await there(call), [call.hostWay.claims.sub]);
  });

  onIt("its token lets it back in only until the next look, again and again, until it is good no more", async (api) => {
    const call = await beginCall(api);
    await call.host.sendAway(call.guest);
    await soon(call.guestThere.out);
    for (const seconds of [0, 10, 700]) {
      api.clock.pass(seconds);
      const again = await Visitor.join(call.guestWay);
      await putOut(api, again);
      assert.deepEqual(await there(call), [call.hostWay.claims.sub]);
    }
  });

  onIt("who says goodbye is out at once, before any commit", async (api) => {
    const call = await beginCall(api);
    call.guest.say({ type: "leave" });
    await soon(call.guestThere.out);
    assert.deepEqual(await there(call), [call.hostWay.claims.sub]);
  });

  onIt("when a generation is over its LiveKit room is gone, with whoever is still there", async (api) => {
    const call = await beginCall(api);
    await call.host.sendAway(call.guest);
    await soon(call.guestThere.out);
    const ghost = await Visitor.join(call.guestWay);
    call.host.say({ type: "leave" });
    await call.host.closed;
    await untilOver(api, call.host.room);
    await soon(Promise.all([ghost.out, call.hostThere.out]));
    await untilNoRoom(call);
  });

  onIt("a generation in which nobody is heard any more ends at LiveKit, too", async (api) => {
    const call = await beginCall(api);
    for (const member of [call.guest, call.host]) await member.drop();
    api.clock.pass(16);
    await api.rooms.sweepOnce();
    await soon(Promise.all([call.guestThere.out, call.hostThere.out]));
  });

  onIt(
    "a token of a generation that is over opens a room that is closed again, until it is good no more",
    async (api) => {
      const call = await beginCall(api);
      for (const member of [call.guest, call.host]) {
        member.say({ type: "leave" });
        await member.closed;
      }
      await untilOver(api, call.host.room);
      await soon(call.hostThere.out);
      const key = `sfu/${call.host.room.id}` as const;
      for (const seconds of [0, 10, 600]) {
        api.clock.pass(seconds);
        const again = await Visitor.joinAtLast(call.hostWay);
        await putOut(api, again);
        assert.ok(await api.store.get(key));
      }
      await nextLook(api, { seconds: 200 });
      assert.equal(await api.store.get(key), null, "nothing is left of a generation whose tokens are good no more");
    },
  );

  onIt("another process puts out whom a commit removed whose process died of it", async (api, shared) => {
    const call = await beginCall(api);
    // It can't tell LiveKit anything, as a dead one can't.
    const dying = await startTestApi(shared.options());
    const [host, guest] = [call.host, call.guest];
    const elsewhere = await TestMember.connect(dying, host.room, { as: host });
    elsewhere.say(elsewhere.resuming(host.lastSeq));
    await elsewhere.next("resumed");
    for (const member of [host, guest]) await member.drop();
    await elsewhere.sendAway(call.guest);
    await dying.stop();
    assert.equal((await there(call)).length, 2);
    await nextLook(api, { seconds: 11 });
    await soon(call.guestThere.out);
    assert.deepEqual(await there(call), [call.hostWay.claims.sub]);
  });

  // An embedded store has one process.
  if (name !== "Redis") continue;

  onIt("a commit that another process took puts out at once", async (api, shared) => {
    const call = await beginCall(api);
    const other = await startTestApi(shared.options());
    const elsewhere = await TestMember.connect(other, call.host.room, { as: call.host });
    elsewhere.say(elsewhere.resuming(call.host.lastSeq));
    await elsewhere.next("resumed");
    await elsewhere.sendAway(call.guest);
    await soon(call.guestThere.out);
    await other.stop();
  });
}
