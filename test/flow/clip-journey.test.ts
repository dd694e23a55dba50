/** The journey of a clip through the real parts: recorded, sealed, sent, watched once by somebody else, gone. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CANARY } from "../support/canary.ts";
import { idOf, openLink, recordTake, sealedFrame, sendTake, startWatching, untilStep } from "./recorder-driver.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

test("a recorded clip plays once in another profile and is gone afterwards", async () => {
  const sender = await world.openHost("<wisp-recorder></wisp-recorder>");
  const frame = sealedFrame(sender);
  await recordTake(frame, { seconds: 3, recipient: CANARY });
  const link = await sendTake(frame);

  const recipient = await world.newProfile();
  await openLink(recipient, link);
  await startWatching(recipient);
  await untilStep(recipient, "gone");

  const id = idOf(link);
  assert.equal((await world.clip(id))?.state, "burned");
  assert.deepEqual(await world.objects(id), []);
});
