/**
 * A copy of the project to break: tracked files and new ones, installed packages by link.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../sfu-config/run-program.ts";
import type { Patch } from "./patches.ts";

/** Why a patch can't be applied, or null. */
export function faultOf(patch: Patch, root: string): string | null {
  for (const file of [patch.file, patch.test]) if (!existsSync(join(root, file))) return `there is no ${file}`;
  const times = readFileSync(join(root, patch.file), "utf8").split(patch.find).length - 1;
  if (times !== 1) return `its text occurs ${times} times in ${patch.file}, not once`;
  return patch.find === patch.replace ? "it changes nothing" : null;
}

/** Packages that a patch breaks: what is installed is shared, and must stay whole. */
const BROKEN_PACKAGES = ["ts-mls"];

function linkPackages(installed: string, target: string): void {
  mkdirSync(target);
  for (const name of readdirSync(installed)) {
    if (BROKEN_PACKAGES.includes(name)) cpSync(join(installed, name), join(target, name), { recursive: true });
    else symlinkSync(join(installed, name), join(target, name));
  }
}

export class ProjectCopy {
  readonly root: string;
  readonly #dist: string;
  readonly #intactDist: string;

  private constructor(root: string) {
    this.root = root;
    this.#dist = join(root, "widget", "dist");
    this.#intactDist = join(root, ".cache", "intact-dist");
  }

  /** Copies the project and builds its widget. */
  static async make(project: string): Promise<ProjectCopy> {
    const copy = new ProjectCopy(mkdtempSync(join(tmpdir(), "whatping-sabotage-")));
    const listed = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: project });
    for (const file of new Set(listed.split("\0").filter((name) => name !== ""))) {
      const target = join(copy.root, file);
      // Deleted but not yet committed files are listed too.
      if (existsSync(join(project, file))) cpSync(join(project, file), target, { recursive: true });
    }
    for (const folder of ["node_modules", "widget/node_modules", "api/node_modules"]) {
      if (existsSync(join(project, folder))) linkPackages(join(project, folder), join(copy.root, folder));
    }
    await copy.#build();
    mkdirSync(dirname(copy.#intactDist), { recursive: true });
    cpSync(copy.#dist, copy.#intactDist, { recursive: true });
    return copy;
  }

  /** Applies the patch while `work` runs. @throws Error if the widget no longer builds with it. */
  async with<T>(patch: Patch, work: () => Promise<T>): Promise<T> {
    const file = join(this.root, patch.file);
    const intact = readFileSync(file, "utf8");
    writeFileSync(
      file,
      intact.replace(patch.find, () => patch.replace),
    );
    const isWidget = patch.file.startsWith("widget/");
    try {
      if (isWidget) await this.#build();
      return await work();
    } finally {
      writeFileSync(file, intact);
      if (isWidget) this.#restoreDist();
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  async #build(): Promise<void> {
    await run(process.execPath, [join(this.root, "widget", "build.ts")], { cwd: this.root });
  }

  #restoreDist(): void {
    rmSync(this.#dist, { recursive: true, force: true });
    cpSync(this.#intactDist, this.#dist, { recursive: true });
  }
}
