/**
 * States of the room, each reached by the events that lead to it, through the frame's own reducer; and what puts them on
 * a view. Test support: the relay and the group can't hold most of them still.
 */
import type { FrameLocator, Page } from "playwright-core";
import { changed, EMPTY_ROOM, type Room, type RoomChange } from "../../widget/frame/room/room.ts";
import type { Acquaintance, Verdict } from "../../widget/frame/room/standing.ts";
import type { Person, RoomEvent } from "../../widget/wire/frame-group.ts";
import { DEFAULT_RULES } from "../../widget/wire/room-rules.ts";

export const ROOM_VIEW = "whatping-room-view";

/** A quiet afternoon; the same for all, so that pictures can be compared. */
const NOW = new Date(new Date().setHours(14, 5, 0, 0)).getTime();
const MINUTE_MS = 60_000;
const CODE = "482910573629184750261938475610";
const OTHER_CODE = "119028374655647382910029384756";
export const INVITE = `https://frame.example/r/${"A".repeat(22)}#s=${"A".repeat(43)}&v=1`;

export function person(name: string, more: Partial<Person> = {}): Person {
  return { id: `id of ${name}`, identity: `key of ${name}`, name, host: false, self: false, ...more };
}

export const MARA = person("Mara Keller", { self: true, host: true });
export const ANNA = person("Anna");
export const BEN = person("Ben Okafor");
const CLEO = person("Cleo Marchetti-Vandenberg");
const FALSE_ANNA = person("anna", { id: "id of another Anna", identity: "key of another Anna" });

const ARRIVED: RoomChange = { type: "arrived", link: { isHost: true, isMangled: false, wasHere: false } };
const GUEST: RoomChange = { type: "arrived", link: { isHost: false, isMangled: false, wasHere: false } };

export const phase = (name: Extract<RoomEvent, { type: "phase" }>["phase"], code?: Room["code"]): RoomChange => ({
  type: "phase",
  phase: name,
  ...(code ? { code } : {}),
});

function roster(people: readonly Person[], more: Partial<Extract<RoomEvent, { type: "roster" }>> = {}): RoomChange {
  return { type: "roster", epoch: people.length, people, code: CODE, joined: [], left: [], ...more };
}

export const joins = (who: Person, people: readonly Person[]) => roster([...people, who], { joined: [who.id] });
const says = (who: Person, text: string): RoomChange => ({
  type: "chat",
  id: text,
  from: who.id,
  text,
  at: Number.NaN,
  own: who.self,
});

function knows(...some: readonly [Person, Verdict?][]): RoomChange {
  const known = some.map(([{ identity, name }, verdict]): [string, Acquaintance] => [
    identity,
    { identity, names: [name], firstMet: 1, ...(verdict ? { verdict } : {}) },
  ]);
  return { type: "known", known: new Map(known) };
}

/** Runs the changes, two minutes apart, the last one now. */
export function after(...changes: readonly RoomChange[]): Room {
  return changes.reduce((room, change, i) => {
    const now = NOW - (changes.length - 1 - i) * 2 * MINUTE_MS;
    return changed(room, change.type === "chat" ? { ...change, at: now } : change, now);
  }, EMPTY_ROOM);
}

const ALONE: readonly RoomChange[] = [
  ARRIVED,
  phase("connecting"),
  phase("in"),
  roster([MARA]),
  { type: "invite", link: INVITE },
];

export const TALK: readonly RoomChange[] = [
  ...ALONE,
  knows([ANNA, "verified"], [BEN]),
  joins(ANNA, [MARA]),
  joins(BEN, [MARA, ANNA]),
  says(ANNA, "Hello! Does the lid stay on when you pour?"),
  says(MARA, "It does. Look how deep it sits: https://lehm-and-lark.example/lid?side=left"),
  says(MARA, "I can show you at the wheel on Sunday."),
  says(BEN, "Count me in.\nI bring the cups, all seven of them, and the one with the crack as well."),
  joins(CLEO, [MARA, ANNA, BEN]),
];

const RULES_LOCKED: RoomChange = {
  type: "rules",
  rules: { ...DEFAULT_RULES, locked: true },
  region: "any",
  suspended: false,
};

const TALKING = after(...TALK);

