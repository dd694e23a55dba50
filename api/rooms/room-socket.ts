/**
 * One member's connection: what it may say when, in which order it is looked at, and how it ends.
 * Realm: server; sees what room-relay.ts says. Source: protocol.md §2, §5; widget/wire/room-relay.ts.
 */
import { CodedError } from "../../widget/wire/errors.ts";
import { GONE_AFTER_MS, KNOCK_MAX_BYTES, STRANGER_MS } from "../../widget/wire/room-limits.ts";
import type { LiveRoom } from "./live-room.ts";
import { type Post, readSaid, refusal, type Said, sealedBytes, textOf } from "./messages.ts";
import { type PostEvent, readPost } from "./posts.ts";
import type { Refused, Room } from "./room.ts";
import type { Change } from "./room-changes.ts";
import { Door, type SocketPlace } from "./room-door.ts";
import { apply, isRefused, KEY_PACKAGE_MS } from "./room-events.ts";
import { CLOSE, type Seat } from "./seat.ts";
import { SocketLimits } from "./socket-limits.ts";

/** The transport, which knows nothing of rooms. */
export interface Connection {
  send(message: string | Buffer): void;
  /** resolves when what was sent is on its way */
  flushed(): Promise<void>;
  close(code: number): void;
}

/** Messages that may wait for one that needs the store. */
const BACKLOG_MAX = 64;

export class RoomSocket implements Seat {
  postKey = "";
  groupId = "";
  sent = 0;
  heardAt: number;
  readonly #openedAt: number;
  readonly #place: SocketPlace;
  readonly #connection: Connection;
  readonly #door: Door;
  readonly #own = new SocketLimits();
  /** of the post key, once it is a member's; nonsense is counted by connection all the same */
  #limits = this.#own;
  #isMember = false;
  #isOver = false;
  /** waiting for the one that is being looked at; null while there is none */
  #backlog: Said[] | null = null;

  constructor(place: SocketPlace, connection: Connection) {
    this.#place = place;
    this.#connection = connection;
    this.#door = new Door(place, this);
    this.#openedAt = place.parts.clock.now();
    this.heardAt = this.#openedAt;
    const { signer, region } = place.parts;
    const { nonce } = this.#door;
    connection.send(textOf({ type: "hello", nonce, auditKey: signer.publicKey, region, now: this.heardAt }));
  }

  /** @param text null: it was no text */
  receive(text: string | null): void {
    if (this.#isOver) return;
    this.heardAt = this.#place.parts.clock.now();
    const said = text === null ? null : readSaid(text);
    const wait = said === null ? 0 : this.#secondsFor(said, text?.length ?? 0);
    if (said === null) this.#nonsense();
    else if (wait === Number.POSITIVE_INFINITY) this.#close(CLOSE.policy);
    // Whoever knocks goes on knocking: an answer too many is no answer.
    else if (wait > 0 && said.type === "answer") return;
    else if (wait > 0) this.#refuse({ code: "too-many-requests", retryAfter: wait }, said);
    else if (this.#backlog === null) this.#take(said);
    else if (this.#backlog.push(said) > BACKLOG_MAX) this.#close(CLOSE.policy);
  }

  /**
   * Whether nothing was heard for so long that nobody can be there. Who does not even enter, neither founds nor asks, or
   * has asked with a key package that is no longer good, is not waited for either.
   */
  isOver(now: number): boolean {
    const { room, settledAt } = this.#door;
    const since = room ? this.heardAt : this.#openedAt;
    if (now - since >= GONE_AFTER_MS) return true;
    if (settledAt === null) return now - this.#openedAt >= STRANGER_MS;
    return !this.#isMember && now - settledAt >= KEY_PACKAGE_MS;
  }

  tell(message: string | Buffer): void {
    if (!this.#isOver) this.#connection.send(message);
  }

  async tellSlowly(message: Buffer): Promise<void> {
    this.tell(message);
    await this.#connection.flushed();
  }

  get isOpen(): boolean {
    return !this.#isOver;
  }

  admitted(): void {
    this.#isMember = true;
    this.#door.settle();
    this.#limits = this.#door.room?.limits.of(this.postKey) ?? this.#limits;
  }

  dismiss(message: "removed" | "ended" | null, code: number): void {
    if (message) this.tell(textOf({ type: message }));
    this.#close(code);
  }

  /** The connection has ended, whoever ended it. */
  closed(): void {
    this.#isOver = true;
    this.#door.close();
  }

  #close(code: number): void {
    this.#connection.close(code);
    this.closed();
  }

  /** Its own limit first: who is beyond it takes nothing from the others. */
  #secondsFor({ type }: Said, bytes: number): number {
    const wait = this.#limits.secondsFor(type, bytes);
    // What strangers in the lobby say is not taken from what members may.
    const shared = this.#door.isKnocking ? undefined : this.#door.room?.limits;
    return wait === 0 ? (shared?.secondsFor(bytes) ?? 0) : wait;
  }

  /** In order: what needs the store holds up what comes after it. */
  #take(said: Said): void {
    const work = this.#act(said);
    if (!work) return;
    const backlog: Said[] = [];
    this.#backlog = backlog;
    work
      .catch((error: unknown) => this.#failed(error, said))
      .then(() => {
        this.#backlog = null;
        this.#takeAll(backlog);
      });
  }

  #takeAll(waiting: readonly Said[]): void {
    for (const [i, said] of waiting.entries()) {
      if (this.#isOver) return;
      if (this.#backlog) {
        this.#backlog.push(...waiting.slice(i));
        return;
      }
      this.#take(said);
    }
  }

  /** @returns what has to be waited for, if anything */
  #act(said: Said): Promise<unknown> | null {
    switch (said.type) {
      case "alive":
        this.tell(textOf({ type: "alive" }));
        return null;
      case "sfu":
        // Aside: nothing has to wait for LiveKit.
        void this.#sfu(said).catch((error: unknown) => this.#failed(error, said));
        return null;
      case "message":
      case "signal":
      case "commit":
      case "complaint":
        return this.#post(said);
      case "answer":
        this.#answer(said);
        return null;
      case "leave":
        return this.#leave();
      default:
        return this.#atTheDoor(said);
    }
  }

  async #atTheDoor(said: Parameters<Door["take"]>[0]): Promise<void> {
    const refused = this.#isMember ? ({ code: "bad-request" } as const) : await this.#door.take(said);
    if (refused?.code === "bad-request") this.#nonsense();
    else if (refused) this.#refuse(refused);
    if (refused?.code !== "generation-exists") return;
    const gone = await this.#door.tellRoom();
    if (gone) this.#refuse(gone);
  }

