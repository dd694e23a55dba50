/**
 * `npm start`'s program as a process of its own, on a machine that has nothing but Node.
 * Source: product.md O1, architecture.md "Contracts that people and scripts rely on".
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { buildIfStale } from "../../demo/build-if-stale.ts";
import { shopHeaders } from "../../demo/pages.ts";
import { findMinio } from "../../sfu-config/build-minio.ts";
import { onPath } from "../../sfu-config/programs.ts";
import { REDIS_PROGRAMS } from "../../sfu-config/redis.ts";

const START = join(import.meta.dirname, "../../demo/start.ts");
/** The contract counts from the install on. */
const READY_MS = 60_000;

const redis = onPath(REDIS_PROGRAMS);
const minio = findMinio();
let folder: string;
let path: string;
before(async () => {
  folder = mkdtempSync(join(process.env.TEST_RUN_DIR ?? tmpdir(), "start-"));
  path = join(folder, "bin");
  mkdirSync(path);
  symlinkSync(process.execPath, join(path, "node"));
  if (!process.env.STATIC_DIR) await buildIfStale(() => undefined);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("reaches ready with nothing but Node on PATH, says what each part uses, serves the shop, ends on Ctrl-C", async () => {
  const demo = start({});
  const origin = await demo.ready;
  const said = demo.lines.join("\n");
  assert.match(said, /^widget {4}(built|found|given)/m);
  assert.match(said, /^database {2}embedded: .*no redis-server on this machine/m);
  // A project that once kept a program of its own finds it there, whatever PATH says.
  const blobs = findMinio(bareEnvironment()) ? /^blobs {5}found /m : /^blobs {5}embedded: .*no minio on this machine/m;
  assert.match(said, blobs);
  assert.match(said, /^media {5}(found .*, started at|absent: no livekit-server on this machine)/m);
  const frameOrigin = /^api {7}(http:\/\/frame\.localhost:\d+) /m.exec(said)?.[1];
  assert.ok(frameOrigin, said);
  assert.match(said, /^shop {6}http:\/\/localhost:\d+/m);

  const shop = await get(origin);
  assert.equal(shop.status, 200);
  const { "Content-Security-Policy": policy, "Permissions-Policy": devices } = shopHeaders(frameOrigin);
  assert.equal(shop.headers["content-security-policy"], policy);
  assert.equal(shop.headers["permissions-policy"], devices);
  assert.match(shop.body, new RegExp(`<script type="module" src="${frameOrigin}/whatping.js">`));
  assert.doesNotMatch(shop.body, /<style| style=|<script>| on\w+=/);
  const script = await get(`${frameOrigin}/whatping.js`);
  assert.equal(script.status, 200);

  demo.process.kill("SIGINT");
  assert.deepEqual(await demo.ended, { code: 0, signal: null });
  await assert.rejects(get(origin), "the shop still answers");
  await assert.rejects(get(frameOrigin), "the API still answers");
});

test("Ctrl-C ends the database that it found on the machine and started", { skip: unless(redis) }, async () => {
  const demo = start({ PATH: [path, dirname(redis ?? "")].join(delimiter) });
  await endsItsServers(demo, /^database {2}found .*, started at 127\.0\.0\.1:\d+/m);
});

test("Ctrl-C ends the storage that it started, even where PATH has no shell", { skip: unless(minio) }, async () => {
  const demo = start({ MINIO_BIN: minio ?? "" });
  await endsItsServers(demo, /^blobs {5}found .*, started at 127\.0\.0\.1:\d+/m);
});

async function endsItsServers(demo: Started, said: RegExp): Promise<void> {
  await demo.ready;
  assert.match(demo.lines.join("\n"), said);
  const children = descendants(demo.process.pid ?? 0);
  assert.ok(children.length > 0, "it started nothing");
  demo.process.kill("SIGINT");
  assert.equal((await demo.ended).code, 0);
  const deadline = Date.now() + 5_000;
  while (children.some(isRunning) && Date.now() < deadline) await setTimeout(50);
  assert.deepEqual(children.filter(isRunning), []);
}

test("Ctrl-C while it starts ends it too", async () => {
  const demo = start({});
  await demo.firstLine;
  demo.process.kill("SIGINT");
  const { code } = await demo.ended;
  assert.ok(code === 130 || code === 0, `it ended with ${code}`);
});

test("a port that somebody asked for and that is taken is named in one sentence", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  for (const name of ["DEMO_PORT", "PORT"]) {
    const demo = start({ [name]: String(port) });
    assert.equal((await demo.ended).code, 1);
    const sentence = `The demo could not start: ${name} ${port} is taken by another program: name another port, or leave it out.\n`;
    assert.equal(demo.errors(), sentence);
  }
  server.close();
});

test("a setting that makes no sense is named in one sentence", async () => {
  const demo = start({ DEMO_PORT: "eighty" });
  assert.equal((await demo.ended).code, 1);
  assert.equal(demo.errors(), "The demo could not start: DEMO_PORT is a whole number from 0 to 65535.\n");
});

test("whoever reaches the demo under a foreign name is sent to its own, and sees nothing of the relay", async () => {
  const demo = start({});
  const origin = await demo.ready;
  for (const host of ["evil.example", "127.0.0.1"]) {
    const answer = await get(`${origin}relay-eye`, host);
    assert.equal(answer.status, 308);
    assert.equal(answer.headers.location, origin);
    assert.equal(answer.body, "");
  }
  demo.process.kill("SIGTERM");
  assert.equal((await demo.ended).code, 0);
});

interface Started {
  readonly process: ChildProcess;
  readonly lines: string[];
  readonly firstLine: Promise<unknown>;
  /** the address after `ready` */
  readonly ready: Promise<string>;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  errors(): string;
}

/** A machine with Node and nothing else, not even a home. */
function bareEnvironment(): Record<string, string> {
  return { PATH: path, HOME: folder };
}

function start(env: Record<string, string>): Started {
  const { STATIC_DIR = "" } = process.env;
  const data = mkdtempSync(join(folder, "data-"));
  const child = spawn(process.execPath, [START], {
    env: { ...bareEnvironment(), DATA_DIR: data, DEMO_PORT: "0", PORT: "0", STATIC_DIR, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const output = createInterface(child.stdout);
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<string>((resolve, reject) => {
    output.on("line", (line) => {
      lines.push(line);
      const address = /^ready (http:\/\/localhost:\d+\/)$/.exec(line)?.[1];
      if (address) resolve(address);
    });
    const overdue = new AbortController();
    const late = () => reject(new Error(`not ready after ${READY_MS} ms: ${lines.join(" | ")}`));
    setTimeout(READY_MS, undefined, { signal: overdue.signal }).then(late, () => undefined);
    void ended.then(() => {
      overdue.abort();
      reject(new Error(`ended before it was ready: ${errors}`));
    });
  });
  // Tests that expect no `ready` don't wait for it.
  ready.catch(() => undefined);
  return {
    process: child,
    lines,
    firstLine: Promise.race([once(output, "line"), ended]),
    ready,
    ended,
    errors: () => errors,
  };
}

interface Answered {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** Asks this machine, whatever name the address has: not every resolver knows `*.localhost`. */
function get(address: string, host?: string): Promise<Answered> {
  const { port, pathname, host: named } = new URL(address);
  return new Promise((resolve, reject) => {
    const headers = { host: host ? `${host}:${port}` : named };
    const asking = request({ host: "127.0.0.1", port, path: pathname, headers, agent: false }, async (response) => {
      let body = "";
      for await (const chunk of response.setEncoding("utf8")) body += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    asking.once("error", reject).end();
  });
}

/** The run of all tests installs the servers; whoever runs this file alone may have none. */
function unless(program: string | null): string | false {
  if (process.platform !== "linux") return "children are counted in /proc";
  return program === null && "no such server on this machine";
}

/** Process ids below a process, from Linux's /proc. */
function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended since the folder was read.
    }
  }
  const below = (parent: number): number[] =>
    [...parents].filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
