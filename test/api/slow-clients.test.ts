/**
 * A client that is slow on purpose keeps no connection for long, and one that is slow for real is served. Raw sockets,
 * the server's patience shortened.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { clipPrefix } from "../../api/blobs/blobs.ts";
import { paths } from "../../widget/wire/client-api.ts";
import { digestHeaders, random, startTestApi, type TestApi, TestClip } from "./support/api.ts";
import { dial } from "./support/raw-http.ts";

/** ms; what a test is not about never runs out. */
const SHORT = 300;
const NEVER = 60_000;
const DRIP_MS = 30;
const LATE_MS = 10_000;
const BYTES = 4_000;

/** What the server said until it closed, and after how many ms. @throws Error if it does not close */
async function untilClosed(socket: Socket): Promise<{ said: string; after: number }> {
  const began = performance.now();
  let said = "";
  socket.on("data", (chunk) => {
    said += String(chunk);
  });
  // A client that goes on writing after the end gets a reset.
  socket.on("error", () => undefined);
  await once(socket, "close", { signal: AbortSignal.timeout(LATE_MS) });
  return { said, after: performance.now() - began };
}

/** Writes a little again and again, so that it is never silent. */
function drip(socket: Socket, little: string | Uint8Array): void {
  const timer = setInterval(() => socket.write(little), DRIP_MS);
  socket.once("close", () => clearInterval(timer));
}

/** The head of a request that uploads one piece. */
function headOf(clip: TestClip, piece: Uint8Array): string {
  const headers = {
    Host: "frame.example",
    Authorization: `Bearer ${clip.manage.toString("base64url")}`,
    "Content-Length": String(piece.length),
    Connection: "close",
    ...digestHeaders(piece),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `PUT ${paths.piece(clip.id, 0)} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** A draft that waits for its one piece, and a connection on which that has begun. */
async function beginPiece(api: TestApi): Promise<{ clip: TestClip; piece: Uint8Array; socket: Socket }> {
  const piece = random(BYTES);
  const clip = new TestClip(api, { pieces: 1 });
  assert.equal((await clip.putDraft()).status, 201);
  const socket = await dial(api.port);
  socket.write(headOf(clip, piece));
  return { clip, piece, socket };
}

async function assertNothingStored(api: TestApi, clip: TestClip): Promise<void> {
  assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
}

test("headers that never end, line after line, end the connection with a problem", async () => {
  const api = await startTestApi({ patience: { headers: SHORT, request: NEVER, silence: NEVER } });
  const socket = await dial(api.port);
  socket.write("GET /healthz HTTP/1.1\r\nHost: frame.example\r\n");
  drip(socket, "X-More: of the same\r\n");
  const { said, after } = await untilClosed(socket);
  assert.ok(after >= SHORT * 0.9, `after ${after} ms`);
  assert.match(said, /^HTTP\/1\.1 4\d\d [\s\S]*application\/problem\+json[\s\S]*"code":/);
  await api.stop();
});

test("a body that comes byte by byte without end ends the connection, and nothing of it is stored", async () => {
  const api = await startTestApi({ patience: { headers: SHORT, request: SHORT * 2, silence: NEVER } });
  const { clip, socket } = await beginPiece(api);
  drip(socket, "x");
  const { said, after } = await untilClosed(socket);
  assert.ok(after >= SHORT * 2 * 0.9, `after ${after} ms`);
  assert.doesNotMatch(said, /^HTTP\/1\.1 2/);
  await assertNothingStored(api, clip);
  await api.stop();
});

test("silence in the middle of a body ends the connection, and nothing of it is stored", async () => {
  const api = await startTestApi({ patience: { headers: NEVER, request: NEVER, silence: SHORT } });
  const { clip, piece, socket } = await beginPiece(api);
  socket.write(piece.subarray(0, BYTES / 2));
  const { said, after } = await untilClosed(socket);
  assert.ok(after >= SHORT * 0.9, `after ${after} ms`);
  assert.doesNotMatch(said, /^HTTP\/1\.1 2/);
  await assertNothingStored(api, clip);
  await api.stop();
});

test("a connection on which nothing is ever asked is closed", async () => {
  const api = await startTestApi({ patience: { headers: NEVER, request: NEVER, silence: SHORT } });
  await untilClosed(await dial(api.port));
  await api.stop();
});

test("a slow client that goes on is served, however often the silence would have been over", async () => {
  const api = await startTestApi({ patience: { headers: NEVER, request: NEVER, silence: SHORT } });
  const { clip, piece, socket } = await beginPiece(api);
  const done = untilClosed(socket);
  const steps = Math.ceil((SHORT * 2) / DRIP_MS);
  for (let step = 0; step < steps; step++) {
    const share = (at: number) => Math.floor((BYTES * at) / steps);
    socket.write(piece.subarray(share(step), share(step + 1)));
    await new Promise((resolve) => setTimeout(resolve, DRIP_MS));
  }
  const { said, after } = await done;
  assert.ok(after > SHORT, `after ${after} ms`);
  assert.match(said, /^HTTP\/1\.1 200 /);
  assert.equal((await api.blobs.list(clipPrefix(clip.id))).length, 1);
  await api.stop();
});