  #post(said: Post): Promise<unknown> | null {
    const { room } = this.#door;
    const event = this.#isMember && room ? readPost(said, this) : ({ code: "not-a-poster" } as const);
    if ("code" in event || !room) {
      this.#refuse("code" in event ? event : { code: "not-a-poster" }, said);
      return null;
    }
    if (event.type === "signal") return this.#signal(room, event, said);
    const settle = (change: Change) => {
      if ("code" in change) this.#refuse(change, said);
      else if (event.type === "commit") room.committed(this, event.data);
    };
    if (event.type === "commit" && event.data.remove.length > 0) return room.commit(this, event, settle);
    room.changes.submit(event, settle);
    return null;
  }

  /** Nothing is written: the room as it was heard of last is good enough. */
  #signal(room: LiveRoom, event: PostEvent & { type: "signal" }, said: Post): Promise<void> | null {
    const { clock, region } = this.#place.parts;
    const judge = (known: Room) => {
      const outcome = apply(known, event, { roomId: room.id, region, now: clock.now() });
      if (isRefused(outcome)) this.#refuse(outcome, said);
      else room.signal(this, textOf({ type: "signal", bytes: event.bytes, poster: event.poster }));
    };
    const { known } = room.changes;
    if (!known) return room.changes.read().then((read) => (read ? judge(read.room) : undefined));
    judge(known);
    return null;
  }

  /** To whoever knocks so, if anybody still does: that nobody does is no fault. */
  #answer(said: Said & { type: "answer" }): void {
    const { room } = this.#door;
    const bytes = sealedBytes(said.sealed, KNOCK_MAX_BYTES);
    // It names no post: a refusal would be taken for one of the door's.
    if (!this.#isMember || !room) return;
    if (bytes === null || bytes === "too-large") this.#nonsense();
    else room.lobby.answer(said.knock, said.sealed);
  }

  async #sfu(said: Said & { type: "sfu" }): Promise<void> {
    const { parts, roomId, readRoom } = this.#place;
    const { groupId, postKey } = this;
    if (!this.#isMember) return this.#refuse({ code: "not-a-poster" }, said);
    const asker = { roomId, groupId, postKey, isEye: said.eye === true, readRoom };
    const way = (await parts.sfu?.wayFor(asker)) ?? ({ code: "no-sfu" } as const);
    if ("code" in way) this.#refuse(way, said);
    else this.tell(textOf({ type: "sfu", id: said.id, ...way }));
  }

  async #leave(): Promise<void> {
    const { room } = this.#door;
    try {
      if (this.#isMember && room) await room.leave(this);
    } finally {
      this.#close(CLOSE.done);
    }
  }

  #failed(error: unknown, said: Said): void {
    const isStorage = error instanceof CodedError && error.code === "storage-unavailable";
    if (!isStorage) this.#place.parts.log.error({ event: "internal", roomId: this.#place.roomId });
    this.#refuse(isStorage ? { code: "storage-unavailable", retryAfter: 2 } : { code: "internal" }, said);
  }

  #nonsense(): void {
    if (this.#own.allowsNonsense()) this.#refuse({ code: "bad-request" });
    else this.#close(CLOSE.policy);
  }

  #refuse(refused: Refused, said?: Said): void {
    // To say "refused" might be a lie: on another connection it sees what became of it.
    if (refused.isUnsure) this.dismiss(null, CLOSE.later);
    else this.tell(refusal(refused, said && "id" in said ? said.id : undefined));
  }
}
