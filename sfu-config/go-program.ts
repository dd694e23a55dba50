/**
 * Servers written in Go that this project needs and no package manager has in the right version: found on PATH or in a
 * cache, or built from their source. A cache outside the clone spares a fresh clone the minutes.
 * For `npm start` and the tests; sees no content.
 */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { isProgram, onPath, type Print } from "./programs.ts";
import { run } from "./run-program.ts";

export interface GoProgram {
  /** as people call it */
  readonly title: string;
  /** its name on PATH and in the caches */
  readonly name: string;
  /** environment variable with the path of one */
  readonly variable: string;
  /** package and version, as `go install` takes them */
  readonly source: string;
  /** that a build takes on two cores, with an empty cache */
  readonly minutes: number;
}

const projectCache = join(import.meta.dirname, "..", ".cache", "bin");

/** Outlives the clone. */
function userCache(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "whatping", "bin");
}

/** Path of one that is already here (its variable, PATH, caches), or null. */
export function findGoProgram({ name, variable }: GoProgram, env: NodeJS.ProcessEnv = process.env): string | null {
  const given = env[variable];
  if (given && isProgram(given)) return given;
  const cached = [projectCache, userCache(env)].map((folder) => join(folder, name));
  return onPath([name], env.PATH) ?? cached.find(isProgram) ?? null;
}

/** Whether `buildGoProgram` can be tried. */
export const canBuild = (env: NodeJS.ProcessEnv = process.env): boolean => onPath(["go"], env.PATH) !== null;

/**
 * Builds one into the user's cache: minutes on a machine that never did. One build at a time, each with all cores, but
 * behind everything else that wants them.
 * @param signal ends the build
 * @throws Error if Go is missing or fails
 */
export function buildGoProgram(
  program: GoProgram,
  { print, env = process.env, signal }: { print: Print; env?: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<string> {
  const next = queue.then(() => build(program, { print, env, ...(signal ? { signal } : {}) }));
  queue = next.catch(() => undefined);
  return next;
}

/** Two builds at once would both be late. */
let queue: Promise<unknown> = Promise.resolve();

async function build(
  program: GoProgram,
  { print, env, signal }: { print: Print; env: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<string> {
  const { title, name, source, minutes } = program;
  const go = onPath(["go"], env.PATH);
  if (go === null)
    throw new Error(`${title} is not on this machine, nor Go to build it: install either, then try again`);
  const folder = userCache(env);
  // Two clones may build at once: each into its own folder, and the last one to finish stays.
  const fresh = join(folder, `build-${process.pid}-${name}`);
  mkdirSync(fresh, { recursive: true });
  print(`building ${title} with Go (about ${minutes} minutes, once per machine)`);
  const nice = onPath(["nice"], env.PATH);
  const [command, before] = nice === null ? [go, []] : [nice, ["-n", "19", go]];
  try {
    await run(command, [...before, "install", "-v", source], {
      env: { ...env, GOBIN: fresh },
      progress: (ms, lines) => print(`building ${title}: ${lines} packages after ${Math.round(ms / 1000)} s`),
      ...(signal ? { signal } : {}),
    });
    // Go names it after the last folder of its path.
    renameSync(join(fresh, basename(source.split("@")[0] as string)), join(folder, name));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return join(folder, name);
}
