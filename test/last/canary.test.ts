/**
 * Nothing that a test run said, typed, recorded or derived is found in anything that the server side left behind:
 * Redis, the object store, the embedded store, logs, and what passed over rooms' sockets (product.md R5, W9). Runs after
 * all other tests and looks through what they left as well.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { idOf, recordTake, sealedFrame, sendTake } from "../flow/recorder-driver.ts";
import { Room } from "../flow/rooms/headless.ts";
import { openWorld, type World } from "../flow/world.ts";
import { CANARY, findBelow, findIn, type Pattern, recordedSecrets, wanted } from "../support/canary.ts";
import { flushSockets } from "../support/record-sockets.ts";

const given = process.env.TEST_RUN_DIR;
let folder: string;
const ids: string[] = [];
const roomIds: string[] = [];

/** Leaves a clip that nobody has opened yet, and a room that is being talked in: what is kept of them can be searched. */
async function leaveBehind(world: World): Promise<void> {
  try {
    const sender = await world.openHost(`<wisp-recorder recipient="${CANARY}"></wisp-recorder>`);
    await recordTake(sealedFrame(sender), { seconds: 2 });
    ids.push(idOf(await sendTake(sealedFrame(sender))));
    const room = await Room.open(`http://127.0.0.1:${world.api.port}`);
    const guest = await room.invite(CANARY);
    await guest.untilPeople(2);
    await guest.say(CANARY);
    await room.host.untilHeard(CANARY);
    roomIds.push(Buffer.from(room.roomId).toString("base64url"));
  } finally {
    await world.close();
  }
}

before(async () => {
  folder = given ?? mkdtempSync(join(tmpdir(), "canary-"));
  process.env.TEST_RUN_DIR = folder;
  await leaveBehind(await openWorld({ embedded: true }));
  // Standing alone it has servers of its own, whose folders are in the run's.
  await leaveBehind(await openWorld({ ownServers: given === undefined }));
  flushSockets();
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

test("… of rooms: in the log, in a store, and what passed", () => {
  for (const id of roomIds) {
    const files = findBelow(folder, [{ name: id, bytes: Buffer.from(id) }]).findings.map((finding) => finding.file);
    for (const kind of [/\.log$/, /\.aof|sqlite/, /^inside sockets\/|^sockets\//]) {
      assert.ok(
        files.some((file) => kind.test(file)),
        `room ${id} is in no ${kind}`,
      );
    }
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
  for (const kind of ["clip-key", "host-secret", "room-secret-1"]) {
    const noted = secrets.filter(({ name }) => name === kind);
    assert.ok(noted.length >= 2, `${kind}: none was written down to look for`);
  }
  assert.ok(existsSync(folder));
  const { findings, files, bytes } = findBelow(folder, wanted(secrets));
  assert.ok(files > 10 && bytes > 100_000, "there was nothing to search");
  assert.deepEqual(findings, []);
});
