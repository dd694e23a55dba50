/**
 * LiveKit comes late, dies and comes back: the room goes on without it, and pictures are there again by themselves.
 * Source: product.md O1, R16.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { findLivekit } from "../../../sfu-config/build-livekit.ts";
import { type OwnSfu, reserveAccess, startLivekit } from "../../../sfu-config/livekit.ts";
import {
  button,
  enterRoom,
  inviteOf,
  openRoomPage,
  sayInRoom,
  startRoom,
  untilSaid,
} from "../../widget/views/open-room.ts";
import { openWorld, type World } from "../world.ts";

const access = await reserveAccess();
let world: World;
let sfu: OwnSfu | undefined;
let guest: Page;
let host: Awaited<ReturnType<typeof openRoomPage>>;

before(async () => {
  await buildIfStale(() => undefined);
  const env = { LIVEKIT_URL: access.url, LIVEKIT_API_KEY: access.key, LIVEKIT_API_SECRET: access.secret };
  world = await openWorld({ embedded: true, env });
  host = await openRoomPage(world, '<whatping-room style="height:600px"></whatping-room>');
  await startRoom(host.within, "Mara");
  guest = await enterRoom(world, await inviteOf(host.within), "Ben");
});
after(async () => {
  await world.close();
  await sfu?.stop();
});

const openTile = () => guest.locator('.tile:not(.own)[data-opening="open"]');

test("while LiveKit is away the button says so and people write to each other", async () => {
  const camera = button(host.within, "Camera");
  const missing = host.within.getByRole("alert").getByText("LiveKit is missing or not running");
  await camera.click();
  await missing.waitFor();
  assert.equal(await camera.getAttribute("aria-pressed"), "false");
  await sayInRoom(host.within, "can you read this?");
  await untilSaid(guest, "can you read this?");
});

test("as soon as LiveKit is there the camera works, without anybody entering again", async () => {
  sfu = await startLivekit({ binary: findLivekit() ?? "", logFile: join(world.logFolder, "livekit-late.log"), access });
  const camera = button(host.within, "Camera");
  // It finds out by itself; until then a click says that it is missing.
  while ((await camera.getAttribute("aria-pressed")) === "false") {
    await camera.click();
    await host.page.waitForTimeout(500);
  }
  await openTile().waitFor();
});

test("LiveKit crashes and starts again: the picture is back by itself", async () => {
  await openTile().evaluate((tile: HTMLElement) => {
    tile.dataset.before = "";
  });
  await sfu?.kill();
  await sfu?.restart();
  await openTile().and(guest.locator(":not([data-before])")).waitFor({ timeout: 60_000 });
});
