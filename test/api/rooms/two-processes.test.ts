/** One room on several processes: one order for all, and none of them is needed. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Entry } from "../../../widget/wire/room-relay.ts";
import { startTestApi, type TestApi } from "../support/api.ts";
import { type GivenRedis, testRedis } from "../support/services.ts";
import { type Place, TestMember } from "./support/member.ts";
import { TestRoom } from "./support/room.ts";
import { onEachStorage } from "./support/storages.ts";

const MAIN = join(import.meta.dirname, "../../../api/main.ts");

onEachStorage("two processes", (ground) => {
  let other: TestApi;
  before(async () => {
    other = await startTestApi(ground.shared.options());
  });
  after(() => other?.stop());

  test("give every member the same entries in the same order", async () => {
    const { host, members } = await spread(6);
    await Promise.all(members.map((member) => burst(member, 50)));
    const last = host.post();
    await Promise.all(members.map((member) => heardMessage(member, last)));
    const whole = seqs(host.entries);
    assert.equal(host.entries.filter((entry) => entry.type === "message").length, 6 * 50 + 1);
    for (const member of members) {
      const own = seqs(member.entries);
      assert.deepEqual(own, whole.slice(-own.length));
      assert.equal(JSON.stringify(member.entries.slice(-300)) === JSON.stringify(host.entries.slice(-300)), true);
    }
  });

  test("order one of the commits that race for an epoch", async () => {
    const { members } = await spread(4);
    for (let round = 0; round < 15; round++) {
      const commits = members.map((member) => ({ member, commit: member.committing(member.room.newCharter()) }));
      for (const { member, commit } of commits) member.say(commit);
      const taken = await Promise.all(members.map((member) => member.next("commit")));
      for (const entry of taken) assert.deepEqual(entry, taken[0]);
      for (const { member, commit } of commits) {
        if (commit.bytes !== taken[0]?.bytes) assert.equal(await member.refusalOf(commit.id), "epoch-passed");
        member.epoch++;
      }
    }
  });

  test("order no message of an old epoch after a commit, wherever it was posted", async () => {
    const { host, members } = await spread(4);
    const posted: { by: TestMember; bytes: string; epoch: number }[] = [];
    const post = (count: number) => {
      for (const by of members) for (let i = 0; i < count; i++) posted.push({ by, bytes: by.post(), epoch: by.epoch });
    };
    for (let round = 0; round < 10; round++) {
      post(5);
      host.say(host.committing(host.room.newCharter()));
      post(5);
      await Promise.all(members.map((member) => member.next("commit")));
      for (const member of members) member.epoch++;
    }
    const last = host.post();
    await heardMessage(host, last);
    let ordered = 0;
    for (const { by, bytes, epoch } of posted) {
      const entry = host.entries.find((each) => each.type === "message" && each.bytes === bytes);
      if (entry) assert.equal(countCommits(host, entry.seq), epoch);
      else assert.equal(await by.refusalOf(by.idOf(bytes)), "epoch-passed");
      if (entry) ordered++;
    }
    // Whatever the others' connections do, the host's own posts come before its own commit.
    assert.ok(ordered >= 10 * 5);
    assert.equal(countCommits(host, Number.POSITIVE_INFINITY), host.epoch);
  });

  test("let one be asked at and the other admit; signals and presence pass between them", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(other, host);
    await host.sees(guest);
    await guest.sees(host);
    const bytes = guest.post("signal");
    assert.equal((await host.next("signal")).bytes, bytes);
    const again = await TestMember.connect(ground.api, host.room, { as: guest });
    again.say(again.resuming(guest.lastSeq));
    await again.next("resumed");
    assert.equal(await guest.closed, 1000);
    again.say({ type: "leave" });
    assert.deepEqual(await host.next("gone"), { type: "gone", postKey: guest.key.publicKey, left: true });
  });

  test("take turns as one of them is drained: its members go on at the other, and miss nothing", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const third = await startTestApi(ground.shared.options());
    const guest = await TestMember.joiner(third, host);
    const posting = burst(host, 200);
    const draining = third.stop();
    assert.equal(await guest.closed, 1012);
    const back = await TestMember.connect(other, host.room, { as: guest });
    back.say(back.resuming(guest.lastSeq));
    await back.next("resumed");
    await Promise.all([posting, draining]);
    const last = host.post();
    await Promise.all([back, host].map((member) => heardMessage(member, last)));
    assert.deepEqual(seqs([...guest.entries, ...back.entries]), seqs(host.entries.slice(-201)));
  });

  /** A room whose members sit at both processes in turn, and know the same epoch. */
  async function spread(count: number): Promise<{ host: TestMember; members: TestMember[] }> {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const members = [host];
    while (members.length < count) members.push(await TestMember.joiner(members.length % 2 ? other : ground.api, host));
    for (const member of members) {
      await member.heard((message) => "seq" in message && message.seq >= host.lastSeq);
      member.follow(host);
    }
    // What was read of the joins counts as read.
    for (const member of members) while (member.hasUnread("commit")) await member.next("commit");
    return { host, members };
  }
});

