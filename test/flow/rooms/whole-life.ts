/**
 * Rooms in which everything happens that a relay hears of: one of real members, without a browser, and one of members
 * who can make what honest ones seldom do, such as a broken commit. Test support.
 */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { foundStatement } from "../../../widget/wire/room-signatures.ts";
import { TestMember } from "../../api/rooms/support/member.ts";
import { bytesOf, TestRoom } from "../../api/rooms/support/room.ts";
import { Room } from "./headless.ts";
import { KNOCKS, knock, untilListed } from "./lobby-room.ts";

/** Where it happens, and who wants to look between the steps. */
export interface Scene {
  /** http origin of the relay */
  readonly origin: string;
  readonly port: number;
  look(): Promise<void>;
  /** hears of a room, before anybody else comes to it @param roomId base64url */
  begun(roomId: string): Promise<void>;
}

/** Opened, joined, talked in, healed, one sent away, one gone, closed. */
export async function liveThrough({ origin, look, begun }: Scene): Promise<void> {
  const room = await Room.open(origin);
  await begun(Buffer.from(room.roomId).toString("base64url"));
  const [anna, ben] = await room.grow("anna", "ben");
  assert.ok(anna && ben);
  await anna.say("hello");
  for (const one of room.everyone) await one.untilHeard("hello");
  await look();
  const { epoch = 0 } = room.host.last("roster") ?? {};
  await anna.member.acts.heal();
  await room.host.until(() => (room.host.last("roster")?.epoch ?? 0) > epoch, "anna's update");
  const old = room.link;
  await room.host.member.acts.renewLink([room.host.id("ben")]);
  await ben.until(() => ben.phase === "removed", "removed");
  await anna.until(() => anna.last("link")?.v === 2, "the new link");
  const late = await room.invite("cleo", { link: old });
  await late.until(() => late.phase === "refused", "refused");
  await look();
  await room.host.member.exportTrail();
  await anna.member.leave();
  await room.untilPeople(1);
  await look();
  await room.leave();
}

/** Asked and waiting, complained of, formed anew, lost, come back, refused. */
export async function goThroughTrouble({ origin, port, look, begun }: Scene): Promise<void> {
  const api = { port, base: origin };
  const room = new TestRoom();
  assert.equal((await room.open(api)).status, 201);
  await begun(room.id);
  const host = await TestMember.founder(api, room);
  const members = [host];
  while (members.length < 4) members.push(await TestMember.joiner(api, host));
  for (const member of members) {
    await member.heard((message) => "seq" in message && message.seq >= host.lastSeq);
    member.follow(host);
    for (const other of members) await member.sees(other);
  }
  const [, bad, first, second] = members as [TestMember, TestMember, TestMember, TestMember];
  const signal = first.post("signal");
  await host.heard((message) => message.type === "signal" && message.bytes === signal);
  host.say({ type: "sfu", id: 9_000, eye: true });
  await host.refusalOf(9_000);
  const early = host.committing({ remove: [{ postKey: first.key.publicKey, reason: "gone" }] });
  host.say(early);
  await host.refusalOf(early.id);
  await waitAtTheDoor(host);
  await look();
  await reform({ host, bad, complainers: [first, second], look });
  await look();
  await beginAnew(api, room);
  await knockTooOften(api, room);
}

/** In the lobby: let in, turned away, gone; and an answer to somebody who is in none of this process's rooms. */
export async function liveInTheLobby({ origin, port, look, begun }: Scene): Promise<void> {
  const room = await Room.open(origin, origin, KNOCKS);
  await begun(Buffer.from(room.roomId).toString("base64url"));
  const [anna, ben] = [await knock(room, "anna"), await knock(room, "ben")];
  await room.host.member.lobby.letIn((await untilListed(room.host, "anna")).id, false);
  await room.host.member.lobby.turnAway((await untilListed(room.host, "ben")).id);
  await Promise.all([anna.untilPeople(2), ben.until(() => ben.phase === "refused", "refused")]);
  await look();
  await room.leave();
  const own = new TestRoom();
  assert.equal((await own.open({ base: origin })).status, 201);
  await begun(own.id);
  const host = await TestMember.founder({ port }, own);
  host.say({ type: "answer", knock: own.link.relayTokenHash, sealed: own.link.sealedCharter });
  host.post();
  await host.next("message");
}

async function waitAtTheDoor(host: TestMember): Promise<void> {
  const waiting = await TestMember.connect({ port: Number(new URL(host.socket.url).port) }, host.room);
  await waiting.enter();
  await waiting.ask();
  await waiting.askAnew();
}

async function reform(cast: {
  host: TestMember;
  bad: TestMember;
  complainers: readonly [TestMember, TestMember];
  look: Scene["look"];
}): Promise<void> {
  const { host, bad, complainers, look } = cast;
  const place = { port: Number(new URL(host.socket.url).port) };
  bad.epoch = host.epoch;
  const commit = bad.committing({});
  bad.say(commit);
  const commitHash = hash("sha256", bytesOf(commit.bytes), "buffer");
  for (const one of complainers) {
    await one.heard((message) => message.type === "commit" && message.bytes === commit.bytes);
    one.say(one.complaint(commitHash));
  }
  await host.heard(() => host.entries.filter((entry) => entry.type === "complaint").length >= complainers.length);
  await look();
  const fresh = await TestMember.connect(place, host.room);
  const founding = await fresh.founding(await fresh.enter());
  fresh.say({
    ...founding,
    reforms: commitHash.toString("base64url"),
    formerKey: complainers[0].key.publicKey,
    formerSignature: complainers[0].key.sign(foundStatement(fresh.nonce, bytesOf(founding.groupId))),
  });
  await fresh.next("founded");
  fresh.groupId = founding.groupId;
  fresh.epoch = 0;
  await host.next("ended");
  await comeBack(fresh);
}

/** One is lost for a while and goes on; one comes back as another leaf; one is lost for good. */
async function comeBack(host: TestMember): Promise<void> {
  const place = { port: Number(new URL(host.socket.url).port) };
  const [away, twice, lost] = [
    await TestMember.joiner(place, host),
    await TestMember.joiner(place, host),
    await TestMember.joiner(place, host),
  ];
  await away.drop();
  const again = await TestMember.connect(place, host.room, { as: away });
  again.say(again.resuming(away.lastSeq));
  await again.next("resumed");
  const other = await TestMember.connect(place, host.room);
  await other.enter();
  await other.ask();
  await lost.leave();
  await host.commit({
    add: [host.admitted(other)],
    remove: [
      { postKey: twice.key.publicKey, reason: "replaced" },
      { postKey: lost.key.publicKey, reason: "gone" },
    ],
  });
  await other.next("welcome");
  other.say({ type: "alive" });
  await other.next("alive");
  // Whom nobody has seen come, nobody is told to have gone.
  await host.sees(other);
  other.say({ type: "leave" });
  await host.heard((message) => message.type === "gone" && message.postKey === other.key.publicKey);
}

/** Whoever has the host link ends what the others do there. */
async function beginAnew(api: { port: number }, room: TestRoom): Promise<void> {
  const fresh = await TestMember.connect(api, room);
  fresh.say(await fresh.foundingAnew(await fresh.enter()));
  await fresh.next("founded");
}

async function knockTooOften(api: { port: number }, room: TestRoom): Promise<void> {
  const hasty = await TestMember.connect(api, room);
  const isTold = () => hasty.told.some((message) => message.type === "refused" && message.retryAfter !== undefined);
  for (let i = 0; i < 12; i++) hasty.say({ type: "enter", token: room.token });
  await hasty.heard(isTold);
}
