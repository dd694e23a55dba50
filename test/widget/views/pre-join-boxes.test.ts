/**
 * What is before a room's door, and what a page may want of a room, in every box and language: real Chromium, the built
 * frame, posed states (test/shots/pre-join-poses.ts). Source: product.md E9, look.md.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { ROOM_VIEW } from "../../shots/room-poses.ts";
import { DOOR_SIZES, lookAtAll } from "./open-door.ts";

const TARGET_PX = 44;

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

for (const language of ["en", "de", "fr", "it"]) {
  test(`in ${language} and every box nothing is cut off, covered or too small for a finger`, async () => {
    const found = await lookAtAll(world, language, async ({ page, frame }, name) => {
      const faults: string[] = [];
      for (const size of DOOR_SIZES) {
        await page.setViewportSize(size);
        await frame.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        const some = await frame.evaluate(faultsOfDoor, { view: ROOM_VIEW, least: TARGET_PX });
        faults.push(...some.map((fault) => `${name} at ${size.width}×${size.height}: ${fault}`));
      }
      return faults;
    });
    assert.deepEqual([...new Set(found)], []);
  });
}

/** Runs in the frame. */
function faultsOfDoor({ view, least }: { view: string; least: number }): string[] {
  const root = document.querySelector(view)?.shadowRoot as ShadowRoot;
  const faults: string[] = [];
  const boxOf = (each: Element) => each.getBoundingClientRect();
  const seen = (selector: string) =>
    [...root.querySelectorAll<HTMLElement>(selector)].filter((each) => each.checkVisibility() && boxOf(each).width > 1);
  const apart = (a: DOMRect, b: DOMRect) =>
    a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
  const nameOf = (each: Element) => each.getAttribute("aria-label") ?? (each.textContent?.trim() || each.className);
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the frame");
  if (root.querySelectorAll(".own-devices [data-primary], .page-asks [data-primary]").length > 0) {
    faults.push("another primary action than going in");
  }
  for (const each of seen(".message *, .page-asks *, .notices *")) {
    if (each instanceof SVGElement || each.classList.contains("hidden")) continue;
    const isCutOnPurpose = getComputedStyle(each).textOverflow === "ellipsis";
    if (each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1 && !isCutOnPurpose) {
      faults.push(`${each.tagName}.${each.className} hides ${each.scrollWidth - each.clientWidth} px`);
    }
  }
  const controls = seen(".message :is(button, input, select, summary), .page-asks button, .notices button");
  for (const control of controls) {
    const { width, height, left, right, top, bottom } = boxOf(control);
    if (width < least - 0.5 || height < least - 0.5) faults.push(`${nameOf(control)} is ${width}×${height}`);
    if (left < -0.5 || right > innerWidth + 0.5) faults.push(`${nameOf(control)} is cut off at a side`);
    const isFixed = control.closest(".page-asks") !== null;
    if (isFixed && (top < -0.5 || bottom > innerHeight + 0.5)) faults.push(`${nameOf(control)} is cut off`);
  }
  const beside = seen(".own-devices :is(button, summary, select), .own-level, #name");
  for (const [at, one] of beside.entries()) {
    for (const other of beside.slice(at + 1)) {
      if (!apart(boxOf(one), boxOf(other))) faults.push(`${nameOf(one)} and ${nameOf(other)} overlap`);
    }
  }
  for (const act of seen(".page-asks")) {
    const ways = seen(".bar [data-primary], .room-bar button").filter((each) => !apart(boxOf(act), boxOf(each)));
    faults.push(...ways.map((each) => `the page's question covers ${nameOf(each)}`));
  }
  return faults;
}
