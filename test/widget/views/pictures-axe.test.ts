/**
 * axe over every state of a call's stage and its dialogs: real Chromium, the built frame, drawn pictures
 * (test/shots/media-poses.ts).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { Room } from "../../../widget/frame/room/room.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { CALL_DIALOGS, MEDIA_POSES, poseMedia } from "../../shots/media-poses.ts";
import { openRoomElement } from "../../shots/room.ts";
import { poseRoom, ROOM_POSES, ROOM_VIEW } from "../../shots/room-poses.ts";
import { AXE, violationsOf } from "./axe.ts";

const SIZES = [
  { width: 390, height: 700 },
  { width: 1280, height: 720 },
];

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

/** Nothing but colours changes with the theme, and the stage is dark in both. */
const THEMES: Readonly<Record<string, readonly string[] | undefined>> = { light: undefined, dark: ["color-contrast"] };

for (const [theme, rules] of Object.entries(THEMES)) {
  for (const size of SIZES) {
    test(`axe finds nothing in any state of the ${theme} theme at ${size.width} px`, async () => {
      const { page, frame: within } = await openRoomElement(world);
      const frame = page.frames().find((candidate) => candidate !== page.mainFrame()) as Frame;
      await page.emulateMedia({ reducedMotion: "reduce" });
      await frame.evaluate(AXE);
      await within.locator(ROOM_VIEW).evaluate((view, wanted) => view.setAttribute("theme", wanted), theme);
      await page.setViewportSize(size);
      const found: string[] = [];
      for (const [name, pose] of Object.entries({ ...MEDIA_POSES, ...CALL_DIALOGS })) {
        await poseRoom(within, ROOM_POSES.talking as Room);
        await poseMedia(within, pose, false);
        found.push(...(await violationsOf(frame, rules)).map((line) => `${name}: ${line}`));
      }
      assert.deepEqual(found, []);
      await page.context().close();
    });
  }
}
