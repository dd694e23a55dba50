/**
 * How a connection becomes a member's: it shows the link's token, proves a post key, and founds, asks or comes back.
 * Realm: server; sees a token between its message and its hash. Source: protocol.md §2; widget/wire/room-relay.ts.
 */
import { hash, randomBytes } from "node:crypto";
import { ASK_MAX_BYTES, HASH_BYTES, KNOCK_MAX_BYTES } from "../../widget/wire/room-limits.ts";
import { anewStatement, askStatement, foundStatement, resumeStatement } from "../../widget/wire/room-signatures.ts";
import { hashToken } from "../clips/token.ts";
import { linkRefusal } from "./link-rules.ts";
import type { LiveRoom } from "./live-room.ts";
import { refusal, type Said, sealedBytes, textOf } from "./messages.ts";
import type { Refused, Room } from "./room.ts";
import type { RoomParts } from "./room-changes.ts";
import type { Holder } from "./room-places.ts";
import { CLOSE, type Seat } from "./seat.ts";
import { isSigned } from "./signature.ts";

export interface SocketPlace {
  readonly roomId: string;
  readonly parts: RoomParts;
  /** as the store has it @throws CodedError storage-unavailable */
  readRoom(): Promise<Room | null>;
  /** @returns null if there is no room for one more @throws CodedError storage-unavailable */
  join(holder: Holder): Promise<LiveRoom | null>;
  joinLobby(holder: Holder): Promise<LiveRoom | null>;
  leave(room: LiveRoom, holder: Holder): void;
}

export type AtTheDoor = Extract<Said, { readonly type: "enter" | "found" | "ask" | "resume" | "lobby" | "knock" }>;
type Saying<T extends Said["type"]> = Extract<Said, { readonly type: T }>;

/** Refused ones on one connection. */
const RESUMES_MAX = 2;
const NONSENSE: Refused = { code: "bad-request" };

export class Door implements Holder {
  /** once the token was right */
  room: LiveRoom | null = null;
  /** 32 B, base64url: what this connection's signatures cover */
  readonly nonce: string;
  readonly #nonce = randomBytes(HASH_BYTES);
  readonly #place: SocketPlace;
  readonly #seat: Seat;
  #tokenHash = "";
  #hasAsked = false;
  /** it is a member's, or its ask was taken: the time of that, ms since the epoch */
  settledAt: number | null = null;
  #refusedResumes = 0;
  #isKnocking = false;

  /** it waits in the lobby: nobody whom a link speaks for */
  get isKnocking(): boolean {
    return this.#isKnocking;
  }

  #isClosed = false;

  constructor(place: SocketPlace, seat: Seat) {
    this.#place = place;
    this.#seat = seat;
    this.nonce = this.#nonce.toString("base64url");
  }

