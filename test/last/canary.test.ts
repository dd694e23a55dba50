/**
 * Nothing that a test run said, typed, recorded or derived is found in anything that the server side left behind:
 * Redis, the object store, the embedded store, logs (product.md R5, W9; for clips). Runs after all other tests and
 * looks through what they left as well.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { idOf, recordTake, sealedFrame, sendTake } from "../flow/recorder-driver.ts";
import { openWorld, type World } from "../flow/world.ts";
import { CANARY, findBelow, findIn, type Pattern, recordedSecrets, wanted } from "../support/canary.ts";

const given = process.env.TEST_RUN_DIR;
let folder: string;
const ids: string[] = [];

/** Leaves a clip that nobody has opened yet: its ciphertext and its record are there to be searched. */
async function leaveClip(world: World): Promise<void> {
  try {
    const sender = await world.openHost(`<wisp-recorder recipient="${CANARY}"></wisp-recorder>`);
    await recordTake(sealedFrame(sender), { seconds: 2 });
    ids.push(idOf(await sendTake(sealedFrame(sender))));
  } finally {
    await world.close();
  }
}

before(async () => {
  folder = given ?? mkdtempSync(join(tmpdir(), "canary-"));
  process.env.TEST_RUN_DIR = folder;
  await leaveClip(await openWorld({ embedded: true }));
  // Standing alone it has servers of its own, whose folders are in the run's.
  await leaveClip(await openWorld({ ownServers: given === undefined }));
});
after(() => (given === undefined ? rm(folder, { recursive: true, force: true }) : undefined));

test("the search finds what is there, so that finding nothing means something", () => {
  for (const id of ids) {
    const name = `clip ${id}`;
    // The folder writes ids in hex, for file systems that don't tell upper from lower case.
    const known: Pattern[] = [Buffer.from(id), Buffer.from(Buffer.from(id).toString("hex"))].map((bytes) => ({
      name,
      bytes,
    }));
    const files = findBelow(folder, known).findings.map((finding) => finding.file);
    assert.ok(
      files.some((file) => file.endsWith(".log")),
      `${name} is in no log`,
    );
    assert.ok(
      files.some((file) => /\.aof|sqlite/.test(file)),
      `${name} is in no store`,
    );
    assert.ok(
      files.some((file) => file.includes("clips/")),
      `${name} names no object`,
    );
  }
});

test("the search knows every spelling", () => {
  const marker = Buffer.from(CANARY);
  for (const text of [
    marker,
    Buffer.from(marker.toString("hex")),
    Buffer.from(`x=${marker.toString("base64")}`),
    Buffer.from(Buffer.concat([Buffer.from("a"), marker]).toString("base64")),
    Buffer.from(Buffer.concat([Buffer.from("ab"), marker]).toString("base64url")),
  ]) {
    assert.notEqual(findIn(text, "text", wanted([])).length, 0, text.toString());
  }
});

test("no marker, key or trace of plaintext is anywhere on the server side", () => {
  const secrets = recordedSecrets();
  assert.ok(secrets.length >= 2, "no keys were written down to look for");
  assert.ok(existsSync(folder));
  const { findings, files, bytes } = findBelow(folder, wanted(secrets));
  assert.ok(files > 10 && bytes > 100_000, "there was nothing to search");
  assert.deepEqual(findings, []);
});
