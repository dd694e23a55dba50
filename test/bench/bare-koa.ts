/**
 * What the API is held against: Koa and nothing else. Says hello, swallows a body, gives a piece of noise.
 * Bench support; forked by api-load.ts, which it tells its port.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import { PIECE_BYTES } from "../../widget/wire/clip-limits.ts";

const piece = randomBytes(PIECE_BYTES);
const app = new Koa();

app.use(async (ctx) => {
  if (ctx.method === "PUT") {
    for await (const _chunk of ctx.req);
    ctx.body = "taken";
  } else if (ctx.path === "/piece") ctx.body = piece;
  else ctx.body = "hello";
});

const server = createServer(app.callback());
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
// It ends with whoever started it.
process.once("disconnect", () => process.exit());
