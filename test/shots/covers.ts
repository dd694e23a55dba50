/**
 * Ways in which a page hides the sealed frame from the person whose clicks it wants. Test support.
 */
import type { FrameLocator, Locator, Page } from "playwright-core";

export const COVERS = {
  opacity: "next to no opacity",
  overlay: "a picture that lets clicks through",
  badge: "a badge over one corner",
  small: "scaling down",
  filter: "a filter",
} as const;
export type Cover = keyof typeof COVERS;

/** Resolves when a click is one on a frame in sight: half a second after it came there. */
export async function untilInSight(frame: FrameLocator | Page): Promise<void> {
  await untilCovered(frame, false);
}

/** From the first moment on, before the frame can have been in sight. */
export async function coverFromStart(page: Page, way: Cover): Promise<void> {
  await page.addInitScript(`if (window === top) addEventListener("DOMContentLoaded", () => (${putOver})("${way}"))`);
}

/** Resolves when the browser has told the frame. */
export async function cover(page: Page, frame: FrameLocator, way: Cover): Promise<void> {
  await page.evaluate(putOver, way);
  await untilCovered(frame, true);
}

/** Takes away whatever was put over it. Resolves when the browser has told the frame, which may still count as covered. */
export async function uncover(page: Page, frame: FrameLocator): Promise<void> {
  await page.evaluate(() => {
    document.querySelector("#cover")?.remove();
    const element = document.querySelector("wisp-recorder, wisp-player, whatping-room") as HTMLElement;
    for (const property of ["opacity", "transform", "filter"]) element.style.removeProperty(property);
  });
  await untilReportedVisible(frame);
}

async function untilCovered(frame: FrameLocator | Page, wanted: boolean): Promise<void> {
  await frame.locator("wisp-recorder-view, wisp-player-view, whatping-room-view").evaluate(
    (view, covered) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if ((view as unknown as { covered: { isCovered: boolean } }).covered.isCovered === covered) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
    wanted,
  );
}

/** Clicks on something inside a frame, also where the page has made the frame smaller. */
export async function clickThrough(iframe: Locator, inside: Locator): Promise<void> {
  const inner = await inside.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2, whole: innerWidth };
  });
  const outer = await iframe.evaluate((element) => {
    const { x, y, width } = element.getBoundingClientRect();
    return { x, y, width };
  });
  const scale = outer.width / inner.whole;
  await iframe.page().mouse.click(outer.x + inner.x * scale, outer.y + inner.y * scale);
}

/** Runs in the page. */
function putOver(way: string): void {
  const element = document.querySelector("wisp-recorder, wisp-player, whatping-room") as HTMLElement;
  if (way === "opacity") element.style.opacity = "0.01";
  if (way === "small") element.style.transform = "scale(0.7)";
  if (way === "filter") element.style.filter = "opacity(1%)";
  if (way !== "overlay" && way !== "badge") return;
  const over = document.createElement("div");
  over.id = "cover";
  const box = way === "badge" ? "inset:0 0 auto auto;width:24px;height:24px" : "inset:0";
  over.style.cssText = `position:fixed;z-index:1;pointer-events:none;background:#c0c0c0;${box}`;
  document.body.append(over);
}

/**
 * The frame's own observer hears every 100 ms what has changed: one that is asked anew again and again until longer than
 * that has passed on the browser's clock has heard it later.
 */
async function untilReportedVisible(frame: FrameLocator): Promise<void> {
  await frame.locator("body").evaluate(
    () =>
      new Promise<void>((resolve) => {
        let since = Number.POSITIVE_INFINITY;
        const look = () => {
          const options = { trackVisibility: true, delay: 100 } as IntersectionObserverInit;
          const observer = new IntersectionObserver(([entry]) => {
            observer.disconnect();
            const { isVisible, time } = entry as IntersectionObserverEntry & { isVisible: boolean };
            since = isVisible ? Math.min(since, time) : Number.POSITIVE_INFINITY;
            if (time - since > 200) resolve();
            else look();
          }, options);
          observer.observe(document.documentElement);
        };
        look();
      }),
  );
}
