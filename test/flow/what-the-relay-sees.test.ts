/**
 * docs/what-the-relay-sees.md is true: every field that Redis, the object store and the log hold about a clip is listed
 * there, and every listed field is really held (product.md R13, for clips).
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CANARY } from "../support/canary.ts";
import { idOf, openLink, recordTake, sealedFrame, sendTake, startWatching, untilStep } from "./recorder-driver.ts";
import { listed } from "./relay-page.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
const fields = new Set<string>();
const objects = new Set<string>();
let id: string;

function note(record: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(record)) {
    if (name === "content") for (const inner of Object.keys(value as object)) fields.add(`content.${inner}`);
    else fields.add(name);
  }
}

async function look(): Promise<void> {
  const stored = await world.api.store.get(`wisp/${id}`);
  if (stored) note(JSON.parse(stored.value) as Record<string, unknown>);
  for (const name of await world.objects(id)) objects.add(name.replace(id, "<id>").replace(/\d{6}$/, "<index>"));
}

before(async () => {
  // The sweeper runs only when asked, or the record would be past `check` before it can be looked at.
  world = await openWorld({ env: { SWEEP_MS: "60000" } });
  const sender = await world.openHost("<wisp-recorder></wisp-recorder>");
  await recordTake(sealedFrame(sender), { seconds: 2, recipient: CANARY });
  const link = await sendTake(sealedFrame(sender));
  id = idOf(link);
  await look();
  // One interrupted viewing, one whole one: so that every field has had a reason to be there.
  for (const whole of [false, true]) {
    const viewer = await world.newProfile();
    await openLink(viewer, link);
    await startWatching(viewer);
    await look();
    if (whole) {
      await untilStep(viewer, "gone");
      // It is gone there before the relay has answered.
      while ((await world.clip(id))?.state !== "burned") await new Promise(setImmediate);
    }
    await viewer.context().close();
    world.clock.advance(31);
    await world.api.sweeper.sweepOnce();
    await look();
  }
});
after(() => world.close());

test("the database holds the fields that the page lists, and no other", () => {
  assert.deepEqual([...fields].sort(), [...listed("Database: one record per clip")].sort());
});

test("the object store holds the names that the page lists, and no other", () => {
  assert.deepEqual([...objects], [...listed("Object store: one object per 256 KiB")]);
});

test("the log holds the fields that the page lists, and no other", () => {
  const seen = new Set<string>();
  for (const file of readdirSync(world.logFolder).filter((name) => name === world.logFile)) {
    for (const line of readFileSync(join(world.logFolder, file), "utf8").trim().split("\n")) {
      for (const name of Object.keys(JSON.parse(line) as object)) seen.add(name);
    }
  }
  const page = listed("Log: one line per request");
  assert.ok(seen.size > 5, "the log is empty");
  assert.deepEqual(
    [...seen].filter((name) => !page.has(name)),
    [],
  );
});

test("a tombstone holds no content", async () => {
  const stored = await world.api.store.get(`wisp/${id}`);
  const names = Object.keys(JSON.parse(stored?.value ?? "{}") as object);
  assert.deepEqual(
    names.filter((name) => name === "iv" || name === "content" || name === "lease" || name === "check"),
    [],
  );
  assert.deepEqual(await world.objects(id), []);
});
