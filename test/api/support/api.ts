/** An API in this process, on any free port, with a clock that the test turns, and a client for one clip of it. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Api, type Patience, startApi } from "../../../api/app.ts";
import { readConfig } from "../../../api/config.ts";
import { openLog } from "../../../api/log.ts";
import { problem } from "../../../api/routes/schemas.ts";
import { paths, type SendClip } from "../../../widget/wire/client-api.ts";
import { PIECE_BYTES } from "../../../widget/wire/clip-limits.ts";

export class TestClock {
  ms = 1_800_000_000_000;
  now(): number {
    return this.ms;
  }
  pass(seconds: number): void {
    this.ms += seconds * 1_000;
  }
}

export interface TestApi extends Api {
  readonly base: string;
  readonly clock: TestClock;
  readonly dataDir: string;
  /** everything logged so far */
  readonly logged: () => string;
  stop(): Promise<void>;
}

const running = new Set<TestApi>();
// A test that fails stops nothing, and an open server would keep its file from ending.
after(async () => {
  await Promise.all([...running].map((api) => api.stop()));
});

export interface TestApiOptions {
  /** beyond the embedded defaults, as the process's environment */
  readonly environment?: Record<string, string>;
  readonly clock?: TestClock;
  /** to share an embedded store and folder */
  readonly dataDir?: string;
  readonly patience?: Patience;
}

export const DOCUMENT = (name: string) =>
  `<!doctype html><meta name="whatping-origins" content="__ORIGINS__"><title>${name}</title>`;

/** Starts it with embedded store and folder, a sweeper that only the test moves, and a small built frame. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const ownDir = mkdtempSync(join(tmpdir(), "whatping-api-"));
  const dataDir = options.dataDir ?? join(ownDir, "data");
  const staticDir = join(ownDir, "static");
  mkdirSync(join(staticDir, "assets"), { recursive: true });
  for (const name of ["recorder", "player"]) writeFileSync(join(staticDir, `${name}.html`), DOCUMENT(name));
  writeFileSync(join(staticDir, "whatping.js"), "export {};\n");
  writeFileSync(join(staticDir, "assets", "worker-abc123.js"), "self.onmessage = null;\n");
  let text = "";
  const write = (line: string) => {
    text += line;
  };
  const log = openLog("trace", { write });
  const clock = options.clock ?? new TestClock();
  const config = readConfig({
    DATA_DIR: dataDir,
    STATIC_DIR: staticDir,
    ALLOWED_ORIGINS: "http://localhost:5000,https://shop.example",
    SWEEP_MS: "60000",
    ...options.environment,
  });
  const { patience } = options;
  const api = await startApi({ config, clock, log, ...(patience ? { patience } : {}) });
  const started: TestApi = {
    ...api,
    base: `http://127.0.0.1:${api.port}`,
    clock,
    dataDir,
    logged: () => text,
    stop: async () => {
      running.delete(started);
      await api.close();
      rmSync(ownDir, { recursive: true, force: true });
    },
  };
  running.add(started);
  return started;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly json: any;
}

export interface Outgoing {
  readonly token?: Uint8Array | string;
  readonly json?: unknown;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  readonly headers?: Record<string, string>;
}

export async function call(
  api: { base: string },
  method: string,
  path: string,
  outgoing: Outgoing = {},
): Promise<Answer> {
  const { token, json, body, headers } = outgoing;
  const bearer = typeof token === "string" ? token : token && Buffer.from(token).toString("base64url");
  const response = await fetch(api.base + path, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get("content-type")?.match(/json(;|$)/) && bytes.length > 0;
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: isJson ? JSON.parse(bytes.toString()) : undefined,
  };
}

export function digestHeaders(bytes: Uint8Array): Record<string, string> {
  return {
    "content-type": "application/octet-stream",
    "content-digest": `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`,
  };
}

/** One clip with its tokens and random "ciphertext". */
export class TestClip {
  readonly id = randomBytes(16).toString("base64url");
  readonly manage = randomBytes(32);
  readonly view = randomBytes(32);
  readonly lease = randomBytes(32);
  readonly pieces: Buffer<ArrayBuffer>[];
  readonly create: { iv: string; viewTokenHash: string; maxLeases?: number };
  readonly send: SendClip;
  /** which API it talks to next; tests change it to go to another process */
  api: { base: string };

