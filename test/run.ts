/**
 * The one test command, `npm test`: starts Redis, MinIO and LiveKit (building or installing what is missing), builds the widget,
 * runs every test file, and ends with `N passed, N failed`. `npm test -- clips` runs only files with that in their path.
 * What test files find in their environment: support/ground.ts.
 */
import { join } from "node:path";
import { buildIfStale } from "../demo/build-if-stale.ts";
import { runBrowserTests } from "./support/browser-tests.ts";
import { Ground } from "./support/ground.ts";
import { type Plan, planTests } from "./support/plan.ts";
import { count, exitCode, fileLine, report } from "./support/tally.ts";
import { type FileResult, runTestFile } from "./support/test-file.ts";

const root = join(import.meta.dirname, "..");
/** Two cores are what a small machine has. Tests of servers and browsers wait half of the time: two would leave one idle. */
const AT_ONCE = 3;
/** A call of several keeps both busy: it encodes and decodes what as many machines would. */
const CALLS_AT_ONCE = 1;
const FILE_TIMEOUT_MS = 300_000;
const print = (line: string): void => console.log(line);

type Environment = (file: string) => Promise<NodeJS.ProcessEnv | null>;

/** Runs files, some at once; prints a line for each as it ends. A file without an environment is left out. */
async function runFiles(
  files: readonly string[],
  ground: Ground,
  environment: Environment,
  atOnce = AT_ONCE,
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const env = await environment(file);
      if (env === null) continue;
      const options = { root, outputDir: ground.outputDir, env, timeoutMs: FILE_TIMEOUT_MS };
      const result = await runTestFile(file, options);
      print(fileLine(result));
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** A step that must work before tests can: its failure counts as one. */
async function step(name: string, work: () => Promise<unknown>): Promise<FileResult[]> {
  const started = performance.now();
  try {
    await work();
    return [];
  } catch (error) {
    const output = error instanceof Error ? error.message : String(error);
    const result = {
      file: name,
      tests: [],
      problem: output.split("\n")[0] ?? "",
      output,
      ms: performance.now() - started,
    };
    print(fileLine(result));
    return [result];
  }
}

async function runAll(plan: Plan, ground: Ground): Promise<FileResult[]> {
  const results = await step("widget build", () => buildIfStale(print));
  let env: NodeJS.ProcessEnv | null = null;
  const withMedia = plan.media.length > 0;
  const needsGround = withMedia || plan.tests.length + plan.browser.length + plan.last.length > 0;
  const preparing = step("preparing", async () => {
    if (needsGround) env = await ground.prepare(print, { withMedia });
  });
  // The checks of the sources come first and need no server: building one may take minutes.
  const environment: Environment = async (file) =>
    plan.checks.includes(file) ? process.env : preparing.then(() => env);
  results.push(...(await runFiles([...plan.checks, ...plan.tests], ground, environment)), ...(await preparing));
  if (env === null) return results;
  if (plan.browser.length > 0) {
    const options = { root, outputDir: ground.outputDir, env, timeoutMs: FILE_TIMEOUT_MS };
    const inBrowser = await runBrowserTests(plan.browser, options);
    for (const result of inBrowser) print(fileLine(result));
    results.push(...inBrowser);
  }
  if (withMedia) results.push(...(await runMedia(plan.media, ground, env)));
  return [...results, ...(await runFiles(plan.last, ground, environment))];
}

/** Nothing else runs while LiveKit is waited for: its build stands behind everything that wants the processor. */
async function runMedia(files: readonly string[], ground: Ground, env: NodeJS.ProcessEnv): Promise<FileResult[]> {
  let media: NodeJS.ProcessEnv | null = null;
  const preparing = await step("preparing media", async () => {
    media = await ground.withMedia(env);
  });
  return [...preparing, ...(await runFiles(files, ground, async () => media, CALLS_AT_ONCE))];
}

const plan = planTests(root, process.argv.slice(2));
const ground = new Ground();
ground.clearOnSignals();
const results = await runAll(plan, ground);
const code = exitCode(count(results));
await ground.clear(code !== 0);
if (Object.values(plan).flat().length === 0) print("no test file has that in its path");
else if (code !== 0) print(`\nkept for a look: ${ground.runDir}`);
print(report(results));
process.exit(code);
