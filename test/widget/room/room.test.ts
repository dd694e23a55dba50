/** The room's state as its view shows it: events in, state out. Source: product.md R9, R16, protocol.md §5. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  changed,
  EMPTY_ROOM,
  isInside,
  maySend,
  personsOf,
  type Room,
  type RoomChange,
} from "../../../widget/frame/room/room.ts";
import { noteWords } from "../../../widget/frame/room/view/chat-log.ts";
import { phaseWords } from "../../../widget/frame/room/view/phase-words.ts";
import type { Person, RoomEvent } from "../../../widget/wire/frame-group.ts";
import { DEFAULT_RULES } from "../../../widget/wire/room-rules.ts";

const NOW = 1_800_000_000_000;
const CODE = "1".repeat(30);

type Roster = Extract<RoomEvent, { type: "roster" }>;

function person(name: string, more: Partial<Person> = {}): Person {
  return { id: `id ${name}`, identity: `key ${name}`, name, host: false, self: false, ...more };
}
const ME = person("Me", { self: true });
const ANNA = person("Anna");
const BEN = person("Ben");

const phase = (name: Extract<RoomEvent, { type: "phase" }>["phase"]): RoomChange => ({ type: "phase", phase: name });
const roster = (people: readonly Person[], more: Partial<Roster> = {}): RoomChange => ({
  type: "roster",
  epoch: 1,
  people,
  code: CODE,
  joined: [],
  left: [],
  ...more,
});
const left = (who: Person, reason: string) => ({ id: who.id, name: who.name, reason });
const typed = (text: string): RoomChange => ({ type: "typed", key: `key of ${text}`, text });
const handed = (text: string): RoomChange => ({ type: "handed", key: `key of ${text}` });
const chat = (who: Person, text: string, at = NOW): RoomChange => ({
  type: "chat",
  id: `id of ${text}`,
  from: who.id,
  text,
  at,
  own: who.self,
});

const run = (room: Room, ...changes: readonly RoomChange[]): Room =>
  changes.reduce((state, change) => changed(state, change, NOW), room);
const notes = (room: Room): string[] =>
  room.lines.flatMap((line) => (line.kind === "note" ? [`${line.note} ${line.name}`] : []));
const said = (room: Room): string[] => room.lines.flatMap((line) => (line.kind === "said" ? [line.text] : []));

const ARRIVED: RoomChange = { type: "arrived", link: { isHost: false, isMangled: false, wasHere: false } };
const INSIDE = run(EMPTY_ROOM, ARRIVED, phase("connecting"), phase("entering"), phase("in"), roster([ME, ANNA]));

describe("phases", () => {
  test("a link leads to the door, none to the start", () => {
    assert.equal(run(EMPTY_ROOM, { type: "arrived" }).phase, "start");
    assert.equal(run(EMPTY_ROOM, ARRIVED).phase, "pre-join");
  });

  test("a room that could not be started says why, at the start", () => {
    const room = run(EMPTY_ROOM, { type: "opening" }, { type: "not-opened", code: "offline" });
    assert.deepEqual([room.phase, room.code], ["start", "offline"]);
    assert.equal(run(room, { type: "opening" }).code, undefined);
  });

  test("entering anew after a lost connection is coming back: the chat stays on screen", () => {
    let room = run(INSIDE, chat(ANNA, "hello"));
    for (const step of ["reconnecting", "connecting", "entering", "waiting"] as const) {
      room = run(room, phase(step));
      assert.equal(room.phase, "reconnecting", step);
      assert.equal(isInside(room), true);
    }
    assert.equal(room.isWaiting, true);
    room = run(room, phase("in"), roster([ME, ANNA]));
    assert.deepEqual([room.phase, room.isWaiting, said(room)], ["in", false, ["hello"]]);
  });

  test("the first way in is no coming back", () => {
    for (const step of ["connecting", "entering", "waiting"] as const) {
      assert.equal(run(EMPTY_ROOM, ARRIVED, phase(step)).phase, step);
    }
  });

  for (const end of ["left", "removed", "refused"] as const) {
    test(`after ${end} nothing of the room is left but what was not let in`, () => {
      const full = run(INSIDE, chat(ANNA, "hello"), typed("never"), { type: "alarm", fault: "mls" }, phase(end));
      assert.deepEqual([full.people, full.lines, full.unsent, full.invite, full.met.size], [[], [], [], null, 0]);
      assert.deepEqual([full.phase, full.alarms, full.roomCode], [end, ["mls"], ""]);
    });
  }
});

test("that this browser keeps nothing stays known, before, inside and after", () => {
  const room = run(EMPTY_ROOM, { type: "not-kept" }, ARRIVED, phase("connecting"), phase("in"), roster([ME]));
  assert.equal(EMPTY_ROOM.isKept, true);
  assert.equal(room.isKept, false);
  assert.equal(run(room, phase("left"), ARRIVED).isKept, false);
});

describe("who came and went", () => {
  test("a commit says who came, left, was lost and was removed", () => {
    const room = run(
      INSIDE,
      roster([ME, ANNA, BEN], { joined: [BEN.id] }),
      roster([ME, BEN], { left: [left(ANNA, "left")] }),
      roster([ME], { left: [left(BEN, "gone")] }),
    );
    assert.deepEqual(notes(room), ["came Ben", "left Anna", "lost Ben"]);
    const removed = run(INSIDE, roster([ME], { left: [left(ANNA, "removed")] }));
    assert.deepEqual(notes(removed), ["removed Anna"]);
  });

  test("who is removed or lost is so by somebody, and it is said by whom", () => {
    const cleo = person("Cleo");
    const by = ({ id, name }: Person) => ({ by: { id, name } });
    const room = run(
      INSIDE,
      roster([ME, ANNA, BEN, cleo], { joined: [BEN.id, cleo.id] }),
      roster([ME, ANNA], {
        left: [
          { ...left(BEN, "removed"), ...by(ANNA) },
          { ...left(cleo, "gone"), ...by(ANNA) },
        ],
      }),
      roster([ME], { left: [{ ...left(ANNA, "removed"), ...by(ME) }] }),
      roster([ME], { left: [left(person("Ida"), "gone")] }),
    );
    assert.deepEqual(room.lines.flatMap((line) => (line.kind === "note" ? [noteWords(line)] : [])).slice(2), [
      "Anna removed Ben",
      "Anna’s device says that Cleo was lost: the connection went without a goodbye",
      "You removed Anna",
      "Ida was lost: the connection went without a goodbye",
    ]);
  });

  test("the people who are there when one enters are no news", () => {
    assert.deepEqual(notes(INSIDE), []);
    const founder = run(EMPTY_ROOM, ARRIVED, phase("in"), roster([ME], { joined: [ME.id] }));
    assert.deepEqual(notes(run(founder, roster([ME], { joined: [ME.id] }))), []);
  });

  test("a device that joined afresh in the place of its old self is no news", () => {
    const again = { ...ANNA, id: "fresh" };
    const room = run(INSIDE, roster([ME, again], { joined: [again.id], left: [left(ANNA, "replaced")] }));
    assert.deepEqual(notes(room), []);
  });

  test("who is lost stands in the list until they come back", () => {
    const lost = run(INSIDE, roster([ME], { left: [left(ANNA, "gone")] }));
    assert.deepEqual(lost.lost, [{ identity: ANNA.identity, name: "Anna" }]);
    const back = run(lost, roster([ME, { ...ANNA, id: "fresh" }], { joined: ["fresh"] }));
    assert.deepEqual([back.lost, notes(back)], [[], ["lost Anna", "back Anna"]]);
  });

  test("who is lost by two names stands in the list once", () => {
    const renamed = { ...BEN, identity: ANNA.identity };
    const both = run(INSIDE, roster([ME, ANNA, renamed], { joined: [renamed.id] }));
    const room = run(both, roster([ME], { left: [left(ANNA, "gone"), left(renamed, "gone")] }));
    assert.deepEqual(room.lost, [{ identity: ANNA.identity, name: "Ben" }]);
  });

  test("who left or was removed is not lost", () => {
    for (const reason of ["left", "removed", "replaced"]) {
      assert.deepEqual(run(INSIDE, roster([ME], { left: [left(ANNA, reason)] })).lost, []);
    }
  });

  test("a leaf that goes while its person is here by another is no loss", () => {
    const both = run(INSIDE, roster([ME, ANNA, { ...ANNA, id: "fresh" }], { joined: ["fresh"] }));
    const room = run(both, roster([ME, { ...ANNA, id: "fresh" }], { left: [left(ANNA, "gone")] }));
    assert.deepEqual([notes(room), room.lost], [[], []]);
  });

  test("a second leaf of somebody who is here is no news, unless it has another name", () => {
    const second = { ...ANNA, id: "fresh" };
    assert.deepEqual(notes(run(INSIDE, roster([ME, ANNA, second], { joined: ["fresh"] }))), []);
    const renamed = { ...second, name: "Ben" };
    assert.deepEqual(notes(run(INSIDE, roster([ME, ANNA, renamed], { joined: ["fresh"] }))), ["back Ben"]);
  });

  test("one's own second window is no news", () => {
    const twin = { ...ME, id: "twin", self: false };
    const room = run(INSIDE, roster([ME, ANNA, twin], { joined: [twin.id] }));
    assert.deepEqual(notes(run(room, roster([ME, ANNA], { left: [left(twin, "gone")] }))), []);
  });

  test("after coming back by a fresh join, the difference is said, without guessing why", () => {
    const away = run(INSIDE, phase("reconnecting"), phase("entering"), phase("in"));
    const room = run(away, roster([{ ...ME, id: "fresh me" }, BEN]));
    assert.deepEqual(notes(room), ["away Anna", "came Ben"]);
    assert.deepEqual(room.lost, []);
  });

  test("unheard people are marked until they are heard or gone", () => {
    const silent = run(INSIDE, { type: "unconfirmed", ids: [ANNA.id] });
    assert.deepEqual(silent.unconfirmed, [ANNA.id]);
    assert.deepEqual(run(silent, { type: "unconfirmed", ids: [] }).unconfirmed, []);
    assert.deepEqual(run(silent, roster([ME])).unconfirmed, []);
    assert.deepEqual(run(silent, phase("reconnecting")).unconfirmed, []);
  });
});

describe("people behind leaves", () => {
  const fresh = { ...ANNA, id: "fresh" };
  test("who reloaded counts once, by the leaf that is heard of", () => {
    const room = { people: [ME, ANNA, fresh], unconfirmed: [ANNA.id] };
    assert.deepEqual(
      personsOf(room).map(({ id }) => id),
      [ME.id, "fresh"],
    );
    assert.deepEqual(
      personsOf({ ...room, unconfirmed: ["fresh"] }).map(({ id }) => id),
      [ME.id, ANNA.id],
    );
  });

  test("oneself, another window of oneself, and two names of one key stand apart", () => {
    const twin = { ...ME, id: "twin", self: false };
    const renamed = { ...ANNA, id: "renamed", name: "Mara" };
    assert.equal(personsOf({ people: [ME, twin, ANNA, renamed], unconfirmed: [] }).length, 4);
  });
});

describe("a room that lets in nobody new", () => {
  const rules = (locked: boolean, suspended = false): RoomChange => ({
    type: "rules",
    rules: { ...DEFAULT_RULES, locked },
    region: "eu",
    suspended,
  });

  test("is locked and unlocked before everybody's eyes, each said once", () => {
    const room = run(INSIDE, rules(false), rules(true), rules(true));
    assert.deepEqual([room.admits, notes(room)], ["locked", ["locked "]]);
    const open = run(room, rules(false), rules(false));
    assert.deepEqual([open.admits, notes(open)], ["all", ["locked ", "unlocked "]]);
  });

  test("is no news to who comes back into it, and is to who comes in first", () => {
    const back = run(INSIDE, rules(true), phase("reconnecting"), phase("waiting"), phase("in"), rules(true));
    assert.deepEqual(notes(back), ["locked "]);
    const first = run(EMPTY_ROOM, ARRIVED, phase("in"), roster([ME]), rules(true));
    assert.deepEqual(notes(first), ["locked "]);
  });

  test("says so at its door, from the first moment, and who is let in is told nothing of it", () => {
    const waiting = run(EMPTY_ROOM, ARRIVED, phase("entering"), { type: "phase", phase: "waiting", locked: true });
    assert.match(phaseWords(waiting, false).sentence, /closed it to anybody new/);
    assert.match(phaseWords(run(waiting, phase("waiting")), false).sentence, /open by themselves/);
    assert.deepEqual(notes(run(waiting, phase("in"), roster([ME, ANNA]), rules(false))), []);
  });

  test("is not locked, only because its link lets in nobody new", () => {
    const room = run(INSIDE, rules(false, true));
    assert.deepEqual([room.admits, notes(room)], ["suspended", []]);
  });
});

describe("chat", () => {
  test("a line has the name of the person who said it, also after they went", () => {
    const room = run(INSIDE, roster([ME], { left: [left(ANNA, "left")] }), chat(ANNA, "late"));
    const line = room.lines.at(-1);
    assert.equal(line?.kind === "said" && line.name, "Anna");
  });

  test("what one says stands at the end until the room has ordered it", () => {
    const waiting = run(INSIDE, typed("mine"), handed("mine"), chat(ANNA, "hers"));
    assert.deepEqual([said(waiting), waiting.unsent.map(({ text }) => text)], [["hers"], ["mine"]]);
    const room = run(waiting, chat(ME, "mine"));
    assert.deepEqual([said(room), room.unsent], [["hers", "mine"], []]);
  });

  test("the same words twice are two messages", () => {
    const twice: RoomChange[] = [
      { type: "typed", key: "1", text: "ok" },
      { type: "typed", key: "2", text: "ok" },
      { type: "handed", key: "1" },
      { type: "handed", key: "2" },
    ];
    const room = run(INSIDE, ...twice, chat(ME, "ok"));
    assert.deepEqual(
      room.unsent.map(({ key }) => key),
      ["2"],
    );
  });

  test("a message of one's other window does not settle one that was not handed over", () => {
    const room = run(INSIDE, typed("ok"), chat(ME, "ok"));
    assert.equal(room.unsent.length, 1);
  });

  test("somebody else's words never settle one's own", () => {
    const room = run(INSIDE, typed("ok"), handed("ok"), chat(ANNA, "ok"));
    assert.equal(room.unsent.length, 1);
  });

  test("a clock that can't be right is not shown", () => {
    const at = (given: number) => run(INSIDE, chat(ANNA, "x", given)).lines.at(-1)?.at;
    assert.equal(at(NOW - 30_000), NOW - 30_000);
    assert.equal(at(NOW + 1), NOW);
    assert.equal(at(NOW - 3_600_000), NOW);
    assert.equal(at(0), NOW);
  });

  test("no two lines have the same number, whatever ids their senders choose and however long it lasts", () => {
    const again: RoomChange = { ...(chat(ANNA, "again") as RoomEvent & { type: "chat" }), id: "the same" };
    const cleo = person("Cleo");
    const coming = roster([ME, ANNA, BEN, cleo], { joined: [BEN.id, cleo.id] });
    const room = run(INSIDE, ...Array.from({ length: 800 }, () => [again, coming, roster([ME, ANNA]), again]).flat());
    const keys = room.lines.map(({ key }) => key);
    assert.equal(keys.length, 2_000);
    assert.equal(new Set(keys).size, keys.length);
    assert.deepEqual(run(room, again).lines.slice(0, -1), room.lines.slice(1), "and a line keeps its own");
  });

  test("a room that lasts keeps the newest lines", () => {
    const many = Array.from({ length: 2_500 }, (_, i) => chat(ANNA, `line ${i}`));
    const room = run(INSIDE, ...many);
    assert.equal(room.lines.length, 2_000);
    assert.deepEqual(said(room).at(-1), "line 2499");
  });
});

describe("sending", () => {
  test("goes out only in a room whose people are known", () => {
    assert.equal(maySend(INSIDE), true);
    assert.equal(maySend(run(EMPTY_ROOM, ARRIVED, phase("in"))), false);
    assert.equal(maySend(run(INSIDE, phase("reconnecting"))), false);
    assert.equal(maySend(run(INSIDE, phase("reconnecting"), phase("entering"), phase("in"))), false);
    assert.equal(maySend(run(INSIDE, phase("reconnecting"), phase("in"))), true);
  });

  const known = (verdict?: "verified" | "differs" | "another", identity = "key of the true Anna"): RoomChange => ({
    type: "known",
    known: new Map([[identity, { identity, names: ["Anna"], firstMet: 1, ...(verdict ? { verdict } : {}) }]]),
  });

  test("stops while somebody has the name of a verified person and another key", () => {
    const stopped = run(INSIDE, known("verified"));
    assert.equal(maySend(stopped), false);
    assert.equal(maySend(run(INSIDE, known())), true);
    assert.equal(maySend(run(stopped, roster([ME], { left: [left(ANNA, "removed")] }))), true);
    const both = new Map([
      ...stopped.known,
      [ANNA.identity, { identity: ANNA.identity, names: ["Anna"], firstMet: 1 }],
    ]);
    for (const verdict of ["verified", "another"] as const) {
      const judged = new Map(both).set(ANNA.identity, {
        identity: ANNA.identity,
        names: ["Anna"],
        firstMet: 1,
        verdict,
      });
      assert.equal(maySend(run(stopped, { type: "known", known: judged })), true, verdict);
    }
  });

  test("stops while the digits of somebody here differ", () => {
    assert.equal(maySend(run(INSIDE, known("differs", ANNA.identity))), false);
    assert.equal(maySend(run(INSIDE, known("differs", BEN.identity))), true);
  });
});

describe("what has to be looked at", () => {
  test("the code is marked as changed only after it was seen", () => {
    const other = { code: "2".repeat(30) };
    assert.equal(run(INSIDE, roster([ME], other)).seenCode, "");
    const seen = run(INSIDE, { type: "looked-at-code" });
    assert.equal(seen.seenCode, CODE);
    const moved = run(seen, roster([ME], other));
    assert.notEqual(moved.seenCode, moved.roomCode);
    assert.equal(run(moved, { type: "looked-at-code" }).seenCode, other.code);
  });

  test("each alarm stands once, until it was read", () => {
    const room = run(INSIDE, { type: "alarm", fault: "mls" }, { type: "alarm", fault: "mls" });
    assert.deepEqual(room.alarms, ["mls"]);
    assert.deepEqual(run(room, { type: "looked-at-alarms" }).alarms, []);
  });

  test("trouble passes with the next news", () => {
    const room = run(INSIDE, { type: "trouble", code: "too-many-requests" });
    assert.equal(room.trouble, "too-many-requests");
    assert.equal(run(room, phase("in")).trouble, undefined);
    assert.equal(run(room, roster([ME, ANNA])).trouble, undefined);
    assert.equal(run(room, chat(ANNA, "through again")).trouble, undefined);
  });
});

test("what somebody shows is kept for who is here, and goes with them", () => {
  const state = { microphone: true, camera: false, screen: false, hand: true };
  const shows = ({ id }: Person): RoomChange => ({ type: "self-state", id, state });
  assert.equal(run(INSIDE, shows(BEN)).selfStates.size, 0);
  const shown = run(INSIDE, shows(ANNA), shows(ME));
  assert.deepEqual(shown.selfStates.get(ANNA.id), state);
  assert.deepEqual([...run(shown, roster([ME])).selfStates.keys()], [ME.id]);
});

test("reactions are kept in their order, and not without end", () => {
  const reaction: RoomChange = { type: "reaction", from: ANNA.id, reaction: "heart", own: false };
  const room = run(INSIDE, ...Array.from({ length: 50 }, () => reaction));
  assert.equal(room.reactions.length, 20);
  assert.equal(new Set(room.reactions.map(({ key }) => key)).size, 20);
});
