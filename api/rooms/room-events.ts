/**
 * What may happen to a room: one pure function (room, event, now) → the room after it with what is to be logged, or a
 * refusal. Time is an argument; signatures over a connection's nonce are checked where the connection is.
 * Realm: server; sees what room.ts says. Source: protocol.md §2, §5, §9.
 */
import { hash } from "node:crypto";
import { KEY_PACKAGE_S, ROOM_ID_BYTES } from "../../widget/wire/room-limits.ts";
import type { OpenRoom } from "../../widget/wire/room-relay.ts";
import { groupIdStatement } from "../../widget/wire/room-signatures.ts";
import { addToTrail, EMPTY_TRAIL, type Happened, pseudonymOf, type Where } from "./audit-chain.ts";
import { type CommitEvent, commit } from "./commit-rules.ts";
import { isCharterLink, linkRefusal } from "./link-rules.ts";
import { isCharterLobby } from "./lobby-rules.ts";
import type { Aside, NewEntry } from "./record.ts";
import { type Asked, isPoster, type Living, type Refused, type Room } from "./room.ts";

const DAY_MS = 86_400_000;
/**
 * Asks that may wait at once; one more takes the place of one that is withdrawn, or older than STALE_ASK_MS, if there is
 * any.
 */
export const ASKS_MAX = 128;
/** ms after which an ask that nobody answered may make room for another. */
const STALE_ASK_MS = 60_000;
export const KEY_PACKAGE_MS = KEY_PACKAGE_S * 1_000;

export type RoomEvent =
  | {
      readonly type: "found";
      readonly tokenHash: string;
      readonly n: number;
      readonly groupId: string;
      readonly creatorNonce: string;
      readonly postKey: string;
      readonly reforms?: Reforms;
      /** checked: the charter key says so */
      readonly isAnew?: true;
    }
  | {
      readonly type: "ask";
      readonly tokenHash: string;
      readonly groupId: string;
      readonly ref: string;
      readonly postKey: string;
      readonly sealed: string;
    }
  /** the connection of who asked has ended, or asks something else */
  | { readonly type: "withdraw"; readonly groupId: string; readonly ref: string; readonly postKey: string }
  | CommitEvent
  /** its bytes are those of a PrivateMessage with this group id and epoch */
  | ({ readonly type: "message" } & Sent)
  | ({ readonly type: "signal" } & Sent)
  | { readonly type: "complaint"; readonly poster: string; readonly bytes: string; readonly signature: string }
  /** some have gone; whoever else is noted as connected counts only if it is on the list */
  | { readonly type: "end"; readonly groupId: string; readonly connected: readonly string[] }
  /** somebody entered with the link's token */
  | { readonly type: "entered" };

/** Why a generation that lives is to end, and who says so. */
export interface Reforms {
  /** SHA-256 of the broken commit, base64url */
  readonly commit: string;
  /** of who forms the group anew, in the generation that lives: proved on its connection */
  readonly formerKey: string;
  /** post keys that are connected */
  readonly connected: readonly string[];
}

interface Sent {
  readonly poster: string;
  readonly groupId: string;
  readonly epoch: number;
  readonly bytes: string;
}

/** What an event does. */
export interface Step {
  /** the same object if it did not change */
  readonly room: Room;
  /** for the log; a commit still lacks its head */
  readonly entry?: NewEntry;
  readonly aside?: Aside;
  /** entries of the audit trail, canonical JSON */
  readonly audit?: readonly string[];
  /** the generation's log goes, after one last record */
  readonly ended?: true;
}

export type Outcome = Step | Refused;

export function isRefused(outcome: Outcome): outcome is Refused {
  return "code" in outcome;
}

/** The only way a room changes. */
export function apply(room: Room, event: RoomEvent, where: Where): Outcome {
  switch (event.type) {
    case "found":
      return found(room, event, where);
    case "ask":
      return ask(room, event, where.now);
    case "withdraw":
      return withdraw(room, event);
    case "commit":
      return commit(room, event, where);
    case "message":
    case "signal":
      return post(room, event);
    case "complaint":
      return complain(room, event);
    case "end":
      return end(room, event, where);
    case "entered": {
      const today = where.now - (where.now % DAY_MS);
      return { room: room.enteredAt >= today ? room : { ...room, enteredAt: today } };
    }
  }
}

