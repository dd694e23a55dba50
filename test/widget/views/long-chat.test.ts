/**
 * A chat that has become long: what is drawn of it, and what whoever reads it keeps in sight. Real Chromium, the built
 * frame. Source: product.md R16. Before, each message took 0.3 s at 2,000 lines.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { LINES_DRAWN } from "../../../widget/frame/room/view/chat-scroll.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { openRoomElement } from "../../shots/room.ts";
import { longTalk, poseRoom } from "../../shots/room-poses.ts";
import { button, textsIn } from "./open-room.ts";

const COUNT = 2 * LINES_DRAWN + 100;

let world: World;
let page: Page;
let room: FrameLocator;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
  ({ page, frame: room } = await openRoomElement(world, '<whatping-room name="Mara"></whatping-room>'));
  await page.setViewportSize({ width: 640, height: 600 });
  await page.emulateMedia({ reducedMotion: "reduce" });
});
after(() => world.close());

const log = () => room.locator(".log");
const line = (i: number) => room.locator(".said", { has: room.getByText(`Number ${i}`, { exact: true }) });
const topOf = async (i: number): Promise<number> => Math.round((await line(i).boundingBox())?.y ?? Number.NaN);

/** px from the end of the log to the end of what is in sight. */
const below = (): Promise<number> =>
  log().evaluate(({ scrollHeight, scrollTop, clientHeight }) => Math.round(scrollHeight - scrollTop - clientHeight));

/** Scrolls by so many px, as a person does, and lets the page hear of it. */
async function scroll(px: number): Promise<void> {
  await log().evaluate(
    (element, by) =>
      new Promise<void>((resolve) => {
        element.addEventListener("scroll", () => requestAnimationFrame(() => resolve()), { once: true });
        element.scrollTop += by;
      }),
    px,
  );
}

test("whoever reads the end has the newest lines drawn, and no more than are needed", async () => {
  await poseRoom(room, longTalk(COUNT));
  const texts = await textsIn(room);
  assert.equal(texts.length, LINES_DRAWN);
  assert.equal(texts.at(-1), `Number ${COUNT - 1}`);
  assert.ok((await below()) <= 1);
  await poseRoom(room, longTalk(COUNT + 1));
  assert.deepEqual((await textsIn(room)).length, LINES_DRAWN);
  assert.ok(await line(COUNT).isVisible());
});

test("whoever reads further up keeps what they see, while others go on", async () => {
  await scroll(-1_000);
  const first = (await textsIn(room))[0];
  const at = COUNT - 30;
  const top = await topOf(at);
  await poseRoom(room, longTalk(COUNT + 5));
  await button(room, "New messages").waitFor();
  assert.equal(await topOf(at), top);
  assert.equal((await textsIn(room))[0], first);
});

test("what stands before comes by a button, and nothing in sight moves", async () => {
  const first = COUNT + 1 - LINES_DRAWN;
  const earlier = button(room, "Earlier messages");
  await scroll(-1_000_000);
  await log().evaluate((element) => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    const note = (changes: MutationRecord[]) => {
      if (changes.some(({ addedNodes }) => [...addedNodes].some((node) => node instanceof HTMLElement)))
        heard.push(element.ariaLive ?? "");
    };
    new MutationObserver(note).observe(element, { childList: true, subtree: true });
  });
  const top = await topOf(first + 2);
  await earlier.click();
  await line(first - LINES_DRAWN).waitFor({ state: "attached" });
  assert.ok(Math.abs((await topOf(first + 2)) - top) <= 1, `${await topOf(first + 2)}, before ${top}`);
  await earlier.press("Enter");
  await earlier.waitFor({ state: "detached" });
  assert.equal((await textsIn(room)).length, COUNT + 5);
  assert.ok(await line(0).count());
  // Nobody is read hundreds of old lines, and what is new is read again.
  const heard = await log().evaluate(() => [...new Set((globalThis as unknown as { heard: string[] }).heard)]);
  assert.deepEqual(heard, ["off"]);
  await room.locator('.log[aria-live="polite"]').waitFor();
});

test("back at the end, only the newest are drawn again", async () => {
  await poseRoom(room, longTalk(COUNT + 6));
  await button(room, "New messages").click();
  await line(COUNT + 5).waitFor();
  await poseRoom(room, longTalk(COUNT + 7));
  assert.equal((await textsIn(room)).length, LINES_DRAWN);
  assert.ok((await below()) <= 1);
});
