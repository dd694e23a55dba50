/**
 * What a new roster tells: who came, who went and how, in the words of the commit or as the difference to before. Pure.
 * Realm: frame; sees names and public keys. Source: product.md R9, protocol.md §5.
 */
import type { Person, RoomEvent } from "../../wire/frame-group.ts";
import type { Doer, NoteKind } from "./lines.ts";

/** What was known of people before it. */
export interface Before {
  readonly people: readonly Person[];
  /** everyone who was here, by id */
  readonly met: ReadonlyMap<string, Pick<Person, "name" | "identity">>;
}

export interface News {
  readonly note: NoteKind;
  readonly name: string;
  readonly identity: string;
  readonly by?: Doer;
}

const NOTE_OF_REASON: Readonly<Record<string, NoteKind>> = { left: "left", gone: "lost", removed: "removed" };

/**
 * What a commit changed, in its own words. A device that joined afresh in the place of its old self is no news, and who
 * reloaded stands there twice until the old self is noted as gone.
 */
export function newsOfCommit(room: Before, { people, joined, left }: Extract<RoomEvent, { type: "roster" }>): News[] {
  const here = new Set(people.map(({ identity }) => identity));
  const self = people.find((person) => person.self);
  const gone = left.flatMap(({ id, name, reason, by }): News[] => {
    const note = NOTE_OF_REASON[reason];
    const identity = room.met.get(id)?.identity ?? id;
    if (!note || here.has(identity)) return [];
    return [{ note, name, identity, ...(by && { by: { name: by.name, self: by.id === self?.id } }) }];
  });
  const replaced = left.flatMap(({ id, reason }) => (reason === "replaced" ? [room.met.get(id)?.identity] : []));
  const came = people.filter(
    (person) =>
      joined.includes(person.id) &&
      person.identity !== self?.identity &&
      !replaced.includes(person.identity) &&
      !room.people.some(({ identity, name }) => identity === person.identity && name === person.name),
  );
  return [...gone, ...came.map((person) => newsOfComing(room, person))];
}

/** After joining afresh: who is there now and was not before, and the other way round. */
export function newsOfReturn(room: Before, people: readonly Person[]): News[] {
  if (room.people.length === 0) return [];
  const before = new Set(room.people.map(({ identity }) => identity));
  const here = new Set(people.map(({ identity }) => identity));
  const gone = room.people.filter(({ identity }) => !here.has(identity));
  const came = people.filter(({ identity }) => !before.has(identity));
  return [
    ...gone.map(({ name, identity }): News => ({ note: "away", name, identity })),
    ...came.map((person) => newsOfComing(room, person)),
  ];
}

function newsOfComing(room: Before, { name, identity }: Person): News {
  const wasHere = [...room.met.values()].some((each) => each.identity === identity);
  return { note: wasHere ? "back" : "came", name, identity };
}
