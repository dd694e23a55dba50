/** The room's words: every language says all of it, and fills in the same. Source: product.md R16. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { de } from "../../../widget/frame/room/words/de.ts";
import { en } from "../../../widget/frame/room/words/en.ts";
import { fr } from "../../../widget/frame/room/words/fr.ts";
import { it } from "../../../widget/frame/room/words/it.ts";

const CATALOGUES: Readonly<Record<string, Readonly<Record<string, string>>>> = { en, de, fr, it };
const folder = join(import.meta.dirname, "../../../widget/frame/room");

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w*)\}/g)].map(([, name]) => name ?? "").sort();

describe("every language", () => {
  for (const [language, words] of Object.entries(CATALOGUES)) {
    test(`${language} has the ids of the others, no more and no fewer`, () => {
      assert.deepEqual(Object.keys(words).sort(), Object.keys(en).sort());
    });

    test(`${language} fills in the same as English`, () => {
      for (const [id, text] of Object.entries(en)) {
        assert.deepEqual(placeholders(words[id] ?? ""), placeholders(text), id);
      }
    });

    test(`${language} leaves nothing empty, unfilled or untidy`, () => {
      for (const [id, text] of Object.entries(words)) {
        assert.match(text, /\S/, id);
        assert.equal(text, text.trim(), id);
        assert.doesNotMatch(text, / {2}|\$\{|\{\s|\s\}|\{\}|['"]/, id);
      }
    });
  }

  test("no other language repeats an English sentence", () => {
    for (const [language, words] of Object.entries(CATALOGUES)) {
      if (language === "en") continue;
      const same = Object.entries(en).filter(([id, text]) => words[id] === text && /\s\S+\s/.test(text));
      assert.deepEqual(same, [], language);
    }
  });
});

test("every word of the catalogue is said somewhere", () => {
  const sources = globSync("**/*.ts", { cwd: folder, exclude: ["words/*"] }).map((file) =>
    readFileSync(join(folder, file), "utf8"),
  );
  const text = sources.join("\n");
  const unsaid = Object.keys(en).filter((id) => {
    const stem = id.replace(/\.(one|other)$/, "");
    return !text.includes(`"${stem}"`) && !text.includes(`"${id}"`) && !/^alarm-/.test(id);
  });
  assert.deepEqual(unsaid, []);
});

test("numbers have both forms in every language", () => {
  const stems = Object.keys(en).filter((id) => id.endsWith(".one"));
  assert.ok(stems.length > 0);
  for (const id of stems) assert.ok(id.replace(/one$/, "other") in en, id);
});
