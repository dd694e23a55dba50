/**
 * What sealing adds to a call through a real LiveKit: from the painted picture to the shown one, and what five people's
 * browser computes; without sealing, with the product's, and with LiveKit's own E2EE, in turns. Source: protocol.md §4.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AccessToken } from "livekit-server-sdk";
import type { Browser, Page } from "playwright-core";
import type { SfuAccess } from "../../sfu-config/livekit.ts";
import { openChromium } from "../support/chromium.ts";
import { serveBundledPage } from "./bundled-page.ts";
import type { CallTask, callBench, Sealing } from "./call-bench-page.ts";
import { programsBegunSince, treeCpuMs } from "./cpu-time.ts";
import { median, medianRatio, takeTurns } from "./rounds.ts";
import { format, type Row } from "./rows.ts";

const LATENCY_ROUNDS = 3;
const PICTURES = 75;
/** Pictures of each round that are left out: the bandwidth is still being found. */
const SETTLING = 30;
const PEOPLE = 5;
const CPU_ROUNDS = 2;
/** ms of each round */
const CPU_MS = 10_000;

type Bench = { readonly callBench: typeof callBench };

export async function benchCall(sfu: SfuAccess): Promise<Row[]> {
  const served = await serveBundledPage(join(import.meta.dirname, "call-bench-page.ts"));
  const running = programsBegunSince();
  const browser = await openChromium();
  try {
    const latency = await turns(LATENCY_ROUNDS, (sealing) => glassToGlass(browser, served.url, { sfu, sealing }));
    const cpu = await turns(CPU_ROUNDS, (sealing) => fiveWay(browser, served.url, { sfu, sealing, running }));
    return [...latencyRows(latency), ...cpuRows(cpu)];
  } finally {
    await browser.close();
    served.close();
  }
}

type Measured = Record<Sealing, number[]>;

function turns(rounds: number, measure: (sealing: Sealing) => Promise<number>): Promise<Measured> {
  const rivals = {
    none: () => measure("none"),
    sealed: () => measure("sealed"),
    livekit: () => measure("livekit"),
  };
  return takeTurns(rivals, { rounds, warmUp: 0 });
}

interface Setting {
  readonly sfu: SfuAccess;
  readonly sealing: Sealing;
}

/** Of one room, a task for each. */
async function tasksFor(count: number, { sfu, sealing }: Setting): Promise<CallTask[]> {
  const room = randomBytes(8).toString("hex");
  const identities = Array.from({ length: count }, (_, leaf) => `${room}-${leaf}`);
  return Promise.all(
    identities.map(async (identity, leaf) => {
      const token = new AccessToken(sfu.key, sfu.secret, { identity, ttl: 600 });
      token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true });
      return { url: sfu.url, sealing, identities, leaf, token: await token.toJwt() };
    }),
  );
}

/** ms from painting a picture until it is shown, the median. */
async function glassToGlass(browser: Browser, url: string, setting: Setting): Promise<number> {
  const [sender, receiver] = (await tasksFor(2, setting)) as [CallTask, CallTask];
  const page = await browser.newPage();
  await page.goto(url);
  const all = await page.evaluate(
    ([tasks, pictures]) => (globalThis as unknown as Bench).callBench.latencies(tasks, pictures),
    [{ sender, receiver }, PICTURES] as const,
  );
  await end([page]);
  return median(all.slice(SETTLING));
}

/** ms of CPU that the browser takes in a second of a call. */
async function fiveWay(
  browser: Browser,
  url: string,
  { running, ...setting }: Setting & { running: () => number[] },
): Promise<number> {
  const tasks = await tasksFor(PEOPLE, setting);
  const pages = await Promise.all(
    tasks.map(async () => {
      const context = await browser.newContext({ permissions: ["camera"] });
      return context.newPage();
    }),
  );
  await Promise.all(pages.map((page) => page.goto(url)));
  // One after the other: five that negotiate at once are a load of their own.
  for (const [place, page] of pages.entries()) {
    const task = tasks[place] as CallTask;
    await page.evaluate((given) => (globalThis as unknown as Bench).callBench.enter(given), task);
  }
  await Promise.all(
    pages.map((page) => page.evaluate(() => (globalThis as unknown as Bench).callBench.everyoneShown())),
  );
  const [before, began] = [treeCpuMs(running()), performance.now()];
  await pause(CPU_MS);
  const took = treeCpuMs(running()) - before;
  const ms = performance.now() - began;
  await end(pages);
  return (took / ms) * 1000;
}

async function end(pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map((page) => page.evaluate(() => (globalThis as unknown as Bench).callBench.leave())));
  for (const page of pages) await page.context().close();
}

function latencyRows({ none, sealed, livekit }: Measured): Row[] {
  const ms = (values: readonly number[]) => `${format(median(values))} ms`;
  const added = median(sealed.map((value, round) => value - (none[round] ?? Number.NaN)));
  const row = (name: string, value: number, against: string): Row => {
    return { name, value, unit: "ms", goal: null, better: "lower", against };
  };
  return [
    row("glass to glass, sealed", median(sealed), `unsealed: ${ms(none)}; LiveKit's E2EE: ${ms(livekit)}`),
    row("glass to glass, what sealing adds", added, "the median of the rounds' differences"),
  ];
}

function cpuRows({ none, sealed, livekit }: Measured): Row[] {
  const rate = (values: readonly number[]) => `${format(median(values))} ms/s`;
  const ratio = (name: string, rival: readonly number[], goal: number | null): Row => {
    const value = medianRatio(sealed, rival);
    return { name, value, unit: "×", goal, better: "lower", against: `of ${PEOPLE} browsers' whole CPU` };
  };
  return [
    {
      name: `a call of ${PEOPLE}, CPU of their browsers`,
      ...{ value: median(sealed), unit: "ms/s", goal: null, better: "lower" },
      against: `unsealed: ${rate(none)}; LiveKit's E2EE: ${rate(livekit)}`,
    },
    ratio(`a call of ${PEOPLE}, CPU ÷ LiveKit's E2EE`, livekit, 1),
    ratio(`a call of ${PEOPLE}, CPU ÷ unsealed`, none, null),
  ];
}
