/**
 * A member without a browser, for measurements: the very code of the group worker, in this process. Bench support.
 */
import { RoomMember } from "../../widget/group/room-member.ts";
import { generateSigningPair, type SigningKey, signingKeyOf } from "../../widget/seal/ed25519.ts";
import type { RoomLink } from "../../widget/seal/room-link.ts";
import type { RoomEvent } from "../../widget/wire/frame-group.ts";

/** ms that anything may take on a busy machine. */
const PATIENCE_MS = 60_000;

export const newIdentity = async (): Promise<SigningKey> => signingKeyOf(await generateSigningPair());

export interface Arriving {
  /** http origin */
  readonly relay: string;
  readonly link: RoomLink;
  readonly name: string;
  readonly identity: SigningKey;
}

export class Person {
  readonly member: RoomMember;
  readonly #arriving: Arriving;
  readonly #texts = new Set<string>();
  readonly #checks = new Set<() => void>();
  /** that the roster is of */
  epoch = -1;
  #people: Extract<RoomEvent, { type: "roster" }>["people"] = [];

  constructor(arriving: Arriving) {
    const { relay, link, name, identity } = arriving;
    this.#arriving = arriving;
    this.member = new RoomMember({
      relay: relay.replace(/^http/, "ws"),
      link,
      name,
      identity,
      on: (event) => {
        if (event.type === "roster") {
          this.#people = event.people;
          this.epoch = event.epoch;
        }
        if (event.type === "chat") this.#texts.add(event.text);
        for (const check of this.#checks) check();
      },
    });
  }

  /** Resolves when it is in a room of so many people. */
  untilPeople(count: number): Promise<void> {
    return this.#until(() => this.#people.length === count, `${count} people`);
  }

  untilHeard(text: string): Promise<void> {
    return this.#until(() => this.#texts.has(text), "what was said");
  }

  say(text: string): Promise<boolean> {
    return this.member.say({ type: "chat", id: text, text, at: Date.now() });
  }

  /** The id of who was first seen by that name. */
  idOf(name: string): string {
    return this.#people.find((person) => person.name === name)?.id ?? "";
  }

  /** The guest link as it is now. */
  get link(): RoomLink {
    const { invitation } = this.member;
    if (!invitation) throw new Error(`${this.#arriving.name} knows no link`);
    const { roomSecret, v } = invitation;
    return { kind: "guest", roomId: this.#arriving.link.roomId, roomSecret: roomSecret.slice(), v, mangled: false };
  }

  #until(ok: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!ok()) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve();
      };
      const tooLate = () => reject(new Error(`${this.#arriving.name}: no ${what}, but ${this.#people.length} people`));
      const timer = setTimeout(tooLate, PATIENCE_MS);
      this.#checks.add(check);
      check();
    });
  }
}
