/**
 * Which counters of one key have been opened: each once, and none from before the window. Realm: media worker.
 * Source: RFC 9605 §9.3; RFC 4303 §3.4.3 (the window as bits); protocol.md §4: moved only after authentication.
 */

/** Frames by which the SFU may reorder: many seconds of video, a few of simulcast. */
export const REPLAY_WINDOW = 1_024;

export class ReplayWindow {
  #highest = -1;
  /** a ring: 1 at ctr mod its length if that counter was opened */
  readonly #seen = new Uint8Array(REPLAY_WINDOW);

  /** Whether it may still be opened. */
  isFresh(ctr: number): boolean {
    if (ctr > this.#highest) return true;
    return this.#highest - ctr < REPLAY_WINDOW && this.#seen[ctr % REPLAY_WINDOW] === 0;
  }

  /** It was opened and authentic. @returns false if it was not fresh any more: two copies were under way at once */
  take(ctr: number): boolean {
    if (!this.isFresh(ctr)) return false;
    // What lies between was not seen yet; at most one round of the ring.
    const gap = Math.min(ctr - this.#highest, REPLAY_WINDOW);
    for (let i = 0; i < gap; i++) this.#seen[(ctr - i) % REPLAY_WINDOW] = 0;
    this.#seen[ctr % REPLAY_WINDOW] = 1;
    this.#highest = Math.max(this.#highest, ctr);
    return true;
  }
}
