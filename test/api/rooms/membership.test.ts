/** Who gets in, who is put out, and who never was: ghosts, forged asks, replaced links. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { CommitData } from "../../../widget/wire/commit-data.ts";
import { TestMember } from "./support/member.ts";
import { SigningKey, TestRoom } from "./support/room.ts";
import { type Ground, onEachStorage } from "./support/storages.ts";

onEachStorage("the list of who may post", (ground) => {
  test("takes nobody who has not asked, or has asked with another key or reference", async () => {
    const { host } = await couple(ground);
    const asker = await entered(ground, host);
    await asker.ask();
    const ghost = { ...host.admitted(asker), postKey: new SigningKey().publicKey };
    const unasked = { ...host.admitted(asker), ref: randomBytes(32).toString("base64url") };
    const right = host.admitted(asker);
    for (const add of [[ghost], [unasked], [ghost, right], [right, right], [right, { ...right, ref: ghost.ref }]]) {
      await refusedCommit(host, { add }, "bad-request");
    }
    await host.admit([asker]);
    await asker.next("welcome");
  });

  test("takes no key twice, and no reference a second time in a generation", async () => {
    const { host, guest } = await couple(ground);
    await refusedCommit(host, { add: [host.admitted(guest)] }, "bad-request");
    const other = await entered(ground, host);
    other.say(other.asking({ ref: guest.ref }));
    assert.equal(await other.refusal(), "bad-request");
    await guest.leave();
    await host.commit({ remove: [{ postKey: guest.key.publicKey, reason: "left" }] });
    other.say(other.asking({ ref: guest.ref }));
    assert.equal(await other.refusal(), "bad-request");
    await refusedCommit(host, { add: [host.admitted(guest)] }, "bad-request");
  });

  test("takes an ask only from who holds the key it names, on this very connection", async () => {
    const { host } = await couple(ground);
    const [asker, thief] = [await entered(ground, host), await entered(ground, host)];
    thief.say(asker.asking());
    assert.equal(await thief.refusal(), "bad-signature");
    thief.say(thief.asking({ postKey: asker.key.publicKey }));
    assert.equal(await thief.refusal(), "bad-signature");
    thief.say({ ...thief.asking(), groupId: new TestRoom().token });
    assert.equal(await thief.refusal(), "no-generation");
    await asker.ask();
    thief.say(thief.asking({ ref: asker.ref }));
    assert.equal(await thief.refusal(), "bad-request");
    await host.admit([asker]);
    await asker.next("welcome");
    assert.ok(!thief.told.some((message) => message.type === "welcome"));
  });

  test("gives the Welcome to who asked, on whichever connection it asked last, and to nobody else", async () => {
    const { host } = await couple(ground);
    const [first, bystander] = [await entered(ground, host), await entered(ground, host)];
    await first.ask();
    await bystander.ask();
    const again = await TestMember.connect(ground.api, host.room, { as: first });
    await again.enter();
    again.say(again.asking());
    await again.next("asked");
    await host.admit([again]);
    assert.deepEqual((await again.next("welcome")).refs, [first.ref]);
    // One more round trip, so that what was to come has come.
    await bystander.enter();
    for (const other of [first, bystander]) assert.ok(!other.told.some((message) => message.type === "welcome"));
    const asks = host.entries.filter((entry) => entry.type === "ask" && entry.ref === first.ref);
    assert.equal(asks.length, 1);
  });

  test("lets several in with one commit and one Welcome", async () => {
    const { host, guest } = await couple(ground);
    const askers = await Promise.all(Array.from({ length: 5 }, () => entered(ground, host)));
    await Promise.all(askers.map((asker) => asker.ask()));
    const commit = await host.admit(askers);
    const welcomes = await Promise.all(askers.map((asker) => asker.next("welcome")));
    for (const welcome of welcomes) assert.deepEqual(welcome, welcomes[0]);
    assert.deepEqual(
      welcomes[0]?.refs,
      askers.map((asker) => asker.ref),
    );
    assert.equal(welcomes[0]?.seq, commit.seq);
    const [speaker] = askers;
    speaker?.follow(host);
    const said = speaker?.post();
    for (const member of [host, guest, ...askers]) assert.equal((await member.next("message")).bytes, said);
  });

  test("needs a Welcome for who comes, and none for who does not", async () => {
    const { host } = await couple(ground);
    const asker = await entered(ground, host);
    await asker.ask();
    const { welcome: _welcome, ...without } = host.committing({ add: [host.admitted(asker)] });
    host.say(without);
    assert.equal(await host.refusal(), "bad-request");
    host.say({ ...host.committing({}), welcome: randomBytes(99).toString("base64url") });
    assert.equal(await host.refusal(), "bad-request");
  });

  test("hears nobody who is not on it", async () => {
    const { host, guest } = await couple(ground);
    const asker = await entered(ground, host);
    await asker.ask();
    asker.follow(host);
    for (const type of ["message", "signal"] as const) {
      const bytes = asker.post(type);
      assert.deepEqual(await asker.next("refused"), { type: "refused", id: asker.idOf(bytes), code: "not-a-poster" });
    }
    asker.say(asker.committing({}));
    assert.equal(await asker.refusal(), "not-a-poster");
    asker.say(asker.complaint(randomBytes(32)));
    assert.equal(await asker.refusal(), "not-a-poster");
    const fence = guest.post();
    for (const member of [host, guest]) assert.equal((await member.next("message")).bytes, fence);
  });

  test("takes no commit with another's signature, group or epoch, and no commit that is posted as a message", async () => {
    const { host, guest } = await couple(ground);
    await refusedCommit(host, {}, "bad-signature", { signer: guest.key });
    await refusedCommit(host, {}, "epoch-passed", { epoch: host.epoch + 1 });
    await refusedCommit(host, {}, "epoch-passed", { epoch: host.epoch - 1 });
    const elsewhere = await couple(ground);
    elsewhere.host.epoch = host.epoch;
    host.say({ ...elsewhere.host.committing({}, { signer: host.key }) });
    assert.equal(await host.refusal(), "no-generation");
    host.say({ type: "message", id: 1, bytes: host.committing({}).bytes });
    assert.equal(await host.refusal(), "bad-request");
    await host.commit();
  });

  test("drops who is removed: its connection ends, and it does not come back", async () => {
    const { host, guest } = await couple(ground);
    await host.sendAway(guest);
    assert.equal((await guest.next("commit", "removed")).type, "commit");
    await guest.next("removed");
    assert.equal(await guest.closed, 1000);
    const again = await TestMember.connect(ground.api, host.room, { as: guest });
    again.say(again.resuming(0));
    assert.equal(await again.refusal(), "not-a-poster");
  });

  test("lets nobody remove itself, or somebody who is not on it, or somebody twice", async () => {
    const { host, guest } = await couple(ground);
    const drop = (member: TestMember) => ({ postKey: member.key.publicKey, reason: "left" as const });
    const stranger = await entered(ground, host);
    for (const remove of [[drop(host)], [drop(stranger)], [drop(guest), drop(guest)]]) {
      await refusedCommit(host, { remove }, "bad-request");
    }
    await guest.leave();
    await host.commit({ remove: [drop(guest)] });
  });

  test("lets somebody come back as another leaf with the commit that drops the old one", async () => {
    const { host, guest } = await couple(ground);
    const fresh = await entered(ground, host);
    await fresh.ask();
    const remove = [{ postKey: guest.key.publicKey, reason: "replaced" as const }];
    await host.commit({ add: [host.admitted(fresh)], remove });
    await fresh.next("welcome");
    await guest.next("removed");
  });
});

onEachStorage("a room's link", (ground) => {
  test("is raised by a commit: the old token opens nothing any more, and the removed is out for good", async () => {
    const { host, guest } = await couple(ground);
    const waiting = await entered(ground, host);
    const { link, token } = host.room.nextLink();
    await host.commit({ remove: [{ postKey: guest.key.publicKey, reason: "removed" }], link });
    await guest.next("removed");
    const [again, late] = [
      await TestMember.connect(ground.api, host.room),
      await TestMember.connect(ground.api, host.room),
    ];
    again.say({ type: "enter", token: host.room.token });
    assert.equal(await again.refusal(), "link-replaced");
    // Entered before, asks now.
    waiting.say(waiting.asking());
    assert.equal(await waiting.refusal(), "link-replaced");
    assert.equal((await host.room.audit(ground.api)).json.code, "link-replaced");
    host.room.token = token;
    const room = await late.enter();
    assert.deepEqual([room.v, room.sealedCharter, room.signature], [2, link.sealedCharter, link.signature]);
    await late.ask();
    await host.admit([late]);
    await late.next("welcome");
  });

  test("is dead at once for whoever waits at the door by it, and for nobody whom the same commit lets in", async () => {
    const { host } = await couple(ground);
    const [waiting, admitted] = [await entered(ground, host), await entered(ground, host)];
    await waiting.ask();
    await admitted.ask();
    const { link, token } = host.room.nextLink();
    await host.commit({ add: [host.admitted(admitted)], link });
    await admitted.next("welcome");
    assert.equal(await waiting.refusal(), "link-replaced");
    // Who has the host link finds the new one, and asks again on this very connection.
    host.room.token = token;
    await waiting.enter();
    await waiting.ask();
    await host.commit({ add: [host.admitted(waiting)] });
    await waiting.next("welcome");
    assert.equal(waiting.told.filter(({ type }) => type === "refused").length, 1);
  });

  test("is dead once for whoever asks by it just then: a second refusal would be one of the next ask", async () => {
    const { host } = await couple(ground);
    for (let round = 0; round < 30; round++) {
      const asker = await entered(ground, host);
      const { link, token } = host.room.nextLink();
      await host.commit({ link });
      asker.say(asker.asking());
      assert.equal(await asker.refusal(), "link-replaced");
      Object.assign(host.room, { link, token });
      await asker.enter();
      await asker.ask();
      assert.equal(asker.told.filter(({ type }) => type === "refused").length, 1);
      asker.socket.close();
    }
  });

  test("must be raised when somebody is removed for cause", async () => {
    const { host, guest } = await couple(ground);
    const remove = [{ postKey: guest.key.publicKey, reason: "removed" as const }];
    await refusedCommit(host, { remove }, "bad-request");
  });

  test("is raised by one, with the charter key's signature over just this", async () => {
    const { host } = await couple(ground);
    const { room } = host;
    const { link, token } = room.nextLink();
    const other = new TestRoom();
    await refusedCommit(host, { link: other.signedLink(2, token) }, "bad-signature");
    await refusedCommit(host, { link: { ...link, sealedCharter: other.link.sealedCharter } }, "bad-signature");
    await refusedCommit(host, { link: { ...link, v: 3 } }, "bad-request");
    await refusedCommit(host, { link: room.signedLink(3, token) }, "bad-request");
    await refusedCommit(host, { link: room.signedLink(1, token) }, "bad-request");
    await refusedCommit(host, { link: room.signedLink(2, room.token) }, "bad-request");
    const large = room.signedLink(2, token, randomBytes(32 * 1024 + 1));
    await refusedCommit(host, { link: large }, "bad-signature");
    await host.commit({ link });
  });

  test("stays while its charter changes: the relay keeps the new one for the next generation, if the charter key signed it", async () => {
    const { host } = await couple(ground);
    const { charter } = host.room.newCharter();
    const forged = { ...charter, signature: new SigningKey().sign(randomBytes(9)) };
    await refusedCommit(host, { charter: forged }, "bad-signature");
    const older = new TestRoom().newCharter();
    await refusedCommit(host, older, "bad-signature");
    await refusedCommit(host, { charter, link: host.room.nextLink().link }, "bad-request");
    await host.commit({ charter });
    const room = await (await TestMember.connect(ground.api, host.room)).enter();
    assert.deepEqual([room.v, room.sealedCharter, room.signature], [1, charter.sealedCharter, charter.signature]);
  });

  test("of an older version still lets back who was away while it was raised, if its key is on the list", async () => {
    const { host, guest } = await couple(ground);
    const seq = guest.lastSeq;
    await guest.drop();
    await host.commit({ link: host.room.nextLink().link });
    const again = await TestMember.connect(ground.api, host.room, { as: guest });
    again.say(again.resuming(seq));
    await again.next("resumed");
    await again.next("commit");
  });
});

async function couple(ground: Ground): Promise<{ host: TestMember; guest: TestMember }> {
  const host = await TestMember.founder(ground.api, await ground.opened());
  return { host, guest: await TestMember.joiner(ground.api, host) };
}

async function entered(ground: Ground, host: TestMember): Promise<TestMember> {
  const member = await TestMember.connect(ground.api, host.room);
  await member.enter();
  return member;
}

async function refusedCommit(
  member: TestMember,
  data: Partial<CommitData>,
  code: string,
  options: { epoch?: number; signer?: SigningKey } = {},
): Promise<void> {
  const commit = member.committing(data, options);
  member.say(commit);
  assert.equal(await member.refusalOf(commit.id), code);
}
