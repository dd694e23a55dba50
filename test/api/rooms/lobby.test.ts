/**
 * The lobby as the relay keeps it, which is not at all: what is said there passes, and is forgotten; and whoever only
 * knows a room's id can neither learn more of it nor trouble those who are inside.
 */
import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { KNOCK_MAX_BYTES, LOBBY_PLACES } from "../../../widget/wire/room-limits.ts";
import { lobbyStatement } from "../../../widget/wire/room-signatures.ts";
import { startTestApi, type TestApi } from "../support/api.ts";
import { TestMember } from "./support/member.ts";
import { bytesOf, TestRoom } from "./support/room.ts";
import { onEachStorage } from "./support/storages.ts";

/** What a room's charter key says of the lobby. The relay looks at who signed it, and at no more. */
function lobbyOf({ charter }: TestRoom, signer = charter): string {
  const json = Buffer.from(JSON.stringify({ any: "thing" }));
  const signature = bytesOf(signer.sign(lobbyStatement(json)));
  return Buffer.concat([bytesOf(charter.publicKey), signature, json]).toString("base64url");
}

const sealed = (bytes = 800) => randomBytes(bytes).toString("base64url");
const idOf = (knock: string) => hash("sha256", bytesOf(knock), "base64url");

onEachStorage("the lobby", (ground) => {
  let other: TestApi;
  before(async () => {
    other = await startTestApi(ground.shared.options());
  });
  after(() => other?.stop());

  /** A room with a lobby, and its founder. */
  async function withLobby(): Promise<TestMember> {
    const room = new TestRoom();
    assert.equal((await room.open(ground.api, { ...room.openBody, lobby: lobbyOf(room) })).status, 201);
    return TestMember.founder(ground.api, room);
  }

  test("is handed to whoever knows the room's id, with nothing else of the room but whether somebody is there", async () => {
    const host = await withLobby();
    const visitor = await TestMember.connect(ground.api, host.room);
    visitor.say({ type: "lobby" });
    assert.deepEqual(await visitor.next("lobby"), { type: "lobby", lobby: lobbyOf(host.room), isOpen: true });
    await host.leave();
    visitor.say({ type: "lobby" });
    assert.equal((await visitor.next("lobby")).isOpen, false);
    const none = await TestMember.connect(ground.api, await ground.opened());
    none.say({ type: "lobby" });
    assert.equal(await none.refusal(), "no-lobby");
    none.say({ type: "knock", sealed: sealed() });
    assert.equal(await none.refusal(), "no-lobby");
    const nowhere = await TestMember.connect(ground.api, new TestRoom());
    nowhere.say({ type: "lobby" });
    assert.equal(await nowhere.refusal(), "no-such-room");
  });

  test("is taken only as the room's charter key has signed it", async () => {
    const [room, foreign] = [new TestRoom(), new TestRoom()];
    for (const lobby of [lobbyOf(foreign), lobbyOf(room, foreign.charter), lobbyOf(room).slice(0, 40)]) {
      assert.equal((await room.open(ground.api, { ...room.openBody, lobby })).json.code, "bad-signature");
    }
    assert.equal((await room.open(ground.api, { ...room.openBody, lobby: lobbyOf(room) })).status, 201);
  });

  test("passes a knock to all who are inside, and an answer to whoever knocks so, in whichever process; nobody else hears it", async () => {
    const host = await withLobby();
    const away = await TestMember.joiner(other, host);
    const visitor = await TestMember.connect(other, host.room);
    const bystander = await TestMember.connect(ground.api, host.room);
    bystander.say({ type: "knock", sealed: sealed() });
    await bystander.next("knocked");
    const knock = sealed();
    visitor.say({ type: "knock", sealed: knock, shown: sealed(200) });
    assert.deepEqual(await visitor.next("knocked"), { type: "knocked", isOpen: true });
    for (const member of [host, away]) {
      const heard = await member.heard((message) => message.type === "knock" && message.sealed === knock);
      assert.equal(heard.type === "knock" && heard.id, idOf(knock));
    }
    const answers = [sealed(), sealed()];
    host.say({ type: "answer", knock: idOf(knock), sealed: answers[0] });
    assert.equal((await visitor.next("answer")).sealed, answers[0]);
    away.say({ type: "answer", knock: idOf(knock), sealed: answers[1] });
    assert.equal((await visitor.next("answer")).sealed, answers[1]);
    await visitor.drop();
    for (const member of [host, away]) await member.heard(({ type }) => type === "unknocked");
    assert.ok(!bystander.hasUnread("answer") && !bystander.hasUnread("knock"));
    const stored = await ground.api.store.get(`room/${host.room.id}`);
    assert.ok(stored && !stored.value.includes(knock) && !stored.value.includes(idOf(knock)));
  });

  test("takes answers of members only, and from whoever knocks nothing else", async () => {
    const host = await withLobby();
    const visitor = await TestMember.connect(ground.api, host.room);
    const bystander = await TestMember.connect(ground.api, host.room);
    const theirs = sealed();
    bystander.say({ type: "knock", sealed: theirs });
    await bystander.next("knocked");
    visitor.say({ type: "answer", knock: idOf(theirs), sealed: sealed() });
    visitor.say({ type: "knock", sealed: sealed(KNOCK_MAX_BYTES + 1) });
    assert.equal(await visitor.refusal(), "body-too-large");
    visitor.say({ type: "knock", sealed: sealed(), shown: sealed(KNOCK_MAX_BYTES + 1) });
    assert.equal(await visitor.refusal(), "body-too-large");
    visitor.say({ type: "knock", sealed: sealed() });
    await visitor.next("knocked");
    visitor.say({ type: "answer", knock: idOf(theirs), sealed: sealed() });
    visitor.say({ type: "enter", token: host.room.token });
    assert.equal(await visitor.refusal(), "bad-request");
    bystander.say({ type: "knock", sealed: theirs });
    await bystander.next("knocked");
    assert.ok(bystander.told.every(({ type }) => type !== "answer"));
    const member = await TestMember.joiner(ground.api, host);
    member.say({ type: "knock", sealed: sealed() });
    assert.equal(await member.refusal(), "bad-request");
  });

  test("is full at some point: those with a link come in all the same", async () => {
    const host = await withLobby();
    const crowd = await Promise.all(
      Array.from({ length: LOBBY_PLACES }, async () => {
        const one = await TestMember.connect(ground.api, host.room);
        one.say({ type: "knock", sealed: sealed() });
        await one.next("knocked");
        return one;
      }),
    );
    const late = await TestMember.connect(ground.api, host.room);
    late.say({ type: "knock", sealed: sealed() });
    assert.equal(await late.refusal(), "too-many-requests");
    await TestMember.joiner(ground.api, host);
    await crowd[0]?.drop();
    await host.heard(({ type }) => type === "unknocked");
    const last = await TestMember.connect(ground.api, host.room);
    last.say({ type: "knock", sealed: sealed() });
    await last.next("knocked");
  });

  test("lets who knocks and knocks be heard for a while only: those inside are not flooded", async () => {
    const host = await withLobby();
    const visitor = await TestMember.connect(ground.api, host.room);
    const knock = sealed();
    for (let i = 0; i < 30; i++) visitor.say({ type: "knock", sealed: knock });
    assert.equal(await visitor.refusal(), "too-many-requests");
    host.post();
    await host.next("message");
    assert.ok(host.told.filter(({ type }) => type === "knock").length <= 10);
  });
});
