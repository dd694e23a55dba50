/**
 * How the benchmarks measure: rivals take turns (A B A B …), so that a busy moment of the machine hits all of them, and
 * the median of the rounds counts. Runs in Node and in the browser's workers alike. Bench support.
 */

export type Rivals<N extends string> = Readonly<Record<N, () => Promise<number>>>;

/** What each rival gave in each round, in order; the warm-up rounds are left out. */
export async function takeTurns<N extends string>(
  rivals: Rivals<N>,
  { rounds, warmUp = 1 }: { rounds: number; warmUp?: number },
): Promise<Record<N, number[]>> {
  const names = Object.keys(rivals) as N[];
  const given = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<N, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const value = await rivals[name]();
      if (round >= 0) given[name].push(value);
    }
  }
  return given;
}

/** ms that the work takes. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** What 95 of 100 do not exceed. */
export function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;
}

/** The median of the rounds' own ratios a ÷ b: drift of the machine between rounds falls out. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, round) => value / (b[round] ?? Number.NaN)));
}
