/**
 * A person's way into a room, by whatever they have of it: a link, or its address alone. Who has to wait in the lobby
 * waits there, and goes on with what a host gives. Realm: group worker; runs in Node as well.
 * Source: protocol.md §2 (Link admission, Knock admission).
 */
import type { LobbyLink } from "../seal/room-link.ts";
import type { MemberOptions } from "./member-options.ts";
import type { Given } from "./pass.ts";
import { RoomMember } from "./room-member.ts";
import { Visit } from "./visit.ts";

export interface ArrivalOptions extends Omit<MemberOptions, "link" | "pass" | "toLobby"> {
  readonly link: MemberOptions["link"] | LobbyLink;
}

export class Arrival {
  readonly #options: ArrivalOptions;
  #member: RoomMember | undefined;
  #visit: Visit | undefined;

  constructor(options: ArrivalOptions) {
    this.#options = options;
    const { link } = options;
    if (link.kind === "lobby") this.#knock();
    else this.#enter({ link });
  }

  /** Whom the room knows; nobody while they wait in the lobby. */
  get member(): RoomMember | undefined {
    return this.#member;
  }

  async leave(): Promise<void> {
    this.#visit?.leave();
    await this.#member?.leave();
  }

  #enter(by: Pick<MemberOptions, "link" | "pass">): void {
    this.#visit = undefined;
    this.#member = new RoomMember({ ...this.#options, ...by, toLobby: () => this.#knock() });
  }

  #knock(): void {
    this.#member = undefined;
    const { link, ...options } = this.#options;
    this.#visit = new Visit({ ...options, roomId: link.roomId, letIn: (given) => this.#letIn(given) });
  }

  #letIn({ pass, roomSecret }: Given): void {
    const { roomId } = this.#options.link;
    this.#enter({ pass, link: { kind: "guest", roomId, roomSecret, v: pass.v, mangled: false } });
  }
}