  constructor(api: { base: string }, { pieces = 2, lastBytes = 5_000, duration = 60, maxLeases = 3 } = {}) {
    this.api = api;
    this.pieces = Array.from({ length: pieces }, (_, i) => random(i < pieces - 1 ? PIECE_BYTES : lastBytes));
    const hash = createHash("sha256");
    for (const piece of this.pieces) hash.update(piece);
    this.create = { iv: randomBytes(12).toString("base64url"), viewTokenHash: hashOf(this.view), maxLeases };
    this.send = {
      pieces,
      bytes: this.pieces.reduce((sum, piece) => sum + piece.length, 0),
      sha256: hash.digest("base64url"),
      duration,
      metadata: randomBytes(200).toString("base64url"),
      metadataIv: randomBytes(12).toString("base64url"),
    };
  }

  get path(): string {
    return paths.clip(this.id);
  }

  putDraft(body: unknown = this.create): Promise<Answer> {
    return call(this.api, "PUT", this.path, { token: this.manage, json: body });
  }

  putPiece(
    index: number,
    bytes = this.pieces[index] ?? random(16),
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const outgoing = { token: this.manage, body: bytes, headers: { ...digestHeaders(bytes), ...headers } };
    return call(this.api, "PUT", paths.piece(this.id, index), outgoing);
  }

  postSend(change: Partial<SendClip> = {}): Promise<Answer> {
    return this.#post("send", this.manage, { ...this.send, ...change });
  }

  discard(): Promise<Answer> {
    return this.#post("discard", this.manage);
  }

  revoke(): Promise<Answer> {
    return this.#post("revoke", this.manage, {});
  }

  receipt(): Promise<Answer> {
    return call(this.api, "GET", paths.action(this.id, "receipt"), { token: this.manage });
  }

  preview(): Promise<Answer> {
    return call(this.api, "GET", this.path, { token: this.view });
  }

  takeLease(lease: Uint8Array = this.lease): Promise<Answer> {
    return this.#post("lease", this.view, { leaseTokenHash: hashOf(lease) });
  }

  getPiece(index: number, lease: Uint8Array = this.lease): Promise<Answer> {
    return call(this.api, "GET", paths.piece(this.id, index), { token: lease });
  }

  beat(position: number, lease: Uint8Array = this.lease): Promise<Answer> {
    return this.#post("heartbeat", lease, { position });
  }

  burn(lease: Uint8Array = this.lease): Promise<Answer> {
    return this.#post("burn", lease);
  }

  /** A draft with all its pieces. */
  async upload(): Promise<this> {
    expectStatus(await this.putDraft(), 201);
    for (const index of this.pieces.keys()) expectStatus(await this.putPiece(index), 200);
    return this;
  }

  /** A clip that can be opened. */
  async publish(): Promise<this> {
    await this.upload();
    expectStatus(await this.postSend(), 200);
    return this;
  }

  /** A clip that somebody watches. */
  async open(): Promise<this> {
    await this.publish();
    expectStatus(await this.takeLease(), 200);
    return this;
  }

  #post(verb: Parameters<typeof paths.action>[1], token: Uint8Array, json?: unknown): Promise<Answer> {
    return call(this.api, "POST", paths.action(this.id, verb), { token, ...(json === undefined ? {} : { json }) });
  }
}

export function hashOf(token: Uint8Array): string {
  return createHash("sha256").update(token).digest("base64url");
}

export function random(bytes: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.from(new ArrayBuffer(bytes));
  randomBytes(bytes).copy(buffer);
  return buffer;
}

/** Fails unless the answer is an RFC 9457 problem with this code, as the contract shapes it. */
export function refused(answer: Answer, code: string): void {
  assert.equal(answer.json?.code, code, `${answer.status} ${answer.bytes}`);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(problem.parse(answer.json).status, answer.status);
}

function expectStatus(answer: Answer, status: number): void {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status} ${answer.bytes}`);
}
