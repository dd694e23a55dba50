/**
 * What a new roster changes in the room as its view shows it: who is there, what is told of who came and went, and what is
 * forgotten of who is out. Pure. Realm: frame; sees names and public keys. Source: product.md R9, protocol.md §5.
 */
import type { RoomEvent } from "../../wire/frame-group.ts";
import { appended } from "./lines.ts";
import { newsOfCommit, newsOfReturn } from "./news.ts";
import type { Room } from "./room.ts";

/** @param now ms since the epoch */
export function rosterChanged(room: Room, event: Extract<RoomEvent, { type: "roster" }>, now: number): Room {
  const { people, code, epoch } = event;
  const news = room.isComplete ? newsOfCommit(room, event) : newsOfReturn(room, people);
  const here = new Set(people.map(({ identity }) => identity));
  const notes = news.map(({ note, name, by }) => ({ kind: "note", note, name, ...(by && { by }), at: now }) as const);
  const lost = new Map(room.lost.map((each) => [each.identity, each]));
  for (const { note, name, identity } of news) if (note === "lost") lost.set(identity, { name, identity });
  return {
    ...room,
    people,
    epoch,
    isComplete: true,
    roomCode: code,
    met: new Map([...room.met, ...people.map(({ id, name, identity }) => [id, { name, identity }] as const)]),
    unconfirmed: room.unconfirmed.filter((id) => people.some((person) => person.id === id)),
    selfStates: new Map([...room.selfStates].filter(([id]) => people.some((person) => person.id === id))),
    lost: [...lost.values()].filter(({ identity }) => !here.has(identity)),
    lines: appended(room.lines, ...notes),
  };
}
