/**
 * The lobby of one room in this process: who knocks here, and what passes between them and whoever is inside, here and
 * in other processes. Nothing of it is kept. Realm: server; sees sealed bytes, sizes and times.
 * Source: protocol.md §2 (Knock admission).
 */
import { textOf } from "./messages.ts";
import type { Seat } from "./seat.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Knocks that are passed on, of all in this process: each goes to every member. */
const KNOCKS = { perSecond: 16, most: 64 };

export interface Knock {
  /** SHA-256 of `sealed`, base64url */
  readonly id: string;
  readonly sealed: string;
  readonly shown?: string;
}

export interface LobbyParts {
  /** to every member in this process */
  inside(text: string): void;
  /** to every other process that serves the room */
  elsewhere(kind: "s" | "a", text: string): void;
}

export class RoomLobby {
  readonly #parts: LobbyParts;
  readonly #seats = new Map<string, Seat>();
  readonly #knocks = new TokenBucket(KNOCKS);

  constructor(parts: LobbyParts) {
    this.#parts = parts;
  }

  /** @returns whole seconds until it may knock; 0: it was passed on. The same knock has one connection: the newer one. */
  knock(seat: Seat, knock: Knock): number {
    if (!this.#knocks.take()) return this.#knocks.secondsUntil();
    if (this.#seats.get(knock.id) !== seat) this.forget(seat);
    this.#seats.set(knock.id, seat);
    this.#inside(textOf({ type: "knock", ...knock }));
    return 0;
  }

  /** From a member here. @param id of the knock */
  answer(id: string, sealed: string): void {
    if (!this.#give(id, sealed)) this.#parts.elsewhere("a", `${id}\n${sealed}`);
  }

  /** From a member elsewhere. */
  hear(text: string): void {
    const end = text.indexOf("\n");
    this.#give(text.slice(0, end), text.slice(end + 1));
  }

  /** The connection is gone, or knocks otherwise. */
  forget(seat: Seat): void {
    for (const [id, other] of this.#seats) {
      if (other !== seat) continue;
      this.#seats.delete(id);
      this.#inside(textOf({ type: "unknocked", id }));
    }
  }

  /** @returns whether whoever knocks so is connected here */
  #give(id: string, sealed: string): boolean {
    const seat = this.#seats.get(id);
    seat?.tell(textOf({ type: "answer", sealed }));
    return seat !== undefined;
  }

  #inside(text: string): void {
    this.#parts.inside(text);
    this.#parts.elsewhere("s", text);
  }
}
