/** Links in what people write: web addresses and nothing else, cut where a sentence ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { partsOf } from "../../../widget/frame/room/view/text-with-links.ts";

const links = (text: string): string[] => partsOf(text).flatMap(({ href }) => (href ? [href] : []));

test("web addresses become links, without the sentence around them", () => {
  for (const [text, ...expected] of [
    ["see https://example.org/a.", "https://example.org/a"],
    ["(https://example.org/a)", "https://example.org/a"],
    ["https://example.org/a_(b)", "https://example.org/a_(b)"],
    ["https://example.org/a_(b).", "https://example.org/a_(b)"],
    ["“http://example.org”", "http://example.org"],
    ["<https://example.org/?a=1&b=2#c>", "https://example.org/?a=1&b=2#c"],
    ["one https://a.example, two HTTPS://B.example/x!", "https://a.example", "HTTPS://B.example/x"],
    ["https://a.example\nhttps://b.example", "https://a.example", "https://b.example"],
  ] as const) {
    assert.deepEqual(links(text), expected, text);
  }
});

test("nothing else becomes a link", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,<b>x</b>",
    "ftp://example.org",
    "mailto:a@example.org",
    "example.org",
    "https://",
    "https:// example.org",
    "//example.org",
    "file:///etc/passwd",
    "blob:https-not",
  ]) {
    assert.deepEqual(links(text), [], text);
  }
});

test("what is shown is all that was written, in its order, and a link leads where it says", () => {
  const words = fc.array(
    fc.oneof(fc.string(), fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.constant("https://")),
  );
  fc.assert(
    fc.property(words, (some) => {
      const text = some.join(" ");
      const parts = partsOf(text);
      assert.equal(parts.map((part) => part.text).join(""), text);
      for (const part of parts) {
        if (part.href === undefined) continue;
        assert.equal(part.href, part.text);
        assert.match(new URL(part.href).protocol, /^https?:$/);
      }
    }),
  );
});
