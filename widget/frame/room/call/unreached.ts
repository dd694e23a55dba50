/**
 * Whether there has been no way to the SFU for so long that the person has to hear of it: a network that lets through no
 * calls looks like one that is about to. Realm: frame.
 */
import type { SfuState } from "./media-state.ts";

/** ms: longer than it takes to go in, or to come back after a short cut. */
export const UNREACHED_MS = 8_000;

export class Unreached {
  readonly #tell: (isUnreached: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #is = false;

  constructor(tell: (isUnreached: boolean) => void) {
    this.#tell = tell;
  }

  /** Each attempt notes `connecting` anew: the time goes on. */
  note(sfu: SfuState): void {
    if (sfu === "connecting" || sfu === "reconnecting") this.#timer ??= setTimeout(() => this.#set(true), UNREACHED_MS);
    else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#set(false);
    }
  }

  #set(is: boolean): void {
    if (is === this.#is) return;
    this.#is = is;
    this.#tell(is);
  }
}
