/** A frame out and in again, and what of it stays readable on the way. Source: protocol.md §4. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EpochKeyring } from "../../../widget/media/epoch-keyring.ts";
import { openEncoded, sealEncoded } from "../../../widget/media/frame-transform.ts";
import { MEDIA_KINDS, type MediaKind } from "../../../widget/wire/group-media.ts";

const SENDERS = [
  [0, "anna"],
  [1, "ben"],
] as const;

function keyring(ownLeaf: number): EpochKeyring {
  const ring = new EpochKeyring();
  const baseKeys = Object.fromEntries(MEDIA_KINDS.map((kind, i) => [kind, new Uint8Array(32).fill(i + 1)]));
  ring.install({
    type: "epoch",
    epoch: 1,
    suite: "AES_256_GCM_SHA512_128",
    baseKeys: baseKeys as Record<MediaKind, never>,
    senders: SENDERS,
    ownLeaf,
    dropOlder: false,
  });
  ring.move(1);
  return ring;
}

function frameOf(bytes: Uint8Array, type?: "key" | "delta") {
  return { data: bytes.slice().buffer as ArrayBuffer, ...(type ? { type } : {}), getMetadata: () => ({}) };
}

const some = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37 + 11) & 0xff);
const KEY_FRAME = some(120);
KEY_FRAME.set([0x9d, 0x01, 0x2a], 3);

for (const { kind, codec, type } of [
  { kind: "video", codec: "vp8", type: "key" },
  { kind: "video", codec: "vp8", type: "delta" },
  { kind: "screen", codec: "vp9", type: "key" },
  { kind: "audio", codec: "opus", type: undefined },
  { kind: "screen-audio", codec: "opus", type: undefined },
] as const) {
  test(`${codec} of ${kind}${type ? `, a ${type} frame,` : ""} comes through as it was, and at most 24 B longer on the way`, async () => {
    const [anna, ben] = [keyring(0), keyring(1)];
    const plain = type === "key" ? KEY_FRAME : some(120);
    const frame = frameOf(plain, type);
    const sealed = await sealEncoded(frame, anna, { kind, codec });
    assert.ok(typeof sealed !== "string" && sealed.epoch === 1);
    assert.ok(frame.data.byteLength <= 120 + 24, `${frame.data.byteLength} B`);
    assert.ok(typeof (await openEncoded(frame, ben, { kind, codec, identity: "anna" })) !== "string");
    assert.deepEqual(new Uint8Array(frame.data), plain);
  });
}

test("of what is no track of ours nothing is sealed, whatever codec its frames name", async () => {
  for (const mimeType of ["video/VP8", "audio/opus"]) {
    const frame = { ...frameOf(some(120), "delta"), getMetadata: () => ({ mimeType }) };
    assert.equal(await sealEncoded(frame, keyring(0), null), "codec");
    assert.deepEqual(new Uint8Array(frame.data), some(120));
  }
});

test("a sealed VP8 key frame has no start code, and names a partition that no decoder finds in it", async () => {
  const frame = frameOf(KEY_FRAME, "key");
  await sealEncoded(frame, keyring(0), { kind: "video", codec: "vp8" });
  const [a = 0, b = 0, c = 0] = new Uint8Array(frame.data);
  assert.equal((a >> 5) | (b << 3) | (c << 11), 0x7ffff);
  assert.notDeepEqual(new Uint8Array(frame.data).subarray(3, 6), KEY_FRAME.subarray(3, 6));
});

test("sealed sound is an Opus packet without frames, and without that it is not opened", async () => {
  const frame = frameOf(some(120));
  await sealEncoded(frame, keyring(0), { kind: "audio", codec: "opus" });
  assert.deepEqual([...new Uint8Array(frame.data).subarray(0, 2)], [3, 0]);
  frame.data = frame.data.slice(2);
  assert.equal(await openEncoded(frame, keyring(1), { kind: "audio", codec: "opus", identity: "anna" }), "no-header");
});

test("what says that it is a VP8 key frame and is none is not sealed", async () => {
  const frame = frameOf(some(120), "key");
  assert.equal(await sealEncoded(frame, keyring(0), { kind: "video", codec: "vp8" }), "codec");
});
