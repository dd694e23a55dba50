/**
 * What the pictures owe to eyes, keyboards and screen readers, in every state, box and language: real Chromium, the
 * built frame under the policy of the real API. The pictures are drawn (test/shots/media-poses.ts).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { Room } from "../../../widget/frame/room/room.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { CALL_DIALOGS, MEDIA_POSES, poseMedia } from "../../shots/media-poses.ts";
import { poseRoom, ROOM_POSES, ROOM_VIEW } from "../../shots/room-poses.ts";
import { openDoor } from "./open-door.ts";
import { button, startRoom } from "./open-room.ts";

const TARGET_PX = 44;
const SIZES = [
  { width: 280, height: 420 },
  { width: 280, height: 200 },
  { width: 390, height: 700 },
  { width: 640, height: 200 },
  { width: 1280, height: 720 },
];
const TALKING = ROOM_POSES.talking as Room;

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

const ALL = { ...MEDIA_POSES, ...CALL_DIALOGS };

for (const language of ["en", "de", "fr", "it"]) {
  test(`in ${language} and every box pictures, chat and actions have their room, and every control is ${TARGET_PX} px`, async () => {
    const { page, within, frame } = await openDoor(world, language);
    const found: string[] = [];
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const [name, pose] of Object.entries(ALL)) {
        await poseRoom(within, TALKING);
        await poseMedia(within, pose, false);
        const faults = await frame.evaluate(pose.dialog ? faultsOfDialog : faultsOfPictures, {
          view: ROOM_VIEW,
          least: TARGET_PX,
        });
        found.push(...faults.map((fault) => `${name} at ${size.width}×${size.height}: ${fault}`));
      }
    }
    assert.deepEqual([...new Set(found)], []);
    await page.context().close();
  });
}

/** Runs in the frame: a dialog scrolls, but not sideways. */
function faultsOfDialog({ view, least }: { view: string; least: number }): string[] {
  const dialog = document.querySelector(view)?.shadowRoot?.querySelector("dialog[open]");
  if (!dialog) return ["no dialog is open"];
  const faults = dialog.scrollWidth > dialog.clientWidth + 1 ? ["scrolls sideways"] : [];
  for (const each of dialog.querySelectorAll<HTMLElement>("button, select, label")) {
    const { width, height, left, right } = each.getBoundingClientRect();
    const name = each.getAttribute("aria-label") ?? each.textContent?.trim();
    if (width < least - 0.5 || height < least - 0.5) faults.push(`${name} is ${width}×${height}`);
    const isCut = !(each instanceof HTMLSelectElement) && each.scrollWidth > each.clientWidth + 1;
    if (left < -0.5 || right > innerWidth + 0.5 || isCut) faults.push(`${name} is cut off`);
  }
  return faults;
}

/** Runs in the frame. */
function faultsOfPictures({ view, least }: { view: string; least: number }): string[] {
  const root = document.querySelector(view)?.shadowRoot as ShadowRoot;
  const faults: string[] = [];
  const boxOf = (each: Element) => each.getBoundingClientRect();
  const seen = (selector: string) =>
    [...root.querySelectorAll<HTMLElement>(selector)].filter((each) => each.checkVisibility() && boxOf(each).width > 1);
  const apart = (a: DOMRect, b: DOMRect) =>
    a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
  for (const each of seen(
    ".bar button, .head button, .notices button, .composer > *, .hit, .tools button, .others button",
  )) {
    const { width, height, left, right, top, bottom } = boxOf(each);
    const name = each.getAttribute("aria-label") ?? each.textContent?.trim();
    if (each instanceof HTMLButtonElement && (width < least - 0.5 || height < least - 0.5)) {
      faults.push(`${name} is ${width}×${height}`);
    }
    if (left < -0.5 || top < -0.5 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5)
      faults.push(`${name} is cut off`);
  }
  // One's own picture lies in a corner of the large one, and a menu over what it is not about.
  const alone = seen(
    ".bar > div:not(.reaction-menu) > button, .head button, .notices > *, .composer > *, .figure:not(.corner)",
  );
  for (const [at, one] of alone.entries()) {
    for (const other of alone.slice(at + 1)) {
      if (!apart(boxOf(one), boxOf(other))) faults.push(`${one.className} and ${other.className} overlap`);
    }
  }
  for (const tile of seen(".figure")) {
    const box = boxOf(tile);
    if (box.width < 32 || box.height < 32) faults.push(`a picture is ${box.width}×${box.height}`);
    for (const text of tile.querySelectorAll<HTMLElement>(".veil, .name")) {
      if (text.checkVisibility() && text.scrollHeight > text.clientHeight + 1)
        faults.push(`${text.textContent} is cut off`);
    }
    const [veil, name] = [tile.querySelector(".veil p:not(.hidden)"), tile.querySelector(".name")];
    if (!veil?.checkVisibility() || !name?.checkVisibility() || boxOf(veil).width <= 1) continue;
    if (!apart(boxOf(veil), boxOf(name))) faults.push(`${veil.textContent} lies under ${name.textContent}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the frame");
  return faults;
}

test("without LiveKit the camera's button says what is missing, and the room goes on", async () => {
  const { page, within } = await openDoor(world);
  await startRoom(within);
  const camera = button(within, "Camera");
  await camera.click();
  await within.getByRole("alert").getByText("its LiveKit is missing or not running").waitFor();
  assert.equal(await camera.getAttribute("aria-pressed"), "false");
  await button(within, "Close").first().click();
  assert.equal(await within.getByRole("alert").count(), 0);
  await page.context().close();
});
