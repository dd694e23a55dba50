/**
 * The lock file installs on every platform: npm leaves out what the registry in use did not offer, and then refuses
 * its own lock file on a fresh clone.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { completeLock, missingOptionals, platformEntry } from "../../demo/complete-lock.mjs";
import { isInStep } from "../../demo/install.mjs";

const root = join(import.meta.dirname, "..", "..");

interface Lock {
  packages: Record<string, { version?: string; link?: boolean; resolved?: string }>;
}
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock;

test("the lock file lists every optional package (mend with: node demo/complete-lock.mjs)", () => {
  assert.deepEqual(missingOptionals(lock), []);
});

test("the lock file names no registry's host", () => {
  const hosts = Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined && /:/.test(resolved));
  assert.deepEqual(hosts, []);
});

test("what npm left out is found, and completed from its name", () => {
  const packages = {
    "": {},
    "node_modules/a": {
      optionalDependencies: { "@a/linux-x64-musl": "1.2.3", "@a/darwin-arm64": "1.2.3", "b-b": "1.0.0" },
    },
    "node_modules/a/node_modules/@a/darwin-arm64": { version: "1.2.3" },
    "node_modules/b-b": { version: "1.0.0" },
  };
  assert.deepEqual(missingOptionals({ packages }), [{ name: "@a/linux-x64-musl", version: "1.2.3", dev: false }]);
  const completed = completeLock({ packages });
  assert.deepEqual(completed.packages["node_modules/@a/linux-x64-musl"], {
    version: "1.2.3",
    cpu: ["x64"],
    libc: ["musl"],
    optional: true,
    os: ["linux"],
  });
  assert.deepEqual(missingOptionals(completed), []);
});

test("a package whose name tells no platform is not guessed at", () => {
  assert.throws(() => platformEntry({ name: "a-plugin", version: "1.2.3", dev: false }));
  assert.throws(() => platformEntry({ name: "@a/linux-x64", version: "^1.2.3", dev: false }));
});

test("an install is in step with its lock file only if versions and hashes agree", () => {
  const wanted = {
    "node_modules/a": { version: "1.0.0", integrity: "x" },
    "node_modules/b": { version: "1.0.0", optional: true },
  };
  const text = (packages: object): string => JSON.stringify({ packages: { "": {}, ...packages } });
  const installed = { "node_modules/a": { version: "1.0.0", integrity: "x" } };
  assert.equal(isInStep(text(wanted), text(installed)), true);
  assert.equal(isInStep(text(wanted), text({})), false);
  assert.equal(isInStep(text(wanted), text({ "node_modules/a": { version: "1.0.1", integrity: "x" } })), false);
  assert.equal(isInStep(text(wanted), text({ "node_modules/a": { version: "1.0.0", integrity: "y" } })), false);
});
