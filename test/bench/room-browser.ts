/**
 * What a person waits for at the door of a small and of a large room, in Chromium, by a guest's link: from the click on
 * Enter until the view is told that they are inside. Times are the frame's own. Source: protocol.md §2.
 */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openChromium } from "../support/chromium.ts";
import { addressOf } from "../support/room-address.ts";
import { startRelay } from "./api-relay.ts";
import { LargeRoom } from "./large-room.ts";
import { median, p95 } from "./rounds.ts";
import { format, type Row } from "./rows.ts";
import type { BenchGround } from "./topic.ts";

const SIZES = [2, 10, 200];
const ROUNDS = 9;
const WARM_UP = 2;
const GOAL_MS = 1_000;

export async function benchDoor({ services, folder }: Pick<BenchGround, "services" | "folder">): Promise<Row[]> {
  const relay = await startRelay(join(folder, "door"), { REDIS_URL: services.redisUrl, REDIS_PREFIX: "bench-door:" });
  const room = await LargeRoom.open(`http://127.0.0.1:${relay.port}`);
  const browser = await openChromium();
  try {
    const rows: Row[] = [];
    for (const size of SIZES) {
      await room.growTo(size);
      const times: number[] = [];
      for (let round = -WARM_UP; round < ROUNDS; round++) {
        const ms = await visit(browser, room, `http://frame.localhost:${relay.port}`);
        if (round >= 0) times.push(ms);
      }
      rows.push({
        name: `${size} members: click on Enter → inside, Chromium`,
        value: median(times),
        unit: "ms",
        goal: GOAL_MS,
        better: "lower",
        against: `p95 ${format(p95(times))}; 100 ms of it wait for others who come`,
      });
    }
    return rows;
  } finally {
    await browser.close();
    await room.close();
    await relay.stop();
  }
}

let visits = 0;

async function visit(browser: Browser, room: LargeRoom, origin: string): Promise<number> {
  const name = `browser ${visits++}`;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(addressOf(room.host.link, origin));
  await page.getByRole("textbox", { name: "Your name", exact: true }).fill(name);
  const inside = await untilInside(page);
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  const ms = await inside();
  await room.sendAway(name);
  await context.close();
  return ms;
}

/** Watches from now on; the answer is ms from the click. */
async function untilInside(page: Page): Promise<() => Promise<number>> {
  const watching = await page.locator("whatping-room-view").evaluateHandle((view) => {
    let clickedAt = Number.NaN;
    addEventListener("click", ({ timeStamp }) => (clickedAt = timeStamp), { capture: true });
    const inside = new Promise<number>((resolve) => {
      const look = () => view.getAttribute("data-phase") === "in" && resolve(performance.now() - clickedAt);
      new MutationObserver(look).observe(view, { attributeFilter: ["data-phase"] });
    });
    return { inside };
  });
  return () => watching.evaluate(({ inside }) => inside);
}
