/**
 * What people show of themselves in the room as its view has it: whether something is on, a raised hand, reactions. Pure;
 * bounded by who is there. Realm: frame. Source: product.md R16, docs/decisions/0049.
 */
import type { RoomEvent } from "../../wire/frame-group.ts";
import type { Room } from "./room.ts";

/** Reactions that are kept at most. */
const REACTIONS_MAX = 20;

/** Of nobody who is not here. */
export function stateShown(room: Room, { id, state }: Extract<RoomEvent, { type: "self-state" }>): Room {
  if (!room.people.some((person) => person.id === id)) return room;
  return { ...room, selfStates: new Map([...room.selfStates, [id, state]]) };
}

/** @param now ms since the epoch */
export function reactionShown(
  room: Room,
  { from, reaction }: Extract<RoomEvent, { type: "reaction" }>,
  now: number,
): Room {
  const key = `${Number(room.reactions.at(-1)?.key ?? 0) + 1}`;
  return { ...room, reactions: [...room.reactions, { key, from, reaction, at: now }].slice(-REACTIONS_MAX) };
}
