/**
 * Whether a test noticed a patch. Only a test whose title matches counts: a file that can't even be loaded has noticed
 * nothing.
 */
import type { FileResult } from "../support/test-file.ts";

export type Verdict = "caught" | "missed" | "error";

export interface Outcome {
  verdict: Verdict;
  /** one line: which test, or why not */
  note: string;
}

/** Titles as node's runner matches them: suites and test with a space between. */
const fullName = (title: string): string => title.replaceAll(" › ", " ");

/** Without any patch: null if every test of that title passes and there is one, else what is wrong. */
export function soundness(result: FileResult, title: string): string | null {
  if (result.problem !== undefined) return `without any patch: ${result.problem}`;
  const matching = result.tests.filter((test) => new RegExp(title).test(fullName(test.title)));
  const failed = matching.find((test) => test.outcome !== "passed");
  if (failed) return `without any patch: "${failed.title}" ${failed.outcome}`;
  return matching.length === 0 ? `no test of ${result.file} has the title /${title}/` : null;
}

export function judge(result: FileResult, title: string): Outcome {
  const pattern = new RegExp(title);
  const red = result.tests.find((test) => test.outcome === "failed" && pattern.test(fullName(test.title)));
  if (red) return { verdict: "caught", note: red.error ?? red.title };
  const hung = /^still in "(.*)" after/.exec(result.problem ?? "")?.[1];
  if (hung !== undefined) return { verdict: "caught", note: `hung in "${hung}"` };
  if (result.problem !== undefined) return { verdict: "error", note: result.problem };
  return { verdict: "missed", note: "every test of that title passed" };
}
