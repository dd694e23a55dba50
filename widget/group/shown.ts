/**
 * What a person shows of themselves to everybody in the room: whether something is on, a raised hand, a reaction. Outlives
 * a membership: a fresh one says it again. Realm: group worker. Source: product.md R16; docs/decisions/0049.
 */
import { toBase64url } from "../wire/bytes.ts";
import { CodedError } from "../wire/errors.ts";
import { REACTIONS, type Reaction, type RoomEvent, type SelfState } from "../wire/frame-group.ts";
import { Allowance } from "./allowance.ts";
import { isPartOfSelfState } from "./in-group.ts";
import type { Membership } from "./membership.ts";
import { REACTIONS_RATE } from "./signals.ts";

const NOTHING: SelfState = { microphone: false, camera: false, screen: false, hand: false };

export interface ShownParts {
  membership(): Pick<Membership, "signals" | "postKey"> | undefined;
  tell(event: RoomEvent): void;
}

export class Shown {
  readonly #parts: ShownParts;
  readonly #reactions = new Allowance(REACTIONS_RATE, performance.now());
  #state: SelfState | undefined;

  constructor(parts: ShownParts) {
    this.#parts = parts;
  }

  /** Undefined before anything was shown. */
  get state(): SelfState | undefined {
    return this.#state;
  }

  /** From now on, and to whoever comes later. @throws CodedError bad-request for what is no part of a state */
  show(change: Partial<SelfState>): void {
    if (!isPartOfSelfState(change)) throw new CodedError("bad-request", "This can't be shown.");
    this.#state = { ...NOTHING, ...this.#state, ...change };
    this.tellOwn();
    this.#parts.membership()?.signals.show();
  }

  /**
   * For a moment, to whoever is there. More than the others would take is shown to nobody, oneself included.
   * @throws CodedError bad-request
   */
  react(reaction: Reaction): void {
    if (!REACTIONS.includes(reaction)) throw new CodedError("bad-request", "There is no such reaction.");
    const id = this.#id();
    if (id === undefined || !this.#reactions.take(performance.now())) return;
    this.#parts.membership()?.signals.react(reaction);
    this.#parts.tell({ type: "reaction", from: id, reaction, own: true });
  }

  /** After the first roster of a fresh membership: its id is another one. */
  tellOwn(): void {
    const id = this.#id();
    if (id !== undefined && this.#state) this.#parts.tell({ type: "self-state", id, state: this.#state });
  }

  #id(): string | undefined {
    const membership = this.#parts.membership();
    return membership && toBase64url(membership.postKey.publicKey);
  }
}
