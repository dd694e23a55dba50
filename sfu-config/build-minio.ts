/**
 * MinIO's program: on PATH, in the project's cache, in the user's cache, or built from its source by Go.
 * Only the tests build it. A cache outside the clone spares a fresh clone the minutes.
 */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isProgram, onPath, type Print } from "./programs.ts";
import { run } from "./run-program.ts";

/** The last version before the repository was archived. */
const MINIO = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c";

const projectCache = join(import.meta.dirname, "..", ".cache", "bin");

/** Outlives the clone. */
function userCache(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "whatping", "bin");
}

/** Path of a minio that is already here (MINIO_BIN, PATH, caches), or null. */
export function findMinio(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.MINIO_BIN && isProgram(env.MINIO_BIN)) return env.MINIO_BIN;
  const cached = [projectCache, userCache(env)].map((folder) => join(folder, "minio"));
  return onPath(["minio"], env.PATH) ?? cached.find(isProgram) ?? null;
}

/** Builds MinIO into the user's cache: minutes on a machine that never did. @throws Error if Go is missing or fails. */
export async function buildMinio(print: Print, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const go = onPath(["go"], env.PATH);
  if (go === null) throw new Error("MinIO is not on this machine, nor Go to build it: install either, then try again");
  const folder = userCache(env);
  // Two clones may build at once: each into its own folder, and the last one to finish stays.
  const fresh = join(folder, `build-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  print("building MinIO with Go (about 4 minutes, once per machine)");
  try {
    await run(go, ["install", "-v", MINIO], {
      env: { ...env, GOBIN: fresh },
      progress: (ms, lines) => print(`building MinIO: ${lines} packages after ${Math.round(ms / 1000)} s`),
    });
    renameSync(join(fresh, "minio"), join(folder, "minio"));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return join(folder, "minio");
}