describe("a process that is killed", () => {
  let redis: GivenRedis;
  const folder = mkdtempSync(join(tmpdir(), "whatping-killed-"));
  const children = new Set<ChildProcess>();
  before(async () => {
    redis = await testRedis();
  });
  after(async () => {
    for (const child of children) child.kill("SIGKILL");
    await redis?.stop();
    rmSync(folder, { recursive: true });
  });

  test("loses no message that a member had seen ordered, and its members go on at another", async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const room = new TestRoom();
    await room.open(second.api);
    const host = await TestMember.founder(second.api, room);
    const guest = await TestMember.joiner(first.api, host);
    for (let i = 0; i < 300; i++) guest.post();
    await guest.heard((message) => message.type === "message" && message.seq > guest.welcomeSeq + 100);
    first.child.kill("SIGKILL");
    await guest.closed;
    const seen = guest.entries;
    const back = await TestMember.connect(second.api, room, { as: guest });
    back.say(back.resuming(guest.lastSeq));
    await back.next("resumed");
    const last = back.post();
    await heardMessage(back, last);
    await heardMessage(host, last);
    const all = [...seen, ...back.entries];
    assert.deepEqual(seqs(all), seqs(host.entries.filter((entry) => entry.seq > guest.welcomeSeq)));
    for (const entry of seen) assert.ok(host.entries.some((each) => JSON.stringify(each) === JSON.stringify(entry)));
  });

  async function start(): Promise<{ api: Place & { base: string }; child: ChildProcess }> {
    const env = {
      REDIS_URL: redis.url,
      REDIS_PREFIX: redis.prefix,
      DATA_DIR: folder,
      PUBLIC_ORIGIN: "http://frame.localhost",
    };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "inherit"] });
    children.add(child);
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    child.stdout?.resume();
    const { port } = JSON.parse(line.toString()) as { port: number };
    return { api: { port, base: `http://127.0.0.1:${port}` }, child };
  }
});

async function burst(member: TestMember, count: number): Promise<void> {
  let last = "";
  for (let i = 0; i < count; i++) {
    last = member.post();
    if (i % 10 === 9) await heardMessage(member, last);
  }
  await heardMessage(member, last);
}

async function heardMessage(member: TestMember, bytes: string): Promise<void> {
  await member.heard((message) => message.type === "message" && message.bytes === bytes);
}

function seqs(entries: readonly Entry[]): number[] {
  return entries.map(({ seq }) => seq);
}

/** Of a founder: the epoch that an entry with this number was ordered in. */
function countCommits(founder: TestMember, seq: number): number {
  return founder.entries.filter((entry) => entry.type === "commit" && entry.seq <= seq).length;
}
