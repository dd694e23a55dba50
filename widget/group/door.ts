/**
 * The way in, again and again: what a member brings to an attempt from those before, and how long it waits between two.
 * Realm: group worker. Source: protocol.md §2 (Link admission), §5 (re-forming, coming back).
 */
import { toBase64url } from "../wire/bytes.ts";
import { asCoded } from "../wire/errors.ts";
import type { RoomRefusal, ToRelay } from "../wire/room-relay.ts";
import { BeginAnew } from "./begin-anew.ts";
import type { SignedCharter } from "./charter.ts";
import { type Entered, Entrance, type Reforms } from "./entrance.ts";
import type { MemberOptions } from "./member-options.ts";
import type { Membership } from "./membership.ts";
import type { From } from "./membership-events.ts";
import type { OwnLink } from "./own-link.ts";
import { reformedFrom } from "./reforming.ts";
import type { RoomFault } from "./room-state.ts";
import type { TrailMemory } from "./trail-memory.ts";

/** ms before the first, second … attempt after one that came to nothing; the last one repeats. */
const WAITS_MS = [0, 0, 250, 1_000, 4_000, 10_000];
/** ms that nobody answers before this member asks anew: whoever should have may have given it up. */
const ASK_ANEW_MS = 20_000;

/** Attempts that count as coming back; then its leaf is gone, and it is let in as anybody else. */
const BACK_ATTEMPTS = 2;

const AGAIN: ReadonlySet<string> = new Set<RoomRefusal>([
  "not-a-poster",
  "generation-exists",
  "no-generation",
  "log-gap",
]);

export interface DoorParts {
  readonly options: MemberOptions;
  readonly link: OwnLink;
  readonly memory: TrailMemory;
  send(message: ToRelay): void;
  fetchTrail(): Promise<string>;
  /** on another connection */
  anew(): void;
}

export class Door {
  readonly #parts: DoorParts;
  readonly #anew = new BeginAnew();
  #hello: From<"hello"> | undefined;
  #entrance: Entrance | undefined;
  /** the newest charter seen of this room */
  seen: SignedCharter | undefined;
  /** while this member forms the group anew */
  reforms: Reforms | undefined;
  /** post key of this tab's last membership */
  #replaces: string | undefined;
  /** attempts since somebody was let in */
  #attempts = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** A new attempt, on this connection. */
  async come(hello: From<"hello">): Promise<void> {
    this.#hello = hello;
    const { link, options, memory, send, fetchTrail } = this.#parts;
    await link.open();
    const { seen, reforms } = this;
    const { charterKey } = link;
    this.#entrance = new Entrance(
      {
        ...{ roomId: options.link.roomId, keys: link.keys, name: options.name, identity: options.identity },
        ...{ memory, fetchTrail, send },
        ...(seen ? { seen } : {}),
        ...(this.#replaces ? { replaces: this.#replaces } : {}),
        ...(reforms ? { reforms } : {}),
        ...(charterKey ? { charterKey } : {}),
        ...(options.pass ? { pass: options.pass } : {}),
        isBack: this.#replaces !== undefined && this.#attempts <= BACK_ATTEMPTS,
      },
      hello,
    );
  }

  async room(room: From<"room">): Promise<{ fault: RoomFault } | "lobby" | undefined> {
    const entrance = this.#entrance;
    if (!entrance) return undefined;
    // Replaced since this attempt showed the link: the next one hears so.
    if (room.v > this.#parts.link.v) return void this.#parts.anew();
    return this.#attempted(() => entrance.room(room, this.#anew.isDue(room)));
  }

  /** From the next attempt on, which is now. Only with the host link. */
  beginAnew(): void {
    if (!this.#anew.want()) return;
    this.#attempts = 0;
    this.#parts.anew();
  }

  /** The relay takes no part of this attempt. @returns what becomes of it; `now`: another one has begun on this connection */
  async refused({ code, v }: From<"refused">): Promise<"now" | "again" | "later" | "final"> {
    if (code === "link-replaced" && v && (await this.#turnTo(v))) return "now";
    if (code === "not-a-poster") this.reforms = undefined;
    if (AGAIN.has(code)) return "again";
    return code === "no-such-room" || code === "link-replaced" ? "final" : "later";
  }

  /** From the next attempt on this member forms the group anew. @param accused post key of the commit's poster */
  reformAfter({ postKey, state }: Pick<Membership, "postKey" | "state">, commit: string, accused: string): void {
    this.reforms = { commit, formerKey: postKey, reformed: reformedFrom(state, accused, Date.now()) };
  }

  /** A host's link fits every version. @returns whether it tries that one now */
  async #turnTo(v: number): Promise<boolean> {
    if (!this.#hello || !(await this.#parts.link.turnTo(v))) return false;
    await this.come(this.#hello);
    return true;
  }

  /** Somebody will answer, or the next ask will be. @returns whether nobody may, before a host unlocks the room */
  asked(): boolean {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#parts.anew(), ASK_ANEW_MS);
    return this.#entrance?.isLocked ?? false;
  }

  /** The relay lets this member in. @returns nothing if it had not asked for that */
  async letIn(message: From<"founded" | "welcome">): Promise<Entered | { fault: RoomFault } | undefined> {
    const entrance = this.#entrance;
    const entered = await this.#attempted(() =>
      message.type === "founded" ? entrance?.founded(message) : entrance?.welcome(message),
    );
    if (!entered || "fault" in entered) return entered;
    this.shut();
    this.reforms = undefined;
    if (!entered.renewsLink) this.#anew.forget();
    this.#attempts = 0;
    this.#replaces = toBase64url(entered.postKey.publicKey);
    return entered;
  }

  /** The link may be replaced while it is used to check the relay: the next attempt hears so. */
  async #attempted<T>(step: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (asCoded(error).code !== "link-replaced") throw error;
      this.#parts.anew();
      return undefined;
    }
  }

  /** Nothing more comes of this attempt. */
  shut(): void {
    clearTimeout(this.#patience);
    this.#entrance = undefined;
  }

  /** Gives this attempt up. @returns ms to wait before the next one */
  giveUp(): number {
    this.shut();
    const wait = WAITS_MS[Math.min(this.#attempts++, WAITS_MS.length - 1)] as number;
    return wait * (1 + Math.random() / 2);
  }
}
