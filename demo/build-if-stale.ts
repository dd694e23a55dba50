/**
 * Builds the widget when its sources differ from what was built last: for `npm start` and the tests.
 * Compares contents, not times, so that a fresh clone or a changed branch is noticed. Sees sources only.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Print } from "../sfu-config/programs.ts";
import { run } from "../sfu-config/run-program.ts";

const project = join(import.meta.dirname, "..");

/**
 * Resolves when `widget/dist` matches the sources; true if it had to be built.
 * @throws Error that quotes the end of the build's output.
 */
export async function buildIfStale(print: Print, root = project): Promise<boolean> {
  const build = join(root, "widget", "build.ts");
  if (!existsSync(build)) return false;
  const mark = join(root, ".cache", "widget-built");
  const sources = hashSources(root);
  const isFresh = existsSync(mark) && readFileSync(mark, "utf8") === sources;
  if (isFresh && existsSync(join(root, "widget", "dist"))) return false;
  print("widget    building");
  rmSync(mark, { force: true });
  await run(process.execPath, [build], { cwd: root });
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, sources);
  return true;
}

function hashSources(root: string): string {
  const files = globSync(["widget/**/*", "patches/*"], {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => /^dist\b/.test(entry.name) || entry.name === "node_modules",
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of [...files, join(root, "package-lock.json")]) hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest("hex");
}
