/** A host's decisions in the lobby: each about the one that the click was meant for, and once. Time is given. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomView } from "../../../widget/frame/room/room-view.ts";
import { LobbyDesk } from "../../../widget/frame/room/view/lobby-desk.ts";

function deskFor(...names: readonly string[]) {
  const at = { now: 10_000 };
  const done: string[] = [];
  const waiting = (some: readonly string[]) => some.map((id) => ({ id, identity: id, name: id, digits: "123456" }));
  const view = {
    room: { waiting: waiting(names) },
    addController: () => undefined,
    renderRoot: { querySelector: () => null },
    exposing: (exposure: string, _: unknown, act: () => void) => {
      done.push(exposure);
      act();
    },
    call: {
      commands: {
        letIn: async (id: string, compared: boolean) => void done.push(`in ${id} ${compared}`),
        turnAway: async (id: string) => void done.push(`away ${id}`),
      },
    },
  };
  const desk = new LobbyDesk(view as unknown as RoomView, () => at.now);
  desk.hostUpdate();
  const waits = (...some: readonly string[]) => {
    view.room = { waiting: waiting(some) };
    desk.hostUpdate();
  };
  return { desk, at, done, waits };
}

/** On a row whose box is ticked or not. */
const click = (checked = false) =>
  ({ currentTarget: { closest: () => ({ querySelector: () => ({ checked }) }) } }) as unknown as MouseEvent;

test("a row that has just moved up takes no click for a moment: it was meant for the one that was there", () => {
  const { desk, at, done, waits } = deskFor("anna", "ben");
  waits("ben");
  desk.letIn(click(), "ben");
  at.now += 650;
  desk.turnAway(click(), "ben");
  assert.deepEqual(done, []);
  at.now += 100;
  desk.letIn(click(), "ben");
  assert.deepEqual(done, ["admit", "in ben false"]);
});

test("somebody who comes moves no row; a second click on one decides nothing again", () => {
  const { desk, done, waits } = deskFor("anna");
  waits("anna", "ben");
  desk.letIn(click(true), "anna");
  desk.letIn(click(false), "anna");
  desk.turnAway(click(), "anna");
  assert.deepEqual(done, ["admit", "in anna true"]);
});
