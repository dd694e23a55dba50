/**
 * What a person does to the room besides talking: fresh keys, a new link, sending people away, rules, ending it,
 * beginning anew.
 * Realm: group worker. Source: protocol.md §2.
 */
import { CodedError } from "../wire/errors.ts";
import { areRules, type RoomRules } from "../wire/room-rules.ts";
import { hostName, type SignedCharter } from "./charter.ts";
import type { Membership } from "./membership.ts";
import { suiteOf } from "./mls/suite.ts";
import type { Wish } from "./needs.ts";
import type { OwnLink } from "./own-link.ts";

export class RoomActs {
  readonly #membership: () => Membership | undefined;
  readonly #link: OwnLink;
  readonly #beginAnew: () => void;
  /** a host has ended the room: its link of then */
  #endsAt: number | undefined;

  constructor(membership: () => Membership | undefined, link: OwnLink, beginAnew: () => void) {
    this.#membership = membership;
    this.#link = link;
    this.#beginAnew = beginAnew;
  }

  /**
   * A fresh path for this leaf now: whoever copied this device's secrets is out from the next epoch on. A host renews
   * the link as well, or the copy would come in again by it.
   */
  async heal(): Promise<void> {
    const membership = this.#membership();
    if (membership && this.#link.isHost) return this.renewLink();
    const turn = membership?.turn;
    if (!turn) return;
    turn.needs.updateDue = true;
    turn.consider();
  }

  /**
   * Gives the room a new link and sends people away, in one commit: the link that they know is dead.
   * @param away ids of people; none to renew the link only @throws CodedError not-a-host
   */
  async renewLink(away: readonly string[] = []): Promise<void> {
    this.#wants({ newLink: true }, away);
  }

  /**
   * Everybody else is told, and then out in one commit with a new link, so that the one that they know is dead; this host
   * goes last (isEnded). @throws CodedError not-a-host
   */
  async endForAll(): Promise<void> {
    const membership = this.#membership();
    if (!membership || !this.#link.isHost) throw notAHost();
    this.#endsAt ??= membership.state.charter.charter.v;
    // Who misses it is sent away like anybody else.
    if (membership.state.roster.size > 1) await membership.say({ type: "end" });
    this.#goOnEnding();
  }

  /** In each new epoch: goes on with what is not done yet. @returns whether this host has ended the room for everybody */
  isEnded(): boolean {
    const state = this.#membership()?.state;
    if (this.#endsAt === undefined || !state) return false;
    if (state.roster.size === 1 && state.charter.charter.v > this.#endsAt) return true;
    this.#goOnEnding();
    return false;
  }

  #goOnEnding(): void {
    if (this.#membership() && !this.#membership()?.turn.needs.wish?.ends) this.#wants({ newLink: true, ends: true });
  }

  /** At the door: ends the generation that lives, with its link. Nothing, if this member is inside. @throws CodedError not-a-host */
  async beginAnew(): Promise<void> {
    if (!this.#link.isHost) throw notAHost();
    if (!this.#membership()) this.#beginAnew();
  }

  /** @throws CodedError not-a-host; bad-request for what are no rules */
  async changeRules(rules: Partial<RoomRules>): Promise<void> {
    const charter = this.#membership()?.state.charter.charter;
    if (charter && !areRules({ ...charter, ...rules })) {
      throw new CodedError("bad-request", "These are no rules of a room.");
    }
    if (charter && suiteOf({ ...charter, ...rules }) !== suiteOf(charter)) {
      throw new CodedError("bad-request", "How the room is sealed was chosen when it was opened.");
    }
    this.#wants({ rules });
  }

  /** The host link on a device that is no host yet: the charter names it, so that everyone knows. @param identity 32 B */
  async beHost(charter: SignedCharter, identity: Uint8Array): Promise<void> {
    const isNew = this.#link.isHost && !charter.charter.hosts.includes(await hostName(identity));
    // Whatever charter it makes names it.
    if (isNew && !this.#membership()?.turn.needs.wish) this.#wants({});
  }

  #wants(wish: Wish, away: readonly string[] = []): void {
    const turn = this.#membership()?.turn;
    if (!turn || !this.#link.isHost) throw notAHost();
    for (const id of away) turn.needs.sentAway.add(id);
    turn.needs.wants(wish);
    turn.consider();
  }
}

function notAHost(): CodedError {
  return new CodedError("not-a-host", "Only a host can do this.");
}