/** A new room, if the charter key is the one that the id names, and has signed link and lobby. */
export function open(
  { charterKey, link, lobby }: OpenRoom,
  where: Where & { readonly origin: string },
): Step | { readonly code: "bad-request" | "bad-signature" } {
  const { roomId, origin, now } = where;
  const fingerprint = hash("sha256", Buffer.from(charterKey, "base64url"), "buffer").subarray(0, ROOM_ID_BYTES);
  if (fingerprint.toString("base64url") !== roomId || link.v < 1) return { code: "bad-request" };
  if (!isCharterLink(roomId, charterKey, link)) return { code: "bad-signature" };
  if (lobby !== undefined && !isCharterLobby(charterKey, lobby)) return { code: "bad-signature" };
  const { audit, entries } = addToTrail(EMPTY_TRAIL, [{ type: "opened", subject: roomId }], where);
  const enteredAt = now - (now % DAY_MS);
  const named = lobby === undefined ? {} : { lobby };
  return {
    room: { charterKey, origin, link, ...named, replaced: [], n: 0, generation: null, audit, enteredAt },
    audit: entries,
  };
}

/** The id that the n-th generation must have, base64url. */
export function groupIdOf(
  room: Room,
  roomId: string,
  { n, creatorNonce }: { n: number; creatorNonce: string },
): string {
  const bytes = (text: string) => Buffer.from(text, "base64url");
  return hash("sha256", groupIdStatement(bytes(roomId), n, bytes(creatorNonce), bytes(room.audit.hash)), "base64url");
}

function found(room: Room, event: RoomEvent & { type: "found" }, where: Where): Outcome {
  const dead = linkRefusal(room, event.tokenHash);
  if (dead) return dead;
  const { n, groupId, postKey, reforms, isAnew = false } = event;
  if (n !== room.n + 1) return { code: "generation-exists" };
  const mayFound = room.generation === null || isAnew || (reforms !== undefined && mayReform(room.generation, reforms));
  if (!mayFound) return { code: reforms ? "not-a-poster" : "generation-exists" };
  if (groupId !== groupIdOf(room, where.roomId, event)) return { code: "bad-request" };
  const happened: Happened[] = [{ type: "joined", subject: pseudonymOf(postKey) }];
  if (room.generation) happened.unshift({ type: "closed", subject: where.roomId });
  const { audit, entries } = addToTrail(room.audit, happened, where);
  const nothing = { asks: [], used: [], updates: [], commits: [], complaints: [] };
  const generation = { groupId, epoch: 0, posters: [postKey], renewed: [where.now], ...nothing };
  const after = { room: { ...room, n, generation, audit }, audit: entries };
  return room.generation ? { ...after, ended: true } : after;
}

function ask(room: Room, event: RoomEvent & { type: "ask" }, now: number): Outcome {
  const dead = linkRefusal(room, event.tokenHash);
  if (dead) return dead;
  const { groupId, ref, postKey, sealed } = event;
  const generation = room.generation && forgetOld(room.generation, now);
  if (generation?.groupId !== groupId) return { code: "no-generation" };
  // The same asker on another connection: the members have its ask already.
  if (generation.asks.some((asked) => isFrom(asked, event))) {
    return changed(room, event, ({ withdrawn: _, ...asked }) => asked);
  }
  const isKnown = generation.asks.some((asked) => asked.ref === ref || asked.postKey === postKey);
  const isUsed = generation.used.some((used) => used.ref === ref) || isPoster(generation, postKey);
  if (isKnown || isUsed) return { code: "bad-request" };
  const kept = generation.asks.length < ASKS_MAX ? generation.asks : withoutOne(generation.asks, now);
  if (!kept) return { code: "too-many-requests", retryAfter: STALE_ASK_MS / 1_000 };
  const asks = [...kept, { ref, postKey, at: now }];
  return { room: { ...room, generation: { ...generation, asks } }, entry: { type: "ask", ref, postKey, sealed } };
}

