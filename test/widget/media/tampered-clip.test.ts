/** Hazard: the stored ciphertext was changed. Nothing of a changed segment, or of anything after it, comes out. */
import assert from "node:assert/strict";
import test from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { ClipOpener } from "../../../widget/media/clip-opener.ts";
import { ClipSealer } from "../../../widget/media/clip-sealer.ts";
import type { Bytes } from "../../../widget/wire/bytes.ts";
import { SEGMENT_BYTES } from "../../../widget/wire/clip-limits.ts";
import { CodedError } from "../../../widget/wire/errors.ts";

interface Stored {
  file: Uint8Array;
  key: Bytes;
  iv: Bytes;
  pieces: Bytes[];
}

async function sealed(length: number): Promise<Stored> {
  const file = crypto.getRandomValues(new Uint8Array(Math.min(length, 65_536)));
  const whole = new Uint8Array(length).map((_, i) => file[i % file.length] as number);
  const sealer = await ClipSealer.begin();
  const segments = [...(await sealer.push(whole)), ...(await sealer.finish()).segments];
  return { file: whole, key: await sealer.exportKey(), iv: sealer.iv, pieces: segments.map((s) => s.sealed) };
}

/** Opens as the player does, against what a relay says of these pieces (its own hash of them unless given). */
async function open(
  stored: Stored,
  expected: { sha256?: Bytes; bytes?: number; pieces?: number } = {},
): Promise<Uint8Array> {
  const opener = await ClipOpener.withKey(stored.key);
  const hash = sha256.create();
  for (const piece of stored.pieces) hash.update(piece);
  opener.begin({
    iv: stored.iv,
    pieces: expected.pieces ?? stored.pieces.length,
    bytes: expected.bytes ?? stored.pieces.reduce((sum, piece) => sum + piece.length, 0),
    sha256: expected.sha256 ?? Uint8Array.from(hash.digest()),
  });
  const opened: Uint8Array[] = [];
  for (let i = 0; i < (expected.pieces ?? stored.pieces.length); i++) {
    opened.push(await opener.open(i, stored.pieces[i] ?? new Uint8Array(0)));
  }
  return new Uint8Array(Buffer.concat(opened));
}

const damaged = (error: unknown) => error instanceof CodedError && error.code === "clip-damaged";
const LONG = SEGMENT_BYTES * 3 + 1000;

for (const length of [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, LONG]) {
  test(`opens what was sealed, ${length} bytes`, async () => {
    const stored = await sealed(length);
    assert.deepEqual(await open(stored), stored.file);
    assert.equal(stored.pieces.length, Math.max(1, Math.ceil(length / SEGMENT_BYTES)));
  });
}

test("refuses a flipped bit, wherever it is", async () => {
  const stored = await sealed(LONG);
  const place = fc.record({ piece: fc.nat(3), offset: fc.nat(SEGMENT_BYTES + 15), bit: fc.nat(7) });
  await fc.assert(
    fc.asyncProperty(place, async ({ piece, offset, bit }) => {
      const pieces = stored.pieces.map((bytes) => bytes.slice());
      const target = pieces[piece] as Bytes;
      const at = offset % target.length;
      target[at] = (target[at] as number) ^ (1 << bit);
      await assert.rejects(open({ ...stored, pieces }), damaged);
    }),
    { numRuns: 40 },
  );
});

const changes: Record<string, (pieces: Bytes[]) => Bytes[]> = {
  "two segments that changed places": ([a, b, ...rest]) => [b, a, ...rest] as Bytes[],
  "a dropped segment": ([a, , ...rest]) => [a, ...rest] as Bytes[],
  "a doubled segment": ([a, ...rest]) => [a, a, ...rest] as Bytes[],
  "a missing end": (pieces) => pieces.slice(0, -1),
  "a segment after the last one": (pieces) => [...pieces, pieces[0] as Bytes],
  "an empty clip": () => [new Uint8Array(0)],
  "a shortened last segment": (pieces) => [...pieces.slice(0, -1), (pieces.at(-1) as Bytes).slice(0, -1)],
};
for (const [name, change] of Object.entries(changes)) {
  test(`refuses ${name}`, async () => {
    const stored = await sealed(LONG);
    await assert.rejects(open({ ...stored, pieces: change(stored.pieces) }), damaged);
  });
}

test("refuses a wrong key", async () => {
  const stored = await sealed(1000);
  await assert.rejects(open({ ...stored, key: crypto.getRandomValues(new Uint8Array(32)) }), damaged);
});

test("refuses another clip's IV", async () => {
  const stored = await sealed(1000);
  await assert.rejects(open({ ...stored, iv: (await sealed(1)).iv }), damaged);
});

test("keeps the last segment back when the SHA-256 of the whole is wrong", async () => {
  const stored = await sealed(1000);
  await assert.rejects(open(stored, { sha256: new Uint8Array(32) }), damaged);
});

test("keeps the last segment back when the size of the whole is wrong", async () => {
  const stored = await sealed(1000);
  await assert.rejects(open(stored, { bytes: 1 }), damaged);
});

test("opens nothing after a refusal", async () => {
  const stored = await sealed(LONG);
  const opener = await ClipOpener.withKey(stored.key);
  opener.begin({ iv: stored.iv, pieces: 4, bytes: 0, sha256: new Uint8Array(32) });
  await assert.rejects(opener.open(0, stored.pieces[1] as Bytes), damaged);
  // Its turn in the order, its true bytes: and yet not after a refusal.
  await assert.rejects(opener.open(1, stored.pieces[1] as Bytes), damaged);
  await assert.rejects(opener.open(0, stored.pieces[0] as Bytes), damaged);
});

test("every refusal to open looks alike", async () => {
  const stored = await sealed(LONG);
  const messages = new Set<string>();
  for (const change of Object.values(changes)) {
    await open({ ...stored, pieces: change(stored.pieces) }).catch((error: Error) => messages.add(error.message));
  }
  assert.equal(messages.size, 1);
});
