/** No (key, nonce) pair is ever used twice, whatever the order of chunks, pauses, crashes and retakes (protocol.md §6). */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { ClipSealer } from "../../../widget/media/clip-sealer.ts";
import { segmentNonce } from "../../../widget/seal/clip.ts";
import { SEGMENT_BYTES } from "../../../widget/wire/clip-limits.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Writes down every (key, nonce) that WebCrypto seals with while `run` runs. */
async function sealedWith(run: () => Promise<void>): Promise<string[]> {
  const pairs: string[] = [];
  const subtle = crypto.subtle;
  const encrypt = subtle.encrypt.bind(subtle);
  subtle.encrypt = async (algorithm, key, data) => {
    const { iv } = algorithm as AesGcmParams;
    const raw = key.extractable ? await subtle.exportKey("raw", key) : new ArrayBuffer(0);
    pairs.push(`${hex(new Uint8Array(raw))}:${hex(new Uint8Array(iv as ArrayBuffer))}`);
    return encrypt(algorithm, key, data);
  };
  try {
    await run();
  } finally {
    subtle.encrypt = encrypt;
  }
  return pairs;
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("chunk" as const), bytes: fc.integer({ min: 0, max: 700_000 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ type: "overlap" as const }) },
  { weight: 1, arbitrary: fc.constant({ type: "retake" as const }) },
  { weight: 1, arbitrary: fc.constant({ type: "crash" as const }) },
  { weight: 1, arbitrary: fc.constant({ type: "finish-twice" as const }) },
);

test("no key and nonce seal twice, whatever the order of chunks, pauses, crashes and retakes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const pairs = await sealedWith(async () => {
        let sealer = await ClipSealer.begin();
        for (const event of steps) {
          if (event.type === "chunk") await sealer.push(new Uint8Array(event.bytes));
          else if (event.type === "overlap") {
            await Promise.all([
              sealer.push(new Uint8Array(SEGMENT_BYTES)),
              sealer.push(new Uint8Array(SEGMENT_BYTES + 1)),
            ]);
          } else if (event.type === "crash") {
            void sealer.push(new Uint8Array(SEGMENT_BYTES * 2)).catch(() => undefined);
            sealer = await ClipSealer.begin();
          } else {
            await Promise.allSettled([sealer.finish(), ...(event.type === "finish-twice" ? [sealer.finish()] : [])]);
            sealer = await ClipSealer.begin();
          }
        }
        await sealer.finish();
      });
      assert.ok(pairs.length > 0);
      assert.equal(new Set(pairs).size, pairs.length, "a key and nonce came twice");
    }),
    { numRuns: 60 },
  );
});

test("a nonce is the IV with index and `more` laid over its last five bytes", () => {
  const iv = Uint8Array.from({ length: 12 }, (_, i) => i + 1);
  assert.equal(hex(segmentNonce(iv, { index: 0, more: false })), hex(iv));
  assert.equal(hex(segmentNonce(iv, { index: 0x01020304, more: true })), "01020304050607090b090f0d");
});

test("every index and `more` has a nonce of its own", () => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const place = fc.record({ index: fc.integer({ min: 0, max: 0xffff_ffff }), more: fc.boolean() });
  fc.assert(
    fc.property(place, place, (a, b) => {
      const same = a.index === b.index && a.more === b.more;
      assert.equal(hex(segmentNonce(iv, a)) === hex(segmentNonce(iv, b)), same);
    }),
  );
});

test("nothing is sealed after the last segment", async () => {
  const sealer = await ClipSealer.begin();
  await sealer.push(new Uint8Array(10));
  await sealer.finish();
  await assert.rejects(sealer.push(new Uint8Array(1)));
  await assert.rejects(sealer.finish());
});

test("takes and retakes have keys of their own", async () => {
  const sealers = await Promise.all(Array.from({ length: 8 }, () => ClipSealer.begin()));
  const keys = await Promise.all(sealers.map(async (sealer) => hex(await sealer.exportKey())));
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(new Set(sealers.map((sealer) => hex(sealer.iv))).size, sealers.length);
});
