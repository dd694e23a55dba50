/**
 * Runs one test file in a process group of its own and counts what happened. A file counts as failed if it hangs, ends
 * badly, or runs no test: silence is not success.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Ending, startOwned } from "../../sfu-config/owned-process.ts";
import type { TestEnded, TestLine } from "./test-events.ts";

export interface TestFileOptions {
  /** the project, or a copy of it */
  root: string;
  /** where output and events go, one pair of files per test file */
  outputDir: string;
  env?: NodeJS.ProcessEnv;
  /** ms; default 5 minutes */
  timeoutMs?: number;
  /** only tests whose title matches this regular expression */
  titlePattern?: string;
}

export interface FileResult {
  /** path from the root */
  file: string;
  tests: TestEnded[];
  /** what is wrong with the file as a whole */
  problem?: string;
  /** stdout and stderr */
  output: string;
  ms: number;
}

export async function runTestFile(file: string, options: TestFileOptions): Promise<FileResult> {
  const { root, outputDir, env = process.env, timeoutMs = 300_000, titlePattern } = options;
  mkdirSync(outputDir, { recursive: true });
  const base = join(outputDir, file.replaceAll(/[^\w.-]+/g, "_"));
  const [logFile, eventFile] = [`${base}.log`, `${base}.jsonl`];
  const started = performance.now();
  const program = await startOwned(
    process.execPath,
    [
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...[`--test-reporter=${join(import.meta.dirname, "test-events.ts")}`, `--test-reporter-destination=${eventFile}`],
      ...(titlePattern === undefined ? [] : [`--test-name-pattern=${titlePattern}`]),
      file,
    ],
    { logFile, cwd: root, env: withoutOuterRunner(env) },
  );
  const abort = new AbortController();
  const late = delay(timeoutMs, null, { signal: abort.signal }).catch(() => null);
  const ending = await Promise.race([program.ended, late]);
  abort.abort();
  // What the file left running in its group ends in either case.
  await program.kill();
  const lines = readLines(eventFile);
  const tests = lines.filter((line) => line.kind === "ended");
  const problem = ending === null ? hung(lines, timeoutMs) : badEnd(ending, tests);
  return {
    file,
    tests,
    ...(problem === null ? {} : { problem }),
    output: readFileSync(logFile, "utf8"),
    ms: performance.now() - started,
  };
}

/** A file started from within a test would else report to that test's runner. */
function withoutOuterRunner(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...rest } = env;
  return rest;
}

function readLines(eventFile: string): TestLine[] {
  if (!existsSync(eventFile)) return [];
  const lines = readFileSync(eventFile, "utf8").split("\n");
  // A killed process may leave half a line, always the last.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as TestLine);
}

function hung(lines: TestLine[], timeoutMs: number): string {
  const open: string[] = [];
  for (const line of lines) {
    if (line.kind === "runs") open.push(line.name);
    else if (line.kind === "ran") open.splice(open.indexOf(line.name), 1);
  }
  const after = `after ${timeoutMs / 1000} s`;
  return open.length > 0 ? `still in "${open.at(-1)}" ${after}: killed` : `its process did not end ${after}: killed`;
}

function badEnd({ code, signal }: Ending, tests: TestEnded[]): string | null {
  if (tests.some((test) => test.outcome === "failed")) return null;
  if (code !== 0) return `the process ended with ${signal ?? `exit code ${code}`} though no test failed`;
  return tests.length === 0 ? "no test ran" : null;
}
