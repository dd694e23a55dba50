/**
 * Installs what package-lock.json lists if node_modules is not in step with it, applies patches/ to it, then runs a
 * program on the pinned Node: `node demo/install.mjs demo/start.ts --flag`. Runs on any Node from 18 on, with nothing
 * installed yet. Sees the project's own files only.
 *
 * It starts the program itself, because the shell of a package script (dash, bash) remembers where it found `node`
 * first: `node install.mjs && node start.ts` runs both on the machine's Node, which may not read .ts files.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { basename, delimiter, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Node reads .ts files as they are from here on, and has node:sqlite without a flag. */
const OLDEST_NODE = 24;

/**
 * Whether an install holds exactly what a lock file asks for: every package in its version, optional ones (those
 * for other platforms) if present.
 * @param {string} lockText package-lock.json
 * @param {string} installedText node_modules/.package-lock.json, which npm writes last
 */
export function isInStep(lockText, installedText) {
  const wanted = JSON.parse(lockText).packages;
  const installed = JSON.parse(installedText).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || entry.link) return true;
    const there = installed[path];
    if (there === undefined) return entry.optional === true;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

/** @param {string} folder the project */
function installIfNeeded(folder) {
  const lock = readFileSync(join(folder, "package-lock.json"), "utf8");
  const hash = hashOf(folder, lock);
  const mark = join(folder, "node_modules", ".installed-lock");
  if (existsSync(mark) && readFileSync(mark, "utf8") === hash) return;
  const installed = join(folder, "node_modules", ".package-lock.json");
  // Somebody who ran npm by hand needs no second install.
  const wasThere = existsSync(installed) && isInStep(lock, readFileSync(installed, "utf8"));
  if (!wasThere) install(folder);
  let problem = applyPatches(folder);
  // What was there may carry an older patch: begin again from the packages as they are published.
  if (problem !== null && wasThere) {
    install(folder);
    problem = applyPatches(folder);
  }
  if (problem !== null) fail(`A patch of an installed package does not apply (patches/):\n${problem}`);
  writeFileSync(mark, hash);
}

/** @param {string} folder */
function patchesOf(folder) {
  const patches = join(folder, "patches");
  if (!existsSync(patches)) return [];
  const names = readdirSync(patches).filter((name) => name.endsWith(".patch"));
  return names.sort().map((name) => join(patches, name));
}

/**
 * Changes when the lock file or a patch does.
 * @param {string} folder
 * @param {string} lock
 */
function hashOf(folder, lock) {
  const hash = createHash("sha256").update(lock);
  for (const patch of patchesOf(folder)) hash.update(`\0${basename(patch)}\0`).update(readFileSync(patch));
  return hash.digest("hex");
}

/**
 * Applies patches/ to the installed packages, each whole or not at all; leaves alone what is patched already.
 * @param {string} folder
 * @returns {string | null} why one does not apply
 */
function applyPatches(folder) {
  if (patchesOf(folder).length === 0) return null;
  const program = join(folder, "node_modules", "patch-package", "index.js");
  const options = ["--error-on-fail", "--error-on-warn"];
  const result = spawnSync(process.execPath, [program, ...options], { cwd: folder, encoding: "utf8" });
  return result.status === 0 ? null : `${result.error ?? ""}${result.stdout}${result.stderr}`;
}

/** @param {string} folder */
function install(folder) {
  console.log("install   packages of package-lock.json (a minute or less)");
  // No install scripts: no package runs code of its own here, and none that we use needs it.
  const args = ["ci", "--include=dev", "--include=optional", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { npm_execpath: npm = "", npm_node_execpath: node = process.execPath } = process.env;
  const [command, before] = basename(npm) === "npm-cli.js" ? [node, [npm]] : ["npm", []];
  const result = spawnSync(command, [...before, ...args, "--loglevel=error"], {
    cwd: folder,
    encoding: "utf8",
    shell: command === "npm" && process.platform === "win32",
  });
  if (result.status === 0) return;
  const reason = result.error ? String(result.error) : `${result.stdout}${result.stderr}`;
  fail(`The packages could not be installed (npm ci):\n${reason}`);
}

/**
 * The Node to run on: the one that was installed as a package, else this one if it is new enough.
 * @param {string} folder
 */
function runtime(folder) {
  const pinned = join(folder, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  if (existsSync(pinned) && spawnSync(pinned, ["--version"]).status === 0) return pinned;
  if (Number(process.versions.node.split(".")[0]) >= OLDEST_NODE) return process.execPath;
  return fail(
    `No Node ${OLDEST_NODE} is packaged for ${process.platform}-${process.arch}, and this machine has ${process.version}: ` +
      `install Node ${OLDEST_NODE} or newer (https://nodejs.org), then run this again.`,
  );
}

/**
 * Runs the program in this process's place: its input and output, its exit code.
 * @param {string} node
 * @param {string[]} args
 */
function runProgram(node, args) {
  const bin = join(root, "node_modules", ".bin");
  const child = spawn(node, args, {
    stdio: "inherit",
    env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
  });
  // A terminal sends Ctrl-C to the whole group; without one only we are told.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(String(error)));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  installIfNeeded(root);
  const node = runtime(root);
  const [program, ...args] = process.argv.slice(2);
  if (program !== undefined) runProgram(node, [resolve(program), ...args]);
}
