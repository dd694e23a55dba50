/**
 * Programs of this machine that demo and tests use: finding them on PATH, installing Debian's packages when allowed.
 * Changes the machine only as root on Debian, and says so.
 */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./run-program.ts";

export type Print = (line: string) => void;

/** Path of the first of these programs that PATH holds, or null. */
export function onPath(names: readonly string[], path = process.env.PATH ?? ""): string | null {
  for (const name of names) {
    for (const folder of path.split(delimiter)) {
      const file = join(folder, name);
      if (folder !== "" && isProgram(file)) return file;
    }
  }
  return null;
}

/** Whether the file exists and may be run by us. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether `aptInstall` may be called: root on Debian or a relative of it. */
export function canAptInstall(): boolean {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") && onPath(["apt-get"]) !== null;
}

/** apt locks its lists and can't wait for that lock. */
let aptQueue: Promise<unknown> = Promise.resolve();

/** Installs Debian packages, one call after the other. @throws Error with the end of apt's output. */
export function aptInstall(packages: readonly string[], print: Print): Promise<void> {
  const next = aptQueue.then(() => aptInstallNow(packages, print));
  aptQueue = next.catch(() => {});
  return next;
}

async function aptInstallNow(packages: readonly string[], print: Print): Promise<void> {
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: "noninteractive",
    // In run level 1 a package starts no system service: we start our own servers.
    RUNLEVEL: "1",
  };
  print(`installing ${packages.join(", ")} (apt)`);
  const quietly = ["-q", "-o", "DPkg::Lock::Timeout=300"];
  await run("apt-get", [...quietly, "update"], { env });
  await run("apt-get", [...quietly, "install", "-y", "--no-install-recommends", ...packages], { env });
}
