/** A room's life over real sockets: opened, founded, joined, spoken in, left. On the embedded store and on Redis. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { call, refused } from "../support/api.ts";
import { TestMember } from "./support/member.ts";
import { SigningKey, TestRoom } from "./support/room.ts";
import { onEachStorage } from "./support/storages.ts";

onEachStorage("a room", (ground) => {
  test("is opened, founded, joined and spoken in", async () => {
    const room = await ground.opened();
    const host = await TestMember.connect(ground.api, room);
    const entered = await host.enter();
    assert.deepEqual(
      { ...entered, head: "" },
      {
        type: "room",
        charterKey: room.charter.publicKey,
        v: 1,
        sealedCharter: room.link.sealedCharter,
        signature: room.link.signature,
        head: "",
        n: 0,
        generation: null,
      },
    );
    await host.found();
    const guest = await TestMember.connect(ground.api, room);
    assert.deepEqual((await guest.enter()).generation, host.generation);
    await guest.ask();
    const ask = await host.next("ask");
    assert.equal(ask.postKey, guest.key.publicKey);
    const commit = await host.admit([guest]);
    const welcome = await guest.next("welcome");
    assert.equal(welcome.seq, commit.seq);
    assert.deepEqual(welcome.refs, [guest.ref]);
    assert.equal(welcome.head, commit.head);
    guest.follow(host);
    const said = [host.post(), host.post(), guest.post()];
    for (const member of [host, guest]) {
      const heard = [await member.next("message"), await member.next("message"), await member.next("message")];
      assert.deepEqual(heard.map((entry) => entry.bytes).sort(), said.sort());
      assert.deepEqual(
        heard.map((entry) => entry.seq),
        [1, 2, 3].map((i) => commit.seq + i),
      );
    }
    guest.post("signal");
    assert.equal((await host.next("signal")).poster, guest.key.publicKey);
  });

  test("is told to whoever enters, and to nobody without its token", async () => {
    const room = await ground.opened();
    const stranger = await TestMember.connect(ground.api, room);
    for (const token of [new TestRoom().token, "A".repeat(43)]) {
      stranger.say({ type: "enter", token });
      assert.equal(await stranger.refusal(), "no-such-room");
    }
    const nowhere = await TestMember.connect(ground.api, new TestRoom());
    nowhere.say({ type: "enter", token: nowhere.room.token });
    assert.equal(await nowhere.refusal(), "no-such-room");
    // Without a token, it is nobody's business.
    for (const message of [stranger.asking(), { ...stranger.resuming(0), token: new TestRoom().token }]) {
      stranger.say(message);
      assert.match(await stranger.refusal(), /no-such-room|bad-request/);
    }
  });

  test("gives a connection that only entered nothing but answers to itself", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const onlooker = await TestMember.connect(ground.api, host.room);
    await onlooker.enter();
    const guest = await TestMember.joiner(ground.api, host);
    host.post();
    host.post("signal");
    await guest.next("signal");
    await onlooker.enter();
    assert.deepEqual(
      onlooker.told.map((message) => message.type),
      ["hello", "room", "room"],
    );
  });

  test("gives a member every entry once, from its welcome on", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const members = [host];
    for (let i = 0; i < 4; i++) {
      members.push(await TestMember.joiner(ground.api, host));
      // Everyone is told of the commit that let the last one in before it speaks in its epoch.
      for (const member of members) {
        while (member.epoch < host.epoch) member.epoch = (await member.next("commit")) && member.epoch + 1;
        member.post();
      }
      for (const member of members) for (const _ of members) await member.next("message");
    }
    const whole = host.entries;
    assert.deepEqual(
      whole.map(({ seq }) => seq),
      Array.from({ length: whole.length }, (_, i) => (whole[0]?.seq ?? 0) + i),
    );
    for (const member of members.slice(1)) {
      const [first] = member.entries;
      assert.deepEqual(
        member.entries,
        whole.filter(({ seq }) => seq >= (first?.seq ?? 0)),
      );
    }
  });

  test("is founded by one of those who come at once; the others hear by whom", async () => {
    for (let round = 0; round < 5; round++) {
      const room = await ground.opened();
      const rivals = await Promise.all(Array.from({ length: 5 }, () => TestMember.connect(ground.api, room)));
      const foundings = await Promise.all(rivals.map(async (rival) => rival.founding(await rival.enter())));
      for (const [i, rival] of rivals.entries()) rival.say(foundings[i] ?? {});
      const results = await Promise.all(
        rivals.map(async (rival) => {
          const answer = await rival.next("founded", "room");
          return answer.type === "room" ? answer.generation?.groupId : "founded";
        }),
      );
      assert.equal(results.filter((result) => result === "founded").length, 1);
      const winner = foundings[results.indexOf("founded")];
      for (const result of results) if (result !== "founded") assert.equal(result, winner?.groupId);
    }
  });

  test("refuses a generation of another name, number or key", async () => {
    const room = await ground.opened();
    const member = await TestMember.connect(ground.api, room);
    const founding = await member.founding(await member.enter());
    const attempts = [
      [{ ...founding, groupId: new TestRoom().token }, "bad-signature"],
      [{ ...founding, creatorNonce: new TestRoom().token }, "bad-request"],
      [{ ...founding, n: 2 }, "generation-exists"],
      [{ ...founding, postKey: new SigningKey().publicKey }, "bad-signature"],
    ] as const;
    for (const [attempt, code] of attempts) {
      member.say(attempt);
      assert.equal(await member.refusal(), code);
    }
    member.say(founding);
    await member.next("founded");
    member.say(founding);
    assert.equal(await member.refusal(), "bad-request");
  });

  test("takes one of two commits of an epoch; the loser hears epoch-passed and what was before it", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    for (let round = 0; round < 10; round++) {
      const commits = [host, guest].map((member) => ({ member, commit: member.committing(member.room.newCharter()) }));
      for (const { member, commit } of commits) member.say(commit);
      const entries = await Promise.all([host, guest].map((member) => member.next("commit")));
      assert.deepEqual(entries[0], entries[1]);
      const loser = commits.find(({ commit }) => commit.bytes !== entries[0]?.bytes);
      assert.equal(await loser?.member.refusalOf(loser.commit.id), "epoch-passed");
      for (const member of [host, guest]) member.epoch++;
    }
  });

  test("orders no message of an old epoch after a commit", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    for (let round = 0; round < 20; round++) {
      const old = Array.from({ length: 10 }, () => guest.post());
      host.say(host.committing(host.room.newCharter()));
      old.push(...Array.from({ length: 10 }, () => guest.post()));
      const commit = await host.next("commit");
      for (const member of [host, guest]) member.epoch++;
      const last = guest.post();
      while ((await guest.next("message")).bytes !== last);
      while ((await host.next("message")).bytes !== last);
      for (const bytes of old) {
        const entry = host.entries.find((each) => each.type === "message" && each.bytes === bytes);
        if (entry) assert.ok(entry.seq < commit.seq);
        else assert.equal(await guest.refusalOf(guest.idOf(bytes)), "epoch-passed");
        assert.ok(!entry || !guest.told.some((each) => each.type === "refused" && each.id === guest.idOf(bytes)));
      }
    }
  });

  test("passes complaints on, and refuses those of others", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    const complaint = guest.complaint(Buffer.alloc(32, 7));
    guest.say({ ...complaint, signature: host.complaint(Buffer.alloc(32, 7)).signature });
    assert.equal(await guest.refusal(), "bad-signature");
    guest.say(complaint);
    for (const member of [host, guest]) {
      const { seq: _seq, ...entry } = await member.next("complaint");
      const { bytes, signature } = complaint;
      assert.deepEqual(entry, { type: "complaint", bytes, signature, poster: guest.key.publicKey });
    }
  });

  test("lets its members say goodbye: they are gone at once, and it ends with the last", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    await host.sees(guest);
    const asker = await TestMember.connect(ground.api, host.room);
    await asker.enter();
    await asker.ask();
    guest.say({ type: "leave" });
    assert.equal(await guest.closed, 1000);
    assert.deepEqual(await host.next("gone"), { type: "gone", postKey: guest.key.publicKey, left: true });
    host.say({ type: "leave" });
    assert.equal(await host.closed, 1000);
    await asker.next("ended");
    assert.equal(await asker.closed, 1000);
    const next = await TestMember.connect(ground.api, host.room);
    const entered = await next.enter();
    assert.deepEqual([entered.n, entered.generation], [1, null]);
    await next.found();
    assert.equal(next.n, 2);
  });

  test("is opened only by its charter key, once", async () => {
    const room = new TestRoom();
    const other = new TestRoom();
    const { charterKey, link } = room.openBody;
    refused(await other.open(ground.api, room.openBody), "bad-request");
    refused(await room.open(ground.api, { charterKey: other.charter.publicKey, link }), "bad-request");
    refused(await room.open(ground.api, { charterKey, link: { ...link, v: 2 } }), "bad-signature");
    refused(await room.open(ground.api, { charterKey, link: other.signedLink(1, room.token) }), "bad-signature");
    refused(await room.open(ground.api, { charterKey, link: { ...link, v: 0 } }), "bad-request");
    assert.equal((await room.open(ground.api)).status, 201);
    assert.deepEqual((await room.open(ground.api)).json, { roomId: room.id, auditKey: ground.api.rooms.auditKey });
    refused(await room.open(ground.api, { charterKey, link: room.signedLink(1, other.token) }), "room-exists");
    refused(await new TestRoom({ charterBytes: 33 * 1024 }).open(ground.api), "bad-request");
    const whole = new TestRoom({ charterBytes: 32 * 1024 });
    assert.equal((await whole.open(ground.api)).status, 201);
    const key = await call(ground.api, "GET", "/api/audit-key");
    assert.deepEqual(key.json, { auditKey: ground.api.rooms.auditKey, region: "any" });
  });
});
