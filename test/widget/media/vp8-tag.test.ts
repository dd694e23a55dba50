/** What stays readable of a sealed VP8 key frame says nothing that a decoder could begin with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maskTag, unmaskTag } from "../../../widget/media/vp8-tag.ts";

const START_CODE = [0x9d, 0x01, 0x2a];
const frames = fc.uint8Array({ minLength: 10, maxLength: 2_000 }).map((bytes) => {
  bytes.set(START_CODE, 3);
  return bytes;
});

test("what was masked comes back byte for byte, and was as long", () => {
  fc.assert(
    fc.property(frames, (frame) => {
      const masked = maskTag(frame);
      assert.equal(masked?.length, frame.length);
      unmaskTag(masked as Uint8Array);
      assert.deepEqual(masked, frame);
    }),
  );
});

test("a masked key frame names a first partition longer than any frame, and is a key frame's prefix still", () => {
  fc.assert(
    fc.property(frames, (frame) => {
      const masked = maskTag(frame) as Uint8Array;
      const [a = 0, b = 0, c = 0] = masked;
      assert.equal((a >> 5) | (b << 3) | (c << 11), 0x7ffff);
      assert.equal(a & 0x1f, (frame[0] ?? 0) & 0x1f);
      assert.deepEqual(masked.subarray(6), frame.subarray(6));
    }),
  );
});

test("what has no start code is no key frame", () => {
  for (const bytes of [new Uint8Array(), new Uint8Array(5), new Uint8Array(40)]) assert.equal(maskTag(bytes), null);
});
