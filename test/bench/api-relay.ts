/**
 * The API as a process of its own, and clips in the states that the load needs, made through its own interface.
 * Bench support; the bytes are noise and the tokens are thrown away.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startOwned } from "../../sfu-config/owned-process.ts";
import { type CreateClip, paths, type SendClip } from "../../widget/wire/client-api.ts";

const MAIN = join(import.meta.dirname, "../../api/main.ts");
/** s; the longest that a lease may then last outlives the run */
const DURATION_S = 300;

export interface Relay {
  readonly port: number;
  stop(): Promise<void>;
}

/** @param folder its data and its log @param env more variables, such as REDIS_URL */
export async function startRelay(folder: string, env: NodeJS.ProcessEnv = {}): Promise<Relay> {
  const logFile = join(folder, "api.log");
  const { REDIS_URL: _redis, S3_URL: _s3, PORT: _port, ...inherited } = process.env;
  const api = await startOwned(process.execPath, [MAIN], {
    logFile,
    env: { ...inherited, DATA_DIR: join(folder, "data"), ...env },
    background: true,
  });
  let ended = false;
  void api.ended.then(() => {
    ended = true;
  });
  for (;;) {
    const port = /"ready":"[^"]*","port":(\d+)/.exec(readFileSync(logFile, "utf8"))?.[1];
    if (port) return { port: Number(port), stop: async () => void (await api.stop()) };
    if (ended) throw new Error(`the API did not start:\n${readFileSync(logFile, "utf8").slice(-2000)}`);
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
