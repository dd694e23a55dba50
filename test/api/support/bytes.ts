/** Assertions on bytes and blobs, in words: the assertion library's own account of a large buffer takes minutes. */
import assert from "node:assert/strict";
import type { Blobs } from "../../../api/blobs/blobs.ts";

export function assertSameBytes(actual: Uint8Array | undefined, expected: Uint8Array | undefined, where = ""): void {
  assert.ok(actual && expected, `${where} nothing to compare`);
  const difference = actual.findIndex((byte, at) => byte !== expected[at]);
  assert.equal(actual.length, expected.length, `${where} length`);
  assert.equal(difference, -1, `${where} differs at byte ${difference}`);
}

export async function assertNoBlob(blobs: Blobs, key: string): Promise<void> {
  const blob = await blobs.get(key);
  blob?.body.destroy();
  assert.equal(blob?.bytes, undefined, "there is an object where none should be");
}
