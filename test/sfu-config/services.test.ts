/**
 * What demo and tests stand on: servers that are found or started, answer, survive a crash with their data, and never
 * outlive the process that started them.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "redis";
import { exchange } from "../../sfu-config/loopback-port.ts";
import { type ServicesOptions, startServices } from "../../sfu-config/services.ts";

const folder = mkdtempSync(join(tmpdir(), "whatping-services-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const fresh = (): string => mkdtempSync(join(folder, "data-"));

async function start(options: Partial<ServicesOptions>) {
  const lines: string[] = [];
  const defaults: ServicesOptions = {
    redis: "embedded",
    blobs: "embedded",
    dataDir: fresh(),
    print: (line) => lines.push(line),
  };
  return { lines, ...(await startServices({ ...defaults, ...options })) };
}

/** Whether a server still takes connections. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function untilSilent(url: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (await answers(url)) {
    assert.ok(Date.now() < deadline, "still answering after 10 s");
    await delay(50);
  }
}

test("uses what the environment gives, starts nothing, and names only the host", async () => {
  const env = { REDIS_URL: "redis://:hush@redis.example:6379", S3_URL: "https://k:hush@s3.example/clips", PATH: "" };
  const { lines, ...services } = await start({ redis: "auto", blobs: "auto", env });
  assert.deepEqual([services.redisUrl, services.s3Url], [env.REDIS_URL, env.S3_URL]);
  assert.deepEqual([services.redis, services.minio], [undefined, undefined]);
  assert.match(lines.join("\n"), /given by REDIS_URL: redis\.example:6379/);
  assert.doesNotMatch(lines.join("\n"), /hush/);
});

test("falls back to the embedded stores where nothing is found, and says so", async () => {
  const env = { PATH: "", XDG_CACHE_HOME: fresh() };
  const { lines, redisUrl } = await start({ redis: "auto", env });
  assert.equal(redisUrl, undefined);
  assert.match(lines.join("\n"), /^database {2}embedded: .*no redis-server on this machine/m);
});

test("prefers the embedded stores when told so, whatever the environment says", async () => {
  const env = { ...process.env, REDIS_URL: "redis://redis.example", S3_URL: "https://s3.example/clips" };
  const services = await start({ env });
  assert.deepEqual([services.redisUrl, services.s3Url], [undefined, undefined]);
});

test("never takes the environment's stores when it needs its own", async () => {
  const env = { ...process.env, REDIS_URL: "redis://redis.example", S3_URL: "https://s3.example/clips" };
  const services = await start({ redis: "required", blobs: "required", env });
  assert.match(services.redisUrl ?? "", /@127\.0\.0\.1:/);
  assert.match(services.s3Url ?? "", /^http:\/\/\w+:\w+@127\.0\.0\.1:\d+\/clips\?region=us-east-1$/);
  await services.stop();
  assert.equal(await answers(services.redisUrl as string), false);
  assert.equal(await answers(services.s3Url as string), false);
});

test("starts Redis with a password, and keeps every answered write through a crash", async () => {
  const { redis, stop } = await start({ redis: "required" });
  assert.ok(redis);
  const port = Number(new URL(redis.url).port);
  assert.match(await exchange(port, "PING\r\nQUIT\r\n"), /NOAUTH/);
  const client = createClient({ url: redis.url }).on("error", () => {});
  await client.connect();
  await client.set("clip", "burned");
  client.destroy();
  await redis.kill();
  assert.equal(await answers(redis.url), false);
  await redis.restart();
  const again = await createClient({ url: redis.url }).connect();
  assert.equal(await again.get("clip"), "burned");
  again.destroy();
  await stop();
});

test("starts MinIO with a bucket of its own, closed to strangers, and again after a crash", async () => {
  const { minio, stop } = await start({ blobs: "required" });
  assert.ok(minio);
  const { origin } = new URL(minio.url);
  const bucketStatus = async (): Promise<number> => (await fetch(`${origin}/clips`)).status;
  assert.equal(await bucketStatus(), 403);
  assert.equal((await fetch(`${origin}/other`)).status, 403);
  await minio.kill();
  assert.equal(await answers(minio.url), false);
  await minio.restart();
  assert.equal(await bucketStatus(), 403);
  await stop();
});

test("finds the same objects and credentials at the next start in the same folder", async () => {
  const dataDir = fresh();
  const first = await start({ blobs: "required", dataDir });
  await first.stop();
  const second = await start({ blobs: "required", dataDir });
  const credentials = (url: string | undefined): string => new URL(url as string).username;
  assert.equal(credentials(second.s3Url), credentials(first.s3Url));
  await second.stop();
});

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  test(`leaves no server behind when the process that started it gets ${signal}`, { timeout: 60_000 }, async () => {
    const holder = spawn(process.execPath, [join(import.meta.dirname, "fixtures", "holder.ts"), fresh()], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [chunk] = (await once(holder.stdout, "data")) as [Buffer];
    const urls = JSON.parse(chunk.toString()) as string[];
    for (const url of urls) assert.equal(await answers(url), true);
    holder.kill(signal);
    for (const url of urls) await untilSilent(url);
  });
}
