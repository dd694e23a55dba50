/**
 * The headers of each kind of answer, chosen by path alone, so that errors and worker files carry them too.
 * Realm: server. Source: protocol.md §11, platform-notes.md (Headers), product.md S2.
 */
import type { Services, Step } from "./route.ts";

type Headers = Readonly<Record<string, string>>;

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

/** The host script is for every page: with CORS, so that an integrity hash can pin it. */
const HOST_SCRIPT: Headers = {
  ...EVERYWHERE,
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** Sets the headers of a path's kind before anything else runs. */
export function headersByPath(services: Services): Step {
  const framed = frameHeaders(services.allowedOrigins.join(" ") || "'none'");
  const topLevel = {
    ...frameHeaders("'none'", SANDBOX),
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
  };
  const transport: Headers = services.origin.startsWith("https:")
    ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" }
    : {};
  return function securityHeaders(ctx, next) {
    ctx.set({ ...kindOf(ctx.path, { framed, topLevel }), ...transport });
    return next();
  };
}

function kindOf(path: string, { framed, topLevel }: { framed: Headers; topLevel: Headers }): Headers {
  if (/^\/(api|problems)\/|^\/(healthz|readyz|openapi\.json)$/.test(path)) return API;
  if (/^\/whatping\.js$|^\/embed\//.test(path)) return HOST_SCRIPT;
  return path.startsWith("/v/") ? topLevel : framed;
}

function frameHeaders(ancestors: string, sandbox?: string): Headers {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob:",
    "media-src blob:",
    "font-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
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
