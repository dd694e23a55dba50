/** Bytes of test vectors: hex in, decoded values out, nothing left over. Test support. */
import assert from "node:assert/strict";
import type { Decoder } from "ts-mls";

export const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
export const hex = (value: Uint8Array): string => Buffer.from(value).toString("hex");

/** Decodes all of the bytes. */
export function decodeWhole<T>(decoder: Decoder<T>, encoded: Uint8Array): T {
  const decoded = decoder(encoded, 0);
  assert.ok(decoded, "it decodes");
  assert.equal(decoded[1], encoded.length, "nothing is left over");
  return decoded[0];
}

export function sameBytes(actual: Uint8Array, expectedHex: string, what: string): void {
  assert.equal(hex(actual), expectedHex, what);
}
