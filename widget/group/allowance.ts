/**
 * How often one member may have an effect here: so much at once, so much more each second. What is beyond is not taken.
 * Realm: group worker.
 */
export class Allowance {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #at: number;

  /** @param now ms */
  constructor({ perSecond, most }: { readonly perSecond: number; readonly most: number }, now: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
    this.#at = now;
  }

  /** @param now ms @returns whether one more may be taken */
  take(now: number): boolean {
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
