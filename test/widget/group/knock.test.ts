/**
 * A knock opens for one lobby and as it was sealed, and both sides find the same digits or none. Published vectors of
 * HPKE run with MLS's own (mls-vectors-crypto). Source: protocol.md §2 (Knock admission), docs/decisions/0055.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  knockDigits,
  makeKnock,
  openAnswer,
  openNonce,
  readKnock,
  sealAnswer,
  sealNonce,
} from "../../../widget/group/knock.ts";
import { sealBox } from "../../../widget/group/knock-box.ts";
import { encBytes, recipientOf } from "../../../widget/group/mls/hpke.ts";
import { hashOf } from "../../../widget/wire/audit.ts";
import { type Bytes, toBase64url } from "../../../widget/wire/bytes.ts";
import type { KeyAgreement } from "../../../widget/wire/room-rules.ts";
import { newKey } from "./lab.ts";

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

async function knocked(keyAgreement: KeyAgreement = "x25519", name = "visitor") {
  const recipient = await recipientOf(keyAgreement, random(32));
  const lobby = { keyAgreement, lobbyKey: recipient.publicKey };
  const roomId = random(16);
  const identity = await newKey();
  const own = await makeKnock(lobby, { roomId, identity, name });
  assert.ok(own);
  return { own, identity, lobby, to: { recipient, keyAgreement, roomId } };
}

for (const keyAgreement of ["x25519", "x-wing"] as const) {
  test(`a knock by ${keyAgreement} tells its lobby who it is, and both sides find the same six digits`, async () => {
    const { own, identity, lobby, to } = await knocked(keyAgreement, "Zoë");
    const read = await readKnock(own.bytes, to);
    assert.ok(read);
    assert.deepEqual([read.name, read.identity], ["Zoë", toBase64url(identity.publicKey)]);
    assert.deepEqual(read.hash, own.hash);
    const hosts = random(32);
    const theirs = await openAnswer(own, await sealAnswer(read, { type: "nonce", nonce: toBase64url(hosts) }));
    assert.deepEqual(theirs, { type: "nonce", nonce: toBase64url(hosts) });
    const visitor = await openNonce(read, await sealNonce(own));
    assert.ok(visitor);
    const digits = await knockDigits({ visitor: own.nonce, hosts }, { hash: own.hash, lobbyKey: lobby.lobbyKey });
    assert.match(digits, /^\d{6}$/);
    assert.equal(await knockDigits({ visitor, hosts }, { hash: read.hash, lobbyKey: lobby.lobbyKey }), digits);
  });
}

test("digits hang on both nonces, on the knock and on the lobby's key; a thousand of them are spread as chance would", async () => {
  const given = { visitor: random(32), hosts: random(32), hash: random(32), lobbyKey: random(32) };
  const digitsOf = ({ visitor, hosts, hash, lobbyKey }: typeof given) =>
    knockDigits({ visitor, hosts }, { hash, lobbyKey });
  const digits = await digitsOf(given);
  for (const name of ["visitor", "hosts", "hash", "lobbyKey"] as const) {
    assert.notEqual(await digitsOf({ ...given, [name]: random(32) }), digits, name);
  }
  const many = await Promise.all(Array.from({ length: 1_000 }, () => digitsOf({ ...given, hosts: random(32) })));
  const firsts = Array.from({ length: 10 }, (_, i) => many.filter((each) => each.startsWith(String(i))).length);
  const chi = firsts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
  // 9 degrees of freedom: beyond 40 once in 100,000 runs.
  assert.ok(chi < 40, firsts.join(" "));
});

test("a knock opens for no other lobby, for no other room, and not when a bit of it is another", async () => {
  const { own, to } = await knocked();
  assert.equal(await readKnock(own.bytes, { ...to, recipient: await recipientOf("x25519", random(32)) }), null);
  assert.equal(await readKnock(own.bytes, { ...to, roomId: random(16) }), null);
  for (const at of [0, 31, 32, 50, own.bytes.length - 1]) {
    const altered = own.bytes.slice();
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.equal(await readKnock(altered, to), null, `byte ${at}`);
  }
  for (const length of [0, 10, 32, 60, own.bytes.length - 1]) {
    assert.equal(await readKnock(own.bytes.slice(0, length), to), null, `${length} bytes`);
  }
});

test("a knock with an identity key that did not sign it is none", async () => {
  const { own, to, identity } = await knocked();
  const enc = own.bytes.slice(0, encBytes("x25519"));
  const commitment = toBase64url(await hashOf(own.nonce));
  const signature = toBase64url(await identity.sign(random(8)));
  const said = { identity: toBase64url((await newKey()).publicKey), name: "visitor", commitment, signature };
  const box = await sealBox(own.knockKey, "knock", enc, said);
  assert.equal(await readKnock(Uint8Array.from([...enc, ...box]), to), null);
});

test("another nonce than the one that the knock committed to is refused", async () => {
  const { own, to } = await knocked();
  const read = await readKnock(own.bytes, to);
  assert.ok(read);
  assert.equal(await openNonce(read, await sealNonce({ ...own, nonce: random(32) })), null);
  assert.equal(await openNonce(read, random(300)), null);
});

test("what belongs to one knock opens beside no other, and nothing opens as something else", async () => {
  const [one, two] = [await knocked(), await knocked()];
  const answer = await sealAnswer(one.own, { type: "away" });
  assert.equal(await openAnswer(two.own, answer), null);
  assert.equal(await openAnswer({ ...one.own, hash: two.own.hash }, answer), null);
  const read = await readKnock(one.own.bytes, one.to);
  assert.ok(read);
  assert.equal(await openAnswer(one.own, await sealNonce(one.own)), null);
  assert.equal(await openNonce(read, answer), null);
});

test("all knocks and answers have one size, whatever the name: it says nothing", async () => {
  const names = ["A", "x".repeat(64), "漢".repeat(64), '"'.repeat(64)];
  const sizes = await Promise.all(names.map(async (name) => (await knocked("x25519", name)).own.bytes.length));
  assert.deepEqual(new Set(sizes).size, 1);
});

test("a lobby key that is none takes no knock", async () => {
  const identity = await newKey();
  for (const lobbyKey of [new Uint8Array(32), random(5)]) {
    const given = { keyAgreement: "x25519" as const, lobbyKey };
    assert.equal(await makeKnock(given, { roomId: random(16), identity, name: "visitor" }), null, lobbyKey.join());
  }
});
