/** What a room leaves in the log: one line per connection with its room's id and counts, and nothing that was sealed. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { TestMember } from "./support/member.ts";
import { TestRoom } from "./support/room.ts";
import { onEachStorage } from "./support/storages.ts";

onEachStorage("the log", (ground) => {
  test("has one line per connection, with what an operator needs and nothing else", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    guest.post();
    await guest.next("message");
    await guest.drop();
    host.say({ type: "leave" });
    await host.closed;
    const [first, second] = await bothLines(host.room);
    const { time, ms, messagesIn, messagesOut, ...rest } = first ?? {};
    assert.deepEqual(rest, { level: "info", event: "socket", roomId: host.room.id, closeCode: 1005 });
    assert.deepEqual([messagesIn, typeof time, typeof ms], [3, "number", "number"]);
    assert.ok(Number(messagesOut) >= 5);
    assert.equal(second?.closeCode, 1000);
  });

  test("holds nothing of what was said, of keys, tokens, hashes or addresses", async () => {
    const canary = `canary${randomBytes(12).toString("hex")}`;
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    const sealed = Buffer.from(canary.repeat(20)).toString("base64url");
    const commit = host.committing({ link: host.room.nextLink().link });
    host.say(commit);
    await host.next("commit");
    host.epoch++;
    host.say({ type: "message", id: 1, bytes: sealed });
    host.say({ type: "commit", id: 2, bytes: sealed, signature: commit.signature, welcome: sealed });
    host.say({ ...host.asking(), sealed });
    host.say({ type: canary, [canary]: canary });
    host.socket.send(canary);
    const [said, signal] = [host.post(), guest.post("signal")];
    await guest.next("message");
    host.say({ type: "enter", token: host.room.token });
    await host.room.audit(ground.api);
    await host.room.audit(ground.api, new TestRoom().token);
    await new TestRoom().open(ground.api, host.room.openBody);
    for (const member of [host, guest]) await member.drop();
    await bothLines(host.room);
    const { link, charter, token } = host.room;
    const secrets = [host, guest].flatMap(({ key, ref, nonce, groupId }) => [
      key.publicKey,
      ref,
      Buffer.from(nonce).toString("base64url"),
      groupId,
    ]);
    const gone = [canary, sealed.slice(0, 40), said.slice(80, 120), signal.slice(80, 120), commit.bytes.slice(0, 60)];
    for (const text of [
      ...gone,
      ...secrets,
      link.relayTokenHash,
      link.signature,
      charter.publicKey,
      token,
      "127.0.0.1",
    ]) {
      assert.ok(!ground.api.logged().includes(text), text.slice(0, 20));
    }
  });

  /** The relay hears of a close a moment after who closes. */
  async function bothLines(room: TestRoom): Promise<Record<string, unknown>[]> {
    for (;;) {
      const lines = ground.api.logged().trim().split("\n");
      const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const own = parsed.filter((line) => line.event === "socket" && line.roomId === room.id);
      assert.ok(own.length <= 2);
      if (own.length === 2) return own;
      await new Promise(setImmediate);
    }
  }
});
