/**
 * An element in a host page of its own, filling the window unless told otherwise. Test support.
 */
import type { Frame, FrameLocator, Page } from "playwright-core";
import { sealedFrame } from "../../flow/recorder-driver.ts";
import type { World } from "../../flow/world.ts";

export interface OpenElement {
  readonly page: Page;
  readonly frame: Frame;
  readonly within: FrameLocator;
}

/** Opens the element of this markup; `prepare` runs before the page is loaded. */
export async function openElement(
  world: World,
  markup: string,
  prepare: (page: Page) => Promise<unknown> = async () => undefined,
): Promise<OpenElement> {
  world.host.show(markup);
  const page = await world.newProfile();
  await prepare(page);
  await page.goto(world.host.origin);
  const name = markup.includes("recorder") ? "wisp-recorder" : "wisp-player";
  const within = sealedFrame(page, name);
  await within.locator(`${name}-view[data-step]`).waitFor({ state: "attached" });
  const frame = page.frames().find((candidate) => candidate !== page.mainFrame()) as Frame;
  return { page, frame, within };
}

/** Gives the element the whole window. */
export function fillWindow(page: Page): Promise<void> {
  return page.evaluate(() => {
    document.body.style.margin = "0";
    const element = document.body.querySelector<HTMLElement>("wisp-recorder, wisp-player");
    if (element) element.style.cssText = "position:fixed;inset:0;width:100%;height:100%;min-height:0;max-height:none";
  });
}
