/** A commit that most complain of: one of those who complain forms the group anew, and nobody else can. */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import type { FromRelay } from "../../../widget/wire/room-relay.ts";
import { foundStatement } from "../../../widget/wire/room-signatures.ts";
import { TestMember } from "./support/member.ts";
import { bytesOf } from "./support/room.ts";
import { type Ground, onEachStorage } from "./support/storages.ts";

onEachStorage("a generation with a broken commit", (ground) => {
  test("is formed anew by one of most who complain; it ends for everybody else", async () => {
    const { accused, others, commit } = await broken(ground, 4);
    for (const member of others.slice(0, 2)) member.say(member.complaint(commit));
    await heardComplaints(accused, 2);
    const [reformer] = others as [TestMember];
    const fresh = await TestMember.connect(ground.api, accused.room);
    const told = await reforming(fresh, reformer, commit);
    assert.equal(told.type, "founded");
    const audit =
      told.type === "founded" ? told.audit.map((entry) => (JSON.parse(entry) as { type: string }).type) : [];
    assert.deepEqual(audit, ["closed", "joined"]);
    for (const member of [accused, ...others]) {
      await member.next("ended");
      assert.equal(await member.closed, 1000);
    }
    const again = await TestMember.connect(ground.api, accused.room);
    const room = await again.enter();
    assert.deepEqual([room.n, room.generation?.epoch], [2, 0]);
    await again.ask();
    fresh.groupId = room.generation?.groupId ?? "";
    fresh.epoch = 0;
    await fresh.admit([again]);
    await again.next("welcome");
    const said = fresh.post();
    assert.equal((await fresh.next("message")).bytes, said);
    // The old one's silence, when it lapses, is nobody's end.
    ground.shared.clock.pass(10);
    for (const member of [fresh, again]) {
      member.say({ type: "alive" });
      await member.next("alive");
    }
    await ground.api.rooms.tick();
    ground.shared.clock.pass(6);
    await ground.api.rooms.sweepOnce();
    assert.equal(await ground.api.store.get(`presence/${accused.room.id}.${accused.groupId}`), null);
    assert.notEqual((await (await TestMember.connect(ground.api, accused.room)).enter()).generation, null);
  });

  test("is not by the accused, by a stranger, by half, or for a commit that nobody complains of", async () => {
    const { accused, others, commit } = await broken(ground, 5);
    const [first, second] = others as [TestMember, TestMember];
    first.say(first.complaint(commit));
    // Twice is once.
    first.say(first.complaint(commit));
    second.say(second.complaint(commit));
    accused.say(accused.complaint(commit));
    await heardComplaints(accused, 4);
    assert.equal(await refusalOf(first, commit), "not-a-poster");
    const third = others[2] as TestMember;
    third.say(third.complaint(commit));
    await heardComplaints(accused, 5);
    assert.equal(await refusalOf(accused, commit), "not-a-poster");
    const stranger = await TestMember.connect(ground.api, accused.room);
    assert.equal(await refusalOf(stranger, commit), "not-a-poster");
    assert.equal(await refusalOf(first, Buffer.alloc(32, 1)), "not-a-poster");
    const fresh = await TestMember.connect(ground.api, accused.room);
    const { formerKey: _key, ...without } = await refounding(fresh, first, commit);
    fresh.say(without);
    assert.equal(await fresh.refusal(), "generation-exists");
    fresh.say({ ...(await refounding(fresh, first, commit)), formerKey: second.key.publicKey });
    assert.equal(await fresh.refusal(), "bad-signature");
    for (const member of [accused, ...others]) assert.ok(!member.told.some((message) => message.type === "ended"));
    assert.equal((await reforming(fresh, first, commit)).type, "founded");
  });

  test("is formed anew though the poster of the broken commit goes on with 17 more at once", async () => {
    const { accused, others, commit } = await broken(ground, 2);
    const [host] = others as [TestMember];
    accused.epoch++;
    for (let i = 0; i < 17; i++) {
      const { link, token } = host.room.nextLink();
      Object.assign(host.room, { link, token });
      accused.say(accused.committing({ link }));
      accused.epoch++;
    }
    await host.heard(() => host.entries.filter((entry) => entry.type === "commit").length >= 19);
    host.say(host.complaint(commit));
    await heardComplaints(host, 1);
    const fresh = await TestMember.connect(ground.api, host.room);
    assert.equal((await reforming(fresh, host, commit)).type, "founded");
  });

  test("counts only those who are there", async () => {
    const { accused, others, commit } = await broken(ground, 5);
    const [first, ...rest] = others as [TestMember, ...TestMember[]];
    for (const member of rest) {
      member.say({ type: "leave" });
      await member.closed;
    }
    first.say(first.complaint(commit));
    await heardComplaints(accused, 1);
    const fresh = await TestMember.connect(ground.api, accused.room);
    assert.equal((await reforming(fresh, first, commit)).type, "founded");
  });
});

/** The first joiner has made a commit of which the others may complain. */
async function broken(ground: Ground, count: number) {
  const host = await TestMember.founder(ground.api, await ground.opened());
  const members = [host];
  while (members.length < count) members.push(await TestMember.joiner(ground.api, host));
  for (const member of members) {
    await member.heard((message) => "seq" in message && message.seq >= host.lastSeq);
    member.follow(host);
    for (const other of members) await member.sees(other);
  }
  const [, accused] = members as [TestMember, TestMember];
  const commit = accused.committing({});
  accused.say(commit);
  for (const member of members) {
    await member.heard((message) => message.type === "commit" && message.bytes === commit.bytes);
  }
  return {
    accused,
    others: members.filter((member) => member !== accused),
    commit: hash("sha256", bytesOf(commit.bytes), "buffer"),
  };
}

async function heardComplaints(member: TestMember, count: number): Promise<void> {
  await member.heard(() => member.entries.filter((entry) => entry.type === "complaint").length >= count);
}

async function refounding(fresh: TestMember, former: TestMember, commit: Uint8Array) {
  const founding = await fresh.founding(await fresh.enter());
  return {
    ...founding,
    reforms: Buffer.from(commit).toString("base64url"),
    formerKey: former.key.publicKey,
    formerSignature: former.key.sign(foundStatement(fresh.nonce, bytesOf(founding.groupId))),
  };
}

async function reforming(fresh: TestMember, former: TestMember, commit: Uint8Array): Promise<FromRelay> {
  fresh.say(await refounding(fresh, former, commit));
  return fresh.next("founded");
}

async function refusalOf(former: TestMember, commit: Uint8Array): Promise<string> {
  const fresh = await TestMember.connect({ port: Number(new URL(former.socket.url).port) }, former.room);
  fresh.say(await refounding(fresh, former, commit));
  return fresh.refusal();
}
