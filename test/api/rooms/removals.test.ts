/** Nobody is put out as gone who is there, and whoever has the host link can always end a generation and begin anew. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommitData, RemovalReason } from "../../../widget/wire/commit-data.ts";
import { TestMember } from "./support/member.ts";
import { SigningKey } from "./support/room.ts";
import { type Ground, onEachStorage } from "./support/storages.ts";

onEachStorage("a commit that removes", (ground) => {
  test("takes nobody out as gone or left who is connected, whoever else is", async () => {
    const { host, guest, third } = await three(ground);
    await third.leave();
    const mixed = guest.committing(as("left", third, host));
    guest.say(mixed);
    const told = await guest.heard((message) => message.type === "refused" && message.id === mixed.id);
    assert.deepEqual(told.type === "refused" && told.here, [host.key.publicKey]);
    for (const reason of ["gone", "left"] as const) {
      for (const others of [[host], [host, third]]) await refused(guest, as(reason, ...others), "still-here");
    }
    guest.epoch = host.epoch;
    const said = host.post();
    assert.equal((await guest.next("message")).bytes, said);
    await guest.commit(as("left", third));
    await host.next("commit");
  });

  test("takes out as left only who said so, and as gone who was silent for 15 s", async () => {
    const { host, guest, third } = await three(ground);
    await third.drop();
    await pass(ground, [host, guest], 10);
    await refused(host, as("gone", third), "still-here");
    await pass(ground, [host, guest], 5);
    await host.next("gone");
    await refused(host, as("left", third), "still-here");
    await host.commit(as("gone", third));
    await guest.leave();
    await host.commit(as("left", guest));
  });

  test("takes nobody out who has come back", async () => {
    const { host, guest, third } = await three(ground);
    await guest.leave();
    await third.drop();
    await pass(ground, [host], 15);
    for (const [member, reason] of [
      [guest, "left"],
      [third, "gone"],
    ] as const) {
      const again = await TestMember.connect(ground.api, host.room, { as: member });
      again.say(again.resuming(member.lastSeq));
      await again.next("present");
      await refused(host, as(reason, member), "still-here");
      await refused(host, as("gone", member), "still-here");
    }
  });

  test("takes nobody out as replaced without letting somebody in", async () => {
    const { host, guest, third } = await three(ground);
    await refused(guest, as("replaced", host), "bad-request");
    const fresh = await TestMember.connect(ground.api, host.room);
    await fresh.enter();
    await fresh.ask();
    const add = [guest.admitted(fresh)];
    await refused(guest, { add, ...as("replaced", host, third) }, "bad-request");
    await guest.commit({ add, ...as("replaced", third) });
  });
});

onEachStorage("whoever has the host link", (ground) => {
  test("ends a generation that lives, and begins the next one", async () => {
    const { host, guest, third } = await three(ground);
    const fresh = await TestMember.connect(ground.api, host.room);
    fresh.say(await fresh.foundingAnew(await fresh.enter()));
    const { audit } = await fresh.next("founded");
    assert.deepEqual(
      audit.map((entry) => (JSON.parse(entry) as { type: string }).type),
      ["closed", "joined"],
    );
    for (const member of [host, guest, third]) {
      await member.next("ended");
      assert.equal(await member.closed, 1000);
    }
    const { n, generation } = await (await TestMember.connect(ground.api, host.room)).enter();
    assert.deepEqual([n, generation?.epoch], [host.n + 1, 0]);
  });

  test("is known by the charter key's signature over this founding on this connection, and by nothing else", async () => {
    const { host } = await three(ground);
    const [fresh, other] = [
      await TestMember.connect(ground.api, host.room),
      await TestMember.connect(ground.api, host.room),
    ];
    const room = await fresh.enter();
    await other.enter();
    const founding = await fresh.founding(room);
    const { anew } = await fresh.foundingAnew(room);
    const { anew: elsewhere } = await other.foundingAnew(room);
    const forged = new SigningKey().sign(Buffer.from("anew"));
    for (const signature of [anew, elsewhere, forged]) {
      fresh.say({ ...founding, anew: signature });
      assert.equal(await fresh.refusal(), "bad-signature");
    }
    fresh.say(founding);
    assert.equal(await fresh.refusal(), "generation-exists");
    assert.ok(!host.told.some(({ type }) => type === "ended"));
  });
});

/** All know of each other. */
async function three(ground: Ground) {
  const host = await TestMember.founder(ground.api, await ground.opened());
  const [guest, third] = [await TestMember.joiner(ground.api, host), await TestMember.joiner(ground.api, host)];
  for (const member of [host, guest, third]) {
    member.follow(host);
    for (const other of [host, guest, third]) await member.sees(other);
  }
  return { host, guest, third };
}

function as(reason: RemovalReason, ...members: readonly TestMember[]): Pick<CommitData, "remove"> {
  return { remove: members.map(({ key }) => ({ postKey: key.publicKey, reason })) };
}

async function refused(member: TestMember, data: Partial<CommitData>, code: string): Promise<void> {
  const commit = member.committing(data);
  member.say(commit);
  assert.equal(await member.refusalOf(commit.id), code);
}

/** Seconds go by in which only these show life. */
async function pass(ground: Ground, living: readonly TestMember[], seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    ground.shared.clock.pass(5);
    for (const member of living) {
      member.say({ type: "alive" });
      await member.next("alive");
    }
    await ground.api.rooms.tick();
    await ground.api.rooms.sweepOnce();
  }
}
