/**
 * How often entries were missing: once may be the network's or a process's doing, again and again is the relay's.
 * Realm: group worker. Source: protocol.md §5 (the relay orders; members hold it to that).
 */

/** Times that the same entries may be missing before the relay is held to withhold them. */
const TIMES_MAX = 3;

export class Gaps {
  #seq = -1;
  #times = 0;

  /** @param seq the last entry before the gap @returns whether to ask for it once more */
  isPatient(seq: number): boolean {
    this.#times = seq === this.#seq ? this.#times + 1 : 1;
    this.#seq = seq;
    return this.#times <= TIMES_MAX;
  }
}
