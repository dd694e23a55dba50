/**
 * The room as its view shows it: state and event in, state out. Time is given, nothing is asked, nothing is sent.
 * Realm: frame; sees chat, names and public keys, never a key of the room. Source: product.md R9, R16, protocol.md §5.
 */
import type { ErrorCode } from "../../wire/errors.ts";
import type { Person, Reaction, RoomEvent, SelfState, Waiting } from "../../wire/frame-group.ts";
import type { RoomPhase } from "../../wire/host-frame.ts";
import type { RoomRules } from "../../wire/room-rules.ts";
import { appended, believable, type Line, type Unsent, withoutOrdered } from "./lines.ts";
import { rosterChanged } from "./roster-change.ts";
import { reactionShown, stateShown } from "./shown.ts";
import { type Acquaintances, stopsSending } from "./standing.ts";

/** Somebody whose connection went without a goodbye. */
export interface Lost {
  readonly identity: string;
  readonly name: string;
}

/** What a host's device has answered so far. */
export type Knock = Pick<Extract<RoomEvent, { type: "knocking" }>, "isOpen" | "digits">;

export interface Shown {
  readonly key: string;
  /** a person's id */
  readonly from: string;
  readonly reaction: Reaction;
  /** ms since the epoch */
  readonly at: number;
}

export interface Room {
  readonly phase: RoomPhase;
  /** why it was refused, or why no room could be started */
  readonly code?: ErrorCode;
  /** this device has the host link */
  readonly isHost: boolean;
  /** this person has the room's address and no link: a host has to let them in */
  readonly isLobby: boolean;
  /** a program changed the link on its way: the server has seen its secret */
  readonly isMangled: boolean;
  /** this tab was in the room before a reload */
  readonly wasHere: boolean;
  /** asked to come in, and nobody has answered yet */
  readonly isWaiting: boolean;
  /** of whoever waits in the lobby, once they are there */
  readonly knock?: Knock;
  /** of a host: who waits in the lobby, first come first */
  readonly waiting: readonly Waiting[];
  /** whom the room's link lets in: anybody; nobody new; nobody new until a host has acted, for the group fell apart twice */
  readonly admits: "all" | "locked" | "suspended";
  /** what the hosts have decided; undefined before it is known */
  readonly rules?: RoomRules;
  /** the roster is that of the membership of now */
  readonly isComplete: boolean;
  /** ms since the epoch; 0 before */
  readonly enteredAt: number;
  readonly epoch: number;
  readonly people: readonly Person[];
  /** ids of people who were not heard of lately */
  readonly unconfirmed: readonly string[];
  readonly lost: readonly Lost[];
  /** by id: what each says of themselves; whoever has said nothing is absent */
  readonly selfStates: ReadonlyMap<string, SelfState>;
  /** newest last; whoever shows them lets each go after a moment */
  readonly reactions: readonly Shown[];
  /** everyone who was here, by id */
  readonly met: ReadonlyMap<string, Pick<Person, "name" | "identity">>;
  readonly known: Acquaintances;
  /** who this is, and who was met, is remembered beyond this tab */
  readonly isKept: boolean;
  /** 30 digits */
  readonly roomCode: string;
  /** the code when the person last looked at it; empty before */
  readonly seenCode: string;
  /** guest link */
  readonly invite: string | null;
  readonly lines: readonly Line[];
  readonly unsent: readonly Unsent[];
  /** faults that were not looked at yet */
  readonly alarms: readonly string[];
  readonly trouble?: ErrorCode;
}

export type RoomChange =
  | RoomEvent
  /** what stands before the person: a link, or none */
  | { readonly type: "arrived"; readonly link?: LinkFacts }
  | { readonly type: "opening" }
  | { readonly type: "not-opened"; readonly code: ErrorCode }
  | { readonly type: "typed"; readonly key: string; readonly text: string }
  | { readonly type: "handed"; readonly key: string }
  | { readonly type: "looked-at-code" }
  | { readonly type: "looked-at-alarms" }
  | { readonly type: "invite"; readonly link: string | null }
  | { readonly type: "known"; readonly known: Acquaintances }
  | { readonly type: "not-kept" };

export interface LinkFacts {
  readonly isHost: boolean;
  readonly isMangled: boolean;
  readonly isLobby?: boolean;
  readonly wasHere: boolean;
}

export const EMPTY_ROOM: Room = {
  phase: "start",
  isHost: false,
  isLobby: false,
  isMangled: false,
  wasHere: false,
  isWaiting: false,
  waiting: [],
  admits: "all",
  isComplete: false,
  enteredAt: 0,
  epoch: -1,
  people: [],
  unconfirmed: [],
  lost: [],
  selfStates: new Map(),
  reactions: [],
  met: new Map(),
  known: new Map(),
  isKept: true,
  roomCode: "",
  seenCode: "",
  invite: null,
  lines: [],
  unsent: [],
  alarms: [],
};

/** Phases in which the chat is on screen. */
export function isInside({ phase }: Room): boolean {
  return phase === "in" || phase === "reconnecting";
}

/** What was typed goes out now: the connection stands, and everyone who would read it may. */
export function maySend(room: Room): boolean {
  return room.phase === "in" && room.isComplete && stopsSending(room).length === 0;
}

/**
 * The people behind the leaves: who reloaded has two for some seconds. Oneself stands apart, and so does whoever came by
 * two names.
 */
