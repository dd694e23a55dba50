/**
 * The live picture goes on whatever else the recorder draws: a video that is given its stream anew starts anew, and the
 * recorder draws five times a second. Real Chromium with a fake camera.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { untilElapsed, untilStep } from "../../flow/recorder-driver.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { untilInSight } from "../../shots/covers.ts";
import { openElement } from "./open-element.ts";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

test("the live picture is not started anew when the view draws again, from the preview to the recording", async () => {
  const { page, frame, within } = await openElement(world, "<wisp-recorder></wisp-recorder>");
  await untilInSight(within);
  await within.getByRole("button", { name: "Record a video", exact: true }).click();
  await untilStep(within, "ready");
  await frame.evaluate(countStarts);
  await drawAgain(frame);
  await within.getByRole("button", { name: "Record", exact: true }).click();
  await within.getByRole("button", { name: "Start now", exact: true }).press("Enter");
  await untilElapsed(within, 1);
  await drawAgain(frame);
  assert.equal(await frame.evaluate(() => (globalThis as unknown as { starts: number }).starts), 0);
  await page.context().close();
});

test("another camera's picture does take its place", async () => {
  const { page, frame, within } = await openElement(world, "<wisp-recorder></wisp-recorder>");
  await untilInSight(within);
  await within.getByRole("button", { name: "Record a video", exact: true }).click();
  await untilStep(within, "ready");
  await frame.evaluate(countStarts);
  await within.getByLabel("Camera").dispatchEvent("change");
  await frame.waitForFunction(() => (globalThis as unknown as { starts: number }).starts > 0);
  await page.context().close();
});

/** Runs in the frame, once there is a picture. A stream given anew empties the element, be it the same or another. */
async function countStarts(): Promise<void> {
  const counted = Object.assign(globalThis, { starts: 0 });
  const view = document.querySelector("wisp-recorder-view") as HTMLElement;
  const video = view.shadowRoot?.querySelector("video") as HTMLVideoElement;
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  video.addEventListener("emptied", () => counted.starts++);
}

/** Draws the view a few times, and waits for the next picture. */
function drawAgain(frame: Frame): Promise<void> {
  return frame.evaluate(async () => {
    type View = HTMLElement & { requestUpdate(): void; updateComplete: Promise<unknown> };
    const view = document.querySelector("wisp-recorder-view") as View;
    for (let i = 0; i < 3; i++) {
      view.requestUpdate();
      await view.updateComplete;
    }
    const video = view.shadowRoot?.querySelector("video") as HTMLVideoElement;
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  });
}
