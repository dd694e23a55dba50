/** The log holds ids, sizes, status and route templates: no URL, address, body, header or token, whatever is sent. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { call, digestHeaders, random, startTestApi, type TestApi, TestClip } from "./support/api.ts";
import { raw } from "./support/raw-http.ts";

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api?.stop());

function lines(): Record<string, unknown>[] {
  return api
    .logged()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the log", () => {
  test("holds nothing of what was sent, wherever it was sent", async () => {
    const canary = `canary${randomBytes(8).toString("hex")}`;
    const token = canary.padEnd(43, "A");
    const clip = await new TestClip(api).open();
    await call(api, "GET", `/${canary}`);
    await call(api, "GET", `/v/${canary}`);
    await call(api, "GET", `/v/${clip.id}%23k=${canary}`);
    await call(api, "GET", `/api/clips/${canary}?${canary}=${canary}`, { token });
    await call(api, "GET", `/assets/${canary}.js`);
    await call(api, "GET", `/problems/${canary}`);
    await call(api, "PUT", clip.path, { token, json: { [canary]: canary }, headers: { "x-forwarded-for": canary } });
    await call(api, "PUT", `${clip.path}/pieces/0`, {
      token,
      body: random(20),
      headers: { ...digestHeaders(random(20)), [canary]: canary },
    });
    await call(api, "POST", `${clip.path}/lease`, {
      token,
      body: canary,
      headers: { "content-type": "application/json" },
    });
    await call(api, "GET", "/healthz", {
      headers: {
        "user-agent": canary,
        referer: `https://${canary}.example/`,
        cookie: canary,
        origin: `https://${canary}`,
      },
    });
    await raw(api.port, `${canary} / HTTP/1.1\r\n${canary}: ${canary}\r\n\r\n`);
    await raw(api.port, `GET /healthz HTTP/1.1\r\nHost: ${canary}\r\nConnection: close\r\n\r\n`);
    await clip.burn();
    assert.ok(lines().length > 12);
    for (const gone of [canary, "127.0.0.1", "::1", "http:", "Bearer"]) assert.ok(!api.logged().includes(gone), gone);
  });

  test("holds no token, hash, IV or metadata of a clip's whole life", async () => {
    const clip = await new TestClip(api).open();
    await clip.getPiece(0);
    await clip.beat(3);
    await clip.takeLease(randomBytes(32));
    await clip.preview();
    await clip.burn();
    await clip.receipt();
    const { id: _id, manage, view, lease, send, create } = clip;
    const spellings = [manage, view, lease].flatMap((secret) => [secret.toString("base64url"), secret.toString("hex")]);
    for (const gone of [...spellings, send.sha256, send.metadata, send.metadataIv, create.iv, create.viewTokenHash]) {
      assert.ok(!api.logged().includes(gone));
    }
  });

  test("has one line per request with what an operator needs", async () => {
    const before = lines().length;
    const clip = new TestClip(api);
    await clip.putDraft();
    await clip.putPiece(1);
    await clip.getPiece(0);
    await call(api, "GET", "/healthz");
    const [create, piece, refusal] = lines().slice(before);
    const { ms: _ms, requestId: _requestId, time: _time, ...told } = piece ?? {};
    assert.deepEqual(told, {
      level: "info",
      event: "request",
      route: "/api/clips/:id/pieces/:n",
      method: "PUT",
      status: 200,
      bytesIn: 5_000,
      bytesOut: 24,
      clipId: clip.id,
    });
    assert.equal(create?.status, 201);
    assert.equal(refusal?.status, 404);
    assert.ok(Number(create?.bytesIn) > 100);
  });

  test("has fields that were agreed on, and no others", async () => {
    const agreed = [
      "level",
      "time",
      "event",
      "requestId",
      "route",
      "method",
      "status",
      "ms",
      "bytesIn",
      "bytesOut",
      "clipId",
      "brokeOff",
    ];
    await call(api, "GET", "/none");
    for (const line of lines()) {
      for (const field of Object.keys(line)) assert.ok(agreed.includes(field), field);
    }
  });
});
