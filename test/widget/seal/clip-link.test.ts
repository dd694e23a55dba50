/** The clip link: the key stands in the fragment, a mangled `#` is mended and reported (product.md W4). */
import assert from "node:assert/strict";
import test from "node:test";
import { formatClipLink, parseClipLink } from "../../../widget/seal/clip-link.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { CodedError } from "../../../widget/wire/errors.ts";

const origin = "https://frame.example";
const key = Uint8Array.from({ length: 32 }, (_, i) => i * 7);
const id = toBase64url(Uint8Array.from({ length: 16 }, (_, i) => 255 - i));
const link = formatClipLink(origin, id, key);

test("a link gives back its id and key, and the key stands behind the #", () => {
  assert.deepEqual(parseClipLink(link), { id, key, mangled: false });
  assert.equal(new URL(link).hash, `#k=${toBase64url(key)}`);
  assert.ok(!new URL(link).pathname.includes(toBase64url(key)));
});

for (const mangled of [
  link.replace("#", "%23"),
  link.replace("#k=", "%23k%3D"),
  link.replace("#k=", "%23k%3d"),
  `${link.replace("#", "%23")}&utm_source=mail`,
  `${link.replace("#", "%23")}?utm_source=mail`,
]) {
  test(`mends ${mangled.slice(45)} and says that the server has seen the key`, () => {
    assert.deepEqual(parseClipLink(mangled), { id, key, mangled: true });
  });
}

for (const broken of [
  "",
  "not a link",
  `${origin}/v/${id}`,
  `${origin}/v/${id}#k=`,
  link.slice(0, -1),
  `${link}A`,
  link.replace("/v/", "/w/"),
  `${origin}/v/short#k=${toBase64url(key)}`,
  link.replace("#k=", "#x="),
]) {
  test(`refuses ${broken.slice(0, 60) || "an empty link"}`, () => {
    assert.throws(
      () => parseClipLink(broken),
      (error) =>
        error instanceof CodedError && error.code === "link-malformed" && !error.message.includes(toBase64url(key)),
    );
  });
}
