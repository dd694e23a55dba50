/**
 * How much of bare Koa's speed the API keeps: metadata and lease requests per second against a bare hello, and against
 * Koa that reads a record or writes one as durably; pieces in and out against Koa that only takes or gives the same bytes.
 * Same machine, same load generator, in turns; once with the embedded store and folder, once with Redis and an S3
 * server. Source: product.md O2.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { paths } from "../../widget/wire/client-api.ts";
import { PIECE_BYTES } from "../../widget/wire/clip-limits.ts";
import { type Load, startLoad } from "./api-load.ts";
import {
  type BenchClip,
  digestOf,
  lease,
  leaseBody,
  makeDraft,
  makeReady,
  type Relay,
  startBareKoa,
  startRelay,
} from "./api-relay.ts";
import { cpuMs } from "./cpu-time.ts";
import { median, medianRatio, takeTurns } from "./rounds.ts";
import { format, type Row } from "./rows.ts";
import type { BenchGround } from "./topic.ts";

const ROUNDS = 9;
/** A server's code is still being compiled in the first ones. */
const WARM_UP = 3;
const PIECE_ROUNDS = 5;
/** Connections that ask for small things, each with clips of its own: two never race for one record. */
const CONNECTIONS = 32;
const CLIPS_EACH = 2;
/** Connections that move pieces: two people who send or watch, three pieces at once each. */
const MOVERS = 6;
const PIECES = 40;
const SMALL_PIECE_BYTES = 1000;
const GOAL = 0.5;

export async function benchApi({ services, folder }: BenchGround): Promise<Row[]> {
  const embedded = { env: {}, store: join(folder, "bare.sqlite") };
  const served = {
    env: { REDIS_URL: services.redisUrl, REDIS_PREFIX: "bench:", S3_URL: services.s3Url },
    store: services.redisUrl ?? "",
  };
  const load = await startLoad();
  const rows: Row[] = [];
  try {
    for (const [name, { env, store }] of Object.entries({ embedded, "Redis and S3": served })) {
      const own = join(folder, `api-${name.length}`);
      const koa = await startBareKoa(own, store);
      const relay = await startRelay(own, env);
      try {
        const setting = { load, koa, relay };
        rows.push(...(await benchRequests(name, setting)), ...(await benchPieces(name, setting)));
      } finally {
        await Promise.all([koa.stop(), relay.stop()]);
      }
    }
    return rows;
  } finally {
    load.stop();
  }
}

interface Setting {
  readonly load: Load;
  readonly koa: Relay;
  readonly relay: Relay;
}

type Request = "hello" | "write" | "read" | "preview" | "lease";
/** of each round */
interface Measured {
  readonly perSecond: Record<Request, number[]>;
  /** µs that the server's process computes for one request */
  readonly cpu: Record<Request, number[]>;
}

async function benchRequests(backend: string, { load, koa, relay }: Setting): Promise<Row[]> {
  const small = randomBytes(SMALL_PIECE_BYTES);
  const pool = await inBatches(CONNECTIONS * CLIPS_EACH, () => makeReady(relay.port, [small]));
  const cpu: Measured["cpu"] = { hello: [], write: [], read: [], preview: [], lease: [] };
  const turn =
    (name: Request, { port, pid }: Relay, request: (clip: BenchClip) => string) =>
    async () => {
      const [before, began] = [cpuMs(pid), performance.now()];
      const rate = await load.perSecond({ port, connections: inGroups(pool.map(request), CLIPS_EACH) });
      cpu[name].push(((cpuMs(pid) - before) * 1000) / ((rate * (performance.now() - began)) / 1000));
      return rate;
    };
  const perSecond: Measured["perSecond"] = await takeTurns(
    {
      write: turn("write", koa, (clip) => leaseRequest(clip, `/${clip.id}`)),
      lease: turn("lease", relay, (clip) => leaseRequest(clip)),
      hello: turn("hello", koa, () => get("/", "none")),
      preview: turn("preview", relay, (clip) => get(paths.clip(clip.id), clip.view)),
      read: turn("read", koa, (clip) => get(`/${clip.id}`, clip.view)),
    },
    { rounds: ROUNDS, warmUp: WARM_UP },
  );
  for (const each of Object.values(cpu)) each.splice(0, WARM_UP);
  return requestRows(backend, { perSecond, cpu });
}

