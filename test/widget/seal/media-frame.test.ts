/**
 * Sealing of media frames: the published vectors, the header in all its forms, and what must never open.
 * Source: RFC 9605, its appendix C.1 (headers: a choice), C.2.4 and C.2.5 (suites 4 and 5, as printed); the whole list
 * of the SFrame working group is read where it is present.
 */
import assert from "node:assert/strict";
import { createDecipheriv, hkdfSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { SFRAME_KEY, SFRAME_SALT } from "../../../widget/seal/labels.ts";
import { decrypt, encrypt, nonceOf, openFrame, sealFrame } from "../../../widget/seal/media-frame.ts";
import {
  decodeHeader,
  encodeHeader,
  HEADER_MAX_BYTES,
  kidOf,
  partsOfKid,
} from "../../../widget/seal/media-frame-header.ts";
import { deriveFrameKey, labelled } from "../../../widget/seal/media-frame-key.ts";
import { MEDIA_KINDS, type MediaSuite } from "../../../widget/wire/group-media.ts";

const folder = process.env.TEST_VECTORS ?? join(import.meta.dirname, "../../../../shared/vectors");
const published = join(folder, "sframe", "test-vectors.json");
const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

const METADATA = hex("4945544620534672616d65205747");
const PLAINTEXT = hex("64726166742d696574662d736672616d652d656e63");
const BASE_KEY = hex("000102030405060708090a0b0c0d0e0f");
const PRINTED = [
  {
    suite: "AES_128_GCM_SHA256_128",
    salt: "75234edefe07819026751816",
    nonce: "75234edefe07819026755d71",
    ct: "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb",
  },
  {
    suite: "AES_256_GCM_SHA512_128",
    salt: "84991c167b8cd23c93708ec7",
    nonce: "84991c167b8cd23c9370cba0",
    ct: "990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279",
  },
] as const satisfies { suite: MediaSuite; [name: string]: string }[];

for (const { suite, salt, nonce, ct } of PRINTED) {
  test(`seals and opens as RFC 9605 prints it: ${suite}`, async () => {
    const key = await deriveFrameKey(suite, BASE_KEY, 0x123n);
    assert.equal(toHex(key.salt), salt);
    assert.equal(toHex(nonceOf(key.salt, 0x4567n)), nonce);
    assert.equal(toHex(await encrypt(key, 0x4567n, METADATA, PLAINTEXT)), ct);
    assert.deepEqual(await decrypt(key, METADATA, hex(ct)), PLAINTEXT);
  });
}

test("seals with ChaCha20-Poly1305 as another implementation does, with the same layout", async () => {
  const key = await deriveFrameKey("CHACHA20_POLY1305_SHA512_128", BASE_KEY, 0x123n);
  const box = await encrypt(key, 0x4567n, METADATA, PLAINTEXT);
  const length = encodeHeader(0x123n, 0x4567n).length;
  const secret = Buffer.from(hkdfSync("sha512", BASE_KEY, "", labelled(SFRAME_KEY, 0x123n, 0xf001), 32));
  const twin = createDecipheriv("chacha20-poly1305", secret, nonceOf(key.salt, 0x4567n), { authTagLength: 16 });
  twin.setAAD(Buffer.concat([box.subarray(0, length), METADATA]), { plaintextLength: PLAINTEXT.length });
  twin.setAuthTag(box.subarray(-16));
  assert.deepEqual(new Uint8Array(Buffer.concat([twin.update(box.subarray(length, -16)), twin.final()])), PLAINTEXT);
  assert.deepEqual(await decrypt(key, METADATA, box), PLAINTEXT);
  box[box.length - 1] = (box.at(-1) ?? 0) ^ 1;
  assert.equal(await decrypt(key, METADATA, box), null);
});

test("every published header is written and read", (t) => {
  if (!existsSync(published)) return t.skip("the published vectors are not here");
  // KID and CTR have 64 bits: JSON's numbers do not.
  const text = readFileSync(published, "utf8").replaceAll(/"(kid|ctr)": (\d+)/g, '"$1": "$2"');
  const { header } = JSON.parse(text) as { header: { kid: string; ctr: string; encoded: string }[] };
  for (const { kid, ctr, encoded } of header) {
    assert.equal(toHex(encodeHeader(BigInt(kid), BigInt(ctr))), encoded);
    const read = decodeHeader(hex(encoded));
    assert.deepEqual(read, { kid: BigInt(kid), ctr: BigInt(ctr), length: encoded.length / 2 });
  }
  t.diagnostic(`${header.length} headers`);
});

test("every published frame of suites 4 and 5 is sealed and opened, its labels included", async (t) => {
  if (!existsSync(published)) return t.skip("the published vectors are not here");
  const { sframe } = JSON.parse(readFileSync(published, "utf8")) as { sframe: Record<string, string & number>[] };
  const ours = sframe.filter(({ cipher_suite: id }) => id === 4 || id === 5);
  assert.equal(ours.length, 2);
  for (const v of ours) {
    const id = Number(v.cipher_suite);
    const suite: MediaSuite = id === 4 ? "AES_128_GCM_SHA256_128" : "AES_256_GCM_SHA512_128";
    const kid = BigInt(v.kid ?? 0);
    assert.equal(toHex(labelled(SFRAME_KEY, kid, id)), v.sframe_key_label);
    assert.equal(toHex(labelled(SFRAME_SALT, kid, id)), v.sframe_salt_label);
    const key = await deriveFrameKey(suite, hex(v.base_key ?? ""), kid);
    const sealed = await encrypt(key, BigInt(v.ctr ?? 0), hex(v.metadata ?? ""), hex(v.pt ?? ""));
    assert.equal(toHex(sealed), v.ct);
  }
});

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

test("a header has one spelling: whatever is read is what would have been written", () => {
  fc.assert(
    fc.property(u64, u64, (kid, ctr) => {
      const header = encodeHeader(kid, ctr);
      assert.ok(header.length <= HEADER_MAX_BYTES);
      assert.deepEqual(decodeHeader(header), { kid, ctr, length: header.length });
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const read = decodeHeader(bytes);
      if (read) assert.deepEqual(encodeHeader(read.kid, read.ctr), bytes.slice(0, read.length));
    }),
  );
});

test("a KID names kind, leaf and the epoch's low byte, and no two say the same", () => {
  const seen = new Set<bigint>();
  for (const kind of MEDIA_KINDS) {
    for (const leaf of [0, 1, 1023]) {
      for (const epoch of [0, 255]) {
        const kid = kidOf({ kind, leaf, epoch });
        assert.deepEqual(partsOfKid(kid), { kind, leaf, epoch });
        seen.add(kid);
      }
    }
  }
  assert.equal(seen.size, 24);
  assert.equal(kidOf({ kind: "audio", leaf: 0, epoch: 256 }), 0n);
  assert.throws(() => kidOf({ kind: "audio", leaf: 1024, epoch: 0 }), RangeError);
  assert.equal(partsOfKid(1n << 20n), null);
});

const kid = kidOf({ kind: "video", leaf: 3, epoch: 7 });
const key = await deriveFrameKey("AES_256_GCM_SHA512_128", new Uint8Array(32).fill(1), kid);
const frame = fc.uint8Array({ minLength: 10, maxLength: 400 });

test("a frame comes back as it was, with its clear prefix", async () => {
  await fc.assert(
    fc.asyncProperty(frame, fc.constantFrom(0, 1, 10), u64, async (bytes, clear, ctr) => {
      const sealed = await sealFrame(key, ctr, bytes, clear);
      assert.deepEqual(sealed.slice(0, clear), bytes.slice(0, clear));
      assert.deepEqual(await openFrame(key, sealed, clear), bytes);
    }),
    { numRuns: 60 },
  );
});

test("a sealed frame is at most 24 bytes longer, for every counter of a day at 60 frames a second", async () => {
  const last = 60n * 86_400n;
  const sealed = await sealFrame(key, last, new Uint8Array(100), 1);
  assert.ok(sealed.length - 100 <= 24, `${sealed.length - 100} bytes more`);
});

test("a flipped bit anywhere opens nothing: not in the prefix, the header, the body or the tag", async () => {
  const sealed = await sealFrame(key, 9n, new Uint8Array(40), 10);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = sealed.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(await openFrame(key, flipped, 10), null, `bit ${bit}`);
  }
});

test("opens with no other key: not of another kind, leaf, epoch or base key, and not with the prefix cut elsewhere", async () => {
  const sealed = await sealFrame(key, 9n, new Uint8Array(40), 10);
  const others = [
    kidOf({ kind: "screen", leaf: 3, epoch: 7 }),
    kidOf({ kind: "video", leaf: 4, epoch: 7 }),
    kidOf({ kind: "video", leaf: 3, epoch: 8 }),
  ];
  for (const other of others) {
    const otherKey = await deriveFrameKey("AES_256_GCM_SHA512_128", new Uint8Array(32).fill(1), other);
    assert.equal(await openFrame(otherKey, sealed, 10), null);
    // Even if somebody relabels the frame's KID to fit.
    assert.equal(await openFrame({ ...otherKey, kid }, sealed, 10), null);
  }
  const otherBase = await deriveFrameKey("AES_256_GCM_SHA512_128", new Uint8Array(32).fill(2), kid);
  assert.equal(await openFrame(otherBase, sealed, 10), null);
  for (const clear of [0, 1, 9, 11, 200]) assert.equal(await openFrame(key, sealed, clear), null);
});
