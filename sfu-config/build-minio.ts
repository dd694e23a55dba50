/**
 * MinIO's program: found, or built from its source by Go. Only the tests build it.
 */
import { buildGoProgram, findGoProgram, type GoProgram } from "./go-program.ts";
import type { Print } from "./programs.ts";

const MINIO: GoProgram = {
  title: "MinIO",
  name: "minio",
  variable: "MINIO_BIN",
  // The last version before the repository was archived.
  source: "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
  minutes: 4,
};

/** Path of a minio that is already here (MINIO_BIN, PATH, caches), or null. */
export const findMinio = (env: NodeJS.ProcessEnv = process.env): string | null => findGoProgram(MINIO, env);

/** Builds MinIO into the user's cache. @throws Error if Go is missing or fails. */
export const buildMinio = (print: Print, env: NodeJS.ProcessEnv = process.env): Promise<string> =>
  buildGoProgram(MINIO, { print, env });
