/** Sealed metadata: the box opens under its own key only, and a strange description is refused. */
import assert from "node:assert/strict";
import test from "node:test";
import { deriveViewToken, generateIv, openMetadata, sealMetadata } from "../../../widget/seal/clip.ts";
import { type ClipMetadata, decodeMetadata, encodeMetadata } from "../../../widget/seal/clip-metadata.ts";
import { CodedError } from "../../../widget/wire/errors.ts";

const key = crypto.getRandomValues(new Uint8Array(32));
const metadata: ClipMetadata = {
  v: 1,
  mime: "video/webm;codecs=vp9,opus",
  kind: "video",
  duration: 7.2,
  bytes: 9,
  recipient: "a@b.example",
};

test("metadata comes back as it was", async () => {
  const iv = generateIv();
  const box = await sealMetadata(key, iv, encodeMetadata(metadata));
  assert.deepEqual(decodeMetadata(await openMetadata(key, iv, box)), metadata);
});

test("metadata does not open under another key, another IV or with a changed bit", async () => {
  const iv = generateIv();
  const box = await sealMetadata(key, iv, encodeMetadata(metadata));
  const wrong = (error: unknown) => error instanceof CodedError && error.code === "wrong-key";
  await assert.rejects(openMetadata(crypto.getRandomValues(new Uint8Array(32)), iv, box), wrong);
  await assert.rejects(openMetadata(key, generateIv(), box), wrong);
  await assert.rejects(
    openMetadata(
      key,
      iv,
      box.map((byte, i) => (i === 3 ? byte ^ 1 : byte)),
    ),
    wrong,
  );
});

test("metadata is sealed under a key of its own, not under the clip key", async () => {
  const iv = generateIv();
  const box = await sealMetadata(key, iv, encodeMetadata(metadata));
  const clipKey = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  await assert.rejects(crypto.subtle.decrypt({ name: "AES-GCM", iv }, clipKey, box));
});

test("the metadata key is HKDF-SHA-256 of the key under its label (RFC 5869)", async () => {
  const { hkdfSync, createDecipheriv } = await import("node:crypto");
  const iv = generateIv();
  const box = Buffer.from(await sealMetadata(key, iv, encodeMetadata(metadata)));
  const derived = Buffer.from(hkdfSync("sha256", key, new Uint8Array(0), "wisp/1 metadata", 32));
  const open = createDecipheriv("aes-256-gcm", derived, iv).setAuthTag(box.subarray(-16));
  const opened = Buffer.concat([open.update(box.subarray(0, -16)), open.final()]);
  assert.deepEqual(JSON.parse(opened.toString()), metadata);
});

test("the view token is HKDF-SHA-256 of the key under its label (RFC 5869)", async () => {
  const raw = Buffer.from("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "hex");
  const { hkdfSync } = await import("node:crypto");
  const expected = Buffer.from(hkdfSync("sha256", raw, new Uint8Array(0), "wisp/1 view", 32));
  assert.deepEqual(Buffer.from(await deriveViewToken(Uint8Array.from(raw))), expected);
});

for (const [name, change] of Object.entries({
  "another version": { v: 2 },
  "a type that is no media type": { mime: "text/html" },
  "a type with markup": { mime: 'video/webm;codecs="<b>"' },
  "a negative duration": { duration: -1 },
  "an endless duration": { duration: 1e300 },
  "a recipient that is too long": { recipient: "x".repeat(321) },
  "a recipient that is no string": { recipient: {} },
})) {
  test(`refuses metadata with ${name}`, () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...metadata, ...change }));
    assert.throws(
      () => decodeMetadata(bytes),
      (error) => error instanceof CodedError && error.code === "clip-damaged",
    );
  });
}

test("a refusal does not quote the plaintext", () => {
  const bytes = new TextEncoder().encode('{"recipient":"canary@secret.example"');
  assert.throws(
    () => decodeMetadata(bytes),
    (error: Error) => !error.message.includes("canary") && error.cause === undefined,
  );
});
