/**
 * What the room's view owes to eyes, keyboards and screen readers, in every state: real Chromium, the built frame under
 * the policy of the real API. The states come from the frame's own reducer (test/shots/room-poses.ts).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame, FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { Room } from "../../../widget/frame/room/room.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { LOBBY_POSES } from "../../shots/lobby-poses.ts";
import { openRoomElement } from "../../shots/room.ts";
import { CROWDED, poseRoom, ROOM_POSES, ROOM_VIEW } from "../../shots/room-poses.ts";
import { AXE, setTheme, violationsOf } from "./axe.ts";

const TARGET_PX = 44;
const SIZES = [
  { width: 280, height: 420 },
  { width: 280, height: 200 },
  { width: 320, height: 568 },
  { width: 390, height: 700 },
  { width: 400, height: 200 },
  { width: 640, height: 200 },
  { width: 1280, height: 720 },
];
const LANGUAGES = ["en", "de", "fr", "it"];
const STATES: Readonly<Record<string, Room>> = { ...ROOM_POSES, ...LOBBY_POSES, crowded: CROWDED };
/** Dialog → a state in which it can be opened. */
const DIALOGS: Readonly<Record<string, string>> = {
  code: "code changed",
  invite: "talking",
  more: "talking",
  alarm: "alarm",
  remove: "talking",
  "new-link": "talking",
  forget: "talking",
  lobby: "three knock",
  admission: "one knocks",
};

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

interface OpenRoom {
  readonly page: Page;
  readonly frame: Frame;
  readonly within: FrameLocator;
}

async function openRoom(markup = '<whatping-room name="Mara"></whatping-room>'): Promise<OpenRoom> {
  const { page, frame: within } = await openRoomElement(world, markup);
  const frame = page.frames().find((candidate) => candidate !== page.mainFrame()) as Frame;
  await frame.evaluate(() => {
    const violations: string[] = [];
    Object.assign(globalThis, { violations });
    addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
  });
  await page.emulateMedia({ reducedMotion: "reduce" });
  return { page, frame, within };
}

async function assertNoViolations(frame: Frame): Promise<void> {
  assert.deepEqual(await frame.evaluate(() => (globalThis as unknown as { violations: string[] }).violations), []);
}

async function bothThemes(frame: Frame, name: string): Promise<string[]> {
  await setTheme(frame, ROOM_VIEW, "light");
  const light = (await violationsOf(frame)).map((line) => `${name}: ${line}`);
  // Nothing but colours changes with the theme.
  await setTheme(frame, ROOM_VIEW, "dark");
  return [...light, ...(await violationsOf(frame, ["color-contrast"])).map((line) => `${name}, dark: ${line}`)];
}

for (const size of [
  { width: 390, height: 700 },
  { width: 1000, height: 700 },
]) {
  test(`axe finds nothing in any state of either theme at ${size.width} px, and the policy is never violated`, async () => {
    const { page, frame, within } = await openRoom();
    await page.setViewportSize(size);
    await frame.evaluate(AXE);
    const found: string[] = [];
    for (const [name, room] of Object.entries(STATES)) {
      await poseRoom(within, room);
      found.push(...(await bothThemes(frame, name)));
    }
    assert.deepEqual(found, []);
    await assertNoViolations(frame);
    await page.context().close();
  });
}

test("axe finds nothing in any dialog of either theme", async () => {
  const { page, frame, within } = await openRoom();
  await page.setViewportSize({ width: 390, height: 700 });
  await frame.evaluate(AXE);
  const found: string[] = [];
  for (const [dialog, state] of Object.entries({ ...DIALOGS, people: "not confirmed and lost" })) {
    await poseRoom(within, STATES[state] as Room, dialog);
    found.push(...(await bothThemes(frame, dialog)));
  }
  for (const [state, who] of [
    ["changed", "anna"],
    ["not confirmed and lost", "Ben Okafor"],
    ["not confirmed and lost", "Cleo Marchetti-Vandenberg"],
    ["talking", "Mara Keller"],
  ] as const) {
    await poseRoom(within, STATES[state] as Room, "people");
    await within.locator("#people .person", { hasText: who }).last().click();
    await within.locator("#person").waitFor();
    found.push(...(await bothThemes(frame, `${who} in ${state}`)));
  }
  assert.deepEqual(found, []);
  await page.context().close();
});

