/** The keys of a room's link, computed a second time with Node's own HKDF and Ed25519. Source: protocol.md §1, §2. */
import assert from "node:assert/strict";
import { createHash, createPrivateKey, hkdfSync, sign as nodeSign } from "node:crypto";
import { test } from "node:test";
import { isSignedBy, signingKeyFromSeed } from "../../../widget/seal/ed25519.ts";
import { generateHostSecret, hostKeys, linkKeys } from "../../../widget/seal/room-keys.ts";

const hostSecret = new Uint8Array(32).map((_, i) => i);
const u32 = (v: number) => Buffer.from([0, 0, 0, v]);

function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, 32));
}

function nodeKey(seed: Buffer) {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

test("a signing key of a seed is RFC 8032's: test 1 of its section 7.1", async () => {
  const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
  const key = await signingKeyFromSeed(new Uint8Array(seed));
  assert.equal(
    Buffer.from(key.publicKey).toString("hex"),
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  );
  assert.equal(
    Buffer.from(await key.sign(new Uint8Array())).toString("hex"),
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  );
});

test("the room id is the fingerprint of the charter key, which comes from the host secret alone", async () => {
  const { charterKey, roomId } = await hostKeys(hostSecret);
  const seed = hkdf(hostSecret, Buffer.alloc(0), Buffer.from("whatping/1 charter key"));
  const message = Buffer.from("x");
  assert.deepEqual(Buffer.from(await charterKey.sign(message)), nodeSign(null, message, nodeKey(seed)));
  const fingerprint = createHash("sha256").update(charterKey.publicKey).digest().subarray(0, 16);
  assert.deepEqual(Buffer.from(roomId), fingerprint);
});

test("each link version has a secret of its own, and all else of the link comes from that", async () => {
  const { roomId, roomSecret } = await hostKeys(hostSecret);
  for (const v of [1, 2]) {
    const expected = hkdf(hostSecret, roomId, Buffer.concat([Buffer.from("whatping/1 room secret"), u32(v)]));
    const secret = await roomSecret(v);
    assert.deepEqual(Buffer.from(secret), expected);
    const keys = await linkKeys(secret, roomId);
    assert.deepEqual(Buffer.from(keys.relayToken), hkdf(secret, roomId, Buffer.from("whatping/1 relay token")));
    const admission = nodeKey(hkdf(secret, roomId, Buffer.from("whatping/1 admission key")));
    const message = Buffer.from("x");
    assert.deepEqual(Buffer.from(await keys.admissionKey.sign(message)), nodeSign(null, message, admission));
    assert.equal(keys.envelopeKey.extractable, false);
  }
});

test("two rooms share nothing", async () => {
  const [one, other] = await Promise.all([hostKeys(generateHostSecret()), hostKeys(generateHostSecret())]);
  assert.notDeepEqual(one.roomId, other.roomId);
  // The same secret in another room gives another token: ids separate.
  const secret = await one.roomSecret(1);
  const [here, there] = await Promise.all([linkKeys(secret, one.roomId), linkKeys(secret, other.roomId)]);
  assert.notDeepEqual(here.relayToken, there.relayToken);
});

test("a signature that is malformed, of another key or of another message does not hold, and nothing is thrown", async () => {
  const { charterKey } = await hostKeys(hostSecret);
  const message = new Uint8Array([1]);
  const signature = await charterKey.sign(message);
  assert.equal(await isSignedBy(charterKey.publicKey, message, signature), true);
  assert.equal(await isSignedBy(charterKey.publicKey, new Uint8Array([2]), signature), false);
  assert.equal(await isSignedBy(charterKey.publicKey, message, signature.slice(1)), false);
  assert.equal(await isSignedBy(new Uint8Array(31), message, signature), false);
  assert.equal(
    await isSignedBy((await hostKeys(generateHostSecret())).charterKey.publicKey, message, signature),
    false,
  );
});
