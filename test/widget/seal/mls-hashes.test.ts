/**
 * The group's own hashes give what WebCrypto gives, for every size of input and key, and refuse a wrong tag.
 * (RFC 9420's published vectors run on them too: test/widget/group/mls-vectors-*.test.ts.)
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { getCiphersuiteFromName, getCiphersuiteImpl } from "ts-mls";
import { sha256Hashes as ours } from "../../../widget/seal/mls-hashes.ts";

const suite = getCiphersuiteFromName("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519");

test("digests, tags and keys are WebCrypto's", async () => {
  const theirs = await getCiphersuiteImpl(suite);
  const secrets = fc.uint8Array({ minLength: 1, maxLength: 200 });
  const inputs = fc.uint8Array({ maxLength: 300 });
  const lengths = fc.integer({ min: 1, max: 200 });
  const check = fc.asyncProperty(secrets, inputs, lengths, async (secret, data, length) => {
    assert.deepEqual(await ours.hash.digest(data), await theirs.hash.digest(data));
    assert.deepEqual(await ours.hash.mac(secret, data), await theirs.hash.mac(secret, data));
    // A salt is a secret of the hash's size wherever MLS extracts.
    const salt = await theirs.hash.digest(secret);
    const prk = await theirs.kdf.extract(salt, data);
    assert.deepEqual(await ours.kdf.extract(salt, data), prk);
    assert.deepEqual(await ours.kdf.expand(prk, data, length), await theirs.kdf.expand(prk, data, length));
  });
  await fc.assert(check, { numRuns: 100 });
  assert.equal(ours.kdf.size, theirs.kdf.size);
});

test("a tag that differs in one bit or in length is refused", async () => {
  const [key, data] = [new Uint8Array(32).fill(1), new Uint8Array(10)];
  const tag = await ours.hash.mac(key, data);
  assert.equal(await ours.hash.verifyMac(key, tag, data), true);
  for (const index of tag.keys()) {
    assert.equal(await ours.hash.verifyMac(key, tag.with(index, (tag[index] ?? 0) ^ 1), data), false);
  }
  assert.equal(await ours.hash.verifyMac(key, tag.subarray(0, -1), data), false);
  assert.equal(await ours.hash.verifyMac(key, new Uint8Array(), data), false);
});
