/** What a leaf says about its holder, and who vouches for it. Source: protocol.md §1, RFC 9420 §5.3.1. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { certify, cleanName, isCertified, NAME_MAX, readCredential } from "../../../widget/group/credential.ts";
import { newKey } from "./lab.ts";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test("an identity vouches for one leaf key, one post key and one name", async () => {
  const [identity, leaf, post, other] = await Promise.all([newKey(), newKey(), newKey(), newKey()]);
  const bytes = await certify(identity, leaf.publicKey, { postKey: post.publicKey, name: "Anna" });
  assert.equal(await isCertified(bytes, leaf.publicKey), true);
  assert.equal(await isCertified(bytes, other.publicKey), false);
  const said = JSON.parse(new TextDecoder().decode(bytes));
  const swap = (key: Uint8Array) => Buffer.from(key).toString("base64url");
  const changes = [{ name: "Ben" }, { postKey: swap(other.publicKey) }, { identity: swap(other.publicKey) }];
  for (const change of changes) assert.equal(await isCertified(encode({ ...said, ...change }), leaf.publicKey), false);
});

test("a credential says nothing that its certificate does not cover", async () => {
  const [identity, leaf, post] = await Promise.all([newKey(), newKey(), newKey()]);
  const bytes = await certify(identity, leaf.publicKey, { postKey: post.publicKey, name: "Anna" });
  const said = JSON.parse(new TextDecoder().decode(bytes));
  assert.equal(await isCertified(encode({ ...said, host: true }), leaf.publicKey), false);
  assert.equal(await isCertified(encode(said), leaf.publicKey), true);
});

test("a credential of another shape is none", async () => {
  for (const value of [null, {}, [], "x", { identity: "x" }]) {
    assert.equal(readCredential(encode(value)), null);
    assert.equal(await isCertified(encode(value), new Uint8Array(32)), false);
  }
  assert.equal(readCredential(Uint8Array.from([0xff, 0xfe])), null);
});

test("a name has no characters that hide, turn or break text, and everybody sees the same one", () => {
  assert.equal(cleanName("  Anna\u202e\u0000 \n Maria\u200b "), "Anna Maria");
  // Variation selector, grapheme joiner, Hangul filler, Braille without dots, Mongolian separator, tags.
  for (const unseen of ["\ufe0f", "\u034f", "\u3164", "\u2800", "\u180e", "\u{e0041}", "\u{e0100}"]) {
    assert.equal(cleanName(`${unseen}An${unseen}na${unseen} `), "Anna", unseen.codePointAt(0)?.toString(16));
  }
  const unit = fc.constantFrom("a", "e", " ", "\t", "\u0301", "\u034f", "\u200b", "\u2028", "\u3000", "🙂", "\ud83d");
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ unit, maxLength: 200 })),
      (name) => {
        const clean = cleanName(name);
        assert.ok(clean.length <= NAME_MAX);
        assert.equal(cleanName(clean), clean);
        assert.doesNotMatch(clean, /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u);
      },
    ),
  );
});
