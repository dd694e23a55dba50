/**
 * A program that never outlives this process: Redis, MinIO, a build, a test file.
 * Runs on the machine that tries or tests the product; sees the program's output, which goes to a log file.
 *
 * Each program leads a process group of its own, so Ctrl-C in a terminal reaches us first and we choose the order.
 * Beside it stands a guard: a shell that reads from a pipe held by this process. However this process ends, even by
 * SIGKILL, the pipe closes and the guard ends the group.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

/** SIGTERM, up to 5 s for a clean end, then SIGKILL. (`-s` because dash reads `kill -TERM --` as two signals.) */
const GUARD = `read -r _
kill -s TERM -- "-$1" 2>/dev/null || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; kill -s 0 -- "-$1" 2>/dev/null || exit 0; done
kill -s KILL -- "-$1" 2>/dev/null`;

export interface OwnedProcessOptions {
  /** stdout and stderr are appended here; folders are made */
  logFile: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** written to its standard input, which is then closed */
  input?: string;
  /** It does not keep this process alive: a program that forgets to stop its services still ends, and they with it. */
  background?: boolean;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface OwnedProcess {
  readonly pid: number;
  /** Settles once, when the program itself has ended. */
  readonly ended: Promise<Ending>;
  /** SIGTERM to the group, SIGKILL after `graceMs` (default 5000). */
  stop(graceMs?: number): Promise<Ending>;
  /** SIGKILL to the group, as in a crash. */
  kill(): Promise<Ending>;
}

const running = new Set<OwnedProcess>();

/** SIGKILL to every program that this process started and that still runs: before its folders are removed. */
export async function killAll(): Promise<void> {
  await Promise.all([...running].map((program) => program.kill()));
}

/** Starts a program. @throws the system's error if it can't be started, such as ENOENT. */
export async function startOwned(
  command: string,
  args: readonly string[],
  options: OwnedProcessOptions,
): Promise<OwnedProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, "a", 0o600);
  const child = spawn(command, args, {
    detached: true,
    stdio: [options.input === undefined ? "ignore" : "pipe", log, log],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(log);
  const ended = new Promise<Ending>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  await once(child, "spawn");
  const pid = child.pid as number;
  const guard = startGuard(pid);
  void ended.then(() => guard.kill("SIGKILL"));
  // A program that ends before it has read its input is seen through `ended`.
  child.stdin?.on("error", () => {}).end(options.input);
  if (options.background) child.unref();
  const program: OwnedProcess = {
    pid,
    ended,
    stop: (graceMs = 5000) => {
      child.ref();
      return endGroup(pid, ended, graceMs);
    },
    kill: () => {
      child.ref();
      return endGroup(pid, ended, 0);
    },
  };
  running.add(program);
  void ended.then(() => running.delete(program));
  return program;
}

function startGuard(pid: number): ChildProcess {
  // Our own PATH may hold nothing but Node; the guard needs a shell and `sleep`.
  const guard = spawn("/bin/sh", ["-c", GUARD, "guard", String(pid)], {
    env: { PATH: "/usr/bin:/bin" },
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", (error) => {
    signalGroup(pid, "SIGKILL");
    throw error;
  });
  // The guard alone keeps nobody alive.
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}

async function endGroup(pid: number, ended: Promise<Ending>, graceMs: number): Promise<Ending> {
  signalGroup(pid, graceMs > 0 ? "SIGTERM" : "SIGKILL");
  const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
  const ending = await ended.finally(() => clearTimeout(timer));
  // What the program left behind in its group ends with it.
  signalGroup(pid, "SIGKILL");
  return ending;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
