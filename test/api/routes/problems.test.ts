/** Bad input of every kind gets a problem with a stable code, and nothing of it comes back. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PROBLEMS, problemOf } from "../../../api/routes/problems.ts";
import { API_ERRORS, CodedError } from "../../../widget/wire/errors.ts";
import { call, random, refused, startTestApi, type TestApi, TestClip } from "../support/api.ts";
import { dial, raw } from "../support/raw-http.ts";

const CANARY = "canary-7f3a";

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api?.stop());

describe("a path", () => {
  test("that nobody serves is no route", async () => {
    for (const path of [
      "/none",
      "/api",
      "/api/",
      "/api/clips",
      "/api/clips/",
      "/API/clips/x",
      "/healthz/",
      "/v/",
      "/problems/",
    ]) {
      refused(await call(api, "GET", path), "no-such-route");
    }
  });

  test("with another method names those that it knows", async () => {
    const clip = new TestClip(api);
    for (const [method, path, allow] of [
      ["DELETE", clip.path, "GET, HEAD, PUT"],
      ["POST", `${clip.path}/pieces/0`, "GET, HEAD, PUT"],
      ["GET", `${clip.path}/burn`, "POST"],
      ["PUT", `${clip.path}/receipt`, "GET, HEAD"],
      ["OPTIONS", `${clip.path}/lease`, "POST"],
      ["PATCH", "/v/x", "GET, HEAD"],
      ["POST", "/whatping.js", "GET, HEAD"],
    ] as const) {
      const answer = await call(api, method, path);
      refused(answer, "method-not-allowed");
      assert.equal(answer.headers.get("allow"), allow);
    }
  });

  test("with an id or a percent-encoding that is none is a bad request", async () => {
    const token = random(32);
    for (const id of [
      "x",
      "A".repeat(21),
      "A".repeat(23),
      `${"A".repeat(21)}B`,
      `${"A".repeat(21)}=`,
      "%",
      "%zz",
      "%c3%28",
      "%00",
    ]) {
      refused(await call(api, "GET", `/api/clips/${id}`, { token }), "bad-request");
    }
  });
});

describe("a token", () => {
  test("that is missing, malformed or of another scheme is a bad token", async () => {
    const { path } = new TestClip(api);
    const good = random(32).toString("base64url");
    for (const authorization of [
      "",
      good,
      `Basic ${good}`,
      `Bearer ${good}A`,
      `Bearer ${good.slice(1)}`,
      `Bearer ${good}=`,
      "Bearer",
    ]) {
      const answer = await call(api, "GET", path, { headers: { authorization } });
      refused(answer, "bad-token");
      assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    }
    refused(await call(api, "GET", path, { token: `${"A".repeat(42)}B` }), "bad-token");
  });

  test("in the address is of no use", async () => {
    const clip = await new TestClip(api).publish();
    refused(await call(api, "GET", `${clip.path}?token=${clip.view.toString("base64url")}`), "bad-token");
  });
});

describe("a body", () => {
  const token = random(32);
  const { path } = { path: "/api/clips/AAAAAAAAAAAAAAAAAAAAAA" };

  test("that is not JSON is a bad request", async () => {
    for (const body of ["", "{", "{'a':1}", "\u0000", "undefined", "NaN", '{"a":1}{}']) {
      const answer = await call(api, "PUT", path, { token, body, headers: { "content-type": "application/json" } });
      refused(answer, "bad-request");
    }
    const latin = Uint8Array.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]);
    refused(
      await call(api, "PUT", path, { token, body: latin, headers: { "content-type": "application/json" } }),
      "bad-request",
    );
  });

  test("of another type or encoding is an unsupported type", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=latin1",
      "application/jsonp",
      "",
    ]) {
      refused(
        await call(api, "PUT", path, { token, body: "{}", headers: { "content-type": type } }),
        "unsupported-type",
      );
    }
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    refused(await call(api, "PUT", path, { token, body: "{}", headers }), "unsupported-type");
  });

  test("of JSON with a charset that says UTF-8 is taken", async () => {
    const clip = new TestClip(api);
    const headers = { "content-type": "Application/JSON; charset=UTF-8" };
    const answer = await call(api, "PUT", clip.path, {
      token: clip.manage,
      body: JSON.stringify(clip.create),
      headers,
    });
    assert.equal(answer.status, 201);
  });

  test("of more than 32 KiB is too large, whether announced or not", async () => {
    const body = JSON.stringify({ iv: "x".repeat(33_000) });
    refused(
      await call(api, "PUT", path, { token, body, headers: { "content-type": "application/json" } }),
      "body-too-large",
    );
    const chunk = "x".repeat(20_000);
    const size = chunk.length.toString(16);
    const { status } = await raw(
      api.port,
      `PUT ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token.toString("base64url")}\r\n` +
        `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${size}\r\n${chunk}\r\n${size}\r\n${chunk}\r\n0\r\n\r\n`,
    );
    assert.equal(status, 413);
  });

  test("that nobody will read to its end costs the connection", async () => {
    const { head } = await raw(
      api.port,
      `PUT ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token.toString("base64url")}\r\n` +
        `Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{`,
    );
    assert.match(head, /413[\s\S]*connection: close/i);
  });

  test("is never quoted in a problem, nor are path, query, token or headers", async () => {
    const clip = new TestClip(api);
    const answers = [
      await call(api, "PUT", clip.path, { token: clip.manage, json: { [CANARY]: CANARY, iv: CANARY } }),
      await call(api, "PUT", clip.path, {
        token: CANARY,
        body: CANARY,
        headers: { "content-type": CANARY, "x-y": CANARY },
      }),
      await call(api, "GET", `/${CANARY}?${CANARY}`),
      await call(api, "GET", `/api/clips/${CANARY}`, { token: clip.manage }),
      await call(api, "GET", `/problems/${CANARY}`),
      await call(api, "GET", `/assets/${CANARY}`),
    ];
    for (const answer of answers) {
      assert.ok(answer.status >= 400 && answer.status < 500);
      assert.ok(!answer.bytes.toString().includes(CANARY));
      assert.ok(!JSON.stringify([...answer.headers]).includes(CANARY));
    }
  });
});

describe("another origin", () => {
  test("may change nothing, and gets no CORS", async () => {
    const clip = new TestClip(api);
    for (const origin of ["https://evil.example", "null", "http://localhost:5000", `${api.origin}.evil.example`]) {
      const answer = await call(api, "PUT", clip.path, { token: clip.manage, json: clip.create, headers: { origin } });
      refused(answer, "origin-not-allowed");
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
    }
    assert.equal(await api.store.get(`wisp/${clip.id}`), null);
    const preflight = await call(api, "OPTIONS", clip.path, {
      headers: { origin: "https://evil.example", "access-control-request-method": "PUT" },
    });
    assert.equal([...preflight.headers.keys()].filter((name) => name.startsWith("access-control")).length, 0);
  });

  test("is not the frame's own", async () => {
    const clip = new TestClip(api);
    const answer = await call(api, "PUT", clip.path, {
      token: clip.manage,
      json: clip.create,
      headers: { origin: api.origin },
    });
    assert.equal(answer.status, 201);
  });
});

describe("every answer of the API", () => {
  test("is kept by nobody, sniffed by nobody, and for its own origin", async () => {
    const clip = await new TestClip(api).open();
    for (const answer of [
      await clip.preview(),
      await clip.getPiece(0),
      await clip.getPiece(9),
      await clip.putDraft(),
      await call(api, "GET", "/readyz"),
    ]) {
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
      assert.equal(answer.headers.get("cross-origin-resource-policy"), "same-origin");
      assert.equal(answer.headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
      assert.match(answer.headers.get("x-request-id") ?? "", /^[0-9a-f]{16}$/);
    }
  });
});

describe("what is not HTTP as it should be", () => {
  const hostile: Record<string, string> = {
    "no HTTP at all": "hello\r\n\r\n",
    "two lengths": "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks":
      "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length that is none": "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "headers without end": `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(20_000)}\r\n\r\n`,
    "no host": "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a method that nobody knows": "BURN / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a line break in a header": "GET / HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n",
  };
  for (const [what, text] of Object.entries(hostile)) {
    test(`with ${what}, is a bad request`, async () => {
      const { status, body } = await raw(api.port, text);
      assert.equal(status, 400);
      if (body) assert.equal(JSON.parse(body).code, "bad-request");
    });
  }

  test("an expectation that nobody knows changes nothing", async () => {
    const { status } = await raw(
      api.port,
      "GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n",
    );
    assert.equal(status, 200);
  });

  test("a connection that is dropped in the middle harms nobody", async () => {
    for (const text of ["GET /hea", "PUT /api/clips/x HTTP/1.1\r\nContent-Length: 50\r\n\r\nabc", "\r\n"]) {
      const socket = await dial(api.port);
      socket.write(text);
      socket.destroy();
    }
    assert.equal((await call(api, "GET", "/healthz")).status, 200);
  });
});

describe("a problem", () => {
  test("has a description of its own under its type, for every code", async () => {
    for (const code of Object.keys(API_ERRORS)) {
      const answer = await call(api, "GET", `/problems/${code}`);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("content-type"), "text/plain; charset=utf-8");
      assert.match(answer.bytes.toString(), /^[A-Z][^\n]+\.\n$/);
    }
    assert.deepEqual(Object.keys(PROBLEMS).sort(), Object.keys(API_ERRORS).sort());
    refused(await call(api, "GET", "/problems/toString"), "no-such-route");
  });

  test("says nothing of an error that is not ours, nor of what failed behind us", () => {
    assert.deepEqual(problemOf(new TypeError(CANARY)), {
      type: "/problems/internal",
      title: "Internal error",
      status: 500,
      code: "internal",
    });
    const failed = problemOf(new CodedError("storage-unavailable", CANARY));
    assert.equal(failed.retryAfter, 2);
    assert.ok(!JSON.stringify(failed).includes(CANARY));
    assert.equal(problemOf(new CodedError("wrong-key", "of the widget")).code, "internal");
  });
});
