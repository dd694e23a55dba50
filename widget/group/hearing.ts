/**
 * What was said in the group on its way to the person: chat, what others show of themselves, a new link, the trail's head
 * that others have, and that a host has ended the room. Realm: group worker. Source: protocol.md §2, §5, §9.
 */
import { type Bytes, fromBase64url } from "../wire/bytes.ts";
import type { RoomEvent } from "../wire/frame-group.ts";
import type { Heads } from "./heads.ts";
import type { InGroup } from "./in-group.ts";
import type { OwnLink } from "./own-link.ts";
import type { RoomState } from "./room-state.ts";

/** ms from a host's word that the room is over to being out; then this member goes by itself. */
const ENDING_MS = 5_000;

export interface HearingParts {
  readonly link: OwnLink;
  readonly heads: Heads;
  state(): RoomState | undefined;
  tell(event: RoomEvent): void;
  /** the room is over, and nobody has put this member out */
  ended(): void;
}

export class Hearing {
  readonly #parts: HearingParts;
  #isEnding = false;

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  /** A host has said that the room is over. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** @param from post key @param own came back as ordered */
  async said(content: InGroup, from: string, own: boolean): Promise<void> {
    const { tell } = this.#parts;
    if (content.type === "chat") tell({ ...content, from, own });
    else if (content.type === "reaction") tell({ type: "reaction", from, reaction: content.reaction, own });
    else if (content.type === "alive") await this.#alive(content, from);
    else if (content.type === "link" && !own) await this.#newLink(content);
    else if (content.type === "end" && !own) this.#end();
  }

  async #alive({ head, state }: InGroup & { type: "alive" }, from: string): Promise<void> {
    const room = this.#parts.state();
    if (!room) return;
    if (state) this.#parts.tell({ type: "self-state", id: from, state });
    const fault = await this.#parts.heads.hear(head, room.charter.charter);
    if (fault) this.#parts.tell({ type: "alarm", fault });
  }

  async #newLink({ roomSecret, v }: InGroup & { type: "link" }): Promise<void> {
    const room = this.#parts.state();
    if (!room) return;
    const isNew = await this.#parts.link.hear(fromBase64url(roomSecret) as Bytes, v, room.charter);
    if (isNew) this.#parts.tell({ type: "link", v });
  }

  /** Whose removal does not come, because the host is gone, does not stay in a room that is over. */
  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    setTimeout(() => this.#parts.ended(), ENDING_MS);
  }
}
