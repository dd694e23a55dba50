/**
 * `npm run sabotage`: tests the tests. Applies one small patch after the other to a copy of the project; each must turn
 * its named test red, which without the patch is green. `npm run sabotage -- nonce` takes only patches, or tests, so named; with
 * `PART=1/2` and `PART=2/2` two machines, or two shells, share the work.
 */
import { join } from "node:path";
import { Ground } from "../support/ground.ts";
import { type FileResult, runTestFile } from "../support/test-file.ts";
import { faultOf, ProjectCopy } from "./copy.ts";
import { type Patch, patches } from "./patches.ts";
import { judge, type Outcome, soundness } from "./verdict.ts";

const project = join(import.meta.dirname, "..", "..");
/** A patch may well make a test wait for something that never comes. */
const TIMEOUT_MS = 120_000;
const print = (line: string): void => console.log(line);

interface Stage {
  copy: ProjectCopy;
  ground: Ground;
  env: NodeJS.ProcessEnv;
}

/** In these, each test begins where the one before it ended: they run whole. */
const STORIES = /^test\/flow\/media\//;

function runTest({ copy, ground, env }: Stage, file: string, titles: string): Promise<FileResult> {
  const which = STORIES.test(file) ? {} : { titlePattern: titles };
  return runTestFile(file, { root: copy.root, outputDir: ground.outputDir, env, timeoutMs: TIMEOUT_MS, ...which });
}

/** Each test file once, without any patch, with all the titles that patches name in it. */
async function runIntact(stage: Stage, wanted: readonly Patch[]): Promise<Map<string, FileResult>> {
  const results = new Map<string, FileResult>();
  for (const [file, of] of Map.groupBy(wanted, (patch) => patch.test)) {
    const titles = of.map((patch) => `(?:${patch.title})`).join("|");
    results.set(file, await runTest(stage, file, titles));
  }
  return results;
}

async function tryPatch(stage: Stage, patch: Patch, intact: FileResult): Promise<Outcome> {
  const unsound = soundness(intact, patch.title);
  if (unsound !== null) return { verdict: "error", note: unsound };
  try {
    return await stage.copy.with(patch, async () => judge(await runTest(stage, patch.test, patch.title), patch.title));
  } catch (error) {
    return { verdict: "error", note: error instanceof Error ? error.message : String(error) };
  }
}

async function tryAll(stage: Stage, wanted: readonly Patch[]): Promise<Outcome[]> {
  const sound = wanted.filter((patch) => faultOf(patch, project) === null);
  const intact = await runIntact(stage, sound);
  const outcomes: Outcome[] = [];
  for (const patch of wanted) {
    const fault = faultOf(patch, project);
    const outcome: Outcome = fault
      ? { verdict: "error", note: fault }
      : await tryPatch(stage, patch, intact.get(patch.test) as FileResult);
    print(`${outcome.verdict.padEnd(7)} ${patch.name}\n        ${patch.test}: ${outcome.note.slice(0, 300)}`);
    outcomes.push(outcome);
  }
  return outcomes;
}

const filters = process.argv.slice(2);
const [part = 1, parts = 1] = (process.env.PART ?? "1/1").split("/").map(Number);
const files = [...new Set(patches.map(({ test }) => test))];
const wanted = patches
  .filter(({ name, test }) => filters.length === 0 || filters.some((filter) => `${name} ${test}`.includes(filter)))
  .filter(({ test }) => files.indexOf(test) % parts === part - 1);
const ground = new Ground();
ground.clearOnSignals();
const env = await ground.withMedia(await ground.prepare(print, { withMedia: true }));
const copy = await ProjectCopy.make(project);
process.once("exit", () => copy.remove());
const outcomes = await tryAll({ copy, ground, env }, wanted);
await ground.clear();
const caught = outcomes.filter((outcome) => outcome.verdict === "caught").length;
print(`\n${caught} caught, ${outcomes.length - caught} missed`);
process.exit(caught === outcomes.length && caught > 0 ? 0 : 1);