for (const language of LANGUAGES) {
  test(`in ${language} and every box nothing is cut off or scrolls sideways, and every control is ${TARGET_PX} px`, async () => {
    const { page, frame, within } = await openRoom(`<whatping-room name="Mara" lang="${language}"></whatping-room>`);
    await frame.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
    const found: string[] = [];
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const [name, room] of Object.entries(STATES)) {
        await poseRoom(within, room);
        found.push(...(await faultsIn(frame)).map((fault) => `${name} at ${size.width}×${size.height}: ${fault}`));
      }
      for (const [dialog, state] of Object.entries(DIALOGS)) {
        await poseRoom(within, STATES[state] as Room, dialog);
        found.push(...(await faultsIn(frame)).map((fault) => `${dialog} at ${size.width}×${size.height}: ${fault}`));
      }
    }
    assert.deepEqual([...new Set(found)], []);
    await page.context().close();
  });
}

async function faultsIn(frame: Frame): Promise<string[]> {
  await frame.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  return frame.evaluate(faultsOfRoom, { view: ROOM_VIEW, least: TARGET_PX });
}

/** Runs in the frame. */
function faultsOfRoom({ view, least }: { view: string; least: number }): string[] {
  const root = document.querySelector(view)?.shadowRoot as ShadowRoot;
  const dialog = root.querySelector("dialog[open]");
  const scope: ParentNode = dialog ?? root;
  const faults: string[] = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the frame");
  if (root.querySelectorAll("[data-primary]").length > 1) faults.push("several primary actions");
  for (const each of [...(dialog ? [dialog] : []), ...scope.querySelectorAll<HTMLElement>("*")]) {
    // What only screen readers get is a pixel wide.
    const overflows = each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1;
    const isCutOnPurpose = getComputedStyle(each).textOverflow === "ellipsis" || each.classList.contains("hidden");
    const isBox = getComputedStyle(each).overflowX !== "visible" || each instanceof HTMLButtonElement;
    if (overflows && isBox && !isCutOnPurpose && each.checkVisibility()) {
      faults.push(
        `${each.tagName}.${each.className} hides ${each.scrollWidth - each.clientWidth} px: ${each.textContent?.trim().slice(0, 40)}`,
      );
    }
  }
  for (const control of scope.querySelectorAll<HTMLElement>("button, input, textarea")) {
    if (!control.checkVisibility() || (!dialog && control.closest("dialog"))) continue;
    // A checkbox is what its label is.
    const target = control.matches("[type=checkbox]") ? (control.closest("label") ?? control) : control;
    const box = target.getBoundingClientRect();
    const name = control.getAttribute("aria-label") ?? (control.textContent?.trim() || control.tagName);
    if (box.width < least - 0.5 || box.height < least - 0.5) faults.push(`${name} is ${box.width}×${box.height}`);
    if (box.left < -0.5 || box.right > innerWidth + 0.5) faults.push(`${name} is cut off at a side`);
    const isFixed = control.closest(".bar, .composer, .head") !== null && !dialog;
    if (isFixed && (box.top < -0.5 || box.bottom > innerHeight + 0.5)) faults.push(`${name} is cut off below`);
  }
  const fixed = [...root.querySelectorAll<HTMLElement>(".bar button, .head button, .composer > *")].filter((each) =>
    each.checkVisibility(),
  );
  for (const [at, one] of fixed.entries()) {
    for (const other of fixed.slice(at + 1)) {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const apart =
        a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
      if (!apart) faults.push(`${one.className} and ${other.className} overlap`);
    }
  }
  return faults;
}
