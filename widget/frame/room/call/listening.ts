/**
 * Asks a few times a second how loud everybody is, oneself included, and says when who is heard has changed.
 * Realm: frame; sees loudness. Source: product.md R16.
 */
import type { Sound } from "./sound.ts";
import { Speaking } from "./speaking.ts";

/** ms between measurements: each one asks the browser for the statistics of a connection. */
const EVERY_MS = 250;

/** One's own voice: whose it is, and how loud over so many seconds up to now, 0 to 1. */
export type Own = (seconds: number) => readonly [id: string, level: number] | undefined;

export class Listening {
  readonly #sound: Sound;
  readonly #own: Own;
  readonly #onChange: (ids: readonly string[]) => void;
  #speaking = new Speaking();
  #timer: ReturnType<typeof setInterval> | undefined;
  #isAsking = false;

  constructor(sound: Sound, own: Own, onChange: (ids: readonly string[]) => void) {
    this.#sound = sound;
    this.#own = own;
    this.#onChange = onChange;
  }

  begin(): void {
    this.#timer ??= setInterval(() => void this.#listen(), EVERY_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#speaking = new Speaking();
  }

  async #listen(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const speaking = this.#speaking;
    // A connection that closes meanwhile may refuse: then nobody is heard in it, and the next question is asked all the same.
    const heard = this.#sound.isSilent ? undefined : await this.#sound.levels().catch(() => undefined);
    const levels = new Map(heard ?? []);
    this.#isAsking = false;
    // All that was said since the last question, as of the others: single moments would miss short words for ever.
    const own = this.#own(EVERY_MS / 1_000);
    if (own) levels.set(...own);
    if (this.#timer !== undefined && speaking.note(levels, performance.now())) this.#onChange(speaking.ids);
  }
}
