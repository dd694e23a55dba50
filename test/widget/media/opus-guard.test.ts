/** Sealed sound begins with what no Opus decoder plays, and with nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { guardOpus, unguardOpus } from "../../../widget/media/opus-guard.ts";

const frames = fc.uint8Array({ maxLength: 500 });

test("what was guarded comes back byte for byte", () => {
  fc.assert(fc.property(frames, (frame) => assert.deepEqual(unguardOpus(guardOpus(frame))?.slice(), frame)));
});

test("it is an Opus packet of no frames, whatever follows", () => {
  fc.assert(
    fc.property(frames, (frame) => {
      const [toc = 0, count = 0] = guardOpus(frame);
      assert.equal(toc & 0b11, 3, "code 3: the next byte is the count");
      assert.equal(count & 0b11_1111, 0);
    }),
  );
});

test("what does not begin so is no sealed sound", () => {
  for (const bytes of [[], [3], [3, 1, 2], [0, 0, 2]]) assert.equal(unguardOpus(Uint8Array.from(bytes)), null);
});
