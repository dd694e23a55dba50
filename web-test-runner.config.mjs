/**
 * Browser tests of elements and seal: test files named *.wtr.ts, in real Chromium with fake camera and microphone.
 * `npm test` starts this and reads the results that the reporter writes to BROWSER_TEST_RESULTS.
 */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { esbuildPlugin } from "@web/dev-server-esbuild";
import { defaultReporter } from "@web/test-runner";
import { chromeLauncher } from "@web/test-runner-chrome";
import { CHROMIUM_FLAGS, findChromium } from "./test/support/chromium.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/** `import url from "./main.ts?worker&url"` gives the address of the worker's module, as Vite does. */
const workerUrls = {
  name: "worker-urls",
  serve: ({ path, querystring }) =>
    querystring === "worker&url" ? { body: `export default ${JSON.stringify(path)};`, type: "js" } : undefined,
};

function ended(prefix, { name, passed, skipped, duration = 0, error }) {
  const outcome = skipped ? "skipped" : passed ? "passed" : "failed";
  return { kind: "ended", title: [...prefix, name].join(" › "), outcome, ms: duration, error: error?.message };
}

function flatten(suite, prefix = []) {
  if (!suite) return [];
  const inner = suite.suites.flatMap((each) => flatten(each, [...prefix, each.name]));
  return [...suite.tests.map((test) => ended(prefix, test)), ...inner];
}

function fileResult({ testFile, testResults, errors, passed }) {
  const tests = flatten(testResults);
  const broken = errors.length > 0 || (!passed && tests.every((test) => test.outcome !== "failed"));
  const problem = broken
    ? (errors[0]?.message ?? "it did not end well")
    : tests.length === 0
      ? "no test ran"
      : undefined;
  return { file: relative(root, testFile), tests, problem };
}

const resultWriter = {
  onTestRunFinished({ sessions }) {
    const file = process.env.BROWSER_TEST_RESULTS;
    if (file) writeFileSync(file, JSON.stringify([...sessions].map(fileResult)));
  },
};

export default {
  rootDir: root,
  files: "test/**/*.wtr.ts",
  nodeResolve: true,
  concurrency: 1,
  testsFinishTimeout: 120_000,
  plugins: [workerUrls, esbuildPlugin({ ts: true, target: "esnext", tsconfig: `${root}widget/tsconfig.json` })],
  browsers: [chromeLauncher({ launchOptions: { executablePath: await findChromium(), args: [...CHROMIUM_FLAGS] } })],
  reporters: [defaultReporter(), resultWriter],
};
