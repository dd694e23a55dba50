/**
 * Runs the *.wtr.ts files in Chromium by web-test-runner, and counts them like any other test file.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startOwned } from "../../sfu-config/owned-process.ts";
import type { TestEnded } from "./test-events.ts";
import type { FileResult } from "./test-file.ts";

export interface BrowserTestOptions {
  root: string;
  outputDir: string;
  env: NodeJS.ProcessEnv;
  /** ms, for all files together */
  timeoutMs: number;
}

/** What the reporter in web-test-runner.config.mjs writes. */
interface BrowserFileResult {
  file: string;
  tests: TestEnded[];
  problem?: string;
}

export async function runBrowserTests(files: readonly string[], options: BrowserTestOptions): Promise<FileResult[]> {
  const started = performance.now();
  const [logFile, resultFile] = ["log", "json"].map((end) => join(options.outputDir, `browser-tests.${end}`)) as [
    string,
    string,
  ];
  const runner = join(options.root, "node_modules", "@web", "test-runner", "dist", "bin.js");
  const program = await startOwned(process.execPath, [runner, "--files", ...files], {
    logFile,
    cwd: options.root,
    env: { ...options.env, BROWSER_TEST_RESULTS: resultFile },
  });
  const abort = new AbortController();
  const late = delay(options.timeoutMs, null, { signal: abort.signal }).catch(() => null);
  const ending = await Promise.race([program.ended, late]);
  abort.abort();
  await program.kill();
  const output = readFileSync(logFile, "utf8");
  const ms = performance.now() - started;
  const how = ending === null ? `killed after ${options.timeoutMs / 1000} s` : `exit code ${ending.code}`;
  const whole = (problem: string): FileResult => ({ file: "web-test-runner", tests: [], problem, output, ms });
  if (!existsSync(resultFile)) return [whole(`no result (${how})`)];
  const results = JSON.parse(readFileSync(resultFile, "utf8")) as BrowserFileResult[];
  const missing = files.filter((file) => !results.some((result) => result.file === file));
  const counted = results.map((result) => ({ ...result, output, ms: result.tests.reduce((sum, t) => sum + t.ms, 0) }));
  return missing.length === 0 ? counted : [...counted, whole(`did not run: ${missing.join(", ")} (${how})`)];
}
