/**
 * Places of a room's connections in one process. Members and askers are counted by their lists; whoever is neither yet
 * has one of a few places, and gives it up to who comes later. The lobby has places of its own: whoever fills it keeps
 * nobody with a link out. Realm: server; knows connections and times.
 * Source: product.md O4.
 */
import { LOBBY_PLACES, STRANGERS_MAX, YIELDS_AFTER_MS } from "../../widget/wire/room-limits.ts";

/** A connection that has shown a token of the room, current or not, or knocks. */
export interface Holder {
  /** others need its place */
  yield(): void;
}

export class RoomPlaces {
  /** since when, ms since the epoch; the oldest first */
  readonly #strangers = new Map<Holder, number>();
  readonly #settled = new Set<Holder>();
  readonly #knocking = new Set<Holder>();

  get isEmpty(): boolean {
    return this.#strangers.size + this.#settled.size + this.#knocking.size === 0;
  }

  /** @returns whether there was a place for one more in the lobby */
  takeInLobby(holder: Holder): boolean {
    if (this.#knocking.size >= LOBBY_PLACES && !this.#knocking.has(holder)) return false;
    this.#knocking.add(holder);
    return true;
  }

  /** @returns whether there was a place for one more */
  take(holder: Holder, now: number): boolean {
    const [oldest] = this.#strangers;
    if (this.#strangers.size >= STRANGERS_MAX && oldest) {
      const [other, since] = oldest;
      if (since + YIELDS_AFTER_MS > now) return false;
      this.#strangers.delete(other);
      other.yield();
    }
    this.#strangers.set(holder, now);
    return true;
  }

  /** It is a member, or its ask was taken. */
  settle(holder: Holder): void {
    if (this.#strangers.delete(holder)) this.#settled.add(holder);
  }

  leave(holder: Holder): void {
    this.#strangers.delete(holder);
    this.#settled.delete(holder);
    this.#knocking.delete(holder);
  }
}
