/** What a frame is told by: all that is authenticated of it, and its tag. Source: protocol.md §4 (Insider check). */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { digestInput, digestOf } from "../../../widget/seal/frame-digest.ts";
import { frameMetadata, sealFrame } from "../../../widget/seal/media-frame.ts";
import { encodeHeader, kidOf } from "../../../widget/seal/media-frame-header.ts";
import { deriveFrameKey } from "../../../widget/seal/media-frame-key.ts";

const kid = kidOf({ kind: "video", leaf: 3, epoch: 7 });
const key = await deriveFrameKey("AES_256_GCM_SHA512_128", new Uint8Array(32).fill(5), kid);
const frameOf = (length: number) => Uint8Array.from({ length }, (_, i) => i);
const frame = frameOf(200);

// Short ones are hashed on the spot, long ones by WebCrypto.
const CASES = [200, 20_000].flatMap((bytes) => [0, 1, 10].map((clear) => ({ bytes, clear })));
for (const { bytes, clear } of CASES) {
  test(`of ${bytes} B, ${clear} of them clear, it is the start of SHA-256(header ‖ kind ‖ clear prefix ‖ ciphertext ‖ tag)`, async () => {
    const sealed = await sealFrame(key, 300n, frameOf(bytes), clear);
    const header = encodeHeader(kid, 300n);
    const prefix = sealed.subarray(0, clear);
    const boxed = sealed.subarray(clear + header.length);
    const all = Buffer.concat([header, frameMetadata(kid, prefix), boxed]);
    const expected = createHash("sha256").update(all).digest().readBigUInt64BE(0);
    assert.equal(await digestOf(digestInput(sealed, clear)), expected);
  });
}

test("each bit of a sealed frame counts", async () => {
  const sealed = await sealFrame(key, 1n, frame, 1);
  const seen = new Set([await digestOf(digestInput(sealed, 1))]);
  // The config byte of the header says where things are.
  for (let i = 0; i < sealed.length; i++) {
    if (i === 1) continue;
    const other = sealed.slice();
    other[i] = (other[i] ?? 0) ^ 1;
    seen.add(await digestOf(digestInput(other, 1)));
  }
  assert.equal(seen.size, sealed.length);
});

test("what has no header has no digest", () => {
  assert.throws(() => digestInput(Uint8Array.of(0x9f), 0), RangeError);
});
