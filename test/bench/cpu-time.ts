/**
 * How much a process has computed: what a neighbour on the machine can slow down, but hardly inflate. Bench support.
 */
import { readdirSync, readFileSync } from "node:fs";

/** ms of one clock tick, as Linux tells them to programs on every machine (sysconf _SC_CLK_TCK = 100). */
const TICK_MS = 10;

/** ms of CPU since the process began, in user and kernel mode; NaN where there is no /proc. */
export function cpuMs(pid: number): number {
  try {
    // The second field is the program's name in parentheses, which may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

/** The same of several processes, and of all that they have waited for. */
export function treeCpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (cpuMs(pid) || 0), 0);
}

/** @returns what gives the processes below this one that are there when it is asked and were not when this was */
export function programsBegunSince(): () => number[] {
  const before = new Set(descendants());
  return () => descendants().filter((pid) => !before.has(pid));
}

function descendants(): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === process.pid || isBelow(parents.get(pid)));
  return [...parents.keys()].filter((pid) => pid !== process.pid && isBelow(pid));
}

function parentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return Number.NaN;
  }
}
