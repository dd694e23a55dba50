/**
 * What a person waits for, through the real parts (Chromium, API, Redis, S3): Stop → all uploaded, Send → link,
 * Watch → first picture. Long clips must cost what short ones do, because sealing and upload run while recording and
 * playback begins while the rest arrives. Times are the frame's own, from the input event to the state.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { FrameLocator, Page } from "playwright-core";
import {
  idOf,
  openLink,
  sealedFrame,
  sendTake,
  startWatching,
  untilElapsed,
  untilStep,
} from "../flow/recorder-driver.ts";
import { openWorld, type World } from "../flow/world.ts";
import { median } from "./rounds.ts";
import { format, type Row } from "./rows.ts";
import { logSteps, sinceClick } from "./step-log.ts";

const SHORT_S = 10;
const LONG_S = 60;
const ROUNDS = 3;
/** Recorders that record at the same time, for more figures in less time. Only one of them works while one is measured. */
const SIDE_BY_SIDE = 2;
/** Each clip is watched so often, the first time as warm-up; fewer than the lapses that a clip may have. */
const WATCHES = 7;
const MAX_LEASES = 10;
/** A lease that nobody renews has lapsed after this many seconds. */
const LAPSED_S = 31;
/** ms that nobody does anything before a click that is measured: a person looks first, and the machine comes to rest. */
const REST_MS = 1000;
/** ms; the longest that a person takes for "at once" */
const AT_ONCE_MS = 500;
const SAME_WITHIN = 1.2;

type Length = typeof SHORT_S | typeof LONG_S;
interface Sent {
  readonly seconds: Length;
  readonly link: string;
  /** ms */
  readonly stopped: number;
  readonly sent: number;
}

export async function benchJourney(): Promise<Row[]> {
  // Sweeps as in production: the tests' ten a second would be load of their own.
  const world = await openWorld({ env: { SWEEP_MS: "2000" } });
  try {
    const clips: Sent[] = [];
    await recordTogether(world, SHORT_S, 1);
    for (let round = 0; round < ROUNDS; round++) {
      for (const seconds of [SHORT_S, LONG_S] as const)
        clips.push(...(await recordTogether(world, seconds, SIDE_BY_SIDE)));
    }
    const watched = await watchInTurn(world, clips.slice(-2 * SIDE_BY_SIDE));
    return [
      ...rowsFor(
        "Stop → all uploaded",
        bySeconds(clips, (clip) => clip.stopped),
        AT_ONCE_MS,
      ),
      ...rowsFor(
        "Send → link",
        bySeconds(clips, (clip) => clip.sent),
        AT_ONCE_MS,
      ),
      ...rowsFor("Watch → first picture", watched, null),
    ];
  } finally {
    await world.close();
  }
}

type Times = Record<Length, number[]>;

function bySeconds(clips: readonly Sent[], time: (clip: Sent) => number): Times {
  const of = (seconds: Length) => clips.filter((clip) => clip.seconds === seconds).map(time);
  return { [SHORT_S]: of(SHORT_S), [LONG_S]: of(LONG_S) };
}

function rowsFor(name: string, times: Times, goal: number | null): Row[] {
  const absolute = ([SHORT_S, LONG_S] as const).map((seconds): Row => {
    const all = times[seconds].toSorted((a, b) => a - b).map(format);
    return {
      name: `${name}, clip of ${seconds} s`,
      value: median(times[seconds]),
      unit: "ms",
      goal,
      better: "lower",
      against: `all ${all.length}: ${all.join(", ")}`,
    };
  });
  const ratio: Row = {
    name: `${name}, ${LONG_S} s ÷ ${SHORT_S} s`,
    value: median(times[LONG_S]) / median(times[SHORT_S]),
    unit: "×",
    goal: SAME_WITHIN,
    better: "lower",
    against: `the same with a clip of ${SHORT_S} s`,
  };
  return [...absolute, ratio];
}

interface Take {
  readonly page: Page;
  readonly frame: FrameLocator;
}

/** Records clips of one length at the same time, then stops and sends one after the other. */
async function recordTogether(world: World, seconds: Length, count: number): Promise<Sent[]> {
  const takes: Take[] = [];
  for (let i = 0; i < count; i++) takes.push(await startTake(world));
  await Promise.all(takes.map(({ frame }) => untilElapsed(frame, seconds)));
  for (const { frame } of takes) await frame.getByRole("button", { name: "Pause", exact: true }).click();
  const clips: Sent[] = [];
  for (const take of takes) {
    const clip = await finishTake(take, seconds);
    // The relay hashes what it was sent, beside whatever is measured next.
    await untilHashed(world, idOf(clip.link));
    clips.push(clip);
  }
  return clips;
}

async function untilHashed(world: World, id: string): Promise<void> {
  while ((await world.clip(id))?.check) await pause(100);
}

async function startTake(world: World): Promise<Take> {
  const page = await world.openHost(`<wisp-recorder max-leases="${MAX_LEASES}"></wisp-recorder>`);
  const frame = sealedFrame(page);
  await frame.getByRole("button", { name: "Record a video", exact: true }).click();
  await untilStep(frame, "ready");
  await frame.getByRole("button", { name: "Record", exact: true }).click();
  await frame.getByRole("button", { name: "Start now", exact: true }).press("Enter");
  await untilStep(frame, "recording");
  return { page, frame };
}

async function finishTake({ page, frame }: Take, seconds: Length): Promise<Sent> {
  const view = frame.locator("wisp-recorder-view");
  await logSteps(view);
  await frame.getByRole("button", { name: "Resume", exact: true }).click();
  // Stop must meet a recorder that records, not one that has just woken.
  await untilElapsed(frame, seconds + 1);
  await frame.getByRole("button", { name: "Stop", exact: true }).click();
  const stopped = await sinceClick(view, { step: "review", uploaded: true, clickLeadsTo: "finishing" });
  await pause(REST_MS);
  const link = await sendTake(frame);
  const sent = await sinceClick(view, { step: "sent", clickLeadsTo: "sending" });
  await page.context().close();
  return { seconds, link, stopped, sent };
}

/** Short and long clips in turn, each watch in a profile of its own, until the first picture only. */
async function watchInTurn(world: World, clips: readonly Sent[]): Promise<Times> {
  const times: Times = { [SHORT_S]: [], [LONG_S]: [] };
  const inTurn = clips.toSorted((a, b) => (clips.indexOf(a) % SIDE_BY_SIDE) - (clips.indexOf(b) % SIDE_BY_SIDE));
  for (let round = 0; round < WATCHES; round++) {
    for (const clip of inTurn) {
      const ms = await watch(world, clip.link);
      if (round > 0) times[clip.seconds].push(ms);
    }
  }
  return times;
}

async function watch(world: World, link: string): Promise<number> {
  const page = await world.newProfile();
  await openLink(page, link);
  const view = page.locator("wisp-player-view");
  await logSteps(view);
  await pause(REST_MS);
  await startWatching(page);
  const ms = await sinceClick(view, { step: "playing", clickLeadsTo: "opening" });
  await page.context().close();
  world.clock.advance(LAPSED_S);
  return ms;
}
