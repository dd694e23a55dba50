/**
 * The demo's static pages under their headers. The shop gets the strict policy of a careful site; the attackers get
 * none, since an attacker sets none. Sees no secrets.
 * Source: product.md E1 (both elements work under the page's own strict policy).
 */
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

export interface PagesOptions {
  readonly folder: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `__NAME__` in a page → its value */
  readonly words: Readonly<Record<string, string>>;
}

/** The shop's policy: nothing runs but its own files and the frame's script, nothing is inline. */
export function shopHeaders(frameOrigin: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${frameOrigin}`,
    "style-src 'self'",
    "img-src 'self'",
    `frame-src ${frameOrigin}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  const devices = ["camera", "microphone", "display-capture"].map((name) => `${name}=(self "${frameOrigin}")`);
  return {
    "Content-Security-Policy": policy.join("; "),
    "Permissions-Policy": devices.join(", "),
    "Referrer-Policy": "no-referrer",
  };
}

/** Answers GET and HEAD for the files of a folder; false if there is no such file. */
export async function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  options: PagesOptions,
): Promise<boolean> {
  const path = pathOf(request.url ?? "/");
  const type = TYPES[extname(path)];
  if (type === undefined) return false;
  const bytes = await readFile(join(options.folder, path)).catch(() => null);
  if (bytes === null) return false;
  const body = extname(path) === ".html" ? withWords(bytes.toString("utf8"), options.words) : bytes;
  response.writeHead(200, {
    "Content-Type": type,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...options.headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
  return true;
}

/** Whether the request names this machine: a foreign name that points here must not read what the demo shows. */
export function isForThisMachine(request: IncomingMessage, port: number): boolean {
  return request.headers.host === `localhost:${port}`;
}

/** A path inside the folder, `/` being its index; whatever climbs out of it becomes one that does not exist. */
function pathOf(url: string): string {
  const { pathname } = new URL(url, "http://localhost");
  const path = normalize(pathname === "/" ? "/index.html" : pathname);
  return /^(\/[\w-]+)+\.\w+$/.test(path) ? path : "";
}

function withWords(html: string, words: Readonly<Record<string, string>>): string {
  return html.replaceAll(/__([A-Z_]+)__/g, (whole, name: string) => words[name] ?? whole);
}
