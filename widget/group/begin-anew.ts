/**
 * Beginning the room anew: whoever has the host link ends the generation that lives, whatever its members do. It is done
 * once there is a later generation with a newer link, by whichever host: until then each attempt to enter begins anew.
 * Realm: group worker; sees numbers only. Source: docs/protocol-rooms.md (Beginning anew with the host link).
 */
import type { From } from "./membership-events.ts";

/** Where the room stands, as the relay tells it. */
type Standing = Pick<From<"room">, "n" | "v">;

export class BeginAnew {
  #told: Standing | undefined;
  /** what is to end: this generation and this link */
  #from: Standing | undefined;

  /** @returns false before the relay has told of the room: nothing is known to end */
  want(): boolean {
    this.#from = this.#told;
    return this.#from !== undefined;
  }

  /** Somebody inside has opened after all. */
  forget(): void {
    this.#from = undefined;
  }

  /** @returns whether this attempt is to begin anew */
  isDue({ n, v }: Standing): boolean {
    this.#told = { n, v };
    if (this.#from && n > this.#from.n && v > this.#from.v) this.#from = undefined;
    return this.#from !== undefined;
  }
}
