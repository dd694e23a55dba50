/**
 * What MLS costs a member, in a worker in Chromium: by cipher suite, by size of the group, and by who computes (WebCrypto;
 * noble for the hashes; noble for the curves, too). A row's value is the product's choice. Source: docs/decisions/0030.
 */
import { join } from "node:path";
import type { CiphersuiteName } from "ts-mls";
import { askWorker, type BundledWorker, openBundledWorker } from "./bundled-worker.ts";
import { PARTS, type Part } from "./room-shares.ts";
import type { Deed, PrimitiveTask, PrimitiveTimes, Provider, SuiteResult, SuiteTask } from "./room-suites-worker.ts";
import { median, medianRatio } from "./rounds.ts";
import { format, type Row } from "./rows.ts";

interface Suite {
  readonly label: string;
  readonly suite: CiphersuiteName;
  readonly chosen: Provider;
}
const SUITES: readonly Suite[] = [
  { label: "suite 1", suite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519", chosen: "hashes" },
  { label: "suite 3", suite: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519", chosen: "hashes" },
  { label: "X-Wing, AES (83)", suite: "MLS_256_XWING_AES256GCM_SHA512_Ed25519", chosen: "webcrypto" },
  { label: "X-Wing, ChaCha20 (84)", suite: "MLS_256_XWING_CHACHA20POLY1305_SHA512_Ed25519", chosen: "webcrypto" },
];
const PROVIDERS: Readonly<Record<Provider, string>> = {
  webcrypto: "all by WebCrypto",
  hashes: "hashes by noble",
  noble: "curves by noble, too",
};
const SIZES = [2, 10, 50, 100, 200];
const ROUNDS = 7;
const PRIMITIVE_ROUNDS = 9;
/** Of one row of primitives. */
const TIMES = 50;

const DEEDS: Readonly<Record<Deed, string>> = {
  create: "create a group",
  join: "join by Welcome",
  update: "make an update commit",
  process: "process an update commit",
  message: "protect and open an application message",
};

export async function benchSuites(): Promise<Row[]> {
  const worker = await openBundledWorker(join(import.meta.dirname, "room-suites-worker.ts"));
  try {
    const rows: Row[] = [];
    for (const each of SUITES) {
      for (const members of SIZES) {
        const task = {
          what: "suite",
          suite: each.suite,
          members,
          rounds: ROUNDS,
          chosen: each.chosen,
        } satisfies SuiteTask;
        rows.push(...suiteRows(each, members, await ask<SuiteResult>(worker, task)));
      }
    }
    const primitives = await ask<PrimitiveTimes>(worker, { what: "primitives", rounds: PRIMITIVE_ROUNDS });
    return [...rows, ...primitiveRows(primitives)];
  } finally {
    await worker.close();
  }
}

function ask<T>({ page }: BundledWorker, given: SuiteTask | PrimitiveTask): Promise<T> {
  return askWorker(page, given);
}

function suiteRows({ label, chosen }: Suite, members: number, { times, bytes, shares }: SuiteResult): Row[] {
  const sent: Partial<Record<Deed, string>> = {
    join: `; Welcome ${bytes.welcome} B`,
    update: `; commit ${bytes.update} B`,
  };
  const others = (Object.keys(PROVIDERS) as Provider[]).filter((provider) => provider !== chosen);
  // Making a group takes as long whatever becomes of it.
  const deeds = (Object.keys(DEEDS) as Deed[]).filter((deed) => deed !== "create" || members === SIZES[0]);
  return deeds.map((deed) => {
    const own = times[`${deed} ${chosen}`];
    const ratio = (provider: Provider) => format(medianRatio(times[`${deed} ${provider}`], own));
    const against = others.map((provider) => `${PROVIDERS[provider]}: ${ratio(provider)} ×`).join("; ");
    return {
      name: deed === "create" ? `${label}: ${DEEDS.create}` : `${label}, ${members} members: ${DEEDS[deed]}`,
      value: median(own),
      unit: "ms",
      goal: null,
      better: "lower",
      against: `${against}${sent[deed] ?? ""}; ${sharesOf(shares[deed])}`,
    };
  });
}

function sharesOf(shares: Record<Part, number>): string {
  return PARTS.map((part) => `${part} ${Math.round(shares[part] * 100)} %`).join(", ");
}

function primitiveRows(times: PrimitiveTimes): Row[] {
  const names = { sign: "Ed25519: sign", verify: "Ed25519: verify", agree: "X25519: agree" } as const;
  const each = (values: readonly number[]) => (median(values) / TIMES) * 1000;
  return (Object.keys(names) as (keyof typeof names)[]).map((deed) => ({
    name: `${names[deed]} (WebCrypto)`,
    value: each(times[`${deed} webcrypto`]),
    unit: "µs",
    goal: null,
    better: "lower",
    against: `noble: ${format(each(times[`${deed} noble`]))} µs`,
  }));
}
