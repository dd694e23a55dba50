/**
 * Which test files run, and in which order: checks of the sources, then everything else, then browser tests, then what
 * needs LiveKit, then test/last, which looks at what all the others left behind.
 */
import { globSync } from "node:fs";

export interface Plan {
  /** need neither servers nor browser */
  checks: string[];
  tests: string[];
  /** run in the browser by web-test-runner */
  browser: string[];
  /** need LiveKit, too: it may still be being built while the others run */
  media: string[];
  last: string[];
}

/** Programs of their own, and files that are meant to fail. */
const NOT_HERE = /^test\/(bench|sabotage|shots|out)\/|\/fixtures\//;

/** Folders whose files find TEST_LIVEKIT_URL in their environment. */
const MEDIA = /^test\/(api\/sfu|flow\/media)\//;

/** @param filters substrings of paths; none = all files */
export function planTests(root: string, filters: readonly string[]): Plan {
  const matches = (file: string): boolean => filters.length === 0 || filters.some((filter) => file.includes(filter));
  const find = (pattern: string): string[] =>
    globSync(pattern, { cwd: root })
      .map((file) => file.replaceAll("\\", "/"))
      .filter((file) => !NOT_HERE.test(file) && matches(file))
      .sort();
  const all = find("test/**/*.test.ts");
  const isIn = (folder: string) => (file: string) => file.startsWith(folder);
  const [checks, last] = [all.filter(isIn("test/check/")), all.filter(isIn("test/last/"))];
  const media = all.filter((file) => MEDIA.test(file));
  return {
    checks,
    media,
    last,
    tests: all.filter((file) => ![checks, media, last].some((files) => files.includes(file))),
    browser: find("test/**/*.wtr.ts"),
  };
}
