/** Allows so much per second, and as much at once as was saved up. Realm: server. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #at = performance.now();

  constructor({ perSecond, most }: { readonly perSecond: number; readonly most: number }) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
  }

  /** @returns whether there was enough; nothing is taken otherwise */
  take(amount = 1): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }

  /** Whole seconds until `amount` is there again. */
  secondsUntil(amount = 1): number {
    return Math.max(1, Math.ceil((amount - this.#left) / this.#perSecond));
  }
}
