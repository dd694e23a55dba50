/**
 * Runs a program to its end: apt, go, tsc, biome. Its output is shown only if it fails, or line by line on request.
 * The program ends with this process.
 */

import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startOwned } from "./owned-process.ts";

/** Characters of output that an error quotes: the end says what went wrong. */
const QUOTED = 12_000;

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** called every `progressMs` with the time since the start, ms, and the number of output lines so far */
  progress?: (elapsedMs: number, lines: number) => void;
  /** ms, default 30 000 */
  progressMs?: number;
  /** kills it */
  signal?: AbortSignal;
}

/** Resolves with all output, stdout and stderr as they came. @throws Error that quotes its end on a non-zero exit. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const logFile = join(tmpdir(), `whatping-${basename(command)}-${randomUUID()}.log`);
  const started = Date.now();
  const { progress, progressMs = 30_000, signal: abort, ...rest } = options;
  const read = (): string => readFileSync(logFile, "utf8");
  const timer = progress
    ? setInterval(() => progress(Date.now() - started, read().split("\n").length - 1), progressMs)
    : undefined;
  try {
    abort?.throwIfAborted();
    const program = await startOwned(command, args, { ...rest, logFile });
    abort?.addEventListener("abort", () => program.kill(), { once: true });
    if (abort?.aborted) void program.kill();
    const { code, signal } = await program.ended;
    const output = read();
    if (code === 0) return output;
    throw new Error(`${basename(command)} ${args[0] ?? ""} failed (${signal ?? code}):\n${output.slice(-QUOTED)}`);
  } finally {
    clearInterval(timer);
    rmSync(logFile, { force: true });
  }
}
