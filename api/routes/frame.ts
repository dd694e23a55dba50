/**
 * The built frame as files: its documents, their assets, and the script that sites embed. Changes nothing, ever: a
 * link preview that opens `/v/<id>` or `/r/<id>` learns nothing and burns nothing.
 * Realm: server; sees no fragment, and keeps nothing of a path into which a link's fragment was mangled.
 * Source: protocol.md §7 (GET /v/<id>), §11, product.md W4, E1.
 */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import packageFile from "../package.json" with { type: "json" };
import { Refusal } from "./problems.ts";
import type { Context, Route, Services, Step } from "./route.ts";

const FOR_GOOD = "public, max-age=31536000, immutable";
/** An unversioned script must follow a release soon. */
const FOR_MINUTES = "public, max-age=300";

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};
/** One name without a folder, and no hidden file. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
/** `#` as a link's mangler writes it, once or several times over. */
const MANGLED_HASH = /%(25)*23/;

export function frameRoutes(services: Services): Route[] {
  const html = "text/html";
  const script = "text/javascript";
  return [
    {
      method: "GET",
      path: "/v/:id",
      summary: "The viewer's document: the same bytes for every id, and no change to any clip.",
      answers: { 200: html, 400: html },
      problems: [],
      steps: [documentForEveryId(services, "player.html")],
    },
    {
      method: "GET",
      path: "/r/:id",
      summary: "The room's document: the same bytes for every id, and no change to any room.",
      answers: { 200: html, 400: html },
      problems: [],
      steps: [documentForEveryId(services, "room.html")],
    },
    {
      method: "GET",
      path: "/frame/recorder",
      summary: "The recorder's document, for the element's iframe.",
      answers: { 200: html },
      problems: [],
      steps: [frameDocument(services, "recorder.html")],
    },
    {
      method: "GET",
      path: "/frame/player",
      summary: "The player's document, for the element's iframe.",
      answers: { 200: html },
      problems: [],
      steps: [frameDocument(services, "player.html")],
    },
    {
      method: "GET",
      path: "/frame/room",
      summary: "The room's document, for the element's iframe.",
      answers: { 200: html },
      problems: [],
      steps: [frameDocument(services, "room.html")],
    },
    {
      method: "GET",
      path: "/assets/:file",
      summary: "A file of the frame; its name changes with its content.",
      answers: { 200: "application/octet-stream" },
      problems: ["no-such-route"],
      steps: [asset(services)],
    },
    {
      method: "GET",
      path: "/whatping.js",
      summary: "The script that a site embeds.",
      answers: { 200: script },
      problems: ["no-such-route"],
      steps: [hostScript(services)],
    },
    {
      method: "GET",
      path: "/embed/:version/whatping.js",
      summary: "The same script under an address that never changes its bytes.",
      answers: { 200: script },
      problems: ["no-such-route"],
      steps: [versionedHostScript(services)],
    },
  ];
}

/** Refuses a path that holds a link's fragment, except where the document can repair it in the browser. */
export const noFragmentInPath: Step = (ctx, next) => {
  if (hasMangledHash(ctx) && !/^\/[vr]\//.test(ctx.path)) throw new Refusal("fragment-in-path");
  return next();
};

function hasMangledHash(ctx: Context): boolean {
  return MANGLED_HASH.test(ctx.url);
}

function documentForEveryId(services: Services, file: string): Step {
  return async function sameForEveryId(ctx) {
    await sendDocument(ctx, services, file);
    // The document itself repairs the link and warns that the server has seen the key.
    if (hasMangledHash(ctx)) ctx.status = 400;
  };
}

function frameDocument(services: Services, file: string): Step {
  return async function documentWithOrigins(ctx) {
    await sendDocument(ctx, services, file);
  };
}

async function sendDocument(ctx: Context, { staticDir, allowedOrigins }: Services, file: string): Promise<void> {
  const html = await readFile(join(staticDir, file), "utf8").catch(() => null);
  if (html === null) throw new Refusal("no-such-route", "The frame has not been built here: run npm run build.");
  ctx.type = TYPES[".html"] ?? "";
  ctx.body = html.replaceAll("__ORIGINS__", () => escapeAttribute(allowedOrigins.join(" ")));
}

function asset({ staticDir }: Services): Step {
  return async function fileForGood(ctx) {
    await sendFile(ctx, join(staticDir, "assets", fileName(ctx.params.file)), FOR_GOOD);
  };
}

function hostScript({ staticDir }: Services): Step {
  return async function scriptForMinutes(ctx) {
    await sendFile(ctx, join(staticDir, "whatping.js"), FOR_MINUTES);
  };
}

function versionedHostScript({ staticDir }: Services): Step {
  return async function scriptForGood(ctx) {
    const version = fileName(ctx.params.version);
    const kept = join(staticDir, "embed", version, "whatping.js");
    const isKept = (await stat(kept).catch(() => null))?.isFile();
    if (!isKept && version !== packageFile.version) throw new Refusal("no-such-route");
    await sendFile(ctx, isKept ? kept : join(staticDir, "whatping.js"), FOR_GOOD);
  };
}

function fileName(name = ""): string {
  if (!FILE_NAME.test(name)) throw new Refusal("no-such-route");
  return name;
}

async function sendFile(ctx: Context, path: string, caching: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new Refusal("no-such-route");
  ctx.set("Cache-Control", caching);
  ctx.type = TYPES[extname(path)] ?? "application/octet-stream";
  ctx.length = found.size;
  if (ctx.method === "HEAD") ctx.status = 200;
  else ctx.body = createReadStream(path);
  ctx.length = found.size;
}

function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