  /** @returns why not @throws CodedError storage-unavailable */
  async take(said: AtTheDoor): Promise<Refused | null> {
    if (said.type === "lobby") return this.#lobby();
    if (said.type === "knock") return this.room && !this.#isKnocking ? NONSENSE : this.#knock(said);
    // Whoever is let in comes by the link that it was given, on another connection.
    if (this.#isKnocking) return NONSENSE;
    if (said.type === "enter") return this.#enter(said);
    if (said.type === "resume") return this.#hasAsked ? NONSENSE : this.#resume(said);
    if (!this.room) return NONSENSE;
    return said.type === "found" ? this.#found(this.room, said) : this.#ask(this.room, said);
  }

  /** What stands there now. */
  async tellRoom(): Promise<Refused | null> {
    const room = await this.#place.readRoom();
    if (!room) return { code: "no-such-room" };
    const head = await this.#place.parts.signer.headOf(this.#place.roomId, room);
    const { charterKey, link, n, generation } = room;
    const { v, sealedCharter, signature } = link;
    const living = generation && { n, groupId: generation.groupId, epoch: generation.epoch };
    this.#seat.tell(textOf({ type: "room", charterKey, v, sealedCharter, signature, head, n, generation: living }));
    return null;
  }

  /** It is somebody now: its place is not one of the few for strangers any more. */
  settle(): void {
    this.settledAt = this.#place.parts.clock.now();
    this.room?.places.settle(this);
  }

  yield(): void {
    this.#seat.dismiss(null, CLOSE.later);
  }

  close(): void {
    this.#isClosed = true;
    this.#leaveRoom();
  }

  #leaveRoom(): void {
    const { room } = this;
    this.room = null;
    if (!room) return;
    room.forget(this.#seat);
    room.lobby.forget(this.#seat);
    this.#place.leave(room, this);
  }

  /** For whoever knows the room's id. */
  async #lobby(): Promise<Refused | null> {
    const room = await this.#place.readRoom();
    if (!room) return { code: "no-such-room" };
    const { lobby, generation } = room;
    if (lobby === undefined) return { code: "no-lobby" };
    this.#seat.tell(textOf({ type: "lobby", lobby, isOpen: generation !== null }));
    return null;
  }

  async #knock({ sealed, shown }: Saying<"knock">): Promise<Refused | null> {
    const bytes = sealedBytes(sealed, KNOCK_MAX_BYTES);
    const more = shown === undefined ? undefined : sealedBytes(shown, KNOCK_MAX_BYTES);
    if (bytes === "too-large" || more === "too-large") return { code: "body-too-large" };
    if (bytes === null || more === null) return NONSENSE;
    const room = await this.#place.readRoom();
    if (!room) return { code: "no-such-room" };
    if (room.lobby === undefined) return { code: "no-lobby" };
    this.room ??= await this.#place.joinLobby(this);
    if (!this.room) return { code: "too-many-requests", retryAfter: 10 };
    this.#isKnocking = true;
    this.settledAt = this.#place.parts.clock.now();
    const knock = { id: hash("sha256", bytes, "base64url"), sealed, ...(shown === undefined ? {} : { shown }) };
    // The connection may have ended in the meantime.
    const wait = this.#isClosed ? 0 : this.room.lobby.knock(this.#seat, knock);
    if (this.#isClosed) this.close();
    if (wait > 0) return { code: "too-many-requests", retryAfter: wait };
    this.#seat.tell(textOf({ type: "knocked", isOpen: room.generation !== null }));
    return null;
  }

  async #enter({ token }: Saying<"enter">): Promise<Refused | null> {
    const tokenHash = hashToken(Buffer.from(token, "base64url"));
    return (await this.#join(tokenHash, { isCurrent: true })) ?? this.tellRoom();
  }

  async #found(room: LiveRoom, said: Saying<"found">): Promise<Refused | null> {
    const { n, groupId, creatorNonce, postKey, signature, reforms: commit, formerKey, formerSignature = "" } = said;
    const { anew } = said;
    const statement = foundStatement(this.#nonce, Buffer.from(groupId, "base64url"));
    if (!isSigned(postKey, statement, signature)) return { code: "bad-signature" };
    if (formerKey !== undefined && !isSigned(formerKey, statement, formerSignature)) return { code: "bad-signature" };
    if (anew !== undefined && !(await this.#isOfCharter(room, said, anew))) return { code: "bad-signature" };
    Object.assign(this.#seat, { postKey, groupId });
    const founding = { type: "found", tokenHash: this.#tokenHash, n, groupId, creatorNonce, postKey } as const;
    const isReforming = commit !== undefined && formerKey !== undefined;
    const reforms = isReforming && { commit, formerKey, connected: await room.connected() };
    const why = { ...(reforms ? { reforms } : {}), ...(anew === undefined ? {} : { isAnew: true as const }) };
    return room.found(this.#seat, { ...founding, ...why }, ({ seq, head, audit }) =>
      this.#seat.tell(textOf({ type: "founded", seq, head, audit })),
    );
  }

  /** A room's charter key never changes: its id is the fingerprint. */
  async #isOfCharter(room: LiveRoom, { groupId, postKey }: Saying<"found">, signature: string): Promise<boolean> {
    const [group, key] = [groupId, postKey].map((text) => Buffer.from(text, "base64url")) as [Buffer, Buffer];
    const known = await room.changes.read();
    return known !== null && isSigned(known.room.charterKey, anewStatement(this.#nonce, group, key), signature);
  }

  async #ask(room: LiveRoom, said: Saying<"ask">): Promise<Refused | null> {
    const { groupId, ref, postKey, sealed, signature } = said;
    const bytes = sealedBytes(sealed, ASK_MAX_BYTES);
    if (bytes === "too-large") return { code: "body-too-large" };
    if (bytes === null) return NONSENSE;
    const statement = askStatement(this.#nonce, Buffer.from(ref, "base64url"));
    if (!isSigned(postKey, statement, signature)) return { code: "bad-signature" };
    room.forget(this.#seat);
    Object.assign(this.#seat, { postKey, groupId });
    this.#hasAsked = true;
    const event = { type: "ask", tokenHash: this.#tokenHash, groupId, ref, postKey, sealed } as const;
    return room.ask(this.#seat, event, () => {
      this.settle();
      this.#seat.tell(textOf({ type: "asked", ref }));
    });
  }

  /** Refused, it gives its place back, and has one more try. */
  async #resume(said: Saying<"resume">): Promise<Refused | null> {
    const refused = await this.#comeBack(said);
    if (!refused || !this.room) return refused;
    this.#leaveRoom();
    if (++this.#refusedResumes < RESUMES_MAX) return refused;
    this.#seat.tell(refusal(refused));
    this.#seat.dismiss(null, CLOSE.policy);
    return null;
  }

  async #comeBack({ token, groupId, postKey, after, signature }: Saying<"resume">): Promise<Refused | null> {
    const statement = resumeStatement(this.#nonce, Buffer.from(groupId, "base64url"));
    if (!isSigned(postKey, statement, signature)) return { code: "bad-signature" };
    // The link may have been replaced while it was away; that it is on the list is what counts.
    const refused = await this.#join(hashToken(Buffer.from(token, "base64url")), { isCurrent: false });
    const { room } = this;
    if (refused || !room) return refused;
    const known = await room.changes.read({ fresh: true });
    const generation = known?.room.generation;
    if (!known || generation?.groupId !== groupId) return { code: "no-generation" };
    if (!generation.posters.includes(postKey)) return { code: "not-a-poster" };
    Object.assign(this.#seat, { postKey, groupId, sent: after });
    const head = await this.#place.parts.signer.headOf(this.#place.roomId, known.room);
    const begin = () => this.#seat.tell(textOf({ type: "resumed", head }));
    return (await room.follow(this.#seat, begin)) ? null : { code: "log-gap" };
  }

  async #join(tokenHash: string, { isCurrent }: { isCurrent: boolean }): Promise<Refused | null> {
    const known = await this.#place.readRoom();
    const refused = linkRefusal(known, tokenHash);
    if (refused && (isCurrent || refused.code !== "link-replaced")) return refused;
    this.room ??= await this.#place.join(this);
    if (!this.room) return { code: "too-many-requests", retryAfter: 10 };
    this.#tokenHash = tokenHash;
    if (!refused) this.room.changes.submit({ type: "entered" }, () => undefined);
    // The connection may have ended in the meantime.
    if (this.#isClosed) this.close();
    return null;
  }
}
