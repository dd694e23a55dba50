/** Every way a clip can end, and every way it must not: through real Chromium, Redis and S3 (protocol.md §7). */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Page } from "playwright-core";
import { CANARY } from "../support/canary.ts";
import { copyClip } from "./clip-copy.ts";
import {
  idOf,
  openLink,
  recordAgain,
  recordTake,
  sealedFrame,
  sendTake,
  startWatching,
  untilStep,
} from "./recorder-driver.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
/** One recording, 3 s; most tests get a copy of it. */
let original: string;
before(async () => {
  world = await openWorld();
  const sender = await record();
  original = await sendTake(sealedFrame(sender));
  await sender.context().close();
});
after(() => world.close());
afterEach(async () => {
  for (const context of world.browser.contexts()) await context.close();
});

async function record(): Promise<Page> {
  const sender = await world.openHost("<wisp-recorder></wisp-recorder>");
  await recordTake(sealedFrame(sender), { seconds: 3, recipient: CANARY });
  return sender;
}

const send = () => copyClip(world, original);

async function stateOf(id: string): Promise<string | undefined> {
  return (await world.clip(id))?.state;
}

/** Resolves when the relay's record of a clip is as wanted: asked again at each of the relay's own sweeps. */
async function untilState(id: string, wanted: string): Promise<void> {
  for (const started = Date.now(); (await stateOf(id)) !== wanted; ) {
    assert.ok(Date.now() - started < 10_000, `${await stateOf(id)} and not ${wanted}`);
    await world.api.sweeper.sweepOnce();
  }
}

async function assertGone(id: string): Promise<void> {
  await world.api.sweeper.sweepOnce();
  assert.deepEqual(await world.objects(id), []);
  const tombstone = await world.clip(id);
  assert.equal(tombstone?.iv, undefined);
  assert.equal(tombstone?.content, undefined);
  assert.ok(tombstone?.deletion?.verifiedAt, "no receipt for the deletion");
}

test("a revoked clip is gone at once", async () => {
  const sender = await record();
  const frame = sealedFrame(sender);
  const link = await sendTake(frame);
  const id = idOf(link);
  await frame
    .getByRole("button", { name: /^Delete/ })
    .first()
    .click();
  await frame
    .getByRole("dialog")
    .getByRole("button", { name: /^Delete/ })
    .click();
  await untilState(id, "revoked");
  await assertGone(id);
  const viewer = await world.newProfile();
  await viewer.goto(link);
  await untilStep(viewer, "gone");
});

test("a retake deletes the first draft and sends another clip with another key", async () => {
  const sender = await world.openHost("<wisp-recorder></wisp-recorder>");
  const frame = sealedFrame(sender);
  await recordTake(frame, { seconds: 1 });
  const first = await draftOf(sender);
  await frame.getByRole("button", { name: "Retake", exact: true }).click();
  await recordAgain(frame, { seconds: 1 });
  const link = await sendTake(frame);
  assert.notEqual(idOf(link), first);
  await untilState(first, "discarded");
  await assertGone(first);
});

test("a second viewer waits while one watches, and finds it gone afterwards", async () => {
  const { link, id } = await send();
  const [first, second] = [await world.newProfile(), await world.newProfile()];
  await openLink(first, link);
  await openLink(second, link);
  await startWatching(first);
  await second.getByRole("button", { name: "Watch", exact: true }).click();
  await untilStep(second, "waiting");
  await untilStep(first, "gone");
  // It is gone here before the relay has answered.
  await untilState(id, "burned");
  await second.reload();
  await untilStep(second, "gone");
});

test("a reload in the middle goes on under the same lease and without the link", async () => {
  const { link, id } = await send();
  const viewer = await world.newProfile();
  await openLink(viewer, link);
  await startWatching(viewer);
  assert.equal(new URL(viewer.url()).hash, "", "the key stayed in the address");
  await viewer.reload();
  await untilStep(viewer, "invitation");
  await startWatching(viewer);
  await untilStep(viewer, "gone");
  assert.equal((await world.clip(id))?.lapses.length, 0);
});

test("a killed tab loses nothing; the third lapse burns", async () => {
  const { link, id } = await send();
  for (const left of [2, 1, 0]) {
    const viewer = await world.newProfile();
    await openLink(viewer, link);
    await startWatching(viewer);
    await viewer.context().close();
    world.clock.advance(31);
    assert.equal(await stateOf(id), left > 0 ? "ready" : "burned");
  }
  await assertGone(id);
});

test("a link preview and a script without the fragment change nothing and learn nothing", async () => {
  const { link, id } = await send();
  const before = JSON.stringify(await world.clip(id));
  const bare = new URL(link);
  bare.hash = "";
  // The scanner's program does not know that *.localhost is this machine, as browsers do.
  bare.hostname = "127.0.0.1";
  const visitor = await world.newProfile();
  const pages = [bare.href, bare.href.replace(id, "AAAAAAAAAAAAAAAAAAAAAA")];
  const bodies = [];
  for (const url of pages) {
    for (const method of ["GET", "HEAD"]) {
      const response = await visitor.request.fetch(url, { method });
      assert.equal(response.status(), 200);
      if (method === "GET") bodies.push(await response.text());
    }
  }
  assert.equal(bodies[0], bodies[1], "the page tells a live clip from one that never was");
  const guess = { authorization: `Bearer ${"A".repeat(43)}` };
  for (const [method, path] of [
    ["GET", ""],
    ["POST", "/lease"],
    ["POST", "/burn"],
    ["GET", "/pieces/0"],
  ] as const) {
    const data = method === "POST" ? { leaseTokenHash: "A".repeat(43) } : undefined;
    const response = await visitor.request.fetch(`${bare.origin}/api/clips/${id}${path}`, {
      method,
      headers: guess,
      ...(data ? { data } : {}),
    });
    assert.equal(response.status(), path === "/burn" ? response.status() : 404);
    assert.ok(response.status() >= 400);
  }
  assert.equal(JSON.stringify(await world.clip(id)), before);
});

test("a link whose # became %23 is refused by the server, mended in the browser, and warns", async () => {
  const { link, id } = await send();
  const viewer = await world.newProfile();
  const response = await viewer.goto(link.replace("#", "%23"));
  assert.equal(response?.status(), 400);
  await untilStep(viewer, "invitation");
  assert.equal(viewer.url(), link);
  await viewer
    .getByText(/server has seen the key|seen the key/i)
    .first()
    .waitFor();
  assert.equal(await stateOf(id), "ready");
});

test("without a click nothing is leased", async () => {
  const { link, id } = await send();
  const viewer = await world.newProfile();
  await openLink(viewer, link);
  await viewer.getByRole("button", { name: "Watch", exact: true }).evaluate((button) => {
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    (button as HTMLButtonElement).click();
  });
  await viewer.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.equal(await stateOf(id), "ready");
});

// The last one: it takes the clock past the end of the original.
test("a clip that nobody opened is gone after 24 hours, and its link says so", async () => {
  const { link, id } = await send();
  world.clock.advance(24 * 3600 - 60);
  assert.equal(await stateOf(id), "ready");
  world.clock.advance(61);
  assert.equal(await stateOf(id), "expired");
  await assertGone(id);
  const viewer = await world.newProfile();
  await viewer.goto(link);
  await untilStep(viewer, "gone");
});

/** The id of the take in hand, which only the frame knows. */
async function draftOf(page: Page): Promise<string> {
  return page
    .frameLocator("wisp-recorder iframe")
    .locator("wisp-recorder-view")
    .evaluate((view) => (view as unknown as { recorder: { draft: { id: string } } }).recorder.draft.id);
}
