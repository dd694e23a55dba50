/**
 * The published test vectors of RFC 9420, run suite by suite. They are not part of the project: they are looked for in
 * TEST_VECTORS, else in `../shared/vectors` from the project's root, and a run without them says so. Test support.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { type Ciphersuite, type CiphersuiteImpl, getCiphersuiteImpl } from "ts-mls";
import { type CiphersuiteId, getCiphersuiteFromId } from "ts-mls/crypto/ciphersuite.js";
import { sha256Hashes } from "../../../widget/seal/mls-hashes.ts";

const project = resolve(import.meta.dirname, "..", "..", "..");
const folder = join(process.env.TEST_VECTORS ?? join(project, "..", "shared", "vectors"), "mls");

/** A file's vectors, or null where the vectors are absent. */
function read<V>(file: string): V[] | null {
  const path = join(folder, `${file}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as V[]) : null;
}

/** X448 is the one KEM of the standard suites that no dependency of ours has. */
const WITHOUT_KEM: readonly number[] = [4, 6];

interface OfSuite {
  cipher_suite: number;
}
type Check<V> = (vector: V, cs: CiphersuiteImpl) => Promise<void>;
type Implement = (suite: Ciphersuite) => Promise<CiphersuiteImpl>;

/** As in the product: SHA-256 of our own, the rest by WebCrypto and what ts-mls falls back to. */
const inProduct: Implement = async (suite) => ({
  ...(await getCiphersuiteImpl(suite)),
  ...(suite.hash === "SHA-256" ? sha256Hashes : {}),
});

/** One test for each suite of the file. */
export function testSuites<V extends OfSuite>(file: string, rule: string, check: Check<V>): void {
  defineTests({ file, rule, check, implement: inProduct, absent: WITHOUT_KEM });
}

/** The same for a check that needs no KEM, so that no suite is left out. */
export function testSuitesWithoutKem<V extends OfSuite>(file: string, rule: string, check: Check<V>): void {
  const implement: Implement = async (suite) => {
    const { kem: _, ...rest } = suite.hpke;
    const withOtherKem = { ...suite, hpke: { ...rest, kem: "DHKEM-X25519-HKDF-SHA256" as const } };
    return inProduct(withOtherKem);
  };
  defineTests({ file, rule, check, implement, absent: [] });
}

interface Definition<V> {
  file: string;
  rule: string;
  check: Check<V>;
  implement: Implement;
  absent: readonly number[];
}
function defineTests<V extends OfSuite>({ file, rule, check, implement, absent }: Definition<V>): void {
  const vectors = read<V>(file) ?? [];
  if (vectors.length === 0) missing(file, rule);
  for (const suite of [...new Set(vectors.map((vector) => vector.cipher_suite))].sort()) {
    const skip = absent.includes(suite) ? "needs X448, which no dependency of ours has" : false;
    test(`${rule} (${file}, suite ${suite})`, { skip }, async (t) => {
      const cs = await implement(getCiphersuiteFromId(suite as CiphersuiteId));
      const ofSuite = vectors.filter((vector) => vector.cipher_suite === suite);
      await runAll(t, ofSuite, (vector) => check(vector, cs));
    });
  }
}

/** One test for a file whose vectors belong to no suite. */
export function testFile<V>(file: string, rule: string, check: (vector: V) => void): void {
  const vectors = read<V>(file);
  if (vectors === null) missing(file, rule);
  else test(`${rule} (${file})`, (t) => runAll(t, vectors, async (vector) => check(vector)));
}

function missing(file: string, rule: string): void {
  test(`${rule} (${file})`, { skip: `the published vectors are not in ${folder}` }, () => {});
}

async function runAll<V>(t: TestContext, vectors: readonly V[], check: (vector: V) => Promise<void>): Promise<void> {
  for (const [index, vector] of vectors.entries()) {
    try {
      await check(vector);
    } catch (cause) {
      throw new Error(`vector ${index} of ${vectors.length}: ${cause}`, { cause });
    }
  }
  t.diagnostic(`${vectors.length} of ${vectors.length} vectors`);
}
