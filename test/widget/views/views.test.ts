/**
 * What both views owe to eyes, keyboards and screen readers, in every state: real Chromium, the built frame under the
 * policy of the real API. Poses (test/shots/poses.ts) stand in for states that pass too quickly.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { recordTake, sendTake, startWatching, untilElapsed, untilStep } from "../../flow/recorder-driver.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { cover, untilInSight } from "../../shots/covers.ts";
import { LIVE, PLAYER_POSES, type Pose, pose, RECORDER_POSES, type View } from "../../shots/poses.ts";
import { AXE, setTheme, violationsOf } from "./axe.ts";
import { fillWindow, type OpenElement, openElement } from "./open-element.ts";

const TARGET_PX = 44;
const SIZES = [
  { width: 400, height: 110 },
  { width: 280, height: 200 },
  { width: 280, height: 420 },
  { width: 390, height: 292 },
  { width: 500, height: 300 },
  { width: 640, height: 200 },
  { width: 1280, height: 720 },
];

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

async function openFull(markup: string): Promise<OpenElement> {
  const opened = await openElement(world, markup);
  await fillWindow(opened.page);
  await opened.frame.evaluate(listenForViolations);
  return opened;
}

/** Runs in the frame. */
function listenForViolations(): void {
  const violations: string[] = [];
  Object.assign(globalThis, { violations });
  addEventListener("securitypolicyviolation", (event) =>
    violations.push(`${event.violatedDirective} ${event.blockedURI}`),
  );
}

/** What the frame's own policy (Trusted Types among it) had to refuse. */
async function assertNoViolations(scope: Frame | Page): Promise<void> {
  assert.deepEqual(await scope.evaluate(() => (globalThis as unknown as { violations: string[] }).violations), []);
}

const views: [View, string, Readonly<Record<string, Pose>>][] = [
  ["wisp-recorder-view", "<wisp-recorder></wisp-recorder>", RECORDER_POSES],
  ["wisp-player-view", "<wisp-player></wisp-player>", PLAYER_POSES],
];

for (const [view, markup, poses] of views) {
  test(`${view}: axe finds nothing in any state of either theme, and the frame's policy is never violated`, async () => {
    const { page, frame, within } = await openFull(markup);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.setViewportSize({ width: 640, height: 480 });
    await frame.evaluate(AXE);
    const found: string[] = [];
    for (const [name, change] of Object.entries(poses)) {
      await pose(within, view, change, LIVE.includes(name) ? "empty" : "none");
      await setTheme(frame, view, "light");
      found.push(...(await violationsOf(frame)).map((line) => `${name}: ${line}`));
      // Nothing but colours changes with the theme.
      await setTheme(frame, view, "dark");
      found.push(...(await violationsOf(frame, ["color-contrast"])).map((line) => `${name}, dark: ${line}`));
    }
    // A question over the last of them: what a click brings up while something covers the frame.
    await pose(within, view, view === "wisp-player-view" ? (poses.invitation ?? {}) : { step: "start" });
    await cover(page, within, "badge");
    await within.locator("[data-primary]").click();
    await within.getByRole("button", { name: "Yes, go on", disabled: false }).waitFor();
    for (const theme of ["light", "dark"]) {
      await setTheme(frame, view, theme);
      found.push(...(await violationsOf(frame)).map((line) => `covered, ${theme}: ${line}`));
    }
    assert.deepEqual(found, []);
    await assertNoViolations(frame);
    await page.context().close();
  });

  test(`${view}: in every box every control is whole, at least ${TARGET_PX} px, and at most one is primary`, async () => {
    const { page, frame, within } = await openFull(markup);
    await page.emulateMedia({ reducedMotion: "reduce" });
    const found: string[] = [];
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const [name, change] of Object.entries(poses)) {
        await pose(within, view, change, LIVE.includes(name) ? "empty" : "none");
        await frame.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        const faults = await frame.evaluate(faultsOfControls, { view, least: TARGET_PX });
        found.push(...faults.map((fault) => `${name} at ${size.width}×${size.height}: ${fault}`));
      }
    }
    assert.deepEqual(found, []);
    await page.context().close();
  });
}

/** Runs in the frame. */
function faultsOfControls({ view, least }: { view: string; least: number }): string[] {
  const root = document.querySelector(view)?.shadowRoot as ShadowRoot;
  const faults: string[] = [];
  const primaries = root.querySelectorAll("[data-primary]").length;
  if (primaries > 1) faults.push(`${primaries} primary actions`);
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the frame");
  for (const control of root.querySelectorAll<HTMLElement>("button, select, input, .message h1, .chip")) {
    if (!control.checkVisibility()) continue;
    const box = control.getBoundingClientRect();
    const name = control.getAttribute("aria-label") ?? (control.textContent?.trim() || control.tagName);
    const isWords = control.matches("h1, .chip");
    if (!isWords && (box.width < least - 0.5 || box.height < least - 0.5))
      faults.push(`${name} is ${box.width}×${box.height}`);
    const outside = box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5;
    if (outside) faults.push(`${name} is cut off`);
    if (control.scrollWidth > control.clientWidth + 1 && control instanceof HTMLButtonElement)
      faults.push(`${name} overflows`);
  }
  const inBar = [...root.querySelectorAll<HTMLElement>(".bar button")].filter((button) => button.checkVisibility());
  for (const [at, one] of inBar.entries()) {
    for (const other of inBar.slice(at + 1)) {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const overlap =
        a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
      if (overlap) faults.push(`${one.textContent?.trim()} and ${other.textContent?.trim()} overlap`);
    }
  }
  return faults;
}