/** Who has gone may not keep anybody out; nobody is refused for it who is on its way in. */
function withdraw(room: Room, event: RoomEvent & { type: "withdraw" }): Outcome {
  return changed(room, event, (asked) => ({ ...asked, withdrawn: true }));
}

type AskName = Pick<Asked, "ref" | "postKey">;

function isFrom(asked: AskName, { ref, postKey }: AskName): boolean {
  return asked.ref === ref && asked.postKey === postKey;
}

function changed(room: Room, name: AskName & { readonly groupId: string }, change: (asked: Asked) => Asked): Step {
  const { generation } = room;
  const before = generation?.groupId === name.groupId && generation.asks.find((asked) => isFrom(asked, name));
  if (!generation || !before || before.withdrawn === change(before).withdrawn) return { room };
  const asks = generation.asks.map((asked) => (asked === before ? change(asked) : asked));
  return { room: { ...room, generation: { ...generation, asks } } };
}

function withoutOne(asks: Living["asks"], now: number): Living["asks"] | null {
  const index = asks.findIndex(({ withdrawn, at }) => withdrawn || at + STALE_ASK_MS <= now);
  return index < 0 ? null : asks.toSpliced(index, 1);
}

/** A key package is good for some minutes; so is an ask, and the memory of one that was admitted. */
function forgetOld(generation: Living, now: number): Living {
  const isYoung = ({ at }: { readonly at: number }) => at + KEY_PACKAGE_MS > now;
  return { ...generation, asks: generation.asks.filter(isYoung), used: generation.used.filter(isYoung) };
}

function post(room: Room, event: RoomEvent & { type: "message" | "signal" }): Outcome {
  const { generation } = room;
  if (generation?.groupId !== event.groupId) return { code: "no-generation" };
  if (!isPoster(generation, event.poster)) return { code: "not-a-poster" };
  if (generation.epoch !== event.epoch) return { code: "epoch-passed" };
  const { bytes, poster } = event;
  return event.type === "signal" ? { room } : { room, entry: { type: "message", bytes, poster } };
}

/** Passed on whatever it is about; counted if it is about a commit that could still be meant. */
function complain(room: Room, { bytes, poster, signature }: RoomEvent & { type: "complaint" }): Outcome {
  const { generation } = room;
  if (!generation) return { code: "no-generation" };
  if (!isPoster(generation, poster)) return { code: "not-a-poster" };
  const entry = { type: "complaint", bytes, poster, signature } as const;
  const { commits, complaints } = generation;
  const isKnown = complaints.some(({ commit, by }) => commit === bytes && by === poster);
  if (isKnown || !commits.some(({ hash }) => hash === bytes)) return { room, entry };
  const counted = { ...generation, complaints: [...complaints, { commit: bytes, by: poster }] };
  return { room: { ...room, generation: counted }, entry };
}

/** More than half of the others who are there say that the commit is broken, and it is one of them who forms the group anew. */
function mayReform(generation: Living, { commit, formerKey, connected }: Reforms): boolean {
  const accused = generation.commits.find(({ hash }) => hash === commit)?.poster;
  if (accused === undefined || formerKey === accused || !isPoster(generation, formerKey)) return false;
  const complains = (postKey: string) =>
    generation.complaints.some((complaint) => complaint.commit === commit && complaint.by === postKey);
  const others = generation.posters.filter((postKey) => postKey !== accused && connected.includes(postKey));
  return others.filter(complains).length * 2 > others.length;
}

function end(room: Room, { groupId, connected }: RoomEvent & { type: "end" }, where: Where): Outcome {
  const { generation } = room;
  if (generation?.groupId !== groupId) return { room };
  if (connected.some((postKey) => isPoster(generation, postKey))) return { room };
  const { audit, entries } = addToTrail(room.audit, [{ type: "closed", subject: where.roomId }], where);
  return { room: { ...room, generation: null, audit }, audit: entries, ended: true };
}
