/** The audit trail of a room as its members can check it: chained, signed, and the same as what they were told. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { type AuditEntry, canonicalEntry, hashOf, openHead } from "../../../widget/wire/audit.ts";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import { startTestApi, type TestApi } from "../support/api.ts";
import { TestMember } from "./support/member.ts";
import { bytesOf, TestRoom } from "./support/room.ts";
import { onEachStorage } from "./support/storages.ts";

onEachStorage("the audit trail", (ground) => {
  test("tells what happened to the room, chained and under a signed head", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const [one, two] = [await TestMember.joiner(ground.api, host), await TestMember.joiner(ground.api, host)];
    const commits = [await host.commit()];
    const { link, token } = host.room.nextLink();
    const remove = [{ postKey: one.key.publicKey, reason: "removed" as const }];
    commits.push(await host.commit({ remove, link }));
    await two.leave();
    commits.push(await host.commit({ remove: [left(two)] }));
    host.room.token = token;
    host.say({ type: "leave" });
    await host.closed;
    const { entries, head } = await exported(ground.api, host.room);
    const [by, first, second] = await Promise.all([host, one, two].map((member) => named(member)));
    assert.deepEqual(
      entries.map(({ type, subject }) => [type, subject]),
      [
        ["opened", host.room.id],
        ["joined", by],
        ["joined", first],
        ["joined", second],
        ["epoch", by],
        ["removed", first],
        ["link", by],
        ["left", second],
        ["closed", host.room.id],
      ],
    );
    await checkChain(entries, head, host);
    for (const entry of entries) {
      assert.equal(entry.time, ground.shared.clock.ms);
      assert.equal(entry.room, host.room.id);
      assert.equal(entry.region, "any");
    }
    const hashes = await Promise.all(commits.map((commit) => hashOf(bytesOf(commit.bytes))));
    assert.deepEqual(
      entries.slice(4, 8).map((entry) => entry.commit),
      [0, 1, 1, 2].map((i) => Buffer.from(hashes[i] ?? []).toString("base64url")),
    );
  });

  test("is told to members as it grows: each commit's head covers its own entries, and extends the last", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    for (let i = 0; i < 5; i++) await host.commit(host.room.newCharter());
    const told: string[] = [];
    let trail = { size: 1, hash: "" };
    for (const message of host.told) {
      if (message.type !== "founded" && message.type !== "commit") continue;
      told.push(...message.audit);
      const head = await host.headOf(message.head);
      const last = await hashOf(Buffer.from(message.audit.at(-1) ?? ""));
      assert.deepEqual(Buffer.from(head.hash), Buffer.from(last));
      assert.equal(head.size, trail.size + message.audit.length);
      assert.equal(head.origin, `http://frame.localhost/r/${host.room.id}`);
      trail = { size: head.size, hash: Buffer.from(head.hash).toString("base64url") };
    }
    const { entries, lines } = await exported(ground.api, host.room);
    assert.deepEqual(lines.slice(1, -1), told);
    assert.equal(entries.length, trail.size);
    const welcome = guest.told.find((message) => message.type === "welcome");
    assert.ok(welcome?.type === "welcome" && welcome.audit.length === 1 && told.includes(welcome.audit[0] ?? ""));
    const entered = await (await TestMember.connect(ground.api, host.room)).enter();
    assert.equal((await host.headOf(entered.head)).size, trail.size);
  });

  test("notes who was lost, and who came back as another leaf", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const [lost, old] = [await TestMember.joiner(ground.api, host), await TestMember.joiner(ground.api, host)];
    const fresh = await TestMember.connect(ground.api, host.room);
    await fresh.enter();
    await fresh.ask();
    await lost.leave();
    await host.commit({
      add: [host.admitted(fresh)],
      remove: [
        { postKey: lost.key.publicKey, reason: "gone" },
        { postKey: old.key.publicKey, reason: "replaced" },
      ],
    });
    const { entries } = await exported(ground.api, host.room);
    assert.deepEqual(
      entries.slice(-3).map(({ type }) => type),
      ["lost", "replaced", "joined"],
    );
  });

  test("is for who holds the link", async () => {
    const room = await ground.opened();
    assert.equal((await room.audit(ground.api, new TestRoom().token)).json.code, "no-such-room");
    assert.equal((await new TestRoom().audit(ground.api)).json.code, "no-such-room");
    const answer = await room.audit(ground.api);
    assert.equal(answer.headers.get("content-type"), "application/jsonl; charset=utf-8");
  });

  test("is exported whole when it is long", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    for (let i = 0; i < 30; i++) {
      for (let j = 0; j < 40; j++) {
        host.say(host.committing(host.room.newCharter()));
        host.epoch++;
      }
      while (host.entries.length < (i + 1) * 40) {
        const [sent, taken] = [(i + 1) * 40, host.entries.length];
        const refused = host.told.filter((message) => message.type === "refused").length;
        if (refused > 0) break;
        await host.heard(() => host.entries.length > taken || host.entries.length >= sent);
      }
      // More than a connection may post at once: the rest comes from another one.
      if (host.told.some((message) => message.type === "refused")) break;
    }
    const { entries, head } = await exported(ground.api, host.room);
    assert.ok(entries.length > 40);
    await checkChain(entries, head, host);
  });

  test("is signed by one key, whichever process signs, and by the same one after a restart", async () => {
    const others = await Promise.all([1, 2, 3].map(() => startTestApi(ground.shared.options())));
    for (const other of others) assert.equal(other.rooms.auditKey, ground.api.rooms.auditKey);
    const room = await ground.opened();
    const [mine, theirs] = [await exported(ground.api, room), await exported(others[0] as TestApi, room)];
    assert.equal(mine.head, theirs.head);
    await Promise.all(others.map((other) => other.stop()));
    const seed = randomBytes(32).toString("base64url");
    const given = await startTestApi(ground.shared.options({ AUDIT_KEY: seed, REGION: "ch" }));
    assert.notEqual(given.rooms.auditKey, ground.api.rooms.auditKey);
    const swiss = new TestRoom();
    await swiss.open(given);
    assert.equal((await exported(given, swiss)).entries[0]?.region, "ch");
    for (const log of [given.logged(), ground.api.logged()]) assert.ok(!log.includes(seed));
    await given.stop();
  });
});

function left(member: TestMember) {
  return { postKey: member.key.publicKey, reason: "left" as const };
}

function named(member: TestMember): Promise<string> {
  return pseudonym(bytesOf(member.key.publicKey));
}

async function exported(
  api: TestApi,
  room: TestRoom,
): Promise<{ entries: AuditEntry[]; head: string; lines: string[] }> {
  const answer = await room.audit(api);
  assert.equal(answer.status, 200, answer.bytes.toString());
  const lines = answer.bytes.toString().trimEnd().split("\n");
  const entries = lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEntry);
  return { lines, entries, head: (JSON.parse(lines.at(-1) ?? "") as { head: string }).head };
}

/** With nothing but the wire's own functions. */
async function checkChain(entries: readonly AuditEntry[], note: string, member: TestMember): Promise<void> {
  let previous = await hashOf(new Uint8Array());
  for (const [i, entry] of entries.entries()) {
    assert.equal(entry.seq, i);
    assert.equal(entry.prev, Buffer.from(previous).toString("base64url"));
    previous = await hashOf(canonicalEntry(entry));
  }
  const head = await openHead(note, bytesOf(member.auditKey));
  assert.equal(head?.size, entries.length);
  assert.deepEqual(head?.hash, previous);
}
