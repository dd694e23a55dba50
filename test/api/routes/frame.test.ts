/** The frame's documents and files: headers, mangled links, and that looking changes nothing. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import packageFile from "../../../api/package.json" with { type: "json" };
import { call, DOCUMENT, refused, startTestApi, type TestApi, TestClip } from "../support/api.ts";
import { raw } from "../support/raw-http.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' blob:; " +
  "media-src blob:; font-src 'self'; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";
const TRUSTED = "require-trusted-types-for 'script'; trusted-types lit-html whatping";
const FRAMED = `${POLICY}; frame-ancestors http://localhost:5000 https://shop.example; ${TRUSTED}`;
const SANDBOX =
  "sandbox allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";
const TOP_LEVEL = `${POLICY}; frame-ancestors 'none'; ${TRUSTED}; ${SANDBOX}`;

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api?.stop());

describe("the frame's documents", () => {
  for (const [path, name] of [
    ["/frame/recorder", "recorder"],
    ["/frame/player", "player"],
  ] as const) {
    test(`${path} may be framed by the allowed origins alone, and knows them`, async () => {
      const answer = await call(api, "GET", path);
      assert.equal(answer.status, 200);
      assert.equal(
        answer.bytes.toString(),
        DOCUMENT(name).replace("__ORIGINS__", "http://localhost:5000 https://shop.example"),
      );
      assertHeaders(answer.headers, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": FRAMED,
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "cross-origin",
        "cross-origin-opener-policy": null,
        "permissions-policy": "camera=(self), microphone=(self), display-capture=(self)",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "strict-transport-security": null,
        "access-control-allow-origin": null,
      });
    });
  }

  test("the viewer may be framed by nobody, is sandboxed, and alone in its browsing context group", async () => {
    assertHeaders((await call(api, "GET", "/v/AAAAAAAAAAAAAAAAAAAAAA")).headers, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": TOP_LEVEL,
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": "camera=(self), microphone=(self), display-capture=(self)",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex, nofollow, noarchive",
      "cache-control": "no-store",
    });
  });

  test("errors and worker files carry the same headers", async () => {
    for (const path of ["/nothing-here", "/assets/none.js", "/assets/worker-abc123.js", "/frame/none", "/"]) {
      const { headers } = await call(api, "GET", path);
      assert.equal(headers.get("content-security-policy"), FRAMED, path);
      assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp", path);
      assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin", path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    }
    const { headers } = await call(api, "GET", "/v/a/b");
    assert.equal(headers.get("content-security-policy"), TOP_LEVEL);
  });

  test("a room's documents may connect to LiveKit, by WebSocket and HTTP, and nothing else may", async () => {
    const sfu = { LIVEKIT_URL: "http://livekit:7880", LIVEKIT_PUBLIC_URL: "wss://sfu.example:7443" };
    const keys = { LIVEKIT_API_KEY: "key", LIVEKIT_API_SECRET: "s".repeat(32) };
    const withMedia = await startTestApi({ environment: { ...sfu, ...keys } });
    const policyOf = async (from: TestApi, path: string) =>
      (await call(from, "GET", path)).headers.get("content-security-policy");
    const [inside, outside] = [
      "connect-src 'self' wss://sfu.example:7443 https://sfu.example:7443;",
      "connect-src 'self';",
    ];
    assert.equal(await policyOf(withMedia, "/frame/room"), FRAMED.replace(outside, inside));
    assert.equal(await policyOf(withMedia, "/r/AAAAAAAAAAAAAAAAAAAAAA"), TOP_LEVEL.replace(outside, inside));
    for (const path of ["/frame/player", "/frame/recorder", "/assets/worker-abc123.js", "/frame/room/x", "/"]) {
      assert.equal(await policyOf(withMedia, path), FRAMED, path);
    }
    assert.equal(await policyOf(withMedia, "/v/AAAAAAAAAAAAAAAAAAAAAA"), TOP_LEVEL);
    assert.equal(await policyOf(api, "/frame/room"), FRAMED);
    await withMedia.stop();
  });

  test("an https origin tells browsers to stay with https", async () => {
    const secure = await startTestApi({ environment: { PUBLIC_ORIGIN: "https://frame.example" } });
    for (const path of ["/v/x", "/frame/player", "/healthz", "/whatping.js", "/none"]) {
      const { headers } = await call(secure, "GET", path);
      assert.match(headers.get("strict-transport-security") ?? "", /^max-age=\d{8}/, path);
    }
    await secure.stop();
  });

  test("without any allowed origin nobody may frame it", async () => {
    const closed = await startTestApi({ environment: { ALLOWED_ORIGINS: "" } });
    const { headers, bytes } = await call(closed, "GET", "/frame/recorder");
    assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
    assert.match(bytes.toString(), /content=""/);
    await closed.stop();
  });

  test("a frame that was not built is said to be so", async () => {
    const unbuilt = await startTestApi({ environment: { STATIC_DIR: "/nowhere" } });
    const answer = await call(unbuilt, "GET", "/frame/recorder");
    refused(answer, "no-such-route");
    assert.match(answer.json.detail, /npm run build/);
    await unbuilt.stop();
  });
});

describe("opening a link", () => {
  test("gives the same bytes and headers for live, dead and unknown clips, and changes nothing", async () => {
    const live = await new TestClip(api).publish();
    const dead = await new TestClip(api).open();
    await dead.burn();
    const before = await api.store.get(`wisp/${live.id}`);
    const seen = [];
    for (const id of [live.id, dead.id, new TestClip(api).id, "nonsense"]) {
      for (const method of ["GET", "HEAD"]) {
        const { status, headers, bytes } = await call(api, method, `/v/${id}`, {
          headers: { "user-agent": "Slackbot-LinkExpanding 1.0" },
        });
        assert.equal(status, 200);
        const all = [...headers].filter(([name]) => !["date", "x-request-id"].includes(name)).sort();
        seen.push(JSON.stringify([all, method === "GET" ? bytes.toString() : "head"]));
      }
    }
    assert.equal(new Set(seen).size, 2);
    assert.deepEqual(await api.store.get(`wisp/${live.id}`), before);
    assert.equal((await live.takeLease()).status, 200);
  });

  const key = "c2VjcmV0LWNhbmFyeS1zZWNyZXQtY2FuYXJ5LTEyMzQ";
  for (const mangled of [`%23k=${key}`, `%2523k=${key}`, `%252523k=${key}`, `?x=%23k=${key}`, `%23k%3D${key}`]) {
    test(`answers 400 with the viewer for ${mangled.slice(0, 9)}…, and logs nothing of it`, async () => {
      const clip = await new TestClip(api).publish();
      const answer = await call(api, "GET", `/v/${clip.id}${mangled}`);
      assert.equal(answer.status, 400);
      assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
      assert.deepEqual(answer.bytes, (await call(api, "GET", `/v/${clip.id}`)).bytes);
      assert.equal(answer.headers.get("content-security-policy"), TOP_LEVEL);
      assert.ok(!api.logged().includes(key));
      assert.equal((await clip.receipt()).json.state, "ready");
    });
  }

  test("refuses a fragment in any other path, and logs nothing of it", async () => {
    for (const path of [`/api/clips/x%23k=${key}`, `/frame/player%23k=${key}`, `/x?link=/v/x%23k=${key}`]) {
      refused(await call(api, "GET", path), "fragment-in-path");
    }
    assert.ok(!api.logged().includes(key));
  });
});

describe("files", () => {
  test("assets may be kept for good, and have a type that nosniff accepts", async () => {
    const answer = await call(api, "GET", "/assets/worker-abc123.js");
    assert.equal(answer.bytes.toString(), "self.onmessage = null;\n");
    assertHeaders(answer.headers, {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "content-length": "23",
    });
    const head = await call(api, "HEAD", "/assets/worker-abc123.js");
    assert.equal(head.headers.get("content-length"), "23");
  });

  test("a missing asset is a problem that nobody keeps", async () => {
    const answer = await call(api, "GET", "/assets/none.js");
    refused(answer, "no-such-route");
    assert.equal(answer.headers.get("cache-control"), "no-store");
  });

  test("the host script is for every site, with CORS so that an integrity hash can pin it", async () => {
    const pinned = `/embed/${packageFile.version}/whatping.js`;
    for (const [path, caching] of [
      ["/whatping.js", "public, max-age=300"],
      [pinned, "public, max-age=31536000, immutable"],
    ] as const) {
      const answer = await call(api, "GET", path, { headers: { origin: "https://anywhere.example" } });
      assert.equal(answer.bytes.toString(), "export {};\n");
      assertHeaders(answer.headers, {
        "content-type": "text/javascript; charset=utf-8",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        "cache-control": caching,
      });
    }
  });

  test("a version's own script wins over the current one, and an unknown version is none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "whatping-static-"));
    mkdirSync(join(folder, "embed", "0.0.9"), { recursive: true });
    writeFileSync(join(folder, "embed", "0.0.9", "whatping.js"), "old");
    writeFileSync(join(folder, "whatping.js"), "new");
    const other = await startTestApi({ environment: { STATIC_DIR: folder } });
    assert.equal((await call(other, "GET", "/embed/0.0.9/whatping.js")).bytes.toString(), "old");
    refused(await call(other, "GET", "/embed/0.0.8/whatping.js"), "no-such-route");
    await other.stop();
    rmSync(folder, { recursive: true });
  });

  test("no path leads out of the folder", async () => {
    const secret = join(api.dataDir, "store.sqlite");
    const paths = [
      "/assets/../recorder.html",
      "/assets/..%2frecorder.html",
      "/assets/%2e%2e/recorder.html",
      "/assets/%2e%2e%2frecorder.html",
      "/assets/..%5c..%5crecorder.html",
      `/assets/${encodeURIComponent(secret)}`,
      "/assets//etc/passwd",
      "/assets/%00.js",
      "/assets/.hidden",
      "/embed/../whatping.js",
      "/embed/%2e%2e/whatping.js",
      "/embed/..%2f/whatping.js",
      "//etc/passwd",
      "/frame/../../store.sqlite",
    ];
    for (const path of paths) {
      const { status, body } = await raw(api.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.equal(status, 404, path);
      assert.equal(JSON.parse(body).code, "no-such-route", path);
    }
  });
});

function assertHeaders(headers: Headers, expected: Record<string, string | null>): void {
  for (const [name, value] of Object.entries(expected)) assert.equal(headers.get(name), value, name);
}
