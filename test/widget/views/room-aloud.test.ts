/**
 * The room for ears and for eyes that moving things disturb: what a screen reader is told, how often, and that nothing
 * moves under reduced motion. Real Chromium, the built frame, the real API and relay. Source: product.md R16, look.md.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FrameLocator } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { openRoomElement } from "../../shots/room.ts";
import { poseRoom, ROOM_POSES, ROOM_VIEW } from "../../shots/room-poses.ts";
import { button, enterRoom, inviteOf, openRoomPage, sayInRoom, startRoom, untilPhase, untilSaid } from "./open-room.ts";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

/** From now on, writes down what the status region says. */
async function listen(room: FrameLocator): Promise<() => Promise<string[]>> {
  await room.locator(ROOM_VIEW).evaluate((view) => {
    const root = view.shadowRoot as ShadowRoot;
    const heard: string[] = [];
    const text = () => root.querySelector("[role=status]")?.textContent?.trim() ?? "";
    let last = text();
    Object.assign(globalThis, { heard });
    new MutationObserver(() => {
      if (text() === last) return;
      last = text();
      if (last) heard.push(last);
    }).observe(root, { subtree: true, childList: true, characterData: true });
  });
  return () => room.locator(ROOM_VIEW).evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
}

test("a screen reader hears each step once, messages and comings from the chat alone, and how it ended", async () => {
  const { page, within } = await openRoomPage(world, "<whatping-room></whatping-room>");
  const heard = await listen(within);
  await startRoom(within);
  const steps = await heard();
  assert.deepEqual(steps, [...new Set(steps)], "a step is said twice");
  assert.ok(steps.includes("Starting your room"));
  assert.equal(steps.at(-1), "You are inside.");

  const anna = await enterRoom(world, await inviteOf(within), "Anna");
  await within.getByRole("log", { name: "Chat" }).getByText("Anna came in").waitFor();
  for (const text of ["one", "two", "three"]) await sayInRoom(anna, text);
  await within.getByRole("log", { name: "Chat" }).getByText("three").waitFor();
  await sayInRoom(within, "four");
  await untilSaid(within, "four");
  assert.deepEqual(await heard(), steps);
  // Only what is added is read, not the whole chat again.
  const log = within.getByRole("log", { name: "Chat" });
  assert.equal(await log.getAttribute("aria-atomic"), null);
  assert.equal(await log.getAttribute("aria-relevant"), null);

  await button(within, "Leave").click();
  await untilPhase(within, "left");
  assert.match((await heard()).at(-1) ?? "", /^You have left What was said is gone from this device/);
  await anna.context().close();
  await page.context().close();
});

test("every state has one main heading of its own, and the room's regions are named", async () => {
  const { page, frame } = await openRoomElement(world);
  for (const [name, room] of Object.entries(ROOM_POSES)) {
    await poseRoom(frame, room);
    assert.equal(await frame.getByRole("heading", { level: 1 }).count(), 1, name);
    assert.equal(await frame.getByRole("main").count(), 1, name);
  }
  await page.setViewportSize({ width: 1280, height: 720 });
  await poseRoom(frame, ROOM_POSES.talking as (typeof ROOM_POSES)[string]);
  await frame.getByRole("region", { name: "Chat", exact: true }).waitFor();
  await frame.getByRole("complementary", { name: "People", exact: true }).waitFor();
  await page.context().close();
});

test("nothing moves in any state under reduced motion", async () => {
  const { page, frame } = await openRoomElement(world);
  const moving = (): Promise<number> =>
    frame.locator(ROOM_VIEW).evaluate((view) => (view.shadowRoot as ShadowRoot).getAnimations().length);
  await poseRoom(frame, ROOM_POSES.connecting as (typeof ROOM_POSES)[string]);
  assert.ok((await moving()) > 0, "there is a spinner to hold still");
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const [name, room] of Object.entries(ROOM_POSES)) {
    await poseRoom(frame, room);
    assert.equal(await moving(), 0, name);
  }
  await page.context().close();
});
