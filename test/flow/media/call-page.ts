/**
 * What a page of a call really gets and sends, seen from beside our code: each peer connection's own statistics, each
 * picture that a video element shows, and what workers report. Test support.
 */

import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { Frame, Page } from "playwright-core";
import type { FromRoomMedia } from "../../../widget/wire/group-media.ts";
import type { World } from "../world.ts";

const LIVEKIT = createRequire(import.meta.url).resolve("livekit-client");

export type Report = FromRoomMedia & { readonly at: number };

interface Seen {
  readonly connections: RTCPeerConnection[];
  readonly reports: Report[];
  readonly workers: Worker[];
  /** times of pictures, ms of that page, by the tile's key */
  readonly pictures: number[];
}

/** Before anything of the page runs, in all its frames. */
export async function watchMedia(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Seen = { connections: [], reports: [], workers: [], pictures: [] };
    Object.assign(globalThis, { seen });
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        seen.connections.push(this);
      }
    };
    globalThis.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (String(url).includes("/room-main")) seen.workers.push(this);
        this.addEventListener("message", ({ data }) => {
          if (typeof data?.count === "number" || data?.type === "judged")
            seen.reports.push({ ...data, at: performance.now() });
        });
      }
    };
  });
}

/** The sealed frame inside a host page, or the page's own document. */
export const sealed = (page: Page): Frame =>
  page.frames().find((frame) => frame !== page.mainFrame()) ?? page.mainFrame();

/** Of all video that came. */
export function received(frame: Frame): Promise<{ packets: number; decoded: number }> {
  return frame.evaluate(async () => {
    const sum = { packets: 0, decoded: 0 };
    for (const connection of (globalThis as unknown as { seen: Seen }).seen.connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "inbound-rtp" || report.kind !== "video") continue;
        sum.packets += report.packetsReceived;
        sum.decoded += report.framesDecoded ?? 0;
      }
    }
    return sum;
  });
}

/** Resolves when so many packets of video have come. */
export async function untilReceived(frame: Frame, packets: number): Promise<void> {
  // There is no event for it.
  while ((await received(frame)).packets < packets) await new Promise((resolve) => setTimeout(resolve, 100));
}

export function reportsOf(frame: Frame): Promise<Report[]> {
  return frame.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.reports);
}

/** The page's media worker breaks, as by a defect of the browser. */
export function breakMediaWorker(frame: Frame): Promise<void> {
  return frame.evaluate(() => {
    const { workers } = (globalThis as unknown as { seen: Seen }).seen;
    workers.at(-1)?.dispatchEvent(new ErrorEvent("error"));
  });
}

/** From now on each picture of the first tile of somebody else is noted. */
export async function countPictures(frame: Frame): Promise<void> {
  await frame.locator(".tile:not(.own) video").evaluate((element) => {
    const video = element as HTMLVideoElement;
    const { pictures } = (globalThis as unknown as { seen: Seen }).seen;
    pictures.length = 0;
    const count = (now: number) => {
      pictures.push(now);
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
  });
}

/** Times at which pictures were shown, ms. */
export function picturesOf(frame: Frame): Promise<number[]> {
  return frame.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.pictures);
}

/** @param more than there are now */
export async function untilPictures(frame: Frame, more: number): Promise<void> {
  const { length } = await picturesOf(frame);
  await frame.waitForFunction(
    (wanted) => (globalThis as unknown as { seen: Seen }).seen.pictures.length >= wanted,
    length + more,
  );
}

/** ms of the longest time without a picture. */
export function longestGap(times: readonly number[]): number {
  return Math.max(0, ...times.slice(1).map((time, i) => time - (times[i] as number)));
}

/** How bright the picture is, and by how much its parts differ, 0 to 255 each. */
export function pictureOf(frame: Frame): Promise<{ mean: number; spread: number }> {
  return frame.locator(".tile:not(.own) video").evaluate((element) => {
    const canvas = document.createElement("canvas");
    canvas.width = 64;
    canvas.height = 48;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.drawImage(element as HTMLVideoElement, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const light = Array.from({ length: data.length / 4 }, (_, i) => Math.max(...data.subarray(4 * i, 4 * i + 3)));
    const mean = light.reduce((sum, one) => sum + one, 0) / light.length;
    return { mean, spread: Math.max(...light) - Math.min(...light) };
  });
}

/** An empty page with LiveKit's own client, in a profile of its own. */
export async function openEmpty(world: World): Promise<Page> {
  // Not a routed answer: a page from nowhere may not connect to this machine.
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<video autoplay muted></video>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await world.newProfile();
  await watchMedia(page);
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  await page.addScriptTag({ path: LIVEKIT });
  return page;
}

/** LiveKit's own client: it takes all that a token gives it, and has no keys of anything. */
export async function openKeyless(world: World, way: { readonly url: string; readonly token: string }): Promise<Page> {
  const page = await openEmpty(world);
  await page.evaluate(async ({ url, token }) => {
    const { LivekitClient } = globalThis as unknown as { LivekitClient: typeof import("livekit-client") };
    const room = new LivekitClient.Room();
    room.on(LivekitClient.RoomEvent.TrackSubscribed, (track) => {
      track.attach(document.querySelector("video") as HTMLVideoElement);
    });
    await room.connect(url, token);
  }, way);
  return page;
}
