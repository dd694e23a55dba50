/** The end of a piece leaves only when all of it has turned out right. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { holdBack } from "../../../api/blobs/hold-back.ts";
import { assertSameBytes } from "../support/bytes.ts";

const cuts = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 12 });

test("passes a right piece on whole, however it comes in", async () => {
  await fc.assert(
    fc.asyncProperty(cuts, async (sizes) => {
      const parts = sizes.map((size) => randomBytes(size));
      const whole = Buffer.concat(parts);
      const { passed, error } = await drain(parts, whole);
      assert.equal(error, undefined);
      assertSameBytes(passed, whole);
    }),
    { numRuns: 200, seed: 20_260_301 },
  );
});

test("never passes the last byte of a wrong piece on, however it comes in", async () => {
  const wrong = fc.record({ sizes: cuts, at: fc.nat(), kind: fc.constantFrom("flipped", "short", "long") });
  await fc.assert(
    fc.asyncProperty(wrong, async ({ sizes, at, kind }) => {
      const parts = sizes.map((size) => randomBytes(size));
      const announced = Buffer.from(Buffer.concat(parts));
      fc.pre(announced.length > 1);
      if (kind === "flipped") announced[at % announced.length] = (announced[at % announced.length] ?? 0) ^ 1;
      const expected = kind === "short" ? Buffer.concat([announced, Buffer.of(7)]) : announced;
      const { passed, error } = await drain(parts, kind === "long" ? expected.subarray(1) : expected);
      assert.equal((error as { code?: string } | undefined)?.code, "piece-mismatch");
      assert.ok(passed.length < expected.length - (kind === "long" ? 1 : 0));
    }),
    { numRuns: 300, seed: 20_260_301 },
  );
});

test("asks for no more before what it gave was taken", async () => {
  let asked = 0;
  async function* counting() {
    for (;;) {
      asked++;
      yield Buffer.alloc(10);
    }
  }
  const held = holdBack(counting(), { bytes: 1_000_000, sha256: Buffer.alloc(32) });
  await held.next();
  assert.equal(asked, 2);
  await held.next();
  assert.equal(asked, 3);
  await held.return(undefined);
});

async function drain(parts: Buffer[], announced: Buffer): Promise<{ passed: Buffer; error?: unknown }> {
  async function* source() {
    yield* parts;
  }
  const sha256 = createHash("sha256").update(announced).digest();
  const passed: Uint8Array[] = [];
  try {
    for await (const chunk of holdBack(source(), { bytes: announced.length, sha256 })) passed.push(chunk);
  } catch (error) {
    return { passed: Buffer.concat(passed), error };
  }
  return { passed: Buffer.concat(passed) };
}
