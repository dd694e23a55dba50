/**
 * What a page hears of a room: two states in, events out. Realm: frame; sees everything of the room and lets out states,
 * counts and pseudonyms. Pure. Source: protocol.md §11, product.md E3, docs/decisions/0052.
 */
import type { ErrorCode } from "../../wire/errors.ts";
import type { FrameEventName, FrameEvents } from "../../wire/host-frame.ts";
import { PAGE_SOURCES } from "../../wire/page-room.ts";
import type { MediaState, Tile } from "./call/media-state.ts";
import { personsOf, type Room } from "./room.ts";

export type PageEvent = {
  [N in FrameEventName]: { readonly name: N; readonly detail: FrameEvents[N] };
}[FrameEventName];

export interface Seen {
  readonly room: Room;
  readonly media: MediaState;
}

/** A person's pseudonym for this page. */
export type IdOf = (id: string) => string;

/** What to tell a page that knew `before`, or nothing, in the order in which it makes sense. */
export function pageEvents(before: Seen | undefined, after: Seen, idOf: IdOf): PageEvent[] {
  return [
    ...phase(before, after),
    ...people(before, after, idOf),
    ...lobby(before, after),
    ...ownMedia(before, after),
    ...theirMedia(before, after, idOf),
    ...connection(before, after),
    ...speaking(before, after, idOf),
    ...quality(before, after),
    ...decryption(before, after, idOf),
    ...errors(before, after),
  ];
}

function phase(before: Seen | undefined, { room }: Seen): PageEvent[] {
  return before?.room.phase === room.phase ? [] : [{ name: "whatping-phase", detail: { phase: room.phase } }];
}

function people(before: Seen | undefined, after: Seen, idOf: IdOf): PageEvent[] {
  const [old, now] = [before ? personsOf(before.room) : [], personsOf(after.room)];
  const came = now.filter(({ id }) => !old.some((each) => each.id === id));
  const went = old.filter(({ id }) => !now.some((each) => each.id === id));
  return [
    ...(old.length === now.length ? [] : [event("whatping-people", { count: now.length })]),
    ...went.map(({ id }) => event("whatping-participant-left", { id: idOf(id) })),
    ...came.map(({ id, self }) => event("whatping-participant-joined", { id: idOf(id), self })),
  ];
}

/** Who they are, hosts see inside the frame. */
function lobby(before: Seen | undefined, { room }: Seen): PageEvent[] {
  const waiting = room.waiting.length;
  return (before?.room.waiting.length ?? 0) === waiting ? [] : [event("whatping-lobby", { waiting })];
}

type Sources = FrameEvents["whatping-media"];

function ownMedia(before: Seen | undefined, after: Seen): PageEvent[] {
  const isOn = (seen: Seen | undefined): Sources => {
    const { microphone, camera, screen } = seen?.media.sources ?? {};
    return { microphone: microphone === "on", camera: camera === "on", screen: screen === "on" };
  };
  return isSame(isOn(before), isOn(after)) ? [] : [event("whatping-media", isOn(after))];
}

function theirMedia(before: Seen | undefined, after: Seen, idOf: IdOf): PageEvent[] {
  return personsOf(after.room)
    .filter(({ self }) => !self)
    .filter(({ id }) => !isSame(saidBy(before, id), saidBy(after, id)))
    .map(({ id }) => event("whatping-participant-media", { id: idOf(id), ...saidBy(after, id) }));
}

/** Whoever has said nothing sends nothing. */
function saidBy(seen: Seen | undefined, id: string): Sources {
  const { microphone = false, camera = false, screen = false } = seen?.room.selfStates.get(id) ?? {};
  return { microphone, camera, screen };
}

function connection(before: Seen | undefined, after: Seen): PageEvent[] {
  const of = ({ room, media }: Seen) => ({ relay: relayOf(room), sfu: media.sfu });
  const [old, now] = [before ? of(before) : { relay: "away", sfu: "away" }, of(after)];
  return old.relay === now.relay && old.sfu === now.sfu ? [] : [event("whatping-connection", now)];
}

function relayOf({ phase }: Room): FrameEvents["whatping-connection"]["relay"] {
  switch (phase) {
    case "opening":
    case "connecting":
      return "connecting";
    case "entering":
    case "lobby":
    case "waiting":
    case "in":
      return "connected";
    case "reconnecting":
      return "reconnecting";
    default:
      return "away";
  }
}

function speaking(before: Seen | undefined, { media }: Seen, idOf: IdOf): PageEvent[] {
  const isNew = media.speaking.join() !== (before?.media.speaking ?? []).join();
  return isNew ? [event("whatping-speaking", { ids: media.speaking.map(idOf) })] : [];
}

function quality(before: Seen | undefined, after: Seen): PageEvent[] {
  const of = (seen: Seen | undefined) => {
    const self = seen?.room.people.find((person) => person.self)?.id;
    return (self !== undefined && seen?.media.quality.get(self)) || "unknown";
  };
  return of(before) === of(after) ? [] : [event("whatping-quality", { own: of(after) })];
}

/** A picture that goes away while it is closed has not come back. */
function decryption(before: Seen | undefined, after: Seen, idOf: IdOf): PageEvent[] {
  const was = new Map((before?.media.tiles ?? []).map((tile) => [tile.key, tile.opening]));
  const member = ({ person }: Tile) => (person === undefined ? null : idOf(person));
  return after.media.tiles.flatMap((tile): PageEvent[] => {
    const { key, kind, opening, reason = "unknown" } = tile;
    if (opening === "closed" && was.get(key) !== "closed") {
      return [event("whatping-decryption-failed", { member: member(tile), kind, reason })];
    }
    const isBack = opening === "open" && was.get(key) === "closed";
    return isBack ? [event("whatping-decryption-resumed", { member: member(tile), kind })] : [];
  });
}

function errors(before: Seen | undefined, { room, media }: Seen): PageEvent[] {
  const isRefused = room.phase === "refused" && room.code && room.code !== before?.room.code;
  const { problem } = media;
  const old = before?.media.problem;
  const isNew = problem && (problem.code !== old?.code || problem.source !== old.source);
  return [
    ...(isRefused ? [error(room.code as ErrorCode, "The room could not be entered.")] : []),
    ...(isNew ? [error(problem.code, messageOf(problem))] : []),
  ];
}

/** The page's owner reads it: where it is their page that forbids the device, what to change. */
function messageOf({ source, code }: NonNullable<MediaState["problem"]>): string {
  if (code !== "permission-policy") return `The person wanted to turn on their ${source}, and it is not on.`;
  const feature = source === "screen" ? "display-capture" : source;
  return (
    `This page's Permissions-Policy forbids the ${source}. Its header has to have ` +
    `${feature}=(self "<the frame's origin>"), and every frame around the element allow="${feature}".`
  );
}

function error(code: ErrorCode, message: string): PageEvent {
  return event("whatping-error", { code, message });
}

function event<N extends FrameEventName>(name: N, detail: FrameEvents[N]): PageEvent {
  return { name, detail } as PageEvent;
}

function isSame(one: Sources, other: Sources): boolean {
  return PAGE_SOURCES.every((source) => one[source] === other[source]);
}
