/** A page that names a file or a heading names one that is there: relative links of all Markdown pages, anchors included. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const pages = globSync(["*.md", "docs/**/*.md"], { cwd: root }).sort();

/** Text without what is code: no link there is one. */
function prose(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "code");
}

/** Targets as written, line breaks in them closed up. */
function linksOf(text: string): string[] {
  const targets = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string);
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
}

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] as string));
}

function faultsOf(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return linksOf(text).flatMap((target) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(root, page) : join(root, dirname(page), path);
    if (!existsSync(file) || relative(root, file).startsWith("..")) return [`${page}: ${target} is not there`];
    if (anchor === undefined || statSync(file).isDirectory()) return [];
    return anchorsOf(readFileSync(file, "utf8")).includes(anchor) ? [] : [`${page}: ${target} has no such heading`];
  });
}

test("every link in the pages leads to a file and a heading that are there", () => {
  assert.ok(pages.length > 10, "the pages were found");
  assert.deepEqual(pages.flatMap(faultsOf), []);
});

test("a link that leads nowhere is found, whatever stands around it", () => {
  assert.deepEqual(linksOf("a [b](c.md#d), ![e](f.png) `[g](h)` [i](https://j)\n```\n[k](l)\n```"), [
    "c.md#d",
    "f.png",
  ]);
  assert.deepEqual(anchorsOf("# A b\n## `x` of C: d, e"), ["a-b", "x-of-c-d-e"]);
});