export function personsOf({ people, unconfirmed }: Pick<Room, "people" | "unconfirmed">): Person[] {
  const persons = new Map<string, Person>();
  for (const person of people) {
    const key = person.self ? "" : `${person.identity} ${person.name}`;
    const other = persons.get(key);
    if (!other || unconfirmed.includes(other.id)) persons.set(key, person);
  }
  return [...persons.values()];
}

/** @param now ms since the epoch */
export function changed(room: Room, change: RoomChange, now: number): Room {
  switch (change.type) {
    case "arrived":
      return arrived(room, change.link);
    case "opening":
      return { ...without(room, "code"), phase: "opening" };
    case "not-opened":
      return { ...room, phase: "start", code: change.code };
    case "phase":
      return phaseChanged(room, change, now);
    case "roster":
      return rosterChanged(without(room, "trouble"), change, now);
    case "chat":
      return chatCame(room, change, now);
    case "self-state":
      return stateShown(room, change);
    case "reaction":
      return reactionShown(room, change, now);
    case "unconfirmed":
      return { ...room, unconfirmed: change.ids };
    case "lobby":
      return { ...room, waiting: change.waiting };
    case "knocking":
      return { ...room, knock: { isOpen: change.isOpen, digits: change.digits } };
    case "rules":
      return rulesChanged(room, change, now);
    // Which link it is, the worker is asked.
    case "link":
      return room;
    case "trouble":
      return { ...room, trouble: change.code };
    case "alarm":
      return { ...room, alarms: [...new Set([...room.alarms, change.fault])] };
    case "typed":
      return { ...room, unsent: [...room.unsent, { key: change.key, text: change.text, at: now, handed: false }] };
    case "handed":
      return {
        ...room,
        unsent: room.unsent.map((each) => (each.key === change.key ? { ...each, handed: true } : each)),
      };
    case "looked-at-code":
      return { ...room, seenCode: room.roomCode };
    case "looked-at-alarms":
      return { ...room, alarms: [] };
    case "invite":
      return { ...room, invite: change.link };
    case "known":
      return { ...room, known: change.known };
    case "not-kept":
      return { ...room, isKept: false };
  }
}

function arrived({ known, isKept }: Room, link: LinkFacts | undefined): Room {
  const room = { ...EMPTY_ROOM, known, isKept };
  return link ? { ...room, ...link, phase: "pre-join" } : room;
}

/** A room that loses its connection stays on screen until it is over: entering anew is coming back. */
function phaseChanged(before: Room, change: Extract<RoomEvent, { type: "phase" }>, now: number): Room {
  const { phase, code, locked } = change;
  const room = without(before, "code", "trouble");
  const isBack = before.isComplete || before.phase === "reconnecting";
  const admitsBefore = isBack ? room.admits : "all";
  switch (phase) {
    case "connecting":
    case "entering":
    case "waiting":
      return {
        ...room,
        phase: isBack ? "reconnecting" : phase,
        isWaiting: phase === "waiting",
        admits: locked ? "locked" : admitsBefore,
        isComplete: false,
        unconfirmed: [],
      };
    // Whoever was inside and has to be let in anew is outside.
    case "lobby":
      return isBack ? over(room, phase) : { ...room, phase, isWaiting: false };
    case "reconnecting":
      return { ...room, phase, isWaiting: false, unconfirmed: [] };
    case "in":
      return { ...room, phase, isWaiting: false, admits: admitsBefore, enteredAt: room.enteredAt || now };
    case "left":
    case "removed":
    case "ended":
    case "refused":
      return over({ ...room, ...(code ? { code } : {}) }, phase);
  }
}

/** What was said inside is gone from the screen too; what was not taken stays, to be read. */
function over({ code, isHost, isMangled, known, isKept, alarms }: Room, phase: RoomPhase): Room {
  return { ...EMPTY_ROOM, phase, isHost, isMangled, known, isKept, alarms, ...(code ? { code } : {}) };
}

function chatCame(before: Room, chat: Extract<RoomEvent, { type: "chat" }>, now: number): Room {
  // What comes through shows that it has passed.
  const room = without(before, "trouble");
  const { name, identity } = room.met.get(chat.from) ?? { name: "", identity: chat.from };
  const line = {
    kind: "said",
    from: chat.from,
    name,
    identity,
    text: chat.text,
    at: believable(chat.at, now),
    own: chat.own,
  } as const;
  return {
    ...room,
    lines: appended(room.lines, line),
    unsent: chat.own ? withoutOrdered(room.unsent, chat) : room.unsent,
  };
}

/** Nobody is told what they knew: that a room is open. */
function rulesChanged(room: Room, { rules, suspended }: Extract<RoomEvent, { type: "rules" }>, now: number): Room {
  const admits = suspended ? "suspended" : "all";
  const isNew = rules.locked !== (room.admits === "locked");
  const note = { kind: "note", note: rules.locked ? "locked" : "unlocked", name: "", at: now } as const;
  return {
    ...room,
    rules,
    admits: rules.locked ? "locked" : admits,
    lines: isNew ? appended(room.lines, note) : room.lines,
  };
}

function without<K extends "code" | "trouble">(room: Room, ...names: K[]): Room {
  const copy: { -readonly [P in keyof Room]: Room[P] } = { ...room };
  for (const name of names) delete copy[name];
  return copy;
}
