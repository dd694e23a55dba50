/**
 * How much of bare Koa's speed the API keeps: metadata and lease requests per second against a bare hello, pieces in and
 * out against Koa that only takes or gives the same bytes. Same machine, same load generator, in turns; once with the
 * embedded store and folder, once with Redis and an S3 server. Source: product.md O2.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { paths } from "../../widget/wire/client-api.ts";
import { PIECE_BYTES } from "../../widget/wire/clip-limits.ts";
import { type Load, startBareKoa, startLoad } from "./api-load.ts";
import {
  type BenchClip,
  digestOf,
  lease,
  leaseBody,
  makeDraft,
  makeReady,
  type Relay,
  startRelay,
} from "./api-relay.ts";
import { median, medianRatio, takeTurns } from "./rounds.ts";
import { format, type Row } from "./rows.ts";
import type { BenchGround } from "./topic.ts";

const ROUNDS = 5;
/** Connections that ask for small things, each with clips of its own: two never race for one record. */
const CONNECTIONS = 32;
const CLIPS_EACH = 2;
/** Connections that move pieces: two people who send or watch, three pieces at once each. */
const MOVERS = 6;
const PIECES = 40;
const SMALL_PIECE_BYTES = 1000;
const GOAL = 0.5;

export async function benchApi({ services, folder }: BenchGround): Promise<Row[]> {
  const backends = {
    embedded: {},
    "Redis and S3": { REDIS_URL: services.redisUrl, REDIS_PREFIX: "bench:", S3_URL: services.s3Url },
  };
  const load = await startLoad();
  const koa = await startBareKoa();
  try {
    const rows: Row[] = [];
    for (const [name, env] of Object.entries(backends)) {
      const relay = await startRelay(join(folder, `api-${name.length}`), env);
      try {
        rows.push(...(await benchBackend(name, { load, koaPort: koa.port, relay })));
      } finally {
        await relay.stop();
      }
    }
    return rows;
  } finally {
    load.stop();
    koa.stop();
  }
}

interface Setting {
  readonly load: Load;
  readonly koaPort: number;
  readonly relay: Relay;
}

type Turns = Record<"hello" | "preview" | "lease" | "taken" | "upload" | "given" | "download", number[]>;

async function benchBackend(backend: string, { load, koaPort, relay: { port } }: Setting): Promise<Row[]> {
  const piece = randomBytes(PIECE_BYTES);
  const small = randomBytes(SMALL_PIECE_BYTES);
  const pool = await inBatches(CONNECTIONS * CLIPS_EACH, () => makeReady(port, [small]));
  const drafts = await inBatches(MOVERS, () => makeDraft(port));
  const watched = await makeReady(
    port,
    Array.from({ length: PIECES }, () => piece),
  );
  const own = (request: (clip: BenchClip) => string) => inGroups(pool.map(request), CLIPS_EACH);
  const same = (count: number, requests: string[]) => Array.from({ length: count }, () => requests);
  const body = piece.toString("base64");
  const perSecond = (target: number, connections: string[][], sent?: string) =>
    load.perSecond({ port: target, connections, ...(sent ? { body: sent } : {}) });
  const turns: Turns = await takeTurns(
    {
      hello: () => perSecond(koaPort, same(CONNECTIONS, [get("/", "none")])),
      preview: () =>
        perSecond(
          port,
          own((clip) => get(paths.clip(clip.id), clip.view)),
        ),
      lease: () => perSecond(port, own(leaseRequest)),
      taken: () => perSecond(koaPort, same(MOVERS, [put("/", "none", piece)]), body),
      upload: () =>
        perSecond(
          port,
          drafts.map((clip) => eachPiece(clip, (path) => put(path, clip.manage, piece))),
          body,
        ),
      given: () => perSecond(koaPort, same(MOVERS, [get("/piece", "none")])),
      download: async () => {
        await lease(port, watched);
        return perSecond(
          port,
          same(
            MOVERS,
            eachPiece(watched, (path) => get(path, watched.lease)),
          ),
        );
      },
    },
    { rounds: ROUNDS },
  );
  return [...requestRows(backend, turns), ...pieceRows(backend, turns)];
}

function requestRows(backend: string, turns: Turns): Row[] {
  const hello = `a bare Koa hello: ${format(median(turns.hello))} requests/s`;
  return (["preview", "lease"] as const).flatMap((name): Row[] => [
    {
      name: `${name}, ${backend}`,
      value: median(turns[name]),
      unit: "requests/s",
      goal: null,
      better: "higher",
      against: hello,
    },
    {
      name: `${name} ÷ hello, ${backend}`,
      value: medianRatio(turns[name], turns.hello),
      unit: "×",
      goal: GOAL,
      better: "higher",
      against: "a bare Koa hello",
    },
  ]);
}

function pieceRows(backend: string, turns: Turns): Row[] {
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

function leaseRequest(clip: BenchClip): string {
  const body = JSON.stringify(leaseBody(clip));
  return (
    `POST ${paths.action(clip.id, "lease")} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${clip.view}\r\n` +
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
