/**
 * How a server ends (api/drain.ts): at once for connections that ask nothing, and never in the middle of an answer.
 * Source: product.md O2, O3.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { startTestApi } from "./support/api.ts";
import { dial } from "./support/raw-http.ts";

/** Far less than the time that running requests get. */
const AT_ONCE_MS = 3_000;

test("a connection on which nothing was asked does not keep it waiting", async () => {
  const api = await startTestApi();
  const spare = await dial(api.port);
  const closed = once(spare, "close");
  const started = performance.now();
  await api.stop();
  await closed;
  assert.ok(performance.now() - started < AT_ONCE_MS, `it took ${performance.now() - started} ms`);
});

test("a request that was under way is answered, and its connection closed after that", async () => {
  const api = await startTestApi();
  const socket = await dial(api.port);
  const body = JSON.stringify({ iv: "no", viewTokenHash: "no" });
  socket.write(
    `PUT /api/clips/${"A".repeat(22)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
      `Authorization: Bearer ${"A".repeat(43)}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 4)}`,
  );
  // The server has begun with it once a second connection is answered.
  await (await fetch(`${api.base}/api/clips/none`)).arrayBuffer();
  const stopped = api.stop();
  await assert.rejects(dial(api.port), { code: "ECONNREFUSED" });
  socket.write(body.slice(4));
  let text = "";
  for await (const chunk of socket) text += chunk;
  assert.match(text, /^HTTP\/1\.1 400 /);
  await stopped;
});
