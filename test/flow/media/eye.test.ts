/**
 * "Verify it yourself": in the room, beside one's picture, what the relay carries of it, through a real LiveKit. It shows
 * sealed bytes and no picture, costs the others little, and is gone with its dialog. Source: product.md R15.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame, FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { runsLivekit, variablesOf } from "../../api/sfu/support/livekit.ts";
import { button, inviteOf, openRoomPage, startRoom, untilPhase } from "../../widget/views/open-room.ts";
import { openWorld, type World } from "../world.ts";
import { sealed, watchMedia } from "./call-page.ts";
import { enterCall } from "./call-world.ts";

let world: World;
let host: { page: Page; within: FrameLocator; frame: Frame };
let guest: Page;

before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true, env: variablesOf(runsLivekit()) });
  const { page, within } = await openRoomPage(
    world,
    '<whatping-room style="height:600px"></whatping-room>',
    watchMedia,
  );
  host = { page, within, frame: sealed(page) };
  await startRoom(within, "Mara");
  guest = (await enterCall(world, await inviteOf(within), "Ben")).page;
});
after(() => world.close());

type Place = Page | FrameLocator;
const eye = (place: Place) => place.locator("whatping-eye");
const isAt = (place: Place, step: string) => place.locator(`whatping-eye[data-step="${step}"]`).waitFor();

async function look(place: Place): Promise<void> {
  await button(place, "More").click();
  await place.getByRole("button", { name: "See what the relay sees" }).click();
}

const closeIt = (place: Place) => place.locator("#eye").getByRole("button", { name: "Close" }).click();

/** Key frames that the host's camera made, in its largest layer. */
function keyFrames(): Promise<{ asked: number; made: number }> {
  return host.frame.evaluate(async () => {
    const { connections } = (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen;
    const sum = { asked: 0, made: 0 };
    for (const connection of connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "outbound-rtp" || report.kind !== "video") continue;
        sum.asked += report.pliCount;
        sum.made = Math.max(sum.made, report.keyFramesEncoded ?? 0);
      }
    }
    return sum;
  });
}

function openConnections(frame: Frame): Promise<number> {
  return frame.evaluate(() => {
    const { connections } = (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen;
    return connections.filter(({ connectionState }) => connectionState !== "closed").length;
  });
}

/** By how much the dots of what is shown there differ, 0 to 255. */
function spreadOf(place: Place, selector: string): Promise<number> {
  return place.locator(selector).evaluate((element) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [64, 36];
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.drawImage(element as HTMLVideoElement | HTMLCanvasElement, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    const light = Array.from({ length: data.length / 4 }, (_, i) => Math.max(...data.subarray(4 * i, 4 * i + 3)));
    return Math.max(...light) - Math.min(...light);
  });
}

/** What stands beside a name under "exactly". */
const said = (place: Place, name: string) =>
  eye(place).locator("dt", { hasText: name }).locator("xpath=following-sibling::dd[1]").textContent();

async function numbers(place: Place, name: string): Promise<number[]> {
  return ((await said(place, name)) ?? "").split(",").map(Number);
}

test("where nobody shows a picture there is nothing to look at, and it says so", async () => {
  await look(host.within);
  await eye(host.within).getByText("Nobody shows a picture now").waitFor();
  assert.equal(await openConnections(host.frame), 2);
  await closeIt(host.within);
});

test("the relay carries bytes that no decoder makes a picture of, while the person sees the picture", async (t) => {
  await button(host.within, "Camera").click();
  await guest.locator('.tile[data-opening="open"]').waitFor();
  const before = await keyFrames();
  await look(guest);
  await isAt(guest, "seen");
  const after = await keyFrames();
  await eye(guest).getByText("Without the key, none of them could be shown.").waitFor();
  await eye(guest).locator("summary").click();
  const [packets = 0, bytes = 0] = await numbers(guest, "Packets, bytes");
  const [received = 0, decoded] = await numbers(guest, "Frames received");
  t.diagnostic(`${packets} packets, ${bytes} bytes, ${received} frames, ${decoded} decoded`);
  t.diagnostic(`key frames: ${JSON.stringify({ before, after })}`);
  assert.ok(packets > 20 && bytes > 5_000 && received > 10);
  assert.equal(decoded, 0);
  assert.match((await said(guest, "Key: kind")) ?? "", /^video, 0, \d+$/);
  assert.ok((await spreadOf(guest, "#seen")) > 50, "the picture on the left");
  assert.equal(await spreadOf(guest, "#attempt"), 0, "the attempt is black");
  assert.ok((await spreadOf(guest, "whatping-eye canvas")) > 100, "the bytes are drawn");
});

test("its connection is gone once it has looked, and with its dialog", async (t) => {
  assert.equal(await openConnections(guest.mainFrame()), 2);
  const before = await keyFrames();
  await eye(guest).getByRole("button", { name: "Look again" }).click();
  await isAt(guest, "looking");
  await closeIt(guest);
  while ((await openConnections(guest.mainFrame())) > 2) await new Promise((resolve) => setTimeout(resolve, 50));
  t.diagnostic(`key frames: ${JSON.stringify({ before, after: await keyFrames() })}`);
});

test("one's own picture can be looked at, too", async () => {
  await look(host.within);
  await isAt(host.within, "seen");
  assert.equal(await eye(host.within).locator("option").first().textContent(), "Your camera");
  await eye(host.within).locator("summary").click();
  const [received = 0, decoded] = await numbers(host.within, "Frames received");
  assert.ok(received > 10);
  assert.equal(decoded, 0);
  await closeIt(host.within);
});

test("it ends with the stay in the room", async () => {
  await look(guest);
  await isAt(guest, "looking");
  await guest.evaluate(() => {
    const view = document.querySelector("whatping-room-view") as unknown as { call: { leave(): Promise<void> } };
    void view.call.leave();
  });
  await untilPhase(guest, "left");
  while ((await openConnections(guest.mainFrame())) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
});
