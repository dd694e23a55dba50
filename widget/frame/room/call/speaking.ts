/**
 * Who is heard now, from how loud each of them is here, in what was opened: what the SFU says of it counts for nothing.
 * Pure; time is given. Realm: frame; sees loudness. Source: product.md R16.
 */

/** Of 60 dB: quiet speech is about 0.4, a fan in the room about 0.15. */
const HEARD_FROM = 0.3;
/** ms that somebody is still speaking after the last loud moment: longer than the pause between two words. */
const HOLD_MS = 900;
/** Share of a new measurement in what is compared, so that the order does not follow single syllables. */
const FOLLOWS = 0.3;
/** Whoever is behind must be this much louder to come before somebody. */
const MARGIN = 0.08;

interface Voice {
  loudness: number;
  /** ms */
  heardAt: number;
}

export class Speaking {
  readonly #voices = new Map<string, Voice>();
  #ids: readonly string[] = [];

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** @param levels by person, 0 to 1; whoever is missing is silent @param now ms @returns whether `ids` changed */
  note(levels: ReadonlyMap<string, number>, now: number): boolean {
    for (const id of new Set([...levels.keys(), ...this.#voices.keys()])) this.#hear(id, levels.get(id) ?? 0, now);
    const before = this.#ids;
    const stays = before.filter((id) => this.#voices.has(id));
    const comes = [...this.#voices.keys()].filter((id) => !stays.includes(id));
    this.#ids = this.#ordered([...stays, ...comes]);
    return this.#ids.length !== before.length || this.#ids.some((id, i) => id !== before[i]);
  }

  #hear(id: string, level: number, now: number): void {
    const voice = this.#voices.get(id);
    if (level >= HEARD_FROM) {
      const loudness = voice ? voice.loudness + FOLLOWS * (level - voice.loudness) : level;
      this.#voices.set(id, { loudness, heardAt: now });
    } else if (voice && now - voice.heardAt > HOLD_MS) this.#voices.delete(id);
  }

  /** As they stood, but for whoever is clearly louder than the one before. */
  #ordered(ids: readonly string[]): string[] {
    const ordered: string[] = [];
    for (const id of ids) {
      let place = ordered.length;
      while (place > 0 && this.#loudness(id) > this.#loudness(ordered[place - 1] as string) + MARGIN) place--;
      ordered.splice(place, 0, id);
    }
    return ordered;
  }

  #loudness(id: string): number {
    return this.#voices.get(id)?.loudness ?? 0;
  }
}
