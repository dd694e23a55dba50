/** Coming back: every entry once and in order, however often and whenever a connection is lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOG_KEPT_MS } from "../../../widget/wire/room-limits.ts";
import type { Entry } from "../../../widget/wire/room-relay.ts";
import { TestMember } from "./support/member.ts";
import { type Ground, onEachStorage } from "./support/storages.ts";

onEachStorage("a member that comes back", (ground) => {
  test("gets what it missed and what comes now, each once and in order, while others go on", async () => {
    const { host, guest } = await couple(ground);
    const start = guest.welcomeSeq;
    const taken: Entry[] = [];
    const seen = () => taken.at(-1)?.seq ?? start;
    let current = guest;
    const posting = keepPosting(host, 400);
    for (let turn = 0; turn < 12; turn++) {
      // Lost in the middle of a burst; what was not read off the old connection counts as missed.
      await current.heard((message) => message.type === "message");
      taken.push(...after(seen(), current.entries));
      current.socket.close();
      const back = await TestMember.connect(ground.api, host.room, { as: guest });
      back.say(back.resuming(seen()));
      await back.next("resumed");
      current = back;
    }
    await posting;
    const last = host.entries.at(-1);
    await current.heard((message) => "seq" in message && message.seq === last?.seq);
    taken.push(...after(seen(), current.entries));
    const missed = after(start, host.entries);
    assert.deepEqual(
      taken.map(({ seq }) => seq),
      missed.map(({ seq }) => seq),
    );
    assert.ok(JSON.stringify(taken) === JSON.stringify(missed), "the same entries");
  });

  test("is refused if the log does not reach back so far, or not so far ahead", async () => {
    const { host, guest } = await couple(ground);
    await guest.drop();
    await say(host);
    ground.shared.clock.pass(LOG_KEPT_MS / 1_000 + 1);
    await say(host);
    for (const seq of [guest.lastSeq, host.lastSeq + 1, 1_000_000]) {
      const back = await TestMember.connect(ground.api, host.room, { as: guest });
      back.say(back.resuming(seq));
      assert.equal(await back.refusal(), "log-gap");
      back.post();
      assert.equal(await back.refusal(), "not-a-poster");
    }
    const back = await TestMember.connect(ground.api, host.room, { as: guest });
    back.say(back.resuming(host.lastSeq - 1));
    await back.next("resumed");
    assert.equal((await back.next("message")).seq, host.lastSeq);
  });

  test("has to sign for this very connection and this generation", async () => {
    const { host, guest } = await couple(ground);
    const other = await TestMember.connect(ground.api, host.room, { as: guest });
    const back = await TestMember.connect(ground.api, host.room, { as: guest });
    back.say(back.resuming(0, other));
    assert.equal(await back.refusal(), "bad-signature");
    const right = back.resuming(guest.lastSeq);
    back.say({ ...right, groupId: (await couple(ground)).host.groupId });
    assert.equal(await back.refusal(), "bad-signature");
    back.say({ ...right, postKey: host.key.publicKey });
    assert.equal(await back.refusal(), "bad-signature");
    back.say(right);
    await back.next("resumed");
    back.say(right);
    assert.equal(await back.refusal(), "bad-request");
  });

  test("may be told of its removal by what it missed", async () => {
    const { host, guest } = await couple(ground);
    const back = await TestMember.connect(ground.api, host.room, { as: guest });
    const seq = guest.lastSeq;
    // Both race: either the list says no, or the log does.
    back.say(back.resuming(seq));
    await host.sendAway(guest);
    const end = await back.next("removed", "refused");
    if (end.type === "refused") assert.equal(end.code, "not-a-poster");
    else assert.equal(await back.closed, 1000);
  });
});

async function couple(ground: Ground): Promise<{ host: TestMember; guest: TestMember }> {
  const host = await TestMember.founder(ground.api, await ground.opened());
  return { host, guest: await TestMember.joiner(ground.api, host) };
}

async function say(member: TestMember): Promise<void> {
  const bytes = member.post();
  await member.heard((message) => message.type === "message" && message.bytes === bytes);
}

async function keepPosting(member: TestMember, count: number): Promise<void> {
  for (let i = 0; i < count; i += 4) {
    for (let j = 0; j < 3; j++) member.post();
    await say(member);
  }
}

function after<T extends { readonly seq: number }>(seq: number, entries: readonly T[]): T[] {
  return entries.filter((entry) => entry.seq > seq);
}
