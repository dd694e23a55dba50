/** What the relay holds a commit against, without a connection: epoch, link, signatures. Source: protocol.md §2, §5. */
import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { test } from "node:test";
import type { CommitEvent } from "../../../api/rooms/commit-rules.ts";
import { isCharterLink } from "../../../api/rooms/link-rules.ts";
import { readPost } from "../../../api/rooms/posts.ts";
import type { Room } from "../../../api/rooms/room.ts";
import { apply, groupIdOf, isRefused, open } from "../../../api/rooms/room-events.ts";
import type { CommitData } from "../../../widget/wire/commit-data.ts";
import { STALE_PERIODS, UPDATE_MS } from "../../../widget/wire/room-limits.ts";
import { commitStatement } from "../../../widget/wire/room-signatures.ts";
import { commitMessage } from "./support/mls-messages.ts";
import { bytesOf, SigningKey, TestRoom } from "./support/room.ts";

const random = (bytes = 32) => randomBytes(bytes).toString("base64url");
const [founder, guest] = [random(), random()];

/** A room with two members, at epoch 1. */
class Couple {
  readonly test = new TestRoom();
  readonly where = { roomId: this.test.id, region: "eu", now: 1_800_000_000_000 };
  room: Room;
  readonly groupId: string;

  constructor() {
    const opened = open(this.test.openBody, { ...this.where, origin: "https://frame.example" });
    assert.ok("room" in opened);
    this.room = opened.room;
    const creatorNonce = random();
    this.groupId = groupIdOf(this.room, this.test.id, { n: 1, creatorNonce });
    const tokenHash = hash("sha256", bytesOf(this.test.token), "base64url");
    const asked = { tokenHash, groupId: this.groupId, ref: random() };
    this.take({ type: "found", tokenHash, n: 1, groupId: this.groupId, creatorNonce, postKey: founder });
    this.take({ type: "ask", ...asked, postKey: guest, sealed: "AAAA" });
    const add = [{ ref: asked.ref, postKey: guest, epoch: 0, proof: random(64) }];
    this.take(this.commit({ add }, { epoch: 0, welcome: "AAAA" }));
  }

  commit(data: Partial<CommitData>, change: Partial<CommitEvent> = {}): CommitEvent {
    const whole = { add: [], remove: [], ...data };
    const commitHash = random();
    return {
      ...{ type: "commit", poster: founder, groupId: this.groupId, epoch: 1, data: whole, bytes: "AAAA" },
      ...{ commitHash, signature: random(64), gone: {}, ...change },
    };
  }

  verdict(event: Parameters<typeof apply>[1]): string {
    const outcome = apply(this.room, event, this.where);
    if (isRefused(outcome)) return outcome.code;
    this.room = outcome.room;
    return "done";
  }

  take(event: Parameters<typeof apply>[1]): void {
    assert.equal(this.verdict(event), "done");
  }
}

test("a commit is of the head's epoch: the second of one epoch is none", () => {
  const couple = new Couple();
  assert.equal(couple.verdict(couple.commit({}, { epoch: 0 })), "epoch-passed");
  assert.equal(couple.verdict(couple.commit({}, { epoch: 2 })), "epoch-passed");
  couple.take(couple.commit({}));
  assert.equal(couple.verdict(couple.commit({}, { poster: guest })), "epoch-passed");
});

test("whoever is removed for cause finds its link dead: such a commit has a new one", () => {
  const couple = new Couple();
  const remove = [{ postKey: guest, reason: "removed" as const }];
  assert.equal(couple.verdict(couple.commit({ remove })), "bad-request");
  couple.take(couple.commit({ remove, link: couple.test.nextLink().link }));
  assert.equal(couple.room.link.v, 2);
});

test("a link is the room's only as its charter key signed it, for this room and these bytes", () => {
  const [room, other] = [new TestRoom(), new TestRoom()];
  const { link } = room.nextLink();
  const charterKey = room.charter.publicKey;
  assert.ok(isCharterLink(room.id, charterKey, link));
  assert.ok(!isCharterLink(other.id, charterKey, link));
  assert.ok(!isCharterLink(room.id, other.charter.publicKey, link));
  for (const change of [
    { v: 3 },
    { relayTokenHash: random() },
    { sealedCharter: random(300) },
    { signature: random(64) },
  ]) {
    assert.ok(!isCharterLink(room.id, charterKey, { ...link, ...change }), Object.keys(change)[0]);
  }
});

test("a commit is read only with its poster's signature over these bytes, for their group", () => {
  const [poster, other] = [new SigningKey(), new SigningKey()];
  const groupId = randomBytes(32);
  const bytes = commitMessage(groupId, 1, { add: [], remove: [] });
  const said = (key: SigningKey, group: Uint8Array, over: Uint8Array) => ({
    ...{ type: "commit" as const, id: 1, bytes: bytes.toString("base64url") },
    signature: key.sign(commitStatement(group, hash("sha256", over, "buffer"))),
  });
  const as = { postKey: poster.publicKey, groupId: groupId.toString("base64url") };
  assert.ok("commitHash" in readPost(said(poster, groupId, bytes), as));
  for (const wrong of [
    said(other, groupId, bytes),
    said(poster, randomBytes(32), bytes),
    said(poster, groupId, groupId),
  ]) {
    assert.deepEqual(readPost(wrong, as), { code: "bad-signature" });
  }
});

test("who is there is put out as gone only once its keys are three periods old", () => {
  const couple = new Couple();
  const remove = [{ postKey: guest, reason: "gone" as const }];
  assert.equal(couple.verdict(couple.commit({ remove })), "still-here");
  couple.where.now += STALE_PERIODS * UPDATE_MS;
  couple.take(couple.commit({}, { poster: guest }));
  assert.equal(couple.verdict(couple.commit({ remove }, { epoch: 2 })), "still-here");
  couple.where.now += STALE_PERIODS * UPDATE_MS;
  couple.take(couple.commit({ remove }, { epoch: 2 }));
  assert.deepEqual(couple.room.generation?.posters, [founder]);
});
