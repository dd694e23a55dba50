/** LiveKit among what demo and tests stand on: given, found, or absent and said so; it ends with who started it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { MediaChoice } from "../../../sfu-config/media-services.ts";
import { startServices } from "../../../sfu-config/services.ts";

const folder = mkdtempSync(join(tmpdir(), "media-services-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function start(media: MediaChoice, env: NodeJS.ProcessEnv) {
  const lines: string[] = [];
  const print = (line: string): void => {
    if (line.startsWith("media")) lines.push(line);
  };
  const dataDir = mkdtempSync(join(folder, "data-"));
  return { lines, ...(await startServices({ redis: "embedded", blobs: "embedded", media, dataDir, print, env })) };
}

const GIVEN = { LIVEKIT_URL: "wss://hush@sfu.example", LIVEKIT_API_KEY: "hush", LIVEKIT_API_SECRET: "hush" };

test("takes what the environment gives, starts nothing, and names only the host", async () => {
  const { lines, livekit, sfu } = await start("auto-build", { ...GIVEN, PATH: "" });
  assert.deepEqual(livekit, { url: GIVEN.LIVEKIT_URL, key: "hush", secret: "hush" });
  assert.equal(sfu, undefined);
  assert.deepEqual(lines, ["media     given by LIVEKIT_URL: sfu.example"]);
});

test("does not start with half of what it takes", async () => {
  const half = { ...GIVEN, LIVEKIT_API_SECRET: "", PATH: "" };
  await assert.rejects(start("auto", half), /^Error: LIVEKIT_URL needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET$/);
});

test("is absent where nothing is found and nothing can be built, and says what that means", async () => {
  const { lines, livekit } = await start("auto-build", { PATH: "", HOME: folder });
  assert.equal(livekit, undefined);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^media {5}absent: no livekit-server on this machine .* rooms have no video and sound/);
});

test("never takes the environment's LiveKit when it needs its own, and ends it", async () => {
  const { livekit, sfu, stop } = await start("required", { ...process.env, ...GIVEN });
  assert.match(livekit?.url ?? "", /^ws:\/\/127\.0\.0\.1:\d+$/);
  assert.ok((livekit?.secret.length ?? 0) >= 32 && sfu);
  const address = (livekit?.url ?? "").replace("ws", "http");
  assert.equal((await fetch(address)).status, 200);
  await stop();
  await assert.rejects(fetch(address));
});
