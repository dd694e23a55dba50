/** base64url: one value, one spelling. */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { fromBase64url, isBase64urlOf, toBase64url } from "../../../widget/wire/bytes.ts";

test("base64url comes back as it was and is the same as Node's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = toBase64url(bytes);
      assert.equal(text, Buffer.from(bytes).toString("base64url"));
      assert.deepEqual(fromBase64url(text), Uint8Array.from(bytes));
      assert.ok(isBase64urlOf(text, bytes.length));
    }),
  );
});

for (const text of ["A", "AB", "AAB", "AA==", "A+/A", "A A", "ÄÄÄÄ", "AAA\n"]) {
  test(`refuses ${JSON.stringify(text)}`, () => assert.equal(fromBase64url(text), null));
}

test("takes a text exactly if Node writes its bytes that way", () => {
  const text = fc.string({ unit: fc.constantFrom(..."AEQBCDFghkw048_-+/= "), maxLength: 12 });
  fc.assert(
    fc.property(text, (given) => {
      const isCanonical = Buffer.from(given, "base64url").toString("base64url") === given;
      assert.equal(fromBase64url(given) !== null, isCanonical);
    }),
    { numRuns: 5_000 },
  );
});
