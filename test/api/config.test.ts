/** A wrong value stops the start with a sentence that names the variable and does not repeat the value. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ConfigError, isLoopback, readConfig } from "../../api/config.ts";

const MAIN = join(import.meta.dirname, "../../api/main.ts");

const LIVEKIT = { LIVEKIT_URL: "wss://sfu.example", LIVEKIT_API_KEY: "key", LIVEKIT_API_SECRET: "s".repeat(32) };

describe("the configuration", () => {
  test("needs nothing to be given", () => {
    const config = readConfig({});
    assert.equal(config.host, "127.0.0.1");
    assert.equal(config.port, 0);
    assert.equal(config.redis, undefined);
    assert.equal(config.s3, undefined);
    assert.equal(config.sfu, undefined);
    assert.equal(config.clipTtlMs, 24 * 3_600_000);
    assert.equal(config.clipMaxBytes, 100_000_000);
    assert.equal(config.clipMaxSeconds, 300);
    assert.deepEqual(config.allowedOrigins, []);
    assert.match(config.staticDir, /widget\/dist$/);
  });

  test("takes an empty variable for an absent one, and other programs' variables for none of its business", () => {
    assert.deepEqual(readConfig({ REDIS_URL: "", PORT: "", PATH: "/bin", CLIPS: "x" }), readConfig({}));
  });

  test("takes everything that can be given", () => {
    const config = readConfig({
      HOST: "0.0.0.0",
      PORT: "8080",
      PUBLIC_ORIGIN: "https://frame.example",
      ALLOWED_ORIGINS: "https://a.example, https://b.example:8443,http://localhost:3000,https://a.example",
      REDIS_URL: "redis://one:6379,redis://two:6379",
      REDIS_PREFIX: "wp:",
      S3_URL: "https://key:se%2Fcret@s3.example/bucket?region=eu-central-1",
      CLIP_TTL_S: "3600",
      CLIP_MAX_BYTES: "5000000",
      CLIP_MAX_S: "60",
      LOG_LEVEL: "warn",
      SWEEP_MS: "500",
      TRUST_PROXY: "2",
    });
    assert.deepEqual(config.allowedOrigins, ["https://a.example", "https://b.example:8443", "http://localhost:3000"]);
    assert.deepEqual(config.redis, { urls: ["redis://one:6379", "redis://two:6379"], prefix: "wp:" });
    assert.deepEqual(config.s3, {
      endPoint: "s3.example",
      port: 443,
      useSSL: true,
      accessKey: "key",
      secretKey: "se/cret",
      bucket: "bucket",
      region: "eu-central-1",
    });
    assert.equal(config.clipTtlMs, 3_600_000);
    assert.equal(config.trustedProxies, 2);
  });

  test("takes LiveKit by one address, or by one for itself and one for browsers", () => {
    const sfu = (more: Record<string, string>) => readConfig({ ...LIVEKIT, ...more }).sfu;
    const { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret } = LIVEKIT;
    const one = { apiUrl: "https://sfu.example:7443", publicUrl: "wss://sfu.example:7443", key, secret };
    for (const LIVEKIT_URL of ["wss://sfu.example:7443", "https://sfu.example:7443", "wss://sfu.example:7443/"]) {
      assert.deepEqual(sfu({ LIVEKIT_URL }), one);
    }
    const local = { ...one, apiUrl: "http://127.0.0.1:7880", publicUrl: "ws://127.0.0.1:7880" };
    assert.deepEqual(sfu({ LIVEKIT_URL: "ws://127.0.0.1:7880" }), local);
    const two = { LIVEKIT_URL: "http://livekit:7880", LIVEKIT_PUBLIC_URL: "https://sfu.example" };
    assert.deepEqual(sfu(two), { ...one, apiUrl: "http://livekit:7880", publicUrl: "wss://sfu.example" });
  });

  const wrong: Record<string, [environment: Record<string, string>, sentence: RegExp]> = {
    "a port that is none": [{ PORT: "80a" }, /^PORT is a whole number/],
    "a port out of range": [{ PORT: "65536" }, /^PORT /],
    "a host that is none": [{ HOST: "a b" }, /^HOST /],
    "a clip that lives longer than a day": [{ CLIP_TTL_S: "86401" }, /^CLIP_TTL_S /],
    "a clip smaller than a piece": [{ CLIP_MAX_BYTES: "262159" }, /^CLIP_MAX_BYTES /],
    "an endless clip": [{ CLIP_MAX_S: "3601" }, /^CLIP_MAX_S /],
    "an unknown log level": [{ LOG_LEVEL: "loud" }, /^LOG_LEVEL is one of fatal, /],
    "a sweep that never rests": [{ SWEEP_MS: "0" }, /^SWEEP_MS /],
    "proxies without a number": [{ TRUST_PROXY: "yes" }, /^TRUST_PROXY is a whole number/],
    "http off loopback as public origin": [{ PUBLIC_ORIGIN: "http://frame.example" }, /^PUBLIC_ORIGIN takes https/],
    "a public origin with a path": [{ PUBLIC_ORIGIN: "https://frame.example/x" }, /^PUBLIC_ORIGIN takes exact/],
    "a public origin with a slash": [{ PUBLIC_ORIGIN: "https://frame.example/" }, /^PUBLIC_ORIGIN takes exact/],
    "http off loopback as a site": [
      { ALLOWED_ORIGINS: "https://a.example,http://b.example" },
      /^ALLOWED_ORIGINS takes https/,
    ],
    "every site": [{ ALLOWED_ORIGINS: "*" }, /^ALLOWED_ORIGINS takes exact/],
    "a wildcard": [{ ALLOWED_ORIGINS: "https://*.example" }, /^ALLOWED_ORIGINS takes exact/],
    "no origin": [{ ALLOWED_ORIGINS: "null" }, /^ALLOWED_ORIGINS takes exact/],
    "a site that writes its own policy": [
      { ALLOWED_ORIGINS: "https://a.example;script-src" },
      /^ALLOWED_ORIGINS takes exact/,
    ],
    "a site in upper case": [{ ALLOWED_ORIGINS: "https://A.example" }, /^ALLOWED_ORIGINS takes exact/],
    "a default port": [{ ALLOWED_ORIGINS: "https://a.example:443" }, /^ALLOWED_ORIGINS takes exact/],
    "a Redis that is none": [{ REDIS_URL: "http://localhost:6379" }, /^REDIS_URL takes redis:/],
    "an odd prefix": [{ REDIS_URL: "redis://x", REDIS_PREFIX: "{a}" }, /^REDIS_PREFIX /],
    "a prefix for no Redis": [{ REDIS_PREFIX: "a:" }, /^REDIS_PREFIX .* without REDIS_URL/],
    "an S3 without keys": [{ S3_URL: "https://s3.example/bucket" }, /^S3_URL takes https/],
    "an S3 without bucket": [{ S3_URL: "https://a:b@s3.example/" }, /^S3_URL takes https/],
    "an S3 with two folders": [{ S3_URL: "https://a:b@s3.example/bucket/x" }, /^S3_URL takes https/],
    "an S3 with a broken key": [{ S3_URL: "https://a:%zz@s3.example/bucket" }, /^S3_URL takes https/],
    "a LiveKit without its key": [{ LIVEKIT_URL: "wss://sfu.example" }, /^LIVEKIT_URL, .* belong together/],
    "a LiveKit without an address": [{ ...LIVEKIT, LIVEKIT_URL: "" }, /^LIVEKIT_URL, .* belong together/],
    "a browsers' LiveKit alone": [{ LIVEKIT_PUBLIC_URL: "wss://sfu.example" }, /^LIVEKIT_URL, .* belong together/],
    "a LiveKit that browsers reach in the clear": [
      { ...LIVEKIT, LIVEKIT_URL: "ws://sfu.example" },
      /^LIVEKIT_URL takes wss only/,
    ],
    "a browsers' LiveKit in the clear": [
      { ...LIVEKIT, LIVEKIT_PUBLIC_URL: "ws://sfu.example" },
      /^LIVEKIT_PUBLIC_URL takes wss only/,
    ],
    "a LiveKit with a path": [{ ...LIVEKIT, LIVEKIT_URL: "wss://sfu.example/x" }, /^LIVEKIT_URL takes wss:/],
    "a LiveKit that writes its own policy": [{ ...LIVEKIT, LIVEKIT_URL: "wss://a;b" }, /^LIVEKIT_URL takes wss:/],
    "a LiveKit with a password": [{ ...LIVEKIT, LIVEKIT_URL: "wss://a:b@sfu.example" }, /^LIVEKIT_URL takes wss:/],
    "a short secret": [{ ...LIVEKIT, LIVEKIT_API_SECRET: "secret" }, /^LIVEKIT_API_SECRET has at least/],
    "a key that is none": [{ ...LIVEKIT, LIVEKIT_API_KEY: "a b" }, /^LIVEKIT_API_KEY /],
    "a public host without public origin": [{ HOST: "0.0.0.0" }, /^PUBLIC_ORIGIN is missing/],
    "a frame on a site's own origin": [
      { PUBLIC_ORIGIN: "https://a.example", ALLOWED_ORIGINS: "https://a.example" },
      /^ALLOWED_ORIGINS contains PUBLIC_ORIGIN/,
    ],
  };
  for (const [what, [environment, sentence]] of Object.entries(wrong)) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => readConfig(environment),
        (error: Error) => error instanceof ConfigError && sentence.test(error.message),
      );
    });
  }

  test("names every wrong variable at once, and repeats no value", () => {
    const environment = {
      PORT: "canary1",
      S3_URL: "https://canary2:canary3@x",
      REDIS_URL: "canary4",
      LOG_LEVEL: "canary5",
      LIVEKIT_URL: "canary6",
      LIVEKIT_API_SECRET: "canary7",
    };
    assert.throws(
      () => readConfig(environment),
      (error: Error) => error.message.split("\n").length === 6 && !error.message.includes("canary"),
    );
  });

  test("knows what loopback is, and what only looks like it", () => {
    for (const host of ["localhost", "frame.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "::1"])
      assert.ok(isLoopback(host), host);
    for (const host of ["localhost.example", "127.0.0.1.example", "128.0.0.1", "0.0.0.0", "notlocalhost", "::"]) {
      assert.ok(!isLoopback(host), host);
    }
  });
});

describe("the process", () => {
  test("says where it is ready whatever the log level, serves, and ends by itself on SIGTERM", async () => {
    const folder = mkdtempSync(join(tmpdir(), "whatping-main-"));
    const child = spawn(process.execPath, [MAIN], { env: { DATA_DIR: folder, LOG_LEVEL: "silent" } });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const { ready, port } = JSON.parse(line.toString());
    assert.equal(ready, `http://frame.localhost:${port}`);
    assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
    rmSync(folder, { recursive: true });
  });

  test("does not start with a wrong value, nor where Redis, S3 or the port can't be had, and says why in one line", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = String(typeof address === "object" ? address?.port : 0);
    const folder = mkdtempSync(join(tmpdir(), "whatping-main-"));
    const cases: [Record<string, string>, RegExp][] = [
      [{ PORT: "x" }, /^PORT is a whole number from 0 to 65535\.\n$/],
      [{ PORT: port }, /^PORT is taken/],
      [{ REDIS_URL: "redis://user:canary@127.0.0.1:1" }, /^Redis could not be reached\. Check REDIS_URL/],
      [{ S3_URL: "http://user:canary@127.0.0.1:1/bucket" }, /^The S3 storage did not do what was asked\. Check/],
    ];
    await Promise.all(
      cases.map(async ([environment, sentence]) => {
        const child = spawn(process.execPath, [MAIN], { env: { DATA_DIR: folder, ...environment } });
        let said = "";
        child.stderr.on("data", (chunk) => {
          said += chunk;
        });
        const [code] = await once(child, "close");
        assert.equal(code, 1);
        assert.match(said, sentence);
        assert.ok(!said.includes("canary"), said);
      }),
    );
    taken.close();
    rmSync(folder, { recursive: true });
  });
});
