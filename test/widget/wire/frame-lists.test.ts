/** Lists of frames as they stand in the group: read as they were written, and nothing else is read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeInGroup, encodeInGroup } from "../../../widget/group/in-group.ts";
import {
  ANSWERS_MAX,
  DIGESTS_MAX,
  decodeFrameLists,
  encodeFrameLists,
  type FrameList,
  KID_MAX,
  LISTS_MAX,
} from "../../../widget/wire/frame-lists.ts";

const PLAIN = { noNullPrototype: true } as const;
const list: fc.Arbitrary<FrameList> = fc
  .record(
    {
      kid: fc.nat(KID_MAX),
      first: fc.nat(2 ** 40),
      digests: fc.array(fc.bigInt(0n, 2n ** 64n - 1n), { maxLength: 60 }),
      beyond: fc.nat(1_000),
    },
    PLAIN,
  )
  .map(({ beyond, ...one }) => ({ ...one, next: one.first + one.digests.length + beyond }));
const lists = fc.record(
  {
    answers: fc.array(fc.record({ leaf: fc.nat(1_023), id: fc.nat(0xffff_ffff) }, PLAIN), { maxLength: ANSWERS_MAX }),
    lists: fc.array(list, { maxLength: LISTS_MAX }),
  },
  PLAIN,
);

test("what was written is read, inside the group too", () => {
  fc.assert(
    fc.property(lists, (all) => {
      const bytes = encodeFrameLists(all);
      assert.deepEqual(decodeFrameLists(bytes), all);
      const said = decodeInGroup(encodeInGroup({ type: "frames", lists: bytes }));
      assert.deepEqual(said, { type: "frames", lists: bytes });
    }),
  );
});

test("a byte more or less, and whatever is random, is refused or read as exactly itself", () => {
  fc.assert(
    fc.property(lists, (all) => {
      const bytes = encodeFrameLists(all);
      assert.equal(decodeFrameLists(Uint8Array.of(...bytes, 0)), null);
      if (all.lists.length > 0) assert.equal(decodeFrameLists(bytes.subarray(0, -1)), null);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const read = decodeFrameLists(bytes);
      if (read) assert.deepEqual(encodeFrameLists(read), bytes);
    }),
  );
});

const one: FrameList = { kid: 1, first: 0, next: 5, digests: [1n] };
const refused: readonly [string, Parameters<typeof encodeFrameLists>[0]][] = [
  ["a KID of more bits than ours", { answers: [], lists: [{ ...one, kid: KID_MAX + 1 }] }],
  ["more frames than were sealed", { answers: [], lists: [{ ...one, next: 0 }] }],
  ["a counter beyond all", { answers: [], lists: [{ ...one, next: 2 ** 60 }] }],
  ["too many lists", { answers: [], lists: Array.from({ length: LISTS_MAX + 1 }, () => one) }],
  ["too many answers", { answers: Array.from({ length: ANSWERS_MAX + 1 }, () => ({ leaf: 0, id: 0 })), lists: [] }],
  [
    "too many frames",
    {
      answers: [],
      lists: [{ kid: 1, first: 0, next: 2_000, digests: Array.from({ length: DIGESTS_MAX + 1 }, () => 1n) }],
    },
  ],
];
for (const [what, all] of refused) {
  test(`refuses ${what}`, () => assert.equal(decodeFrameLists(encodeFrameLists(all)), null));
}
