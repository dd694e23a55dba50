/** The envelope opens as what it was sealed for, and as nothing else. Source: protocol.md §2. */
import assert from "node:assert/strict";
import { createDecipheriv } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { type EnvelopeName, openEnvelope, sealEnvelope } from "../../../widget/seal/envelope.ts";
import { statement, u32 } from "../../../widget/wire/room-signatures.ts";

const raw = new Uint8Array(32).fill(9);
const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
const name: EnvelopeName = { type: "ask", groupId: new Uint8Array(32), v: 1, reference: new Uint8Array(32).fill(1) };
const text = new TextEncoder().encode("who asks");

test("is AES-256-GCM with the name as associated data", async () => {
  const sealed = await sealEnvelope(key, name, text);
  const decipher = createDecipheriv("aes-256-gcm", raw, sealed.subarray(0, 12));
  const type = new TextEncoder().encode(name.type);
  decipher.setAAD(statement("whatping/1 envelope", [type, name.groupId, u32(name.v), name.reference]));
  decipher.setAuthTag(sealed.subarray(-16));
  assert.deepEqual(new Uint8Array(decipher.update(sealed.subarray(12, -16))), text);
  decipher.final();
});

test("opens under no other name: not as another type, group, link version or reference", async () => {
  const sealed = await sealEnvelope(key, name, text);
  assert.deepEqual(await openEnvelope(key, name, sealed), text);
  const others: EnvelopeName[] = [
    { ...name, type: "welcome" },
    { ...name, groupId: new Uint8Array(32).fill(2) },
    { ...name, v: 2 },
    { ...name, reference: new Uint8Array(32) },
  ];
  for (const other of others) assert.equal(await openEnvelope(key, other, sealed), null);
});

test("a flipped bit anywhere, a missing or a further byte opens nothing", async () => {
  const sealed = await sealEnvelope(key, name, text);
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length * 8 - 1), async (bit) => {
      const flipped = sealed.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(await openEnvelope(key, name, flipped), null);
    }),
    { numRuns: 60 },
  );
  assert.equal(await openEnvelope(key, name, sealed.slice(0, -1)), null);
  assert.equal(await openEnvelope(key, name, Uint8Array.from([...sealed, 0])), null);
  assert.equal(await openEnvelope(key, name, new Uint8Array()), null);
});

test("never twice the same bytes: a fresh IV each time", async () => {
  const boxes = await Promise.all(Array.from({ length: 50 }, () => sealEnvelope(key, name, text)));
  assert.equal(new Set(boxes.map((box) => Buffer.from(box.subarray(0, 12)).toString("hex"))).size, 50);
});
