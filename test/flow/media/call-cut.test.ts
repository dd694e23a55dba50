/**
 * The network is gone for twenty seconds, and LiveKit crashes: everything is back by itself, without a reload and without
 * a device being asked again. Source: product.md R16; protocol.md §5.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { OwnSfu } from "../../../sfu-config/livekit.ts";
import { ownLivekit, variablesOf } from "../../api/sfu/support/livekit.ts";
import { type Cable, openCable } from "../rooms/cable.ts";
import { Room } from "../rooms/headless.ts";
import { openWorld, type World } from "../world.ts";
import { Caller } from "./caller.ts";

const CUT_MS = 20_000;

let world: World;
let room: Room;
let sfu: OwnSfu;
let cable: Cable;
let anna: Caller;
let ben: Caller;

before(async () => {
  await buildIfStale(() => undefined);
  sfu = await ownLivekit(join(process.env.TEST_LOG_DIR ?? "", "livekit-cut.log"));
  world = await openWorld({ embedded: true, env: variablesOf(sfu) });
  room = await Room.open(`http://127.0.0.1:${world.api.port}`);
  cable = await openCable();
  const context = await world.browser.newContext({ proxy: cable.proxy });
  anna = await Caller.approach(world, room, "Anna", await context.newPage());
  await anna.turn("camera", true);
  await anna.turn("microphone", true);
  await anna.goIn();
  ben = await Caller.enter(world, room, "Ben", "camera", "microphone");
  await anna.turn("screen", true);
  await untilBack();
});
after(async () => {
  await world.close();
  await room.host.member.leave();
  await sfu.stop();
  await cable.close();
});

/** Everything of Anna's is with Ben, and of Ben's with Anna. */
async function untilBack(): Promise<void> {
  await Promise.all([ben.untilSees(["Anna"], 5), ben.untilSees(["Anna"], 5, "screen"), anna.untilSees(["Ben"], 5)]);
  await Promise.all([ben.untilHears(["Anna"]), anna.untilHears(["Ben"])]);
}

/** The page is the same one, and its devices too. */
async function assertNotAskedAgain(): Promise<void> {
  assert.equal(await anna.noted(({ asked }) => asked.length), 2);
  assert.deepEqual((await anna.told()).sources, { microphone: "on", camera: "on", screen: "on" });
}

test("after 20 s without relay, LiveKit's signals and media, all of it is back", async (t) => {
  const { pid } = sfu;
  assert.ok(pid);
  cable.pull();
  process.kill(pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, CUT_MS));
  assert.equal((await anna.told()).quality.Anna, "lost");
  cable.plug();
  process.kill(pid, "SIGCONT");
  const since = performance.now();
  await untilBack();
  t.diagnostic(`back after ${((performance.now() - since) / 1000).toFixed(1)} s`);
  await assertNotAskedAgain();
});

test("LiveKit crashes and is there again 5 s later: all of it is back", async (t) => {
  await sfu.kill();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  await anna.until("without LiveKit", async () => (await anna.told()).sfu !== "connected");
  await sfu.restart();
  const since = performance.now();
  await untilBack();
  t.diagnostic(`back after ${((performance.now() - since) / 1000).toFixed(1)} s`);
  await assertNotAskedAgain();
  assert.equal((await anna.told()).problem, undefined);
});

test("who can write to the relay but not reach LiveKit is told so, and hears when that has changed", async () => {
  const emil = await Caller.approach(world, room, "Emil");
  const away = /\/rtc/;
  await emil.page.routeWebSocket(away, (socket) => void socket.close());
  await emil.turn("microphone", true);
  await emil.goIn();
  const words = emil.page.getByText("Sound and picture can’t be reached from here");
  await words.waitFor();
  await emil.page.unrouteAll();
  await emil.page.context().close();
});
