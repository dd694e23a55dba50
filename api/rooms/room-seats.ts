/**
 * The connections of one room in this process: who is a member, who waits to be let in, and what each has been given.
 * Realm: server; sees what room-relay.ts says.
 */
import { linkRefusal } from "./link-rules.ts";
import { refusal, textOf } from "./messages.ts";
import type { Aside } from "./record.ts";
import type { Room } from "./room.ts";
import { CLOSE, type Seat } from "./seat.ts";

/** Whose ask it is, and by which link: SHA-256 of its token. */
export interface SeatedAsk {
  readonly groupId: string;
  readonly ref: string;
  readonly postKey: string;
  readonly tokenHash: string;
}

interface Asker {
  readonly ask: SeatedAsk;
  readonly seat: Seat;
}

export class RoomSeats {
  readonly #members = new Map<string, Seat>();
  /** by reference and post key of their ask: a reference alone anybody can name */
  readonly #askers = new Map<string, Asker>();

  get hasMembers(): boolean {
    return this.#members.size > 0;
  }

  get isEmpty(): boolean {
    return this.#members.size + this.#askers.size === 0;
  }

  isMember(seat: Seat): boolean {
    return this.#members.get(seat.postKey) === seat;
  }

  /** When each member was heard of last, ms since the epoch. */
  heard(): Map<string, number> {
    return new Map([...this.#members.values()].map((seat) => [seat.postKey, seat.heardAt]));
  }

  /** A post key has one connection: the newer one. */
  admit(seat: Seat): void {
    const before = this.#members.get(seat.postKey);
    if (before && before !== seat) before.dismiss(null, CLOSE.done);
    this.#members.set(seat.postKey, seat);
    seat.admitted();
  }

  /** An ask has one connection: the newer one. @returns takes it back, and says whether it still waited */
  wait(ask: SeatedAsk, seat: Seat): () => boolean {
    const name = askName(ask.ref, ask.postKey);
    const before = this.#askers.get(name);
    this.#askers.set(name, { ask, seat });
    if (before && before.seat !== seat) before.seat.dismiss(null, CLOSE.done);
    return () => {
      return this.#askers.get(name)?.seat === seat && this.#askers.delete(name);
    };
  }

  /** @returns the asks that it waited with */
  forget(seat: Seat): SeatedAsk[] {
    if (this.isMember(seat)) this.#members.delete(seat.postKey);
    const own = [...this.#askers].filter(([, asker]) => asker.seat === seat);
    for (const [name] of own) this.#askers.delete(name);
    return own.map(([, { ask }]) => ask);
  }

  /** An entry, to every member that has come up to it. */
  give(seq: number, text: string): void {
    const bytes = Buffer.from(text);
    for (const seat of this.#members.values()) {
      if (seat.sent >= seq) continue;
      seat.sent = seq;
      seat.tell(bytes);
    }
  }

  /** Something that is no entry, to every member. */
  tell(text: string, except?: Seat): void {
    const bytes = Buffer.from(text);
    for (const seat of this.#members.values()) if (seat !== except) seat.tell(bytes);
  }

  /** Those whose ask the commit has taken, each with its Welcome; they are not members yet. */
  welcome(seq: number, text: string, { refs, added, welcome, commitHash }: Aside): Seat[] {
    const seats = refs.flatMap((ref, i) => this.#askers.get(askName(ref, added[i] ?? ""))?.seat ?? []);
    if (seats.length === 0 || welcome === undefined) return [];
    const { head, audit } = JSON.parse(text) as { head: string; audit: string[] };
    const bytes = Buffer.from(textOf({ type: "welcome", seq, sealed: welcome, refs, commitHash, head, audit }));
    for (const seat of seats) {
      this.forget(seat);
      seat.sent = seq;
      seat.tell(bytes);
    }
    return seats;
  }

  /** Tells those who wait by a link that is dead. @returns who they are */
  turnAway(room: Room): Seat[] {
    return [...this.#askers.values()].flatMap(({ ask, seat }) => {
      const refused = linkRefusal(room, ask.tokenHash);
      if (refused) seat.tell(refusal(refused));
      return refused ? seat : [];
    });
  }

  dismiss(postKeys: readonly string[], message: "removed" | null): void {
    for (const postKey of postKeys) this.#members.get(postKey)?.dismiss(message, CLOSE.done);
  }

  /** @param before only those who have not come that far: later ones belong to the next generation */
  dismissAll(message: "ended" | null, before = Number.POSITIVE_INFINITY): void {
    const askers = [...this.#askers.values()].map(({ seat }) => seat);
    for (const seat of [...this.#members.values(), ...askers]) {
      if (seat.sent < before) seat.dismiss(message, message ? CLOSE.done : CLOSE.restart);
    }
  }
}

function askName(ref: string, postKey: string): string {
  return `${ref} ${postKey}`;
}
