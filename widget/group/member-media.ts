/**
 * What a member has of sound and pictures: its epochs' keys on their way to the media worker, and the way into the SFU.
 * Outlives a membership, as the media worker does. Realm: group worker. Source: protocol.md §3, §5.
 */
import type { ToRelay } from "../wire/room-relay.ts";
import { EpochKeys, type MediaPort } from "./epoch-keys.ts";
import { type SfuAccess, SfuAsks } from "./sfu-asks.ts";

export interface MemberMediaParts {
  send(message: ToRelay): void;
  /** leaves the membership of now for a fresh one */
  enterAnew(): void;
}

export class MemberMedia {
  readonly keys = new EpochKeys();
  readonly #asks = new SfuAsks();
  readonly #parts: MemberMediaParts;
  #ids = 0;

  constructor(parts: MemberMediaParts) {
    this.#parts = parts;
  }

  /** Of the next message to the relay that is answered by its number. */
  nextId = (): number => this.#ids++;

  /** The media worker's port. For another one than before the room is entered anew: no two have keys of one epoch. */
  takePort(port: MediaPort): void {
    if (this.keys.isAttached) this.#parts.enterAnew();
    this.keys.attach(port);
  }

  /** The way into the SFU, for this membership; as an `eye` only to look. @throws CodedError as the relay says, or timeout */
  askSfu(how: { readonly eye?: true } = {}): Promise<SfuAccess> {
    const id = this.nextId();
    return this.#asks.ask(id, () => this.#parts.send({ type: "sfu", id, ...how }));
  }

  /** @returns whether it was the answer to an ask */
  readonly take = this.#asks.take.bind(this.#asks);

  end(): void {
    this.#asks.end();
  }
}