/** Each state by name. */
export const ROOM_POSES: Readonly<Record<string, Room>> = {
  start: after({ type: "arrived" }),
  "start, not opened": after({ type: "arrived" }, { type: "not-opened", code: "offline" }),
  opening: after({ type: "opening" }),
  "pre-join": after(GUEST),
  "pre-join, as host": after(ARRIVED),
  "pre-join, after a reload": after({
    type: "arrived",
    link: { isHost: false, isMangled: false, wasHere: true },
  }),
  "pre-join, nothing kept": after({ type: "not-kept" }, GUEST),
  "pre-join, mangled": after({ type: "arrived", link: { isHost: false, isMangled: true, wasHere: false } }),
  connecting: after(GUEST, phase("connecting")),
  entering: after(GUEST, phase("connecting"), phase("entering")),
  waiting: after(GUEST, phase("connecting"), phase("waiting")),
  "waiting, locked": after(GUEST, phase("connecting"), { type: "phase", phase: "waiting", locked: true }),
  alone: after(...ALONE),
  "two, nothing said": after(...ALONE.slice(0, -2), roster([MARA, ANNA])),
  talking: TALKING,
  locked: after(...TALK, RULES_LOCKED),
  "code changed": { ...TALKING, seenCode: OTHER_CODE },
  "not confirmed and lost": after(
    ...TALK,
    { type: "unconfirmed", ids: [BEN.id] },
    roster([MARA, ANNA, BEN], { left: [{ id: CLEO.id, name: CLEO.name, reason: "gone", by: ANNA }] }),
  ),
  "left and removed": after(
    ...TALK,
    roster([MARA, ANNA, CLEO], { left: [{ id: BEN.id, name: BEN.name, reason: "left" }] }),
    roster([MARA, ANNA], { left: [{ id: CLEO.id, name: CLEO.name, reason: "removed", by: MARA }] }),
  ),
  changed: after(...TALK, joins(FALSE_ANNA, [MARA, BEN, CLEO])),
  "digits differ": after(...TALK, knows([ANNA, "verified"], [BEN, "differs"])),
  reconnecting: after(
    ...TALK,
    phase("reconnecting"),
    { type: "typed", key: "1", text: "Are you still there?" },
    { type: "typed", key: "2", text: "I bring the straw." },
  ),
  "reconnecting, at the door": after(...TALK, phase("reconnecting"), phase("waiting")),
  "server busy": after(...TALK, { type: "trouble", code: "too-many-requests" }),
  alarm: after(...TALK, { type: "alarm", fault: "heads-differ" }, { type: "alarm", fault: "not-admitted" }),
  "as guest": after(GUEST, ...TALK.slice(1)),
  left: after(...TALK, phase("left")),
  removed: after(...TALK, phase("removed")),
  "link replaced": after(GUEST, phase("refused", "link-replaced")),
  "no such room": after(GUEST, phase("refused", "no-such-room")),
  "link malformed": after(phase("refused", "link-malformed")),
  "not genuine": after(GUEST, phase("connecting"), phase("refused", "room-not-genuine")),
  failed: after(GUEST, phase("connecting"), phase("refused", "internal")),
};

/** A room so full that everything has to scroll, with names and words as people really have them. */
export const CROWDED: Room = after(
  ...ALONE,
  roster([
    MARA,
    ...[
      "Anna",
      "Ben",
      "Émilie-Charlotte de la Fontaine",
      "ليلى",
      "小林さくら",
      "W".repeat(64),
      "Jörg",
      "Zoë",
      "Ida",
    ].map((name) => person(name)),
  ]),
  ...Array.from({ length: 30 }, (_, i) =>
    i % 3 === 0 ? says(MARA, `Number ${i}`) : says(person("Anna"), `This is ${"a rather ".repeat(i)}long one`),
  ),
  says(person("Ben"), "x".repeat(600)),
);

/** Anna has said this many things, and nobody anything else. */
export const longTalk = (count: number): Room =>
  after(...ALONE, ...Array.from({ length: count }, (_, i) => says(ANNA, `Number ${i}`)));

/** Puts a state on the view. Opens a dialog of it, by its id, if one is named. */
export async function poseRoom(scope: FrameLocator | Page, room: Room, dialog?: string): Promise<void> {
  const plain = { ...room, met: [...room.met], known: [...room.known], selfStates: [...room.selfStates] };
  await scope.locator(ROOM_VIEW).evaluate(
    async (element, given) => {
      const posed = element as HTMLElement & { room: object; updateComplete: Promise<unknown> };
      const { met, known, selfStates, ...rest } = given.plain as Record<
        "met" | "known" | "selfStates",
        [string, object][]
      >;
      const root = posed.shadowRoot as ShadowRoot;
      for (const open of root.querySelectorAll("dialog")) open.close();
      posed.room = { ...rest, met: new Map(met), known: new Map(known), selfStates: new Map(selfStates) };
      await posed.updateComplete;
      if (given.dialog) root.querySelector<HTMLDialogElement>(`#${given.dialog}`)?.showModal();
    },
    { plain: plain as never, dialog },
  );
}
