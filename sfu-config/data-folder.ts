/**
 * One data folder, one user: two Redis servers on one append-only file destroy it.
 * For `npm start`, whose data outlives it. Sees no content.
 */
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface DataFolder {
  readonly path: string;
  /** false: the wanted folder is in use by another process, and `path` is a temporary one that `release` removes */
  readonly kept: boolean;
  release(): void;
}

/** Takes the folder for this process, or a temporary one if another running process has it. */
export function claimDataFolder(wanted: string): DataFolder {
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  const mark = join(wanted, "in-use-by");
  if (isStale(mark)) rmSync(mark, { force: true });
  if (tryMark(mark)) {
    return { path: wanted, kept: true, release: () => rmSync(mark, { force: true }) };
  }
  const path = mkdtempSync(join(tmpdir(), "whatping-data-"));
  return { path, kept: false, release: () => rmSync(path, { recursive: true, force: true }) };
}

function tryMark(mark: string): boolean {
  try {
    const file = openSync(mark, "wx", 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Whether the process that left the mark is gone, as after a crash. */
function isStale(mark: string): boolean {
  if (!existsSync(mark)) return false;
  const pid = Number(readFileSync(mark, "utf8"));
  try {
    return pid === process.pid || process.kill(pid, 0) !== true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}
