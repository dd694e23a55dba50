/**
 * What the API is held against: Koa and nothing else. Says hello, swallows a body, gives a piece of noise; and, with a
 * store, does the least that an answer takes: hashes a token and gives a record; or reads the body and a record, and
 * writes the record durably.
 * Bench support; started by api-relay.ts, which reads its port from its output.
 */
import { hash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import { openSqliteStore } from "../../api/store/embedded/sqlite-store.ts";
import { openRedisStore } from "../../api/store/redis/redis-store.ts";
import { PIECE_BYTES } from "../../widget/wire/clip-limits.ts";

/** As long as the record of a leased clip. */
const RECORD = randomBytes(480).toString("hex");
/** As long as a preview. */
const ANSWER = 480;
/** A file's path or Redis's address. */
const { BENCH_STORE = ":memory:" } = process.env;

const piece = randomBytes(PIECE_BYTES);
const store = await (BENCH_STORE.startsWith("redis:")
  ? openRedisStore({ urls: [BENCH_STORE], prefix: "bare:" })
  : openSqliteStore(BENCH_STORE));
const app = new Koa();

app.use(async (ctx) => {
  if (ctx.method === "PUT") {
    for await (const _chunk of ctx.req);
    ctx.body = "taken";
  } else if (ctx.method === "POST") {
    await bodyOf(ctx.req);
    await write(`bench/${ctx.path.slice(1)}`);
    ctx.body = "written";
  } else if (ctx.path === "/piece") ctx.body = piece;
  else if (ctx.path === "/") ctx.body = "hello";
  else {
    const token = hash("sha256", ctx.get("authorization"), "base64url");
    const record = await store.get(`bench${ctx.path as `/${string}`}`);
    ctx.body = { token, record: record?.value.slice(0, ANSWER) };
  }
});

async function write(key: `bench/${string}`): Promise<void> {
  const stored = await store.get(key);
  await store.compareAndSet(key, stored?.version ?? null, RECORD, { deadline: Date.now() });
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", reject);
  });
}

const server = createServer(app.callback());
server.listen(0, "127.0.0.1", () => console.log(`port ${(server.address() as AddressInfo).port}`));
