/**
 * What every request passes on its way in and out: its line in the log, its headers, and its refusals as problems.
 * Realm: server. The log gets ids, sizes, status and route templates; never a URL, address, header, body or token.
 * Source: product.md O3, O4, architecture.md (Silence).
 */
import Router, { type RouterMiddleware } from "@koa/router";
import Koa from "koa";
import { clipRoutes } from "./clips.ts";
import { frameRoutes, noFragmentInPath } from "./frame.ts";
import { headersByPath } from "./headers.ts";
import { healthRoutes } from "./health.ts";
import { leaseRoutes } from "./leases.ts";
import { openapiRoute } from "./openapi.ts";
import { pieceRoutes } from "./pieces.ts";
import { problemOf, Refusal } from "./problems.ts";
import { requestId } from "./request-id.ts";
import { roomRoutes } from "./rooms.ts";
import { type Context, type Facts, inTurn, type Route, type Services, type Step } from "./route.ts";

/** Unread body bytes that are worth reading away to keep a connection. */
const DRAIN_MAX_BYTES = 1024 * 1024;

/** Every route of the server. */
export function allRoutes(services: Services): Route[] {
  const routes = [
    ...clipRoutes(services),
    ...pieceRoutes(services),
    ...leaseRoutes(services),
    ...roomRoutes(services),
    ...healthRoutes(services),
    ...frameRoutes(services),
  ];
  return [...routes, openapiRoute(routes)];
}

/** The whole of it as one Koa application. */
export function answering(services: Services): Koa<Facts> {
  const app = new Koa<Facts>();
  const router = new Router<Facts>({ strict: true, sensitive: true });
  for (const route of allRoutes(services)) {
    const steps = inTurn([noteRoute(route.path), ...route.steps]) as unknown as RouterMiddleware<Facts>;
    router.register(route.path, [route.method], steps);
  }
  const steps = inTurn([
    logLine(services),
    headersByPath(services),
    problems(services),
    notDraining(services),
    hostNamed,
    noFragmentInPath,
    ownOriginOnly(services),
  ]);
  app.use(steps as Koa.Middleware<Facts>);
  app.use(router.routes() as unknown as Koa.Middleware<Facts>);
  app.use(noRoute as Koa.Middleware<Facts>);
  // A connection that broke while an answer was under way: the log line says so already.
  app.on("error", () => undefined);
  return app;
}

function noteRoute(path: string): Step {
  return (ctx, next) => {
    ctx.state.route = path;
    return next();
  };
}

function logLine({ log }: Services): Step {
  return function oneLinePerRequest(ctx, next) {
    const startedAt = performance.now();
    ctx.state.requestId = requestId();
    ctx.state.route = "none";
    ctx.state.bytesIn = 0;
    ctx.res.on("close", () => {
      const { requestId, route, clipId, roomId, bytesIn, bytesOut = ctx.response.length ?? 0 } = ctx.state;
      log.info({
        event: "request",
        requestId,
        route,
        method: ctx.method,
        status: ctx.status,
        ms: Math.round(performance.now() - startedAt),
        bytesIn,
        bytesOut: ctx.method === "HEAD" ? 0 : bytesOut,
        ...(clipId ? { clipId } : {}),
        ...(roomId ? { roomId } : {}),
        ...(ctx.res.writableFinished ? {} : { brokeOff: true }),
      });
    });
    return next();
  };
}

function problems({ log }: Services): Step {
  return async function asProblem(ctx, next) {
    try {
      await next();
    } catch (error) {
      delete ctx.state.answer;
      const problem = problemOf(error);
      if (problem.code === "internal")
        log.error({ event: "internal", requestId: ctx.state.requestId, ...traceOf(error) });
      ctx.status = problem.status;
      ctx.set("Cache-Control", "no-store");
      ctx.set("Content-Type", "application/problem+json");
      if (problem.retryAfter !== undefined) ctx.set("Retry-After", String(problem.retryAfter));
      if (problem.code === "bad-token") ctx.set("WWW-Authenticate", "Bearer");
      if (error instanceof Refusal && error.extras.allow) ctx.set("Allow", error.extras.allow.join(", "));
      if (hasMuchUnread(ctx)) ctx.set("Connection", "close");
      // Node reads away only what nobody began to read; the next request would wait behind the rest of a piece for good.
      else if (!ctx.req.complete) ctx.req.resume();
      ctx.body = JSON.stringify(problem);
    }
  };
}

/** An error's kind and place, without its message: messages may quote what was sent. */
function traceOf(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const lines = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: lines.slice(0, 8).map((line) => line.trim()) };
}

function hasMuchUnread(ctx: Context): boolean {
  if (ctx.req.complete) return false;
  const declared = Number(ctx.get("content-length") || 0);
  return ctx.req.headers["transfer-encoding"] !== undefined || declared > DRAIN_MAX_BYTES;
}

function notDraining(services: Services): Step {
  return function refuseWhenDraining(ctx, next) {
    if (!services.draining) return next();
    ctx.set("Connection", "close");
    if (ctx.path === "/healthz" || ctx.path === "/readyz") return next();
    throw new Refusal("shutting-down");
  };
}

/** RFC 9112 §3.2. */
const hostNamed: Step = (ctx, next) => {
  if (ctx.req.headers.host === undefined && ctx.req.httpVersion === "1.1") {
    throw new Refusal("bad-request", "Send a Host header.");
  }
  return next();
};

/** The frame is on this origin; nobody else's page has business here, and without an Origin it is no page. */
function ownOriginOnly({ origin }: Services): Step {
  return function sameOrigin(ctx, next) {
    const given = ctx.req.headers.origin;
    const isSafe = ctx.method === "GET" || ctx.method === "HEAD";
    if (given !== undefined && given !== origin && !isSafe) throw new Refusal("origin-not-allowed");
    return next();
  };
}

const noRoute: Step = (ctx) => {
  const layers = (ctx as unknown as { matched?: { path: string | RegExp; methods: string[] }[] }).matched ?? [];
  const allow = [...new Set(layers.flatMap((layer) => layer.methods))].sort();
  if (allow.length === 0) throw new Refusal("no-such-route");
  ctx.state.route = String(layers[0]?.path);
  throw new Refusal("method-not-allowed", "", { allow });
};
