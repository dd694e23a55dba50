/** Heads that members show each other: what the relay signed, and what it signed twice. Source: protocol.md §5, §9. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Heads } from "../../../widget/group/heads.ts";
import { extendsSeen, ShortMemory } from "../../../widget/group/trail-memory.ts";
import { openHead } from "../../../widget/wire/audit.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { Lab } from "./lab.ts";

async function watching() {
  const lab = await Lab.open();
  const memory = new ShortMemory();
  const room = toBase64url(lab.host.roomId);
  const heads = new Heads(memory, room);
  const hash = (byte: number) => toBase64url(new Uint8Array(32).fill(byte));
  const trail = async (size: number, byte: number) => ({
    size,
    hash: hash(byte),
    head: await lab.note(size, hash(byte)),
  });
  for (const size of [1, 2, 3]) await heads.see(await trail(size, size), 1);
  const hear = async (size: number, byte: number) => heads.hear((await trail(size, byte)).head, lab.charter.charter);
  return { lab, memory, room, heads, trail, hear };
}

test("the same head, an older one and a later one are no reason to worry", async () => {
  const { hear, heads } = await watching();
  for (const size of [3, 1, 9]) assert.equal(await hear(size, size), undefined);
  assert.deepEqual(await heads.evidence(), {});
});

test("two signed heads of one size are an alarm, also of a size that is behind us, and both are kept", async () => {
  const { hear, heads, lab } = await watching();
  assert.equal(await hear(2, 77), "heads-differ");
  assert.equal(await hear(3, 78), "heads-differ");
  const { evidence = [] } = await heads.evidence();
  const opened = await Promise.all(evidence.map((note) => openHead(note, lab.audit.publicKey)));
  assert.deepEqual(
    opened.map((head) => [head?.size, head?.hash[0]]),
    [
      [2, 2],
      [2, 77],
    ],
  );
});

test("a head that the relay did not sign is the member's own doing, and no evidence", async () => {
  const { heads, lab, trail } = await watching();
  const other = await (await Lab.open()).note(2, (await trail(2, 77)).hash);
  assert.equal(await heads.hear(other, lab.charter.charter), "bad-message");
  assert.equal(await heads.hear("", lab.charter.charter), "bad-message");
  assert.deepEqual(await heads.evidence(), {});
});

test("what is remembered of a room is its head, with the signature, and the charter's version", async () => {
  const { memory, room, trail } = await watching();
  assert.deepEqual(await memory.recall(room), { ...(await trail(3, 3)), charter: 1 });
});

test("at the next visit another head of the same size is found out without asking for the trail", async () => {
  const { memory, room, lab, trail } = await watching();
  const fetchTrail = () => assert.fail("not asked for");
  const { auditKey } = lab.charter.charter;
  assert.equal(
    await extendsSeen(await memory.recall(room), await trail(3, 9), { auditKey, fetchTrail }),
    "head-differs",
  );
  assert.equal(
    await extendsSeen(await memory.recall(room), await trail(2, 2), { auditKey, fetchTrail }),
    "rolled-back",
  );
});
