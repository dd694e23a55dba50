/** What the relay reads of a commit, and what it refuses to read. Source: protocol.md §2, RFC 9420 §6.3.1. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { groupIdOf } from "../../../widget/group/mls/group-state.ts";
import { sealMessage } from "../../../widget/group/mls/message.ts";
import {
  type CommitData,
  decodeCommitData,
  encodeCommitData,
  readCommitHeader,
} from "../../../widget/wire/commit-data.ts";
import { Lab, newPerson } from "../group/lab.ts";

const b64 = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString("base64url"));
const plain = { noNullPrototype: true };
const admitted = fc.record({ ref: b64(32), postKey: b64(32), epoch: fc.nat(), proof: b64(64) }, plain);
const reason = fc.constantFrom("gone" as const, "left" as const, "replaced" as const, "removed" as const);
const dropped = fc.record({ postKey: b64(32), reason }, plain);

test("what is written is read again", () => {
  fc.assert(
    fc.property(fc.array(admitted, { maxLength: 3 }), fc.array(dropped, { maxLength: 3 }), (add, remove) => {
      const data: CommitData = { add, remove };
      assert.deepEqual(decodeCommitData(encodeCommitData(data)), data);
    }),
  );
});

test("refuses every other shape: a field more, less or otherwise", () => {
  const good = { add: [], remove: [] };
  const bad: unknown[] = [
    null,
    [],
    {},
    { add: [] },
    { ...good, more: 1 },
    { ...good, add: [{}] },
    { ...good, remove: [{ postKey: "x", reason: "gone" }] },
    { ...good, link: null },
    { ...good, link: { v: 1.5, relayTokenHash: "", sealedCharter: "", signature: "" } },
  ];
  for (const value of bad) assert.equal(decodeCommitData(new TextEncoder().encode(JSON.stringify(value))), null);
  assert.equal(decodeCommitData(Uint8Array.from([0xff])), null);
});

test("reads group, epoch and lists of a real commit, and nothing of a message or of garbage", async () => {
  const lab = await Lab.open();
  const state = await lab.found();
  const ask = await lab.asks(await newPerson("new"), state);
  const { made } = await lab.commit(state, { add: [ask] });
  const header = readCommitHeader(made.bytes);
  assert.deepEqual(header?.groupId, groupIdOf(state.group));
  assert.equal(header?.epoch, 0);
  assert.deepEqual(header?.data, { add: [ask.admitted], remove: [] });
  assert.equal(readCommitHeader((await sealMessage(state.group, new Uint8Array(3))).bytes), null);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => readCommitHeader(bytes) === null));
  for (let length = 0; length < made.bytes.length - 200; length += 97) {
    assert.doesNotThrow(() => readCommitHeader(made.bytes.slice(0, length)));
  }
});
