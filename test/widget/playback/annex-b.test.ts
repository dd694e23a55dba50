/** H.264 start codes to lengths. Source: ITU-T H.264 Annex B. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { lengthPrefixed } from "../../../widget/frame/clip/playback/webm/annex-b.ts";

/** A NAL unit: no start code inside (encoders escape it), no zero at its end. */
const unit = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 30 })
  .map((bytes) => [0x65, ...bytes.map((byte, i) => (bytes[i - 1] === 0 && byte < 4 ? 4 : byte)), 0x80]);

describe("H.264 frames from Matroska", () => {
  it("keep every unit, behind its length instead of a start code of three or four bytes", () => {
    const property = fc.property(fc.array(fc.tuple(unit, fc.boolean()), { minLength: 1, maxLength: 5 }), (units) => {
      const annexB = units.flatMap(([bytes, long]) => [...(long ? [0] : []), 0, 0, 1, ...bytes]);
      const expected = units.flatMap(([bytes]) => [0, 0, 0, bytes.length, ...bytes]);
      assert.deepEqual([...lengthPrefixed(Uint8Array.from(annexB))], expected);
    });
    fc.assert(property);
  });

  it("are empty where there is no start code", () => {
    assert.equal(lengthPrefixed(Uint8Array.of(1, 2, 3, 4, 5)).length, 0);
  });
});
