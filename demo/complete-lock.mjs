/**
 * Adds to package-lock.json what npm left out: optional packages for other platforms that the registry in use did not
 * offer on the day. Without them `npm ci` refuses the lock file, on every machine. Run it after adding a dependency if
 * the lock check says so: `node demo/complete-lock.mjs`.
 *
 * An entry made here has no integrity hash: this machine has never seen that package.
 */
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const CPUS = ["arm64", "arm", "x64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32"];

/**
 * Where Node finds a package from a folder of the lock file: the nearest node_modules upwards. Null if nowhere.
 * @param {Record<string, object>} packages
 * @param {string} from
 * @param {string} name
 */
function find(packages, from, name) {
  for (let folder = from; ; folder = folder.replace(/(^|\/)(node_modules\/(@[^/]+\/)?)?[^/]+$/, "")) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (folder === "") return null;
  }
}

/**
 * Optional packages that some package of the lock file names and the lock file lacks.
 * @param {{ packages: Record<string, any> }} lock
 * @returns {{ name: string, version: string, dev: boolean }[]}
 */
export function missingOptionals(lock) {
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => find(lock.packages, path, name) === null)
      .map(([name, version]) => ({ name, version, dev: entry.dev === true })),
  );
}

/**
 * The entry of a package built for one platform, which its name tells.
 * @param {{ name: string, version: string, dev: boolean }} missing
 * @throws {Error} if the version is a range or the name tells no platform
 */
export function platformEntry({ name, version, dev }) {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = CPUS.filter((each) => words.includes(each));
  if (!/^\d+\.\d+\.\d+$/.test(version) || cpu.length !== 1) throw new Error(`${name}@${version}: add it by npm`);
  const libc = words.some((word) => word.startsWith("musl"))
    ? ["musl"]
    : os[0] === "linux" && words.some((word) => word.startsWith("gnu"))
      ? ["glibc"]
      : undefined;
  return { version, cpu, ...(dev ? { dev } : {}), ...(libc ? { libc } : {}), optional: true, ...(os[0] ? { os } : {}) };
}

/** @param {{ packages: Record<string, any> }} lock */
export function completeLock(lock) {
  const added = missingOptionals(lock).map((missing) => [`node_modules/${missing.name}`, platformEntry(missing)]);
  const entries = [...Object.entries(lock.packages), ...added];
  return { ...lock, packages: Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, "en"))) };
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingOptionals(lock);
  if (missing.length > 0) writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  console.log(`${missing.length} optional packages added to package-lock.json`);
}
