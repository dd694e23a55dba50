/**
 * Assertions for browser tests (*.wtr.ts), where node:assert is not to be had; and the names that the test framework
 * puts into the page.
 */

declare global {
  /** A suite of browser tests. */
  function describe(title: string, define: () => void): void;
  /** A browser test. */
  function it(title: string, run: () => unknown): void;
}

/** Compares by value, as JSON has it. */
export function equal(actual: unknown, expected: unknown, message = "not equal"): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${message}: ${a} instead of ${e}`);
}

export function ok(value: unknown, message: string): asserts value {
  if (!value) throw new Error(message);
}

/** @throws Error unless `work` rejects or throws something that `matches`. */
export async function rejects(work: () => unknown, matches: (error: unknown) => boolean): Promise<void> {
  try {
    await work();
  } catch (error) {
    ok(matches(error), `failed otherwise than expected: ${error}`);
    return;
  }
  throw new Error("did not fail");
}
