/**
 * The API, and the bare Koa beside it, as processes of their own, and clips in the states that the load needs, made through its own interface.
 * Bench support; the bytes are noise and the tokens are thrown away.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startOwned } from "../../sfu-config/owned-process.ts";
import { type CreateClip, paths, type SendClip } from "../../widget/wire/client-api.ts";

const MAIN = join(import.meta.dirname, "../../api/main.ts");
const BARE_KOA = join(import.meta.dirname, "bare-koa.ts");
const BARE_FAN_OUT = join(import.meta.dirname, "bare-fan-out.ts");
/** As each of them says it. */
const PORT = /"ready":"[^"]*","port":(\d+)|^port (\d+)/m;
/** s; the longest that a lease may then last outlives the run */
const DURATION_S = 300;

export interface Relay {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param folder its data and its log @param env more variables, such as REDIS_URL */
export function startRelay(folder: string, env: NodeJS.ProcessEnv = {}): Promise<Relay> {
  const { REDIS_URL: _redis, S3_URL: _s3, PORT: _port, ...inherited } = process.env;
  return startServer(MAIN, join(folder, "api.log"), { ...inherited, DATA_DIR: join(folder, "data"), ...env });
}

/**
 * What the API is held against, started in the very same way: a system that shares its processors out by session would
 * else give the two unlike shares.
 * @param store a file's path or Redis's address
 */
export function startBareKoa(folder: string, store: string): Promise<Relay> {
  return startServer(BARE_KOA, join(folder, "koa.log"), { ...process.env, BENCH_STORE: store });
}

/** What the relay of rooms is held against. */
export function startBareFanOut(folder: string): Promise<Relay> {
  return startServer(BARE_FAN_OUT, join(folder, "fan-out.log"), process.env);
}

async function startServer(program: string, logFile: string, env: NodeJS.ProcessEnv): Promise<Relay> {
  const server = await startOwned(process.execPath, [program], { logFile, env, background: true });
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  for (;;) {
    const [, ready, bare] = PORT.exec(readFileSync(logFile, "utf8")) ?? [];
    const port = ready ?? bare;
    if (port) return { port: Number(port), pid: server.pid, stop: async () => void (await server.stop()) };
    if (ended) throw new Error(`a server did not start:\n${readFileSync(logFile, "utf8").slice(-2000)}`);
    await pause(25);
  }
}

/** A clip and the tokens that open it, base64url. */
export interface BenchClip {
  readonly id: string;
  readonly manage: string;
  readonly view: string;
  readonly lease: string;
}

export async function makeDraft(port: number): Promise<BenchClip> {
  const [id, manage, view, lease] = [16, 32, 32, 32].map((bytes) => randomBytes(bytes).toString("base64url"));
  const clip = { id, manage, view, lease } as BenchClip;
  const iv = randomBytes(12).toString("base64url");
  const body: CreateClip = { iv, viewTokenHash: hashOf(clip.view), maxLeases: 10 };
  await call(port, { method: "PUT", path: paths.clip(clip.id), token: clip.manage, json: body });
  return clip;
}

/** A sent clip whose pieces, all but the last full, are the same bytes. */
export async function makeReady(port: number, pieces: readonly Uint8Array[]): Promise<BenchClip> {
  const clip = await makeDraft(port);
  const whole = createHash("sha256");
  for (const [index, piece] of pieces.entries()) {
    whole.update(piece);
    await call(port, { method: "PUT", path: paths.piece(clip.id, index), token: clip.manage, piece });
  }
  const body: SendClip = {
    pieces: pieces.length,
    bytes: pieces.reduce((sum, piece) => sum + piece.length, 0),
    sha256: whole.digest("base64url"),
    duration: DURATION_S,
    // As long as the product's: type, kind, duration, bytes and an address.
    metadata: randomBytes(160).toString("base64url"),
    metadataIv: randomBytes(12).toString("base64url"),
  };
  await call(port, { method: "POST", path: paths.action(clip.id, "send"), token: clip.manage, json: body });
  return clip;
}

/** Takes the clip's lease, or renews it. */
export async function lease(port: number, clip: BenchClip): Promise<void> {
  await call(port, { method: "POST", path: paths.action(clip.id, "lease"), token: clip.view, json: leaseBody(clip) });
}

export function leaseBody(clip: BenchClip): object {
  return { leaseTokenHash: hashOf(clip.lease) };
}

/** The value of Content-Digest. */
export function digestOf(piece: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(piece).digest("base64")}:`;
}

function hashOf(token: string): string {
  return createHash("sha256").update(Buffer.from(token, "base64url")).digest("base64url");
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly json?: object;
  readonly piece?: Uint8Array;
}

async function call(port: number, { method, path, token, json, piece }: Call): Promise<void> {
  const type = json ? "application/json" : "application/octet-stream";
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": type,
      ...(piece ? { "content-digest": digestOf(piece) } : {}),
    },
    body: json ? JSON.stringify(json) : ((piece as Uint8Array<ArrayBuffer> | undefined) ?? null),
  });
  const answer = await response.text();
  if (!response.ok)
    throw new Error(`${method} ${path.replace(/clips\/[^/]+/, "clips/…")}: ${response.status} ${answer}`);
}