function requestRows(backend: string, { perSecond, cpu }: Measured): Row[] {
  const rate = (name: Request) => `${format(median(perSecond[name]))} requests/s`;
  const row = (name: "preview" | "lease"): Row => {
    const [value, against] = [median(perSecond[name]), `a bare Koa hello: ${rate("hello")}`];
    return { name: `${name}, ${backend}`, value, unit: "requests/s", goal: null, better: "higher", against };
  };
  const ratio = (name: Request, rival: Request, { goal = GOAL, what }: { goal?: number | null; what: string }): Row => {
    const value = medianRatio(perSecond[name], perSecond[rival]);
    // What was disturbed least, of each.
    const best = Math.max(...perSecond[name]) / Math.max(...perSecond[rival]);
    const against = `${what}; the quickest rounds: ${format(best)} ×`;
    return { name: `${name} ÷ ${rival}, ${backend}`, value, unit: "×", goal, better: "higher", against };
  };
  const computed = (name: "preview" | "lease", rival: "read" | "write"): Row => {
    const against = `Koa hello: ${format(median(cpu.hello))} µs; ${rival}: ${format(median(cpu[rival]))} µs`;
    const value = median(cpu[name]);
    return { name: `${name}, CPU, ${backend}`, value, unit: "µs", goal: null, better: "lower", against };
  };
  return [
    row("preview"),
    computed("preview", "read"),
    ratio("preview", "hello", { what: "a bare Koa hello" }),
    ratio("preview", "read", { what: `a bare Koa that hashes the token and gives a record: ${rate("read")}` }),
    row("lease"),
    computed("lease", "write"),
    ratio("lease", "hello", { what: "a bare Koa hello" }),
    ratio("lease", "write", { what: `a bare Koa that takes a body and writes a record: ${rate("write")}` }),
    ratio("write", "hello", { goal: null, what: "what nothing but a durable write leaves of it" }),
  ];
}

type PieceTurns = Record<"taken" | "upload" | "given" | "download", number[]>;

async function benchPieces(backend: string, { load, koa, relay: { port } }: Setting): Promise<Row[]> {
  const piece = randomBytes(PIECE_BYTES);
  const body = piece.toString("base64");
  const drafts = await inBatches(MOVERS, () => makeDraft(port));
  const watched = await makeReady(
    port,
    Array.from({ length: PIECES }, () => piece),
  );
  const same = (requests: string[]) => Array.from({ length: MOVERS }, () => requests);
  const uploads = drafts.map((clip) => eachPiece(clip, (path) => put(path, clip.manage, piece)));
  const downloads = same(eachPiece(watched, (path) => get(path, watched.lease)));
  const turns: PieceTurns = await takeTurns(
    {
      taken: () => load.perSecond({ port: koa.port, connections: same([put("/", "none", piece)]), body }),
      upload: () => load.perSecond({ port, connections: uploads, body }),
      given: () => load.perSecond({ port: koa.port, connections: same([get("/piece", "none")]) }),
      download: async () => {
        await lease(port, watched);
        return load.perSecond({ port, connections: downloads });
      },
    },
    { rounds: PIECE_ROUNDS },
  );
  return pieceRows(backend, turns);
}

function pieceRows(backend: string, turns: PieceTurns): Row[] {
  const megabytes = (perSecond: readonly number[]) => (median(perSecond) * PIECE_BYTES) / 1e6;
  const row = (name: string, value: number, against: string): Row => {
    return { name: `${name}, ${backend}`, value, unit: "MB/s", goal: null, better: "higher", against };
  };
  return [
    row("piece upload", megabytes(turns.upload), `Koa that drops the bytes: ${format(megabytes(turns.taken))} MB/s`),
    row(
      "piece download",
      megabytes(turns.download),
      `Koa that gives them from memory: ${format(megabytes(turns.given))} MB/s`,
    ),
  ];
}

function get(path: string, token: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
}

function put(path: string, token: string, piece: Uint8Array): string {
  return (
    `PUT ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/octet-stream\r\n` +
    `Content-Digest: ${digestOf(piece)}\r\nContent-Length: ${piece.length}\r\n\r\n`
  );
}

function leaseRequest(clip: BenchClip, path = paths.action(clip.id, "lease")): string {
  const body = JSON.stringify(leaseBody(clip));
  return (
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${clip.view}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

function eachPiece(clip: BenchClip, request: (path: string) => string): string[] {
  return Array.from({ length: PIECES }, (_, index) => request(paths.piece(clip.id, index)));
}

async function inBatches<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count)
    made.push(...(await Promise.all(Array.from({ length: Math.min(8, count - made.length) }, make))));
  return made;
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
