/** A charter is the room's only as its charter key signed it. Source: protocol.md §2. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openCharter, signCharter } from "../../../widget/group/charter.ts";
import { generateHostSecret, hostKeys } from "../../../widget/seal/room-keys.ts";
import { Lab } from "./lab.ts";

test("a charter opens as it was signed, and for its own room only", async () => {
  const { charter, host } = await Lab.open();
  const opened = await openCharter(charter.bytes, host.roomId);
  assert.deepEqual(opened?.charter, charter.charter);
  const other = await hostKeys(generateHostSecret());
  assert.equal(await openCharter(charter.bytes, other.roomId), null);
  const signed = await signCharter(other.charterKey, charter.charter);
  assert.equal(await openCharter(signed.bytes, host.roomId), null);
});

test("a charter that was changed after it was signed is none: not a bit of it", async () => {
  const { charter, host } = await Lab.open();
  for (let bit = 0; bit < charter.bytes.length * 8; bit += 5) {
    const bytes = charter.bytes.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(await openCharter(bytes, host.roomId), null, `bit ${bit}`);
  }
});