test("a whole take works from the keyboard: each state's primary action has the focus", async () => {
  const { page, frame, within } = await openFull("<wisp-recorder></wisp-recorder>");
  await page.keyboard.press("Tab");
  for (const [step, name] of [
    ["start", "Record a video"],
    ["ready", "Record"],
    ["countdown", "Start now"],
    ["recording", "Stop"],
  ]) {
    await untilStep(within, step as string);
    await untilFocused(frame, name as string);
    if (step === "recording") await untilElapsed(within, 1);
    await page.keyboard.press("Enter");
  }
  await untilStep(within, "review");
  await untilFocused(frame, "Send");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await within.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await within.getByRole("dialog").waitFor({ state: "hidden" });
  await untilFocused(frame, "Discard");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await untilStep(within, "sent");
  await untilFocused(frame, "Copy link");
  await page.keyboard.press("Enter");
  await within.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  const link = await within.getByLabel("Link", { exact: true }).inputValue();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  await assertNoViolations(frame);
  await page.context().close();
});

/** Resolves when the control of that name has the focus. */
async function untilFocused(frame: Frame, name: string): Promise<void> {
  await frame.waitForFunction((wanted) => {
    const active = document.activeElement?.shadowRoot?.activeElement;
    return (active?.getAttribute("aria-label") ?? active?.textContent?.trim()) === wanted;
  }, name);
}

test("nothing moves when one pauses, resumes or stops", async () => {
  const { page, frame, within } = await openFull("<wisp-recorder></wisp-recorder>");
  await untilInSight(within);
  await within.getByRole("button", { name: "Record a video" }).click();
  await untilStep(within, "ready");
  await within.getByRole("button", { name: "Record", exact: true }).click();
  await within.getByRole("button", { name: "Start now" }).click();
  await untilStep(within, "recording");
  const recording = await boxes(frame);
  await within.getByRole("button", { name: "Pause" }).click();
  await untilStep(within, "paused");
  assert.deepEqual(await boxes(frame), recording);
  await within.getByRole("button", { name: "Resume" }).click();
  await untilStep(within, "recording");
  assert.deepEqual(await boxes(frame), recording);
  const { bar } = recording;
  await within.getByRole("button", { name: "Stop" }).click();
  await untilStep(within, "review");
  assert.deepEqual((await boxes(frame)).bar, bar);
  await page.context().close();
});

async function boxes(frame: Frame): Promise<Record<string, string>> {
  return frame.evaluate(() => {
    const root = document.querySelector("wisp-recorder-view")?.shadowRoot as ShadowRoot;
    const named: [string, Element | null][] = [
      ["stage", root.querySelector(".stage")],
      ["bar", root.querySelector(".bar")],
      ...[...root.querySelectorAll(".twins button, .sealing")].map((element, at): [string, Element] => [
        `part ${at}`,
        element,
      ]),
    ];
    return Object.fromEntries(
      named.map(([name, element]) => {
        const { x, y, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
        return [name, [x, y, width, height].map(Math.round).join(" ")];
      }),
    );
  });
}

test("a video is watched and a voice message listened to: the button says which", async () => {
  const { page, within } = await openFull("<wisp-player></wisp-player>");
  for (const [name, way] of [
    ["invitation", "Watch"],
    ["invitation to hear", "Listen"],
  ] as const) {
    await pose(within, "wisp-player-view", PLAYER_POSES[name] as Pose);
    await within.getByRole("button", { name: way, exact: true }).waitFor();
  }
  await page.context().close();
});

test("who looks away sees black and hears nothing until a click; then the clip goes on and closes for good", async () => {
  const sender = await openFull("<wisp-recorder></wisp-recorder>");
  await recordTake(sender.within, { seconds: 3, recipient: "ada@example.org" });
  const link = await sendTake(sender.within);
  await sender.page.context().close();

  const viewer = await world.newProfile();
  await viewer.addInitScript(listenForViolations);
  await viewer.goto(link);
  await untilStep(viewer, "invitation");
  assert.equal(await viewer.title(), "A sealed clip");
  await startWatching(viewer);
  await viewer
    .locator("wisp-watermark span", { hasText: /ada@example\.org · .*\d:\d\d:\d\d/ })
    .first()
    .waitFor();
  await viewer.evaluate(() => dispatchEvent(new Event("blur")));
  await viewer.getByText("Paused — click to go on").waitFor();
  const video = viewer.locator("video");
  assert.equal(await video.evaluate((element: HTMLVideoElement) => element.paused), true);
  assert.equal(await video.evaluate((element) => getComputedStyle(element).visibility), "hidden");
  await viewer.getByText("Paused — click to go on").click({ force: true });
  await untilStep(viewer, "playing");
  assert.equal(await video.evaluate((element) => getComputedStyle(element).visibility), "visible");
  await untilStep(viewer, "gone");
  await viewer.getByRole("heading", { name: "Closed for good" }).waitFor();
  assert.equal(await viewer.locator("video").count(), 0);
  await assertNoViolations(viewer);
  await viewer.context().close();
});
