/**
 * What the relay's eye owes to eyes, keyboards and screen readers, in every state and box: real Chromium, the built frame
 * under the policy of the real API. The frames are made up (test/shots/eye-poses.ts).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame, FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { Room } from "../../../widget/frame/room/room.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { EYE_POSES, type EyePose, poseEye } from "../../shots/eye-poses.ts";
import { openRoomElement } from "../../shots/room.ts";
import { poseRoom, ROOM_POSES, ROOM_VIEW } from "../../shots/room-poses.ts";
import { AXE, violationsOf } from "./axe.ts";

const TARGET_PX = 44;
const TALKING = ROOM_POSES.talking as Room;

let world: World;
let room: { page: Page; within: FrameLocator; frame: Frame };
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
  const { page, frame: within } = await openRoomElement(world, '<whatping-room name="Mara"></whatping-room>');
  const frame = page.frames().find((candidate) => candidate !== page.mainFrame()) as Frame;
  await page.emulateMedia({ reducedMotion: "reduce" });
  await frame.evaluate(AXE);
  room = { page, within, frame };
});
after(() => world.close());

async function inEveryState(look: (name: string) => Promise<void>): Promise<void> {
  for (const [name, pose] of Object.entries(EYE_POSES)) {
    await poseRoom(room.within, TALKING);
    await poseEye(room.within, pose);
    await look(name);
  }
}

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing in any state of the ${theme} theme`, async () => {
    await room.within.locator(ROOM_VIEW).evaluate((view, wanted) => view.setAttribute("theme", wanted), theme);
    const found: string[] = [];
    await room.page.setViewportSize({ width: 1280, height: 720 });
    await inEveryState(async (name) => {
      found.push(...(await violationsOf(room.frame)).map((line) => `${name}: ${line}`));
    });
    assert.deepEqual(found, []);
  });
}

test("nothing is wider than the dialog from 280 px on, and what is clicked is 44 px high", async () => {
  const wrong: string[] = [];
  for (const size of [
    { width: 280, height: 420 },
    { width: 390, height: 700 },
  ]) {
    await room.page.setViewportSize(size);
    await inEveryState(async (name) => {
      const seen = await room.within.locator("#eye").evaluate((dialog) => {
        const parts = [
          ...(dialog.querySelector("whatping-eye")?.shadowRoot?.querySelectorAll("button, select, summary") ?? []),
        ];
        return {
          wide: dialog.scrollWidth > dialog.clientWidth,
          least: Math.min(1_000, ...parts.map((part) => part.getBoundingClientRect().height)),
        };
      });
      if (seen.wide || seen.least < TARGET_PX) wrong.push(`${name} at ${size.width}: ${JSON.stringify(seen)}`);
    });
  }
  assert.deepEqual(wrong, []);
});

test("a picture that could be shown without a key is said aloud, and so is what is not sealed; none else is an alarm", async () => {
  await inEveryState(async (name) => {
    const alarms = await room.within.locator("whatping-eye [role=alert]").count();
    const { decoded = 0, isBare } = EYE_POSES[name] as EyePose;
    assert.equal(alarms, decoded > 0 || isBare ? 1 : 0, name);
  });
});
