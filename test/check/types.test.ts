/**
 * Every TypeScript project type-checks, and every TypeScript file is in one.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { run } from "../../sfu-config/run-program.ts";

const root = join(import.meta.dirname, "..", "..");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
const solution = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as { references: { path: string }[] };
// A project without files yet is an error to the compiler.
const projects = solution.references.map(({ path }) => path).filter((path) => sourcesIn(path).length > 0);

function sourcesIn(project: string): string[] {
  return globSync(`${project.split("/")[0]}/**/*.ts`, { cwd: root, exclude: ["**/node_modules/**", "**/dist*/**"] });
}

const compile = (project: string, ...flags: string[]): Promise<string> =>
  run(process.execPath, [tsc, "-p", project, "--pretty", "false", ...flags], { cwd: root });

for (const project of projects) {
  test(`${project} type-checks`, async () => {
    await compile(project);
  });
}

test("no TypeScript file is left out", async () => {
  const lists = await Promise.all(projects.map((project) => compile(project, "--listFilesOnly")));
  const covered = new Set(lists.flatMap((list) => list.split("\n")).map((file) => relative(root, file)));
  const files = globSync("**/*.ts", { cwd: root, exclude: ["**/node_modules/**", "**/dist*/**", "**/out/**"] });
  assert.deepEqual(
    files.filter((file) => !covered.has(file)),
    [],
  );
});
