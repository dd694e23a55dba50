/**
 * Clickjacking: what a click does that lands on a sealed frame which the page covers or hides. Real Chromium, which
 * reports it; the page's clock is the test's where time matters.
 * Source: protocol.md §11, product.md E2.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FrameLocator, Locator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { idOf, recordTake, sendTake, untilElapsed, untilStep } from "../../flow/recorder-driver.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { COVERS, type Cover, clickThrough, coverFromStart, uncover } from "../../shots/covers.ts";
import { fillWindow, type OpenElement, openElement } from "./open-element.ts";

const RECORDER = "<wisp-recorder></wisp-recorder>";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

const press = (scope: FrameLocator, name: string) => scope.getByRole("button", { name, exact: true }).click();
const question = (scope: FrameLocator): Locator => scope.getByRole("dialog", { name: "Something covers this window" });
const goOn = (scope: FrameLocator): Locator => question(scope).getByRole("button", { name: "Yes, go on" });

function openCovered(cover: Cover, markup = RECORDER): Promise<OpenElement> {
  return openElement(world, markup, async (page) => {
    // Nothing is on its way while the test measures where it is.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await coverFromStart(page, cover);
  });
}

interface Heard {
  readonly name: string;
  readonly detail: { readonly step?: string; readonly code?: string };
}

/** What the element told its page, in order: steps and codes of errors. */
async function told(page: Page): Promise<string[]> {
  const heard = await page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard);
  return heard.flatMap(({ detail }) => detail?.step ?? detail?.code ?? []);
}

for (const [cover, words] of Object.entries(COVERS)) {
  test(`a click through ${words} starts nothing: the frame asks first, and the page hears why`, async () => {
    const { page, within } = await openCovered(cover as Cover);
    await clickThrough(page.locator("wisp-recorder iframe"), within.getByRole("button", { name: "Record a video" }));
    await question(within).waitFor();
    assert.match((await question(within).textContent()) ?? "", /your camera and microphone are switched on/);
    assert.deepEqual(await told(page), ["frame-covered"]);
    await untilStep(within, "start");
    await page.context().close();
  });
}

test("asks before devices, recording and Send, once each as long as it stays covered; nothing is refused", async () => {
  const { page, within } = await openCovered("badge");
  for (const [name, words, step] of [
    ["Record a video", "your camera and microphone are switched on", "ready"],
    ["Record", "you are being recorded", "countdown"],
  ] as const) {
    await press(within, name);
    await question(within).filter({ hasText: words }).waitFor();
    await goOn(within).click();
    await untilStep(within, step);
  }
  await press(within, "Start now");
  await untilElapsed(within, 1);
  await press(within, "Pause");
  await press(within, "Resume");
  await untilStep(within, "recording");
  await press(within, "Stop");
  await untilStep(within, "review");
  await press(within, "Retake");
  await untilStep(within, "ready");
  await press(within, "Record");
  await untilElapsed(within, 1);
  await press(within, "Stop");
  await untilStep(within, "review");
  await press(within, "Send");
  await question(within).filter({ hasText: "your clip is sent" }).waitFor();
  await goOn(within).click();
  await untilStep(within, "sent");
  assert.equal((await told(page)).filter((code) => code === "frame-covered").length, 3);
  await press(within, "Record another");
  await press(within, "Record a video");
  await question(within).waitFor();
  await page.context().close();
});

test("Watch is asked about before the clip's one showing is used up", async () => {
  const sender = await openElement(world, RECORDER);
  await recordTake(sender.within, { seconds: 1 });
  const link = await sendTake(sender.within);
  await sender.page.context().close();

  const { page, within } = await openCovered("opacity", `<wisp-player src="${link}"></wisp-player>`);
  await untilStep(within, "invitation");
  await press(within, "Watch");
  await question(within).filter({ hasText: "the clip plays now, and only once" }).waitFor();
  assert.equal((await world.clip(idOf(link)))?.state, "ready");
  await goOn(within).click();
  await untilStep(within, "playing");
  await page.context().close();
});

test("a question about one link is not answered for another", async () => {
  const sender = await openElement(world, RECORDER);
  await recordTake(sender.within, { seconds: 1 });
  const first = await sendTake(sender.within);
  await press(sender.within, "Record another");
  await recordTake(sender.within, { seconds: 1 });
  const second = await sendTake(sender.within);
  await sender.page.context().close();

  const { page, within } = await openCovered("opacity", `<wisp-player src="${first}"></wisp-player>`);
  await untilStep(within, "invitation");
  await press(within, "Watch");
  await question(within).waitFor();
  await page.locator("wisp-player").evaluate((player, link) => player.setAttribute("src", link), second);
  await question(within).waitFor({ state: "detached" });
  await page.context().close();
});

test("the answer counts only after 700 ms", async () => {
  const { page, within } = await openElement(world, RECORDER, async (fresh) => {
    await coverFromStart(fresh, "badge");
    await fresh.clock.install();
  });
  await page.clock.pauseAt(Date.now() + 3_600_000);
  await press(within, "Record a video");
  await question(within).waitFor();
  await page.clock.runFor(699);
  assert.equal(await goOn(within).isDisabled(), true);
  await page.clock.runFor(1);
  await within.locator("#covered button:enabled", { hasText: "Yes, go on" }).waitFor();
  await page.context().close();
});

