/**
 * The lobby, and a relay or a page around that lies: whoever knocks is told, or nothing comes of it, and two who compare
 * digits notice whoever stands in between. The relay behind the liar is the real one. Source: product.md R8;
 * protocol.md §2 (Knock admission), docs/decisions/0055.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { makeKnock, openAnswer, readKnock, sealAnswer } from "../../../widget/group/knock.ts";
import { openLobbyKey, signLobbyKey } from "../../../widget/group/lobby-key.ts";
import { recipientOf } from "../../../widget/group/mls/hpke.ts";
import { hostKeys } from "../../../widget/seal/room-keys.ts";
import { type Bytes, fromBase64url, toBase64url } from "../../../widget/wire/bytes.ts";
import { type FromRelay, roomPaths, type ToRelay } from "../../../widget/wire/room-relay.ts";
import { newIdentity, Room } from "./headless.ts";
import { startLiar } from "./liar.ts";
import { digitsOf, KNOCKS, knock, listed, untilListed } from "./lobby-room.ts";
import { openRelay } from "./relay.ts";

const relay = await openRelay("embedded");
after(() => relay.close());

const bytesOf = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array();

test("gives a lobby key of its own: refused, nothing is sealed to it, for the room id is the charter key's fingerprint", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  const liar = await startLiar(relay.origin);
  const { charterKey } = await hostKeys(crypto.getRandomValues(new Uint8Array(32)));
  const { publicKey } = await recipientOf("x25519", crypto.getRandomValues(new Uint8Array(32)));
  const forged = toBase64url(await signLobbyKey(charterKey, { keyAgreement: "x25519", lobbyKey: publicKey }));
  const said: ToRelay[] = [];
  liar.lies = {
    toMember: (message) => [message.type === "lobby" ? { ...message, lobby: forged } : message],
    toRelay: (message) => {
      said.push(message);
      return [message];
    },
  };
  const visitor = await knock(room, "visitor", { relay: liar.origin });
  await visitor.until(() => visitor.phase === "refused", "refused");
  assert.deepEqual([visitor.faults, visitor.last("phase")?.code], [["forged-lobby"], "room-not-genuine"]);
  assert.deepEqual(
    said.map(({ type }) => type),
    ["lobby"],
  );
  await room.leave();
});

test("alters knocks and answers, or gives them other names: nobody is listed, no digits come, nobody is let in", async () => {
  const liar = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, liar.origin, KNOCKS);
  const flip = (text: string, at: number) => {
    const bytes = bytesOf(text);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return toBase64url(bytes);
  };
  const lies: ((knock: FromRelay & { type: "knock" }) => FromRelay)[] = [
    (each) => ({ ...each, sealed: flip(each.sealed, 0) }),
    (each) => ({ ...each, sealed: flip(each.sealed, 100) }),
    (each) => ({ ...each, id: toBase64url(new Uint8Array(32)) }),
  ];
  for (const lie of lies) {
    let lied = 0;
    liar.lies = {
      toMember(message) {
        if (message.type !== "knock") return [message];
        lied++;
        return [lie(message)];
      },
    };
    const visitor = await knock(room, "visitor");
    await visitor.until(() => visitor.last("knocking")?.isOpen === true, "knocking");
    await room.host.say("said after it");
    await room.host.untilHeard("said after it");
    assert.deepEqual([lied > 0, listed(room.host), digitsOf(visitor)], [true, [], null]);
    await visitor.arrival.leave();
  }
  liar.lies = {
    toRelay: (message) => [message.type === "answer" ? { ...message, sealed: flip(message.sealed, 20) } : message],
  };
  const visitor = await knock(room, "visitor");
  await room.host.until(() => listed(room.host).length === 1, "listed");
  const [waiting] = listed(room.host);
  assert.equal(waiting?.digits, null);
  await assert.rejects(
    room.host.member.lobby.letIn(waiting?.id ?? "", true),
    { code: "not-now" },
    "no digits to compare",
  );
  await room.host.member.lobby.letIn(waiting?.id ?? "", false);
  await room.host.say("and after this");
  await room.host.untilHeard("and after this");
  assert.deepEqual([visitor.phase, digitsOf(visitor), room.host.names], ["lobby", null, ["host"]]);
  await Promise.all([room.leave(), visitor.arrival.leave()]);
});

test("knocks in the visitor's name: the host sees two, and only one has the digits that the visitor sees", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  const visitor = await knock(room, "Anna");
  const spy = await knock(room, "Anna");
  await room.host.until(
    () => listed(room.host).filter(({ digits }) => digits !== null).length === 2,
    "two of one name",
  );
  await visitor.until(() => digitsOf(visitor) !== null, "digits");
  const right = listed(room.host).filter(({ digits }) => digits === digitsOf(visitor));
  assert.equal(right.length, 1);
  await room.host.member.lobby.letIn(right[0]?.id ?? "", true);
  await visitor.untilPeople(2);
  assert.equal(spy.phase, "lobby");
  await Promise.all([room.leave(), visitor.arrival.leave(), spy.arrival.leave()]);
});

test("a page that gives another room's address stands in between: the digits differ, and a second nonce is a second try", async () => {
  const real = await Room.open(relay.origin, relay.origin, KNOCKS);
  const liar = await startLiar(relay.origin);
  // Whoever stands in between is the host of a room of its own, and knocks at the real one.
  const between = await Room.open(relay.origin, liar.origin, KNOCKS);
  const visitor = await knock(between, "Anna");
  const other = await knock(real, "Anna");
  const seen = await untilListed(real.host, "Anna");
  await visitor.until(() => digitsOf(visitor) !== null, "digits");
  assert.notEqual(digitsOf(visitor), seen.digits);
  // It knows the answer key, and tries another nonce.
  const host = await hostKeys(between.hostSecret);
  const [mine] = listed(between.host);
  assert.ok(mine);
  const sent = liar.heard.find((message) => message.type === "knock" && message.id === mine.id);
  assert.ok(sent?.type === "knock");
  const recipient = await recipientOf("x25519", await host.lobbySeed());
  const read = await readKnock(bytesOf(sent.sealed), { recipient, keyAgreement: "x25519", roomId: between.roomId });
  assert.ok(read);
  const nonce = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
  const again = toBase64url(await sealAnswer(read, { type: "nonce", nonce }));
  liar.say({ type: "answer", knock: mine.id, sealed: again });
  await visitor.until(() => visitor.phase === "refused", "refused");
  assert.equal(visitor.last("phase")?.code, "room-not-genuine");
  await Promise.all([real.leave(), between.leave(), other.arrival.leave()]);
});

test("whoever is inside without the host link can't open a knock, nor answer it", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  const liar = await startLiar(relay.origin);
  await room.invite("anna", { relay: liar.origin });
  await room.untilPeople(2);
  const visitor = await knock(room, "visitor");
  const { id } = await untilListed(room.host, "visitor");
  const sent = liar.heard.find((message) => message.type === "knock");
  assert.ok(sent?.type === "knock");
  liar.say({ type: "answer", knock: id, sealed: toBase64url(crypto.getRandomValues(new Uint8Array(400))) });
  // One that she made herself for the same lobby opens under other keys.
  const lobby = await openLobbyKey(bytesOf(await lobbyOf(room)), room.roomId);
  const own = lobby && (await makeKnock(lobby, { roomId: room.roomId, identity: await newIdentity(), name: "anna" }));
  assert.ok(own);
  const forged = await sealAnswer(own, { type: "away" });
  liar.say({ type: "answer", knock: id, sealed: toBase64url(forged) });
  assert.equal(await openAnswer({ ...own, hash: bytesOf(id) }, forged), null);
  await room.host.member.lobby.letIn(id, true);
  await visitor.untilPeople(3);
  await Promise.all([room.leave(), visitor.arrival.leave()]);
});

test("knocks on after it was let in: once the link is another one, nothing of the room is told again without a host", async () => {
  const room = await Room.open(relay.origin, relay.origin, KNOCKS);
  const lobby = await openLobbyKey(bytesOf(await lobbyOf(room)), room.roomId);
  const own =
    lobby && (await makeKnock(lobby, { roomId: room.roomId, identity: await newIdentity(), name: "clinger" }));
  assert.ok(own);
  const heard: string[] = [];
  const socket = new WebSocket(relay.origin.replace(/^http/, "ws") + roomPaths.socket(toBase64url(room.roomId)));
  socket.onmessage = async ({ data }) => {
    const message = JSON.parse(String(data)) as FromRelay;
    const answer = message.type === "answer" && (await openAnswer(own, bytesOf(message.sealed)));
    if (answer) heard.push(String(answer.type));
  };
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const knockOn = () => socket.send(JSON.stringify({ type: "knock", sealed: toBase64url(own.bytes) }));
  knockOn();
  await room.host.until(() => listed(room.host).length === 1, "listed");
  await room.host.member.lobby.letIn(toBase64url(own.hash), false);
  assert.deepEqual(listed(room.host), []);
  await room.host.member.acts.renewLink();
  await room.host.until(() => room.host.last("link")?.v === 2, "a new link");
  knockOn();
  knockOn();
  await room.host.until(() => listed(room.host).length === 1, "asked about anew");
  assert.deepEqual(
    heard.filter((type) => type === "come"),
    ["come"],
  );
  socket.close();
  await room.leave();
});

async function lobbyOf(room: Room): Promise<string> {
  const liar = await startLiar(relay.origin);
  const visitor = await knock(room, "looks", { relay: liar.origin });
  await visitor.until(() => visitor.phase === "lobby", "at the lobby");
  await visitor.arrival.leave();
  const told = liar.heard.find((message) => message.type === "lobby");
  assert.ok(told?.type === "lobby");
  return told.lobby;
}
