/** The journey of a clip through the real parts: recorded, sealed, sent, watched once by somebody else, gone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { CANARY } from "../support/canary.ts";
import { idOf, openLink, recordTake, sealedFrame, sendTake, startWatching, untilStep } from "./recorder-driver.ts";
import { openWorld, type World } from "./world.ts";

for (const [name, options] of [
  ["Redis and S3", {}],
  ["the embedded defaults", { embedded: true }],
] as const) {
  test(`a recorded clip plays once in another profile and is gone afterwards, on ${name}`, async () => {
    const world = await openWorld(options);
    try {
      await journey(world);
    } finally {
      await world.close();
    }
  });
}

async function journey(world: World): Promise<void> {
  const sender = await world.openHost("<wisp-recorder></wisp-recorder>");
  const frame = sealedFrame(sender);
  await recordTake(frame, { seconds: 3, recipient: CANARY });
  const link = await sendTake(frame);
  const id = idOf(link);
  assert.ok((await world.objects(id)).length > 0);

  const recipient = await world.newProfile();
  await openLink(recipient, link);
  await startWatching(recipient);
  await untilStep(recipient, "gone");

  // The receipt: the sender, still looking, is told what became of it, and so is the page.
  await frame.getByRole("heading", { name: "Watched, and gone" }).waitFor();
  await frame
    .getByText(/Every piece of it is deleted/)
    .first()
    .waitFor();
  assert.equal((await world.clip(id))?.state, "burned");
  assert.deepEqual(await world.objects(id), []);
  await assertPageHeardNothingSecret(sender, link);
}

/** The host page heard steps and sizes; no link, no key, and its policy was never broken. */
async function assertPageHeardNothingSecret(page: Page, link: string): Promise<void> {
  const heard = await page.evaluate(() => JSON.stringify((window as unknown as { heard: unknown[] }).heard));
  for (const name of ["wisp-ready", "wisp-progress", "wisp-sent", "wisp-receipt"])
    assert.ok(heard.includes(name), `no ${name}`);
  assert.ok(!heard.includes("violation"), heard);
  assert.ok(!heard.includes(new URL(link).hash.slice(3)), "the page heard the key");
}
