/** Who was sent away knows an old link: with it nothing of the room can be held up, kept alive or filled. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { STRANGERS_MAX } from "../../../widget/wire/room-limits.ts";
import { foundStatement } from "../../../widget/wire/room-signatures.ts";
import { TestMember } from "./support/member.ts";
import { bytesOf, SigningKey } from "./support/room.ts";
import { type Ground, onEachStorage } from "./support/storages.ts";

onEachStorage("who is not in", (ground) => {
  test("keeps no generation alive that everybody has left", async () => {
    const { host, removed, oldToken } = await sentAway(ground);
    const ghost = await TestMember.connect(ground.api, host.room);
    ghost.say(ghostly(removed, ghost, oldToken));
    assert.equal(await ghost.refusal(), "not-a-poster");
    const stranger = await TestMember.connect(ground.api, host.room);
    await stranger.enter();
    for (const one of [ghost, stranger]) {
      one.say(foundingOf(one, host.groupId));
      await one.refusal();
    }
    await host.leave();
    assert.equal((await (await TestMember.connect(ground.api, host.room)).enter()).generation, null);
  });

  test("is noted nowhere as connected, whatever group it names", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const stranger = await TestMember.connect(ground.api, host.room);
    await stranger.enter();
    const invented = randomBytes(32).toString("base64url");
    for (const groupId of [host.groupId, invented]) {
      const founding = foundingOf(stranger, groupId);
      stranger.say(founding);
      await stranger.refusal();
      const stored = await ground.api.store.get(`presence/${host.room.id}.${groupId}`);
      assert.ok(!stored?.value.includes(founding.postKey));
      assert.equal(stored === null, groupId === invented);
    }
  });
});

onEachStorage("a place in a room", (ground) => {
  test("is given back by who may not resume: others come in however many such there are", async () => {
    const { host, removed, oldToken } = await sentAway(ground);
    const ghosts: TestMember[] = [];
    while (ghosts.length < 300) {
      const ghost = await TestMember.connect(ground.api, host.room);
      ghost.say(ghostly(removed, ghost, oldToken));
      ghosts.push(ghost);
    }
    await Promise.all(ghosts.map((ghost) => ghost.refusal()));
    const guest = await TestMember.connect(ground.api, host.room);
    await guest.enter();
    await guest.ask();
    const [ghost] = ghosts as [TestMember];
    ghost.say(ghostly(removed, ghost, oldToken));
    assert.equal(await ghost.refusal(), "not-a-poster");
    assert.equal(await ghost.closed, 1008);
    for (const other of ghosts) other.socket.close();
  });

  test("of somebody who only enters goes to a newcomer after 5 s, and ends after 30 s whatever is said on it", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const idle: TestMember[] = [];
    while (idle.length < STRANGERS_MAX) {
      const one = await TestMember.connect(ground.api, host.room);
      await one.enter();
      idle.push(one);
    }
    const late = await TestMember.connect(ground.api, host.room);
    late.say({ type: "enter", token: host.room.token });
    assert.equal(await late.refusal(), "too-many-requests");
    ground.shared.clock.pass(5);
    await late.enter();
    assert.equal(await idle[0]?.closed, 1013);
    await late.ask();
    await host.admit([late]);
    await late.next("welcome");
    for (let i = 0; i < 3; i++) {
      ground.shared.clock.pass(9);
      for (const one of [host, late, idle[1] as TestMember]) {
        one.say({ type: "alive" });
        await one.next("alive");
      }
    }
    await ground.api.rooms.tick();
    assert.equal(await idle[1]?.closed, 1012);
    for (const other of idle) other.socket.close();
  });

  test("has one connection for each ask: the newer one", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const first = await TestMember.connect(ground.api, host.room);
    await first.enter();
    await first.ask();
    const again = await TestMember.connect(ground.api, host.room, { as: first });
    await again.enter();
    await again.ask();
    assert.equal(await first.closed, 1000);
    await host.admit([again]);
    await again.next("welcome");
  });
});

/** A host and somebody that it has sent away. */
async function sentAway(ground: Ground) {
  const host = await TestMember.founder(ground.api, await ground.opened());
  const removed = await TestMember.joiner(ground.api, host);
  const oldToken = host.room.token;
  const { link, token } = host.room.nextLink();
  await host.commit({ remove: [{ postKey: removed.key.publicKey, reason: "removed" }], link });
  host.room.token = token;
  await removed.closed;
  return { host, removed, oldToken };
}

/** What a removed member says on another connection. */
function ghostly(removed: TestMember, on: TestMember, token: string) {
  return { ...removed.resuming(0, on), token };
}

function foundingOf(ghost: TestMember, groupId: string) {
  const key = new SigningKey();
  return {
    type: "found",
    n: 9,
    groupId,
    creatorNonce: randomBytes(32).toString("base64url"),
    postKey: key.publicKey,
    signature: key.sign(foundStatement(ghost.nonce, bytesOf(groupId))),
  };
}
