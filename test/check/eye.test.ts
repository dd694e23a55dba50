/**
 * What looks at the relay's bytes has no way to a key: neither the eye's worker nor the command's client imports anything
 * that could open a frame (product.md R15).
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { realmOf } from "./import-rules.ts";
import { readSource } from "./references.ts";

const root = join(import.meta.dirname, "..", "..");

/** The file and all of ours that it imports, types included. */
function closure(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const { references } = readSource(file, readFileSync(join(root, file), "utf8"));
  for (const { specifier } of references) {
    if (specifier?.startsWith(".")) closure(posix.join(posix.dirname(file), specifier), found);
  }
  return found;
}

for (const [file, may] of [
  ["widget/media/eye-main.ts", ["media", "wire"]],
  ["widget/member/keyless-client.ts", ["member"]],
] as const) {
  test(`${file} reaches nothing that has a key or could use one`, () => {
    const files = [...closure(file)];
    assert.deepEqual(
      files.filter((each) => each !== file && /^widget\/(media|seal|group)\//.test(each)),
      [],
    );
    assert.deepEqual([...new Set(files.map((each) => realmOf(each)))].sort(), [...may].sort());
  });

  test(`${file} takes no messages, by which one could come`, () => {
    const text = readFileSync(join(root, file), "utf8");
    assert.doesNotMatch(text, /onmessage\b|addEventListener\(\s*"message"|MessagePort|crypto\b/);
  });
}
