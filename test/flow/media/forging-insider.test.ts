/**
 * A member who has the SFU on its side sends pictures in another member's name, with that member's key, which every member
 * has. Whoever gets them sees within seconds that they are forged, and then sees them no more. Real Chromium, real
 * LiveKit; what LiveKit is made to do is to give the forger its victim's name.
 * Source: protocol.md §4 (Insider check); docs/decisions/0049.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame, FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { VOUCHED_WITHIN_MS } from "../../../widget/media/insider-check.ts";
import { parseRoomLink } from "../../../widget/seal/room-link.ts";
import { fromBase64url } from "../../../widget/wire/bytes.ts";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import type { Verdict } from "../../../widget/wire/group-media.ts";
import { runsLivekit, variablesOf } from "../../api/sfu/support/livekit.ts";
import { ROOM_VIEW } from "../../shots/room-poses.ts";
import { inviteOf, openRoomPage, startRoom } from "../../widget/views/open-room.ts";
import { Headless } from "../rooms/headless.ts";
import { HeadlessMedia } from "../rooms/headless-media.ts";
import { openWorld, type World } from "../world.ts";
import { type Report, received, reportsOf, sealed, watchMedia } from "./call-page.ts";
import { enterCall } from "./call-world.ts";
import { forge, Keys } from "./forger.ts";

const SFU = runsLivekit();
/** ms for what passes through the machine meanwhile, which does much else. */
const SLACK_MS = 1_000;
/** ms that anything may take on a busy machine. */
const PATIENCE_MS = 90_000;
/** Long enough for lists to get lost by a mistake of ours, and for a sender to become unverified. */
const STEADY_MS = 12_000;

let world: World;
let host: { page: Page; within: FrameLocator; frame: Frame; identity: string };
let ben: { page: Page; frame: Frame };
let idle: Headless;
let busy: Headless;
let insider: Headless;
let keys: Keys;

before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true, env: variablesOf(SFU) });
  const markup = '<whatping-room style="height:600px"></whatping-room>';
  const { page, within } = await openRoomPage(world, markup, watchMedia);
  await startRoom(within, "Mara");
  const link = await inviteOf(within);
  ben = await enterCall(world, link, "Ben");
  const begin = (name: string) =>
    Headless.begin({ relay: `http://127.0.0.1:${world.api.port}`, link: parseRoomLink(link), name });
  [idle, busy, insider] = [await begin("Idle"), await begin("Busy"), await begin("Insider")];
  keys = new Keys(insider);
  await Promise.all([idle, busy, insider].map((one) => one.untilPeople(5)));
  host = { page, within, frame: sealed(page), identity: await identityOf("Mara") };
});
after(async () => {
  await Promise.all([idle, busy, insider].map((one) => one?.member.leave()));
  await world.close();
});

/** At the SFU. */
async function identityOf(name: string): Promise<string> {
  return pseudonym(fromBase64url(insider.id(name)) ?? new Uint8Array());
}

const reportsAbout = async (identity: string): Promise<Report[]> =>
  (await reportsOf(ben.frame)).filter((report) => "identity" in report && report.identity === identity);

async function verdictsOf(identity: string): Promise<Verdict[]> {
  return (await reportsAbout(identity)).flatMap((report) => (report.type === "judged" ? report.verdict : []));
}

/** Resolves when Ben's media worker has said so of somebody's camera. */
async function untilJudged(identity: string, verdict: Verdict): Promise<void> {
  await ben.frame.waitForFunction(
    ([who, what]) =>
      (globalThis as unknown as { seen: { reports: Report[] } }).seen.reports.some(
        (report) => report.type === "judged" && report.identity === who && report.verdict === what,
      ),
    [identity, verdict] as const,
    { timeout: PATIENCE_MS },
  );
}

/** What the view of Ben has of somebody's camera. */
function tileOf(name: string): Promise<{ verdict?: Verdict } | undefined> {
  return ben.frame.locator(ROOM_VIEW).evaluate((view, who) => {
    const { room, media } = view as unknown as {
      room: { people: { name: string; id: string }[] };
      media: { tiles: { person: string; verdict?: Verdict }[] };
    };
    const id = room.people.find((person) => person.name === who)?.id;
    return media.tiles.find(({ person }) => person === id);
  }, name);
}

/** Cameras are forged and found out; @returns ms from the first frame that opened to the verdict */
async function foundOut(victim: string, from: number): Promise<number> {
  const identity = await identityOf(victim);
  const page = await forge(world, { insider, keys, victim: identity, sfu: SFU, from });
  await untilJudged(identity, "forged");
  const reports = await reportsAbout(identity);
  const judged = reports.find((report) => report.type === "judged" && report.verdict === "forged");
  assert.ok(judged);
  // Counts come four times a second, a verdict at once: none of it may have been counted as opened yet.
  const first = reports.find(({ type }) => type === "opened") ?? judged;
  assert.equal((await tileOf(victim))?.verdict, "forged");
  await ben.frame.waitForFunction(
    (who) =>
      (globalThis as unknown as { seen: { reports: Report[] } }).seen.reports
        .filter((report) => report.type === "dropped" && report.identity === who && report.reason === "forged")
        .reduce((sum, report) => sum + (report as { count: number }).count, 0) > 30,
    identity,
    { timeout: PATIENCE_MS },
  );
  const later = (await reportsAbout(identity)).filter(({ type, at }) => type === "opened" && at > judged.at + SLACK_MS);
  assert.deepEqual(later, [], "nothing of it is passed on any more");
  await page.context().close();
  return judged.at - first.at;
}

test("an honest camera in a room of five is checked, and stays so", async (t) => {
  await host.within.locator(ROOM_VIEW).evaluate((view) => {
    const { call } = view as unknown as { call: { media: { turn(source: string, on: boolean): Promise<void> } } };
    return call.media.turn("camera", true);
  });
  await untilJudged(host.identity, "checked");
  const { decoded } = await received(ben.frame);
  await new Promise((resolve) => setTimeout(resolve, STEADY_MS));
  t.diagnostic(`${(await received(ben.frame)).decoded - decoded} pictures meanwhile`);
  assert.ok((await received(ben.frame)).decoded > decoded);
  await assertHonest();
});

/** On a machine that stands still for seconds lists are late, and come again: unverified for a while, and forged never. */
async function assertHonest(): Promise<void> {
  const isChecked = async () => (await verdictsOf(host.identity)).at(-1) === "checked";
  while (!(await isChecked())) await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(!(await verdictsOf(host.identity)).includes("forged"));
  assert.equal((await tileOf("Mara"))?.verdict, "checked");
}

test("pictures in the name of somebody who sends nothing are forged within three seconds, and shown no longer", async (t) => {
  const ms = await foundOut("Idle", 0);
  t.diagnostic(`found out after ${ms.toFixed(0)} ms`);
  assert.ok(ms < VOUCHED_WITHIN_MS + SLACK_MS, `${ms} ms`);
});

test("pictures in the name of somebody who sends others are forged within three seconds, and shown no longer", async (t) => {
  // The SFU keeps them from everybody.
  new HeadlessMedia(busy).sendTo();
  const ms = await foundOut("Busy", 0);
  t.diagnostic(`found out after ${ms.toFixed(0)} ms`);
  assert.ok(ms < VOUCHED_WITHIN_MS + SLACK_MS, `${ms} ms`);
});

test("who was honest all the time is checked still", () => assertHonest());
