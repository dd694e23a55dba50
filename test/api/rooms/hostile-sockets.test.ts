/** Connections that are up to no good: nonsense, floods, other pages, and readers that do not read. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { API_ERRORS } from "../../../widget/wire/errors.ts";
import { SOCKET_MESSAGE_MAX_BYTES } from "../../../widget/wire/room-limits.ts";
import { roomPaths, type ToRelay } from "../../../widget/wire/room-relay.ts";
import { dial, raw } from "../support/raw-http.ts";
import { TestMember } from "./support/member.ts";
import { privateMessage } from "./support/mls-messages.ts";
import { bytesOf, TestRoom } from "./support/room.ts";
import { type Ground, onEachStorage } from "./support/storages.ts";

const MESSAGES = 2_000;
const SEED = 20_261_124;
/** Of nonsense, after which a connection ends: what it saves up, and something for the time that passes. */
const PATIENCE = 19;

onEachStorage("a socket", (ground) => {
  test(`survives ${MESSAGES} generated messages: each is refused with a known code, or the connection ends`, async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    const before = (await ground.api.store.get(`room/${host.room.id}`))?.value;
    const codes = new Map<string, number>();
    const queue = fc.sample(nonsense(guest), { numRuns: MESSAGES, seed: SEED });
    while (queue.length > 0) {
      const hostile = await attacker(ground, guest, queue.length);
      const batch = queue.splice(-PATIENCE);
      for (const message of batch) hostile.socket.send(message);
      await hostile.heard(() => hostile.told.filter((each) => each.type === "refused").length >= batch.length);
      for (const message of hostile.told) {
        if (message.type !== "refused") continue;
        assert.ok(message.code in API_ERRORS && message.code !== "internal", message.code);
        codes.set(message.code, (codes.get(message.code) ?? 0) + 1);
      }
      await hostile.drop();
    }
    assert.ok(codes.size >= 4, [...codes.keys()].join());
    assert.ok(!ground.api.logged().includes('"internal"'));
    const after = (await ground.api.store.get(`room/${host.room.id}`))?.value;
    assert.equal(after, before);
    const fence = host.post();
    assert.equal((await host.next("message")).bytes, fence);
    assert.deepEqual(
      host.entries.map((entry) => entry.type),
      ["ask", "commit", "message"],
    );
  });

  test("ends after too much nonsense", async () => {
    const hostile = await TestMember.connect(ground.api, await ground.opened());
    for (let i = 0; i < 100; i++) hostile.socket.send("{");
    assert.equal(await hostile.closed, 1008);
    assert.ok(hostile.told.length <= 25);
  });

  test("ends with a message that is too large, of whatever kind", async () => {
    const hostile = await TestMember.connect(ground.api, await ground.opened());
    hostile.socket.send("x".repeat(SOCKET_MESSAGE_MAX_BYTES + 1));
    assert.equal(await hostile.closed, 1009);
  });

  test("refuses sealed bytes beyond their limit, and takes them at it", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const header = { groupId: bytesOf(host.groupId), epoch: 0 };
    const overhead = privateMessage({ ...header, size: 20_000 }).length - 20_000;
    const whole = (limit: number) => privateMessage({ ...header, size: limit - overhead });
    host.say({ type: "message", id: 71, bytes: whole(64 * 1024 + 1).toString("base64url") });
    assert.equal(await host.refusalOf(71), "body-too-large");
    const most = whole(64 * 1024).toString("base64url");
    host.say({ type: "message", id: 72, bytes: most });
    assert.equal((await host.next("message")).bytes, most);
    const commit = { ...host.committing({}), bytes: "A".repeat(400_000), id: 73 };
    host.say(commit);
    assert.equal(await host.refusalOf(73), "body-too-large");
    const asker = await TestMember.connect(ground.api, host.room);
    await asker.enter();
    asker.say({ ...asker.asking(), sealed: "A".repeat(22_000) });
    assert.equal(await asker.refusal(), "body-too-large");
    asker.say({ ...asker.asking(), sealed: "A=" });
    assert.equal(await asker.refusal(), "bad-request");
  });

  test("holds its door to a few tries, and its posts to what anybody needs", async () => {
    const room = await ground.opened();
    const hostile = await TestMember.connect(ground.api, room);
    for (let i = 0; i < 30; i++) hostile.say({ type: "enter", token: new TestRoom().token });
    await hostile.heard(() => hostile.told.filter((message) => message.type === "refused").length === 30);
    const refusals = hostile.told.flatMap((message) => (message.type === "refused" ? [message] : []));
    const tooMany = refusals.filter((refused) => refused.code === "too-many-requests");
    assert.ok(tooMany.length >= 20);
    for (const { retryAfter = 0 } of tooMany) assert.ok(retryAfter >= 1);
    const host = await TestMember.founder(ground.api, room);
    for (let i = 0; i < 3_000; i++) host.post("signal");
    await host.heard((message) => message.type === "refused" && message.code === "too-many-requests");
    for (let i = 0; i < 200; i++) host.say(host.committing({}, { epoch: 77 }));
    await host.heard(
      () => host.told.filter((each) => each.type === "refused" && each.code === "too-many-requests").length > 100,
    );
  });

  test("answers `alive`, and says that there is no media server", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    host.say({ type: "alive" });
    await host.next("alive");
    host.say({ type: "sfu", id: 5 });
    assert.equal(await host.refusalOf(5), "no-sfu");
  });

  test("is for the frame's own pages, and for what is no page", async () => {
    const room = await ground.opened();
    for (const origin of [
      "https://evil.example",
      "null",
      "http://frame.localhost.evil.example",
      "http://frame.localhost:1",
    ]) {
      assert.equal((await handshake(ground, roomPaths.socket(room.id), { origin })).status, 403);
    }
    assert.equal(
      (await handshake(ground, roomPaths.socket(room.id), { origin: "http://frame.localhost" })).status,
      101,
    );
    assert.equal((await handshake(ground, roomPaths.socket(room.id), {})).status, 101);
  });

  test("is at its own path only, and no other path knows of sockets", async () => {
    const { id } = await ground.opened();
    for (const path of [
      `/api/rooms/${id}`,
      `/api/rooms/x/socket`,
      `/api/rooms/${id}/socket/`,
      `/api/rooms/${id}/socket?t=1`,
    ]) {
      assert.equal((await handshake(ground, path, {})).status, 404);
    }
    assert.equal((await handshake(ground, "/healthz", {})).status, 200);
    const plain = await raw(
      ground.api.port,
      `GET ${roomPaths.socket(id)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    assert.equal(plain.status, 404);
    const h2c = `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n`;
    assert.equal((await raw(ground.api.port, h2c)).status, 200);
  });

  test("that says nothing, or never enters, ends after 15 s", async () => {
    const room = await ground.opened();
    const [silent, talker] = [await TestMember.connect(ground.api, room), await TestMember.connect(ground.api, room)];
    ground.shared.clock.pass(10);
    talker.say({ type: "alive" });
    await talker.next("alive");
    await ground.api.rooms.tick();
    ground.shared.clock.pass(5);
    await ground.api.rooms.tick();
    assert.equal(await silent.closed, 1012);
    assert.equal(await talker.closed, 1012);
  });

  test("that does not read is cut off, and nobody else waits for it", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    const guest = await TestMember.joiner(ground.api, host);
    const slow = await deafMember(ground, guest);
    // As much as three may say in a breath, and more than any buffer on the way holds.
    const speakers = [host, await TestMember.joiner(ground.api, host), await TestMember.joiner(ground.api, host)];
    for (const speaker of speakers) speaker.epoch = host.epoch;
    for (const speaker of speakers) {
      let said = "";
      for (let i = 0; i < 100; i++) {
        said = speaker.post("message", { size: 60_000 });
        if (i % 20 === 19) await host.heard((message) => message.type === "message" && message.bytes === said);
      }
    }
    const cut = /"event":"socket"[^\n]*"closeCode":1006/;
    while (!cut.test(ground.api.logged())) await host.heard(() => true).then(() => new Promise(setImmediate));
    slow.socket.destroy();
  });

  test("that says more than 4 MB a second is told so, and cut off if it goes on", async () => {
    const host = await TestMember.founder(ground.api, await ground.opened());
    let last = "";
    // Nobody hears one's own signals: who writes and never reads is cut off for that, without a word.
    for (let i = 0; i < 300; i++) last = host.post("signal", { size: 60_000 });
    assert.equal(await host.closed, 1008);
    const codes = host.told.flatMap((message) => (message.type === "refused" ? [message.code] : []));
    assert.ok(codes.length > 5 && codes.every((code) => code === "too-many-requests"), String(last.length));
  });

  test("that holds the door open for thousands of messages is cut off", async () => {
    const room = await ground.opened();
    const hostile = await TestMember.connect(ground.api, room);
    hostile.say({ type: "enter", token: room.token });
    for (let i = 0; i < 200; i++) hostile.say({ type: "message", id: i, bytes: "AA" });
    const end = await Promise.race([hostile.closed, hostile.heard(() => hostile.told.length > 150)]);
    assert.ok(end === 1008 || hostile.told.length > 150);
  });
});

/** Already a member, or a stranger, or somebody who only entered. */
async function attacker(ground: Ground, guest: TestMember, turn: number): Promise<TestMember> {
  if (turn % 3 === 0) return TestMember.connect(ground.api, guest.room);
  const member = await TestMember.connect(ground.api, guest.room, { as: guest });
  if (turn % 3 === 1) {
    await member.enter();
    return member;
  }
  member.say(member.resuming(guest.lastSeq));
  await member.next("resumed");
  return member;
}

/** Not JSON, JSON that is no message, and messages with one field of another kind. */
function nonsense(member: TestMember): fc.Arbitrary<string> {
  const text = fc.oneof(
    fc.constantFrom("", "A", "=", "%", "\u0000", "A".repeat(42), "A".repeat(44), "A".repeat(90_000)),
    fc.string(),
  );
  const right: ToRelay[] = [
    { type: "enter", token: new TestRoom().token },
    member.asking(),
    member.resuming(0),
    { type: "message", id: 1, bytes: "AAAA" },
    { type: "signal", id: 1, bytes: randomBytes(90).toString("base64url") },
    { ...member.committing({}), signature: randomBytes(64).toString("base64url") },
    { ...member.complaint(randomBytes(32)), signature: randomBytes(64).toString("base64url") },
  ];
  const value = fc.oneof(text, fc.jsonValue(), fc.constantFrom(-1, 1e300, 0.5, null, [], {}));
  const changed = fc
    .constantFrom(...right)
    .chain((message) =>
      fc
        .tuple(fc.constantFrom(...Object.keys(message)), value)
        .map(([field, wrong]) => JSON.stringify({ ...message, [field]: wrong })),
    );
  return fc.oneof(
    { weight: 2, arbitrary: text },
    { weight: 2, arbitrary: fc.json() },
    { weight: 6, arbitrary: changed.filter((message) => !/"type":"(alive|leave)"/.test(message)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...right.slice(3)).map((message) => JSON.stringify({ ...message, more: 1 })),
    },
    { weight: 1, arbitrary: fc.constantFrom(...right.slice(4)).map((message) => JSON.stringify(message)) },
  );
}

async function handshake(ground: Ground, path: string, headers: Record<string, string>): Promise<{ status: number }> {
  const socket = await dial(ground.api.port);
  socket.write(upgradeOf(path, headers));
  const [head] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return { status: Number(String(head).split(" ")[1]) };
}

function upgradeOf(path: string, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const key = randomBytes(16).toString("base64");
  return (
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${lines.join("")}\r\n`
  );
}

/** The guest on a connection that stops reading as soon as it is a member. */
async function deafMember(ground: Ground, guest: TestMember): Promise<{ socket: Socket; closed: boolean }> {
  const socket = await dial(ground.api.port);
  socket.write(upgradeOf(roomPaths.socket(guest.room.id), {}));
  let text = "";
  while (!text.includes('"nonce":"')) text += String(((await once(socket, "data")) as [Buffer])[0]);
  const nonce = bytesOf(/"nonce":"([^"]+)"/.exec(text)?.[1] ?? "");
  socket.write(frameOf(JSON.stringify(guest.resuming(guest.lastSeq, { nonce }))));
  while (!text.includes('"resumed"')) text += String(((await once(socket, "data")) as [Buffer])[0]);
  socket.pause();
  const slow = { socket, closed: false };
  socket.once("close", () => {
    slow.closed = true;
  });
  return slow;
}

/** RFC 6455 §5.2: one text frame, masked with zeros. */
function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = 0x81;
  head[1] = 0x80 | 126;
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
