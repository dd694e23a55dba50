/**
 * Where the time of a group's deed goes: a cipher suite that notes for how long each part of it was asked for something.
 * Parts that work at the same time each count, so the shares may exceed the whole. Runs in room-suites-worker.ts.
 */
import type { CiphersuiteImpl } from "ts-mls";

export const PARTS = ["digests", "signatures", "HPKE"] as const;
export type Part = (typeof PARTS)[number];

export class Shares {
  readonly #ms: Record<Part, number> = { digests: 0, signatures: 0, HPKE: 0 };
  readonly #under: Record<Part, number> = { digests: 0, signatures: 0, HPKE: 0 };
  readonly #since: Record<Part, number> = { digests: 0, signatures: 0, HPKE: 0 };

  /** The same suite, watched. Digests are those of HMAC and HKDF, too; HPKE has its own. */
  watch(suite: CiphersuiteImpl): CiphersuiteImpl {
    return {
      ...suite,
      hash: this.#watched("digests", suite.hash),
      kdf: this.#watched("digests", suite.kdf),
      signature: this.#watched("signatures", suite.signature),
      hpke: this.#watched("HPKE", suite.hpke),
    };
  }

  /** Each part's share of so many ms since the last call, 0 to 1. */
  takeOf(ms: number): Record<Part, number> {
    const shares = { digests: 0, signatures: 0, HPKE: 0 };
    for (const part of PARTS) {
      shares[part] = this.#ms[part] / ms;
      this.#ms[part] = 0;
    }
    return shares;
  }

  #watched<T extends object>(part: Part, methods: T): T {
    const watched = Object.entries(methods).map(([name, method]) => {
      if (typeof method !== "function") return [name, method];
      return [name, (...given: unknown[]) => this.#during(part, () => method.apply(methods, given))];
    });
    return Object.fromEntries(watched) as T;
  }

  async #during<T>(part: Part, work: () => Promise<T>): Promise<T> {
    if (this.#under[part]++ === 0) this.#since[part] = performance.now();
    try {
      return await work();
    } finally {
      if (--this.#under[part] === 0) this.#ms[part] += performance.now() - this.#since[part];
    }
  }
}
