/**
 * Who is large in the speaker view: whoever speaks, damped, so that a cough or a quick word between doesn't move the
 * picture. Time is given. Realm: frame. Sees ids.
 */

/** ms for which somebody has to be the loudest, and for which whoever is in front stays there at least. */
const LEAD_MS = 1_000;
const STAY_MS = 2_500;

export class FrontSpeaker {
  #since = 0;
  #rival: { readonly id: string; readonly since: number } | undefined;
  /** id; undefined before anybody has spoken */
  front: string | undefined;

  /** @param loudest id of now; undefined: nobody speaks. @param now ms @returns ms after which to look again */
  heard(loudest: string | undefined, now: number): number | undefined {
    if (loudest === undefined || loudest === this.front) {
      this.#rival = undefined;
      return undefined;
    }
    if (this.front === undefined) {
      this.#take(loudest, now);
      return undefined;
    }
    if (this.#rival?.id !== loudest) this.#rival = { id: loudest, since: now };
    const due = Math.max(this.#rival.since + LEAD_MS, this.#since + STAY_MS);
    if (now < due) return due - now;
    this.#take(loudest, now);
    return undefined;
  }

  /** The room is over, or they went. */
  forget(): void {
    this.front = this.#rival = undefined;
  }

  #take(id: string, now: number): void {
    this.front = id;
    this.#since = now;
    this.#rival = undefined;
  }
}
