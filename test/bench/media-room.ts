/**
 * What a person waits for in a room where a camera is on, in Chromium through the real relay and LiveKit: from the click
 * on Enter to the first picture, and from sending somebody away to the first frame of the next epoch at another member.
 * Source: protocol.md §3, §5.
 */
import { join } from "node:path";
import type { Browser, Page, Worker } from "playwright-core";
import type { SfuAccess } from "../../sfu-config/livekit.ts";
import { openChromium } from "../support/chromium.ts";
import { addressOf } from "../support/room-address.ts";
import { startRelay } from "./api-relay.ts";
import { median, p95 } from "./rounds.ts";
import { format, type Row } from "./rows.ts";
import { SmallRoom } from "./small-room.ts";

/** People in the room, two of them in browsers: one sends, one looks. */
const MEMBERS = 10;
const JOINS = 9;
const REMOVALS = 20;
const WARM_UP = 2;
const PICTURE_GOAL_MS = 1_500;
const REMOVAL_GOAL_MS = 500;

export async function benchMediaRoom({ sfu, folder }: { sfu: SfuAccess; folder: string }): Promise<Row[]> {
  const env = { LIVEKIT_URL: sfu.url, LIVEKIT_API_KEY: sfu.key, LIVEKIT_API_SECRET: sfu.secret };
  const relay = await startRelay(join(folder, "media-room"), env);
  const room = await SmallRoom.open(`http://127.0.0.1:${relay.port}`, MEMBERS - 2);
  const browser = await openChromium();
  const origin = `http://frame.localhost:${relay.port}`;
  try {
    const sender = await enter(browser, addressOf(room.host.link, origin), "camera");
    await sender.getByRole("button", { name: "Camera", exact: true }).click();
    room.guests++;
    const pictures = await rounds(JOINS, () => firstPicture(browser, room, origin));
    const removals = await benchRemovals(browser, room, origin);
    return rowsOf(pictures, removals);
  } finally {
    await browser.close();
    await room.close();
    await relay.stop();
  }
}

async function benchRemovals(browser: Browser, room: SmallRoom, origin: string): Promise<number[]> {
  const viewer = await enter(browser, addressOf(room.host.link, origin), "viewer");
  await firstPictureOf(viewer);
  room.guests++;
  const epochs = await watchEpochs(viewer);
  return rounds(REMOVALS, () => untilNextEpoch(room, epochs));
}

async function rounds(count: number, measure: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = -WARM_UP; round < count; round++) {
    const ms = await measure();
    if (round >= 0) times.push(ms);
  }
  return times;
}

/** Notes the click on Enter and the first picture that any video shows, in the page's own time. */
async function watchPictures(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { clickedAt: Number.NaN, picture: Promise.withResolvers<number>() };
    Object.assign(globalThis, { seen });
    addEventListener(
      "click",
      ({ timeStamp }) => {
        // Enter's: whatever is clicked later is of no interest.
        if (Number.isNaN(seen.clickedAt)) seen.clickedAt = timeStamp;
      },
      { capture: true },
    );
    document.addEventListener("DOMContentLoaded", () => {
      const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject") as PropertyDescriptor;
      Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
        ...own,
        set(this: HTMLVideoElement, stream: MediaStream | null) {
          own.set?.call(this, stream);
          if (stream && this instanceof HTMLVideoElement)
            this.requestVideoFrameCallback((now) => seen.picture.resolve(now - seen.clickedAt));
        },
      });
    });
  });
}

interface Seen {
  readonly picture: PromiseWithResolvers<number>;
}

/** ms from the click */
const firstPictureOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.picture.promise);

async function enter(browser: Browser, link: string, name: string): Promise<Page> {
  const context = await browser.newContext({ permissions: ["camera"] });
  const page = await context.newPage();
  await watchPictures(page);
  await page.goto(link);
  await page.getByRole("textbox", { name: "Your name", exact: true }).fill(name);
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await page.locator('whatping-room-view[data-phase="in"]').waitFor({ state: "attached" });
  return page;
}

let visits = 0;

async function firstPicture(browser: Browser, room: SmallRoom, origin: string): Promise<number> {
  const name = `browser ${visits++}`;
  const page = await enter(browser, addressOf(room.host.link, origin), name);
  const ms = await firstPictureOf(page);
  await room.sendAway(name);
  await page.context().close();
  return ms;
}

/** When the page opened its first frame of each epoch, by the epoch's low byte, in ms since 1970. */
interface Epochs {
  first(epoch: number): Promise<number>;
}

/** Looks into the page's media worker: what authenticates a frame begins with its header, whose KID ends in the epoch. */
async function watchEpochs(page: Page): Promise<Epochs> {
  const worker = page.workers().find((one) => one.url().includes("room-main")) as Worker;
  await worker.evaluate(() => {
    const firsts = new Map<number, PromiseWithResolvers<number>>();
    const first = (epoch: number) => {
      const known = firsts.get(epoch) ?? Promise.withResolvers<number>();
      firsts.set(epoch, known);
      return known;
    };
    Object.assign(globalThis, { firstOf: (epoch: number) => first(epoch).promise });
    const decrypt = crypto.subtle.decrypt.bind(crypto.subtle);
    crypto.subtle.decrypt = async (parameters, key, data) => {
      const opened = await decrypt(parameters, key, data);
      const header = new Uint8Array((parameters as AesGcmParams).additionalData as Uint8Array<ArrayBuffer>);
      first(header[3] ?? -1).resolve(performance.timeOrigin + performance.now());
      return opened;
    };
  });
  return {
    first: (epoch) =>
      worker.evaluate(
        (low) => (globalThis as unknown as { firstOf(epoch: number): Promise<number> }).firstOf(low),
        epoch & 0xff,
      ),
  };
}

/** Somebody comes; when the camera is sealed in that epoch, they are sent away. @returns ms */
async function untilNextEpoch(room: SmallRoom, epochs: Epochs): Promise<number> {
  const name = await room.come();
  await epochs.first(room.host.epoch);
  const clicked = performance.timeOrigin + performance.now();
  await room.sendAway(name);
  return (await epochs.first(room.host.epoch)) - clicked;
}

function rowsOf(pictures: readonly number[], removals: readonly number[]): Row[] {
  return [
    {
      name: `${MEMBERS - 1} members, a camera on: click on Enter → first picture, Chromium`,
      value: median(pictures),
      unit: "ms",
      goal: PICTURE_GOAL_MS,
      better: "lower",
      against: `p95 ${format(p95(pictures))}; 100 ms of it wait for others who come`,
    },
    {
      name: `${MEMBERS} members: send away → first frame of the next epoch opened, Chromium, p95`,
      value: p95(removals),
      unit: "ms",
      goal: REMOVAL_GOAL_MS,
      better: "lower",
      against: `median ${format(median(removals))}`,
    },
  ];
}
