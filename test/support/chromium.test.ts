/**
 * The browser of the tests does what the product needs of one: a sandboxed frame from another site has a camera, a
 * microphone and storage. If this is red, no other browser test says anything.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Frame } from "playwright-core";
import { openChromium, openProfile } from "./chromium.ts";

let browser: Browser;
let port: number;

const server = createServer((request, response) => {
  const isHost = !request.headers.host?.startsWith("frame.");
  const frame = `<iframe src="http://frame.localhost:${port}/" allow="camera; microphone"
    sandbox="allow-scripts allow-same-origin"></iframe>`;
  response.setHeader("content-type", "text/html").end(`<!doctype html>${isHost ? frame : "<title>frame</title>"}`);
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  browser = await openChromium();
});
after(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

async function sealedFrame(context: BrowserContext, host = "localhost"): Promise<Frame> {
  const page = await context.newPage();
  await page.goto(`http://${host}:${port}/`);
  const frame = page.frames().find((each) => each.url().startsWith(`http://frame.localhost:${port}`));
  assert.ok(frame, "the frame is on another site than its host");
  return frame;
}

/** Counts what the frame's own IndexedDB remembers of earlier visits, and remembers this one. */
function visit(): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const opening = indexedDB.open("visits", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("visits", { autoIncrement: true });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const store = opening.result.transaction("visits", "readwrite", { durability: "strict" }).objectStore("visits");
      store.add(Date.now());
      const count = store.count();
      count.transaction?.addEventListener("complete", () => resolve(count.result));
    };
  });
}

test("gives a sandboxed cross-site frame a camera and a microphone", { timeout: 20_000 }, async () => {
  await using context = await browser.newContext();
  const frame = await sealedFrame(context);
  const kinds = await frame.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    return stream.getTracks().map((track) => `${track.kind} ${track.readyState}`);
  });
  assert.deepEqual(kinds.sort(), ["audio live", "video live"]);
});

test("gives a sandboxed cross-site frame IndexedDB, the private file system and locks", {
  timeout: 20_000,
}, async () => {
  await using context = await browser.newContext();
  const frame = await sealedFrame(context);
  assert.equal(await frame.evaluate(visit), 1);
  const [lock, files] = await frame.evaluate(async () => [
    await navigator.locks.request("one", (held) => held?.name),
    (await navigator.storage.getDirectory()).kind,
  ]);
  assert.deepEqual([lock, files], ["one", "directory"]);
});

test("keeps a frame's storage apart for each embedding site", { timeout: 20_000 }, async () => {
  await using context = await browser.newContext();
  const visits: number[] = [];
  for (const host of ["localhost", "shop.localhost", "localhost"]) {
    visits.push(await (await sealedFrame(context, host)).evaluate(visit));
  }
  assert.deepEqual(visits, [1, 1, 2]);
});

test("starts every context without the storage of another", { timeout: 20_000 }, async () => {
  for (const _ of [1, 2]) {
    await using context = await browser.newContext();
    assert.equal(await (await sealedFrame(context)).evaluate(visit), 1);
  }
});

test("keeps a frame's storage in a profile folder across a restart", { timeout: 20_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "whatping-profile-"));
  try {
    for (const visits of [1, 2]) {
      await using context = await openProfile(folder);
      assert.equal(await (await sealedFrame(context)).evaluate(visit), visits);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
