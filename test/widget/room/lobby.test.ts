/** The lobby as the room's view shows it, on both sides: events in, state, words and page events out. Pure. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_MEDIA } from "../../../widget/frame/room/call/media-state.ts";
import { pageEvents } from "../../../widget/frame/room/page-events.ts";
import { changed, isInside, type Room, type RoomChange } from "../../../widget/frame/room/room.ts";
import { aloudWords, isFinal, phaseWords } from "../../../widget/frame/room/view/phase-words.ts";
import { LOBBY_POSES } from "../../shots/lobby-poses.ts";
import { phase, ROOM_POSES } from "../../shots/room-poses.ts";

const posed = (name: string): Room => LOBBY_POSES[name] as Room;
const run = (room: Room, ...changes: readonly RoomChange[]): Room =>
  changes.reduce((state, change) => changed(state, change, 1_800_000_000_000), room);
const sentence = (room: Room): string => phaseWords(room, false).sentence;

test("whoever knocks is told what is the matter: nobody there, a host has to decide, digits to compare, a full lobby", () => {
  assert.match(sentence(posed("lobby, nobody there")), /Nobody is inside/);
  assert.match(sentence(posed("lobby, knocked")), /A host has to let you in/);
  assert.match(sentence(posed("lobby, digits")), /same six digits/);
  assert.match(sentence(posed("lobby, full")), /full/);
  const busy = run(posed("lobby, digits"), { type: "trouble", code: "too-many-requests" });
  assert.match(sentence(busy), /same six digits/, "digits that are there stay");
});

test("whoever listens hears the digits one by one; a tab that was reloaded in the lobby was in no room", () => {
  assert.match(aloudWords(posed("lobby, digits"), false), /Your six digits: 0 4 8 2 1 3$/);
  assert.match(phaseWords(posed("lobby, knocked"), true).sentence, /Nobody has answered yet/);
  const reloaded = { ...posed("pre-join, by the address"), wasHere: true };
  assert.match(phaseWords(reloaded, false).title, /Knock/);
});

test("turned away one may try again; where there is no lobby one needs a link", () => {
  assert.equal(isFinal(posed("turned away")), false);
  assert.equal(isFinal(posed("no lobby")), true);
});

test("a member who has to be let in anew is outside: what was said is gone from the screen", () => {
  const inside = ROOM_POSES.talking as Room;
  const out = run(inside, phase("reconnecting"), phase("lobby"));
  assert.deepEqual([isInside(out), out.lines, out.people, out.roomCode], [false, [], [], ""]);
  assert.equal(out.isHost, inside.isHost);
});

test("who waits is off the host's screen once the host is out, and digits once the visitor is in", () => {
  const three = posed("three knock");
  assert.equal(three.waiting.length, 3);
  assert.deepEqual(run(three, phase("left")).waiting, []);
  assert.equal(run(posed("lobby, digits"), phase("refused", "turned-away")).knock, undefined);
});

test("a page hears how many wait, and neither names nor digits", () => {
  const see = (room: Room) => ({ room, media: NO_MEDIA });
  const before = see(run(posed("one knocks"), { type: "lobby", waiting: [] }));
  const events = pageEvents(before, see(posed("three knock")), (id) => `<${id}>`);
  assert.deepEqual(events, [{ name: "whatping-lobby", detail: { waiting: 3 } }]);
  assert.deepEqual(
    pageEvents(see(posed("three knock")), see(posed("three knock")), (id) => id),
    [],
  );
});