test("the answer counts only at another place on the screen, wherever the page moves the frame meanwhile", async () => {
  const { page, within } = await openCovered("badge");
  const start = within.getByRole("button", { name: "Record a video" });
  const first = await middleOf(start);
  await page.mouse.click(first.x, first.y);
  await within.locator("#covered button:enabled", { hasText: "Yes, go on" }).waitFor();
  const before = await middleOf(goOn(within));
  await page.locator("wisp-recorder").evaluate(
    (element: HTMLElement, by) => {
      element.style.translate = `${by.x}px ${by.y}px`;
    },
    { x: first.x - before.x, y: first.y - before.y },
  );
  const { x, y } = await middleOf(goOn(within));
  assert.ok(Math.hypot(x - first.x, y - first.y) < 2, "the answer is not under the pointer");
  await page.mouse.click(first.x, first.y);
  await page.mouse.click(first.x + 10, first.y + 10);
  assert.deepEqual(await told(page), ["frame-covered"]);
  await page.mouse.click(first.x + 30, first.y);
  await untilStep(within, "ready");
  await page.context().close();
});

test("in every box the answer lies where the click was not, and question and answers are whole", async () => {
  const { page, within } = await openCovered("badge");
  await fillWindow(page);
  const found: string[] = [];
  for (const [width, height] of BOXES) {
    await page.setViewportSize({ width, height });
    for (const name of ["Record a video", "Record your voice"]) {
      const button = within.getByRole("button", { name });
      // Waits until it stands still.
      await button.hover();
      const click = await middleOf(button);
      await page.mouse.click(click.x, click.y);
      await question(within).waitFor();
      const faults = await question(within).evaluate(faultsOf, click);
      found.push(...faults.map((fault) => `${fault} after ${name} at ${width}×${height}`));
      await page.keyboard.press("Escape");
      await question(within).waitFor({ state: "detached" });
    }
  }
  assert.deepEqual(found, []);
  await page.context().close();
});

const BOXES = [
  [1280, 720],
  [390, 292],
  [640, 200],
  [280, 420],
  [280, 200],
  [400, 110],
] as const;

/** Runs in the frame, which begins where the page does. */
function faultsOf(dialog: Element, click: { x: number; y: number }): string[] {
  const faults: string[] = [];
  if (dialog.scrollHeight > dialog.clientHeight || dialog.scrollWidth > dialog.clientWidth)
    faults.push("words cut off");
  const box = dialog.getBoundingClientRect();
  if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) faults.push("dialog cut off");
  const [stay, goOn] = [...dialog.querySelectorAll("button")].map((button) => button.getBoundingClientRect());
  for (const answer of [stay, goOn]) {
    if (!answer || answer.width < 43.5 || answer.height < 43.5)
      faults.push(`answer of ${answer?.width}×${answer?.height}`);
  }
  const { left, right, top, bottom } = goOn ?? new DOMRect();
  if (click.x > left && click.x < right && click.y > top && click.y < bottom) faults.push("answer under the click");
  return faults;
}

test("leaving it, by button, Escape or Enter, changes nothing", async () => {
  const { page, within } = await openCovered("badge");
  for (const leave of [
    () => press(within, "Leave it"),
    () => page.keyboard.press("Escape"),
    // The focus is on the answer that changes nothing.
    () => page.keyboard.press("Enter"),
  ]) {
    await press(within, "Record a video");
    await question(within).waitFor();
    await leave();
    await question(within).waitFor({ state: "detached" });
    await untilStep(within, "start");
  }
  assert.deepEqual(await told(page), ["frame-covered", "frame-covered", "frame-covered"]);
  await page.context().close();
});

test("a cover that goes away just before the click still counts, and after half a second no longer", async () => {
  const { page, within } = await openElement(world, RECORDER, async (fresh) => {
    await coverFromStart(fresh, "badge");
    await fresh.clock.install();
  });
  await press(within, "Record a video");
  await press(within, "Leave it");
  await page.clock.pauseAt(Date.now() + 3_600_000);
  await uncover(page, within);
  await press(within, "Record a video");
  await press(within, "Leave it");
  await page.clock.runFor(500);
  await page.clock.resume();
  await press(within, "Record a video");
  await untilStep(within, "ready");
  await page.context().close();
});

test("a frame that is in sight is never asked about: tight, half below the edge, rounded, after a dialog of its own", async () => {
  for (const { name, style, size = { width: 1280, height: 720 } } of PLAIN) {
    const { page, within } = await openElement(world, RECORDER);
    await page.setViewportSize(size);
    await page.locator("wisp-recorder").evaluate((element: HTMLElement, css) => {
      element.style.cssText = css;
    }, style);
    await press(within, "Record a video");
    await untilStep(within, "ready");
    const settings = within.getByRole("button", { name: "Settings" });
    if (await settings.isVisible()) {
      await settings.click();
      await press(within, "Done");
    }
    await press(within, "Record");
    await untilStep(within, "countdown");
    assert.deepEqual(await told(page), ["asking", "ready", "countdown"], name);
    await page.context().close();
  }
});

const PLAIN: readonly { name: string; style: string; size?: { width: number; height: number } }[] = [
  { name: "as it comes", style: "" },
  { name: "tight", style: "width:280px;height:200px", size: { width: 300, height: 216 } },
  { name: "rounded, with a shadow", style: "border-radius:24px;overflow:hidden;box-shadow:0 0 40px #000" },
  {
    name: "half below the edge",
    style: "margin-top:100px;height:400px;max-height:none",
    size: { width: 800, height: 505 },
  },
  { name: "moved", style: "translate:20px 10px" },
];

test("a browser that does not report visibility asks nothing", async () => {
  const { page, within } = await openElement(world, RECORDER, async (fresh) => {
    await coverFromStart(fresh, "opacity");
    await fresh.addInitScript("delete IntersectionObserverEntry.prototype.isVisible");
  });
  await press(within, "Record a video");
  await untilStep(within, "ready");
  assert.deepEqual(await told(page), ["asking", "ready"]);
  await page.context().close();
});

async function middleOf(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  assert.ok(box, "it has no box");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
