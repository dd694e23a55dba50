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
const covered = new Set<string>();

function sourcesIn(project: string): string[] {
  return globSync(`${project.split("/")[0]}/**/*.ts`, { cwd: root, exclude: ["**/node_modules/**", "**/dist*/**"] });
}

for (const project of projects) {
  test(`${project} type-checks`, async () => {
    const output = await run(process.execPath, [tsc, "-p", project, "--listFiles", "--pretty", "false"], { cwd: root });
    for (const file of output.split("\n").filter((line) => line.endsWith(".ts"))) covered.add(relative(root, file));
  });
}

test("no TypeScript file is left out", () => {
  const files = globSync("**/*.ts", { cwd: root, exclude: ["**/node_modules/**", "**/dist*/**", "**/out/**"] });
  assert.deepEqual(
    files.filter((file) => !covered.has(file)),
    [],
  );
});
