/** Liveness, readiness, and an end that loses nothing. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { paths } from "../../../widget/wire/client-api.ts";
import { call, digestHeaders, random, refused, startTestApi, TestClip } from "../support/api.ts";
import { dial } from "../support/raw-http.ts";

describe("health", () => {
  test("is alive and ready when store and blobs answer", async () => {
    const api = await startTestApi();
    assert.deepEqual((await call(api, "GET", "/healthz")).json, { status: "alive" });
    assert.deepEqual((await call(api, "GET", "/readyz")).json, { status: "ready" });
    await api.stop();
  });

  test("is alive but not ready when the store is gone", async () => {
    const api = await startTestApi();
    await api.store.close();
    assert.equal((await call(api, "GET", "/healthz")).status, 200);
    const answer = await call(api, "GET", "/readyz");
    refused(answer, "storage-unavailable");
    assert.equal(answer.headers.get("retry-after"), "2");
    await api.stop();
  });
});

describe("the end", () => {
  test("lets a running upload finish, refuses what comes after, and takes no new connection", async () => {
    const api = await startTestApi();
    const clip = new TestClip(api);
    await clip.putDraft();
    const piece = clip.pieces[0] ?? random(1);
    const upload = await dial(api.port);
    const head = [
      `PUT ${paths.piece(clip.id, 0)} HTTP/1.1`,
      "Host: x",
      "Expect: 100-continue",
      `Authorization: Bearer ${clip.manage.toString("base64url")}`,
      `Content-Length: ${piece.length}`,
      ...Object.entries(digestHeaders(piece)).map(([name, value]) => `${name}: ${value}`),
    ];
    upload.write(`${head.join("\r\n")}\r\n\r\n`);
    await once(upload, "data");
    const closed = api.close();
    await assert.rejects(dial(api.port), { code: "ECONNREFUSED" });
    // Two requests on one connection: the upload, and another behind it.
    upload.write(piece);
    upload.write("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
    let said = "";
    for await (const chunk of upload) said += chunk;
    assert.match(said, /^HTTP\/1\.1 200 OK/);
    assert.match(said, /"bytes":262160/);
    await closed;
    await api.stop();
  });

  test("answers 503 on a connection that was open before", async () => {
    const api = await startTestApi();
    const one = await dial(api.port);
    // An unfinished request keeps the connection from being closed as idle.
    one.write("GET /readyz HTTP/1.1\r\nHost: x\r\n");
    const two = await dial(api.port);
    two.write("GET /v/x HTTP/1.1\r\nHost: x\r\n");
    await call(api, "GET", "/healthz");
    const closed = api.close();
    one.write("\r\n");
    two.write("\r\n");
    for (const socket of [one, two]) {
      let said = "";
      for await (const chunk of socket) said += chunk;
      assert.match(said, /^HTTP\/1\.1 503 /);
      assert.match(said, /"code":"shutting-down"/);
      assert.match(said, /connection: close/i);
    }
    await closed;
    await api.stop();
  });

  test("can be asked for twice", async () => {
    const api = await startTestApi();
    await Promise.all([api.close(), api.close()]);
    await api.stop();
  });
});
