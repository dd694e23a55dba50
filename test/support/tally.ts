/**
 * What a run of the tests says: a line per file, the failures with file and title, the slowest tests, and the closing
 * line that people and scripts read.
 */
import type { FileResult } from "./test-file.ts";

const OUTPUT_CHARS = 30_000;
const SLOWEST = 10;

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export function count(results: readonly FileResult[]): Counts {
  const outcomes = results.flatMap((result) => result.tests.map((test) => test.outcome));
  const of = (outcome: string): number => outcomes.filter((each) => each === outcome).length;
  const problems = results.filter((result) => result.problem !== undefined).length;
  return { passed: of("passed"), failed: of("failed") + problems, skipped: of("skipped") };
}

/** `N passed, N failed`, then `, N skipped` if any was. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** A run in which nothing passed has shown nothing. */
export function exitCode({ passed, failed }: Counts): number {
  return failed === 0 && passed > 0 ? 0 : 1;
}

export function fileLine(result: FileResult): string {
  const counts = count([result]);
  const mark = counts.failed > 0 ? "FAIL" : "ok  ";
  const problem = result.problem === undefined ? "" : `  (${result.problem})`;
  return `${mark}  ${result.file}  ${closingLine(counts)}  ${seconds(result.ms)}${problem}`;
}

/** Everything after the line per file, closing line included. */
export function report(results: readonly FileResult[]): string {
  const failed = results.filter((result) => count([result]).failed > 0);
  const outputs = failed.flatMap((result) => ["", `──── ${result.file}`, tail(result.output)]);
  const failures = failed.flatMap((result) => [
    ...(result.problem === undefined ? [] : [`  ${result.file}: ${result.problem}`]),
    ...result.tests
      .filter((test) => test.outcome === "failed")
      .map((test) => `  ${result.file} › ${test.title}\n      ${test.error ?? ""}`),
  ]);
  return [
    ...outputs,
    "",
    "slowest:",
    ...slowest(results),
    ...(failures.length > 0 ? ["", "failed:", ...failures] : []),
    "",
    closingLine(count(results)),
  ].join("\n");
}

function slowest(results: readonly FileResult[]): string[] {
  return results
    .flatMap((result) => result.tests.map((test) => ({ file: result.file, ...test })))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST)
    .map((test) => `  ${seconds(test.ms).padStart(8)}  ${test.file} › ${test.title}`);
}

/** Without the tests that passed. The end says most; a flood of output would hide the other failures. */
function tail(all: string): string {
  const output = all.replaceAll(/^\s*[✔ℹ] .*\n/gm, "");
  return output.length <= OUTPUT_CHARS ? output.trimEnd() : `…\n${output.slice(-OUTPUT_CHARS).trimEnd()}`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
