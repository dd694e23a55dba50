/**
 * Photographs every state of every view, for eyes: `npm run shots` writes them to `shots/`, with one page that shows
 * them all. Real API (embedded store), real Chromium with fake devices; the real flow where it can be held still.
 */
import { join } from "node:path";
import type { FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../demo/build-if-stale.ts";
import {
  openLink,
  recordTake,
  sealedFrame,
  sendTake,
  startWatching,
  untilElapsed,
  untilStep,
} from "../flow/recorder-driver.ts";
import { openWorld, type World } from "../flow/world.ts";
import { Camera, TIGHT, USUAL } from "./camera.ts";
import { cover } from "./covers.ts";
import { failure, PLAYER_POSES, pose, RECORDER_POSES } from "./poses.ts";
import { photographDoor } from "./pre-join.ts";
import { photographCall, photographLobby, photographRoom } from "./room.ts";

const EVERY = [...USUAL, ...TIGHT];
const RECORDER = "wisp-recorder-view";
const PLAYER = "wisp-player-view";
const RECIPIENT = "ada@example.org";

const say = (line: string) => void process.stdout.write(`${line}\n`);
const press = (scope: FrameLocator | Page, name: string) => scope.getByRole("button", { name, exact: true }).click();

async function openElement(world: World, markup: string): Promise<Page> {
  const page = await world.openHost(markup);
  await page.evaluate(() => {
    document.body.style.margin = "0";
    const element = document.body.querySelector<HTMLElement>("wisp-recorder, wisp-player");
    if (element) element.style.cssText = "position:fixed;inset:0;width:100%;height:100%;min-height:0;max-height:none";
  });
  return page;
}

/** From the first sentence to the deleted clip, as a person goes. */
async function photographRecording(world: World, camera: Camera): Promise<void> {
  const page = await openElement(world, "<wisp-recorder></wisp-recorder>");
  const frame = sealedFrame(page);
  await untilStep(frame, "start");
  await camera.take(page, "recorder-01-start", EVERY);
  await press(frame, "Record a video");
  await untilStep(frame, "ready");
  await camera.take(page, "recorder-03-ready", EVERY);
  await page.setViewportSize({ width: 390, height: 400 });
  await press(frame, "Settings");
  await camera.take(page, "recorder-04-settings", [
    { width: 390, height: 400 },
    { width: 280, height: 200 },
  ]);
  await frame.getByLabel(/^For/).fill(RECIPIENT);
  await press(frame, "Record");
  await press(frame, "Start now");
  await untilElapsed(frame, 9);
  await camera.take(page, "recorder-06-recording", EVERY);
  await press(frame, "Pause");
  await camera.take(page, "recorder-07-paused", EVERY);
  await press(frame, "Resume");
  await press(frame, "Stop");
  await untilStep(frame, "review");
  await camera.take(page, "recorder-09-review", EVERY);
  await press(frame, "Discard");
  await camera.take(page, "recorder-10-discard", [...USUAL, { width: 280, height: 200 }]);
  await press(frame, "Keep it");
  await photographReview(page, frame, camera);
  const link = await sendTake(frame);
  await camera.take(page, "recorder-14-sent", EVERY);
  await photographRevoking(world, camera, { page, frame, link });
}

interface Sent {
  readonly page: Page;
  readonly frame: FrameLocator;
  readonly link: string;
}

async function photographRevoking(world: World, camera: Camera, { page, frame, link }: Sent): Promise<void> {
  await press(frame, "Copy link");
  await camera.take(page, "recorder-15-copied");
  await press(frame, "Delete now");
  await camera.take(page, "recorder-16-delete");
  await frame.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await frame.getByRole("heading", { name: "Deleted" }).waitFor();
  await camera.take(page, "recorder-17-revoked");
  const visitor = await world.newProfile();
  await visitor.goto(link);
  await untilStep(visitor, "gone");
  await camera.take(visitor, "player-13-gone-revoked");
}

async function photographReview(page: Page, frame: FrameLocator, camera: Camera): Promise<void> {
  await press(frame, "Play it back");
  await frame.getByRole("button", { name: "Pause playback" }).waitFor();
  await camera.take(page, "recorder-11-playback");
  await press(frame, "Pause playback");
  await pose(frame, RECORDER, { cutShort: true, reachable: false });
  await camera.take(page, "recorder-12-cut-short-offline", EVERY);
  await pose(frame, RECORDER, { step: "sending", progress: { sealedBytes: 2_000_000, uploadedBytes: 1_250_000 } });
  await camera.take(page, "recorder-13-sending", EVERY);
  await pose(frame, RECORDER, failure("offline"));
  await camera.take(page, "recorder-18-failed-sending");
  await pose(frame, RECORDER, { step: "review", cutShort: false, reachable: true, error: undefined });
}

/** What passes too quickly, or needs a broken machine. */
async function poseRecorder(world: World, camera: Camera): Promise<void> {
  const page = await openElement(world, "<wisp-recorder></wisp-recorder>");
  const frame = sealedFrame(page);
  await untilStep(frame, "start");
  await pose(frame, RECORDER, { step: "asking" });
  await camera.take(page, "recorder-02-asking", EVERY);
  for (const code of [
    "permission-denied",
    "permission-policy",
    "no-camera",
    "device-in-use",
    "unsupported-browser",
    "internal",
  ]) {
    await pose(frame, RECORDER, failure(code));
    await camera.take(page, `recorder-19-failed-${code}`, code === "permission-denied" ? EVERY : USUAL);
  }
  for (const fate of ["opened", "watched"]) {
    await pose(frame, RECORDER, RECORDER_POSES[fate] ?? {});
    await camera.take(page, `recorder-20-${fate}`, EVERY);
  }
  await pose(frame, RECORDER, { step: "countdown", countdown: 2 }, "camera");
  await camera.take(page, "recorder-05-countdown", EVERY);
  await pose(frame, RECORDER, RECORDER_POSES["recording, offline and near the end"] ?? {}, "camera");
  await camera.take(page, "recorder-06b-recording-offline", EVERY);
  await pose(frame, RECORDER, { step: "finishing", reachable: true });
  await camera.take(page, "recorder-08-finishing");
}

async function photographVoice(world: World, camera: Camera): Promise<string> {
  const page = await openElement(world, `<wisp-recorder mode="voice" recipient="${RECIPIENT}"></wisp-recorder>`);
  const frame = sealedFrame(page);
  await untilStep(frame, "start");
  await camera.take(page, "voice-01-start");
  await press(frame, "Record your voice");
  await untilStep(frame, "ready");
  await camera.take(page, "voice-02-ready", EVERY);
  await press(frame, "Record");
  await press(frame, "Start now");
  await untilElapsed(frame, 4);
  await camera.take(page, "voice-03-recording", EVERY);
  await press(frame, "Stop");
  await untilStep(frame, "review");
  await camera.take(page, "voice-04-review");
  return sendTake(frame);
}

/** The recipient's side, in an element and on a page of its own. */
async function photographWatching(world: World, camera: Camera, voiceLink: string): Promise<void> {
  const sender = await world.openHost("<wisp-recorder></wisp-recorder>");
  const frame = sealedFrame(sender);
  await recordTake(frame, { seconds: 20, recipient: RECIPIENT });
  const link = await sendTake(frame);
  const viewer = await world.newProfile();
  await openLink(viewer, link);
  await camera.take(viewer, "player-02-invitation", EVERY);
  await press(viewer, "Not now");
  await camera.take(viewer, "player-03-not-now", EVERY);
  await startWatching(viewer);
  await camera.take(viewer, "player-06-playing", EVERY);
  await viewer.evaluate(() => dispatchEvent(new Event("blur")));
  await camera.take(viewer, "player-07-blackout", EVERY);
  await press(viewer, "Resume");
  await press(viewer, "Pause");
  await camera.take(viewer, "player-08-paused");
  const second = await world.newProfile();
  await second.goto(link);
  await untilStep(second, "waiting");
  await camera.take(second, "player-04-waiting", EVERY);
  await press(viewer, "Resume");
  await untilStep(viewer, "gone", 60_000);
  await camera.take(viewer, "player-10-gone", EVERY);
  await second.reload();
  await untilStep(second, "gone");
  await camera.take(second, "player-11-gone-before", EVERY);
  await photographListening(world, camera, voiceLink);
}

async function photographListening(world: World, camera: Camera, link: string): Promise<void> {
  const page = await openElement(world, `<wisp-player src="${link}"></wisp-player>`);
  const frame = sealedFrame(page, "wisp-player");
  await untilStep(frame, "invitation");
  await camera.take(page, "player-20-voice-invitation");
  await press(frame, "Listen");
  await untilStep(frame, "playing");
  await camera.take(page, "player-21-voice-playing", EVERY);
}

async function posePlayer(world: World, camera: Camera): Promise<void> {
  const embedded = await openElement(world, "<wisp-player></wisp-player>");
  const frame = sealedFrame(embedded, "wisp-player");
  await frame.getByText("No clip here yet").first().waitFor();
  await camera.take(embedded, "player-00-empty");
  await pose(frame, PLAYER, PLAYER_POSES["invitation, mangled and lapsed"] ?? {});
  await camera.take(embedded, "player-05-invitation-mangled", EVERY);
  await pose(frame, PLAYER, { step: "opening", mangled: false });
  await camera.take(embedded, "player-09-opening");
  for (const end of ["expired", "broken"]) {
    await pose(frame, PLAYER, PLAYER_POSES[end] ?? {});
    await camera.take(embedded, `player-12-gone-${end}`);
  }
  for (const code of ["link-malformed", "no-such-clip", "clip-damaged", "cannot-play", "offline", "lease-lapsed"]) {
    await pose(frame, PLAYER, failure(code));
    await camera.take(embedded, `player-14-failed-${code}`, code === "offline" ? EVERY : USUAL);
  }
  const alone = await world.newProfile();
  await alone.goto(`${world.api.origin}/v/AAAAAAAAAAAAAAAAAAAAAA`);
  await untilStep(alone, "failed");
  await pose(alone, PLAYER, { step: "loading", error: undefined });
  await camera.take(alone, "player-01-loading");
}

/** What a click brings up while a chat badge lies over a corner. */
async function photographCovered(world: World, camera: Camera): Promise<void> {
  const page = await openElement(world, "<wisp-recorder></wisp-recorder>");
  const recorder = sealedFrame(page);
  await untilStep(recorder, "start");
  await cover(page, recorder, "badge");
  await press(recorder, "Record a video");
  await camera.take(page, "recorder-21-covered", EVERY);
  const embedded = await openElement(world, "<wisp-player></wisp-player>");
  const player = sealedFrame(embedded, "wisp-player");
  await player.getByText("No clip here yet").first().waitFor();
  await cover(embedded, player, "badge");
  await pose(player, PLAYER, PLAYER_POSES.invitation ?? {});
  await press(player, "Watch");
  await camera.take(embedded, "player-22-covered", EVERY);
}

const parts: Readonly<Record<string, (world: World, camera: Camera) => Promise<unknown>>> = {
  covered: photographCovered,
  poses: poseRecorder,
  recording: photographRecording,
  player: posePlayer,
  eye: (world, camera) => photographRoom(world, camera, "eye"),
  door: photographDoor,
  lobby: photographLobby,
  room: photographRoom,
  call: photographCall,
  watching: async (world, camera) => photographWatching(world, camera, await photographVoice(world, camera)),
};

/** `npm run shots -- poses player` photographs only those parts. */
async function main(chosen: readonly string[]): Promise<void> {
  await buildIfStale(say);
  const camera = new Camera(join(import.meta.dirname, "../../shots"));
  const world = await openWorld({ embedded: true });
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (chosen.length > 0 && !chosen.includes(name)) continue;
      say(`shots     ${name}`);
      await part(world, camera);
    }
  } finally {
    await world.close();
  }
  say(`shots     ${camera.count} pictures: ${camera.writeContactSheet()}`);
}

await main(process.argv.slice(2));
