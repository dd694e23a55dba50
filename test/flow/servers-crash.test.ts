/**
 * Hazard: Redis or the object store dies in the middle of an upload, a view, a burn. Whatever was under way goes on by
 * itself or is cleanly refused, and what had to be deleted is deleted (product.md O2, W5).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { OwnServer } from "../../sfu-config/redis.ts";
import { untilInSight } from "../shots/covers.ts";
import {
  idOf,
  openLink,
  recordTake,
  sealedFrame,
  sendTake,
  startWatching,
  untilElapsed,
  untilStep,
} from "./recorder-driver.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
const server = (name: "redis" | "minio") => world.services[name] as OwnServer;
before(async () => {
  world = await openWorld({ ownServers: true });
});
after(() => world.close());

async function openRecorder() {
  const page = await world.openHost("<wisp-recorder></wisp-recorder>");
  return { page, frame: sealedFrame(page) };
}

async function send(seconds: number): Promise<{ link: string; id: string }> {
  const { page, frame } = await openRecorder();
  await recordTake(frame, { seconds });
  const link = await sendTake(frame);
  await page.context().close();
  return { link, id: idOf(link) };
}

async function untilDeleted(id: string): Promise<void> {
  for (const started = Date.now(); !(await world.clip(id))?.deletion?.verifiedAt; ) {
    assert.ok(Date.now() - started < 20_000, "the deletion was never verified");
    world.clock.advance(60);
    await world.api.sweeper.sweepOnce();
  }
  assert.deepEqual(await world.objects(id), []);
}

async function playsToItsEnd(link: string): Promise<void> {
  const viewer = await world.newProfile();
  await openLink(viewer, link);
  await startWatching(viewer);
  await untilStep(viewer, "gone");
  // It is gone here before the relay has answered.
  await untilState(idOf(link), "burned");
  await untilDeleted(idOf(link));
  await viewer.context().close();
}

for (const name of ["redis", "minio"] as const) {
  test(`an upload goes on by itself when ${name} dies in the middle and comes back`, async () => {
    const { page, frame } = await openRecorder();
    await untilInSight(frame);
    await frame.getByRole("button", { name: "Record a video", exact: true }).click();
    await untilStep(frame, "ready");
    await frame.getByRole("button", { name: "Record", exact: true }).click();
    await frame.getByRole("button", { name: "Start now", exact: true }).press("Enter");
    await untilStep(frame, "recording");
    await server(name).kill();
    await untilElapsed(frame, 4);
    await frame.getByRole("button", { name: "Stop", exact: true }).click();
    await untilStep(frame, "review");
    await frame.getByRole("button", { name: "Send", exact: true }).click();
    await untilStep(frame, "sending");
    await server(name).restart();
    await untilStep(frame, "sent");
    const link = await frame.getByLabel("Link", { exact: true }).inputValue();
    await page.context().close();
    await playsToItsEnd(link);
  });

  test(`a view goes on by itself when ${name} dies in the middle and comes back`, async () => {
    const { link, id } = await send(4);
    const viewer = await world.newProfile();
    await openLink(viewer, link);
    await server(name).kill();
    await viewer.getByRole("button", { name: "Watch", exact: true }).click();
    await untilStep(viewer, "opening");
    await server(name).restart();
    await untilStep(viewer, "playing");
    await untilStep(viewer, "gone");
    await untilState(id, "burned");
    await untilDeleted(id);
    await viewer.context().close();
  });
}

test("what is burned while the object store is dead is served to nobody and deleted when it is back", async () => {
  const { link, id } = await send(2);
  const viewer = await world.newProfile();
  await openLink(viewer, link);
  await startWatching(viewer);
  await server("minio").kill();
  await untilStep(viewer, "gone");
  await untilState(id, "burned");
  const tombstone = await world.clip(id);
  assert.equal(tombstone?.iv, undefined);
  assert.equal(tombstone?.deletion?.verifiedAt, undefined, "a receipt for a deletion that did not happen");
  await server("minio").restart();
  assert.ok((await world.objects(id)).length > 0);
  await untilDeleted(id);
  await viewer.context().close();
});

test("a clip whose end comes while Redis is dead burns when it is back", async () => {
  const { link, id } = await send(3);
  const viewer = await world.newProfile();
  await openLink(viewer, link);
  await startWatching(viewer);
  await server("redis").kill();
  await untilStep(viewer, "gone");
  await server("redis").restart();
  await untilState(id, "burned");
  await untilDeleted(id);
  await viewer.context().close();
});

test("a viewer that vanishes with the whole server side leaves nothing behind", async () => {
  const { link, id } = await send(2);
  const viewer = await world.newProfile();
  await openLink(viewer, link);
  await startWatching(viewer);
  await Promise.all([server("redis").kill(), server("minio").kill()]);
  await viewer.context().close();
  await Promise.all([server("redis").restart(), server("minio").restart()]);
  world.clock.advance(24 * 3600);
  await untilState(id, "expired");
  await untilDeleted(id);
});

async function untilState(id: string, wanted: string): Promise<void> {
  for (const started = Date.now(); ; ) {
    const state = await world.clip(id).then(
      (clip) => clip?.state,
      () => "unreachable",
    );
    if (state === wanted) return;
    assert.ok(Date.now() - started < 30_000, `${state} and not ${wanted}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
