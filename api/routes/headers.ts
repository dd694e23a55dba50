/**
 * The headers of each kind of answer, chosen by path alone, so that errors and worker files carry them too.
 * Realm: server. Source: protocol.md §11, platform-notes.md (Headers), product.md S2.
 */
import type { Context, Services, Step } from "./route.ts";

type Headers = Readonly<Record<string, string>>;
type Kind = "api" | "hostScript" | "framed" | "topLevel" | "framedRoom" | "topLevelRoom";
type Kinds = Readonly<Record<Kind, readonly string[]>>;

/** As Koa spells it. */
const JSON_TYPE = "application/json; charset=utf-8";

/** What a document opened top-level may do; the same as in the element's iframe. */
const SANDBOX =
  "sandbox allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";

const EVERYWHERE: Headers = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

const API: Headers = {
  ...EVERYWHERE,
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** A document that somebody opens as a page of its own. */
const TOP_LEVEL: Headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "X-Robots-Tag": "noindex, nofollow, noarchive",
};

/** The host script is for every page: with CORS, so that an integrity hash can pin it. */
const HOST_SCRIPT: Headers = {
  ...EVERYWHERE,
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/**
 * Sends every answer with the headers of its path's kind. JSON goes out in one piece with all of them: that costs a
 * third of setting each by itself.
 */
export function headersByPath(services: Services): Step {
  const transport: Headers = services.origin.startsWith("https:")
    ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" }
    : {};
  const framed: Policy = { ancestors: services.allowedOrigins.join(" ") || "'none'" };
  const topLevel: Policy = { ancestors: "'none'", sandbox: SANDBOX };
  const sfu = sfuOrigins(services.sfuUrl);
  const kinds: Kinds = {
    api: flat({ ...API, ...transport }),
    hostScript: flat({ ...HOST_SCRIPT, ...transport }),
    framed: flat({ ...frameHeaders(framed), ...transport }),
    topLevel: flat({ ...frameHeaders(topLevel), ...TOP_LEVEL, ...transport }),
    framedRoom: flat({ ...frameHeaders({ ...framed, sfu }), ...transport }),
    topLevelRoom: flat({ ...frameHeaders({ ...topLevel, sfu }), ...TOP_LEVEL, ...transport }),
  };
  return async function securityHeaders(ctx, next) {
    const headers = ["X-Request-Id", ctx.state.requestId, ...kinds[kindOf(ctx.path)]];
    await next();
    if (ctx.state.answer && ctx.writable && ctx.res.getHeaderNames().length === 0) sendJson(ctx, headers);
    else setMissing(ctx, headers);
  };
}

function sendJson(ctx: Context, headers: readonly string[]): void {
  const body = JSON.stringify(ctx.state.answer);
  ctx.state.bytesOut = Buffer.byteLength(body);
  ctx.respond = false;
  ctx.res.writeHead(ctx.status, [...headers, "Content-Type", JSON_TYPE, "Content-Length", String(ctx.state.bytesOut)]);
  ctx.res.end(body);
}

/** What a step has set itself stays. */
function setMissing(ctx: Context, headers: readonly string[]): void {
  if (ctx.state.answer) ctx.body = ctx.state.answer;
  for (let i = 0; i < headers.length; i += 2) {
    const [name = "", value = ""] = [headers[i], headers[i + 1]];
    if (!ctx.res.hasHeader(name)) ctx.set(name, value);
  }
}

function kindOf(path: string): keyof Kinds {
  if (/^\/(api|problems)\/|^\/(healthz|readyz|openapi\.json)$/.test(path)) return "api";
  if (/^\/whatping\.js$|^\/embed\//.test(path)) return "hostScript";
  if (path.startsWith("/r/")) return "topLevelRoom";
  if (path === "/frame/room") return "framedRoom";
  return path.startsWith("/v/") ? "topLevel" : "framed";
}

/** As Node takes it: names and values in turn. */
function flat(headers: Headers): readonly string[] {
  return Object.entries(headers).flat();
}

interface Policy {
  readonly ancestors: string;
  readonly sandbox?: string;
  /** where media goes to and comes from: a room's documents alone may connect there */
  readonly sfu?: readonly string[];
}

/** Media is signalled over its WebSocket; if that fails, the client library asks over HTTP why. */
function sfuOrigins(url: string | undefined): readonly string[] {
  return url === undefined ? [] : [url, url.replace(/^ws/, "http")];
}

function frameHeaders({ ancestors, sandbox, sfu = [] }: Policy): Headers {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob:",
    "media-src blob:",
    "font-src 'self'",
    "worker-src 'self'",
    ["connect-src 'self'", ...sfu].join(" "),
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors}`,
    "require-trusted-types-for 'script'",
    "trusted-types lit-html whatping",
    ...(sandbox ? [sandbox] : []),
  ];
  return {
    ...EVERYWHERE,
    "Content-Security-Policy": policy.join("; "),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
  };
}
