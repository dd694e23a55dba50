/**
 * The OpenAPI document, made from the very routes and schemas that serve: it can't say anything else than they do.
 * Realm: server; public. Source: OpenAPI 3.1, product.md E4.
 */
import { z } from "zod";
import { PIECE_BYTES, TAG_BYTES } from "../../widget/wire/clip-limits.ts";
import { API_ERRORS, type ApiErrorCode } from "../../widget/wire/errors.ts";
import packageFile from "../package.json" with { type: "json" };
import { type Content, parametersOf, type Route } from "./route.ts";
import * as schemas from "./schemas.ts";

const PARAMETERS: Readonly<Record<string, { description: string; schema: object }>> = {
  id: {
    description: "Clip id: base64url of 16 bytes",
    schema: { type: "string", pattern: schemas.CLIP_ID.source },
  },
  roomId: {
    description: "Room id: the first 16 bytes of SHA-256 of its charter's public key, base64url",
    schema: { type: "string", pattern: schemas.CLIP_ID.source },
  },
  n: { description: "Piece index, from 0", schema: { type: "string", pattern: schemas.PIECE_INDEX.source } },
  file: { description: "Name of a built file", schema: { type: "string" } },
  version: { description: "Version of the script", schema: { type: "string" } },
  code: { description: "Problem code", schema: { type: "string", enum: Object.keys(API_ERRORS) } },
};

const TOKENS = {
  manage: "The sender's token for this clip, 32 bytes as base64url; the server keeps its SHA-256.",
  view: "The token that the clip key gives, 32 bytes as base64url; the server keeps its SHA-256.",
  relay: "The token that the room's link gives, 32 bytes as base64url; the server keeps its SHA-256.",
  lease: "The token that the viewer made for its lease, 32 bytes as base64url; the server keeps its SHA-256.",
} as const;

/** The route that serves the document, itself included. */
export function openapiRoute(others: readonly Route[]): Route {
  const route: Route = {
    method: "GET",
    path: "/openapi.json",
    summary: "This document.",
    answers: { 200: "application/json" },
    problems: [],
    steps: [
      function openapiDocument(ctx) {
        ctx.type = "application/json; charset=utf-8";
        ctx.body = text;
      },
    ],
  };
  const text = JSON.stringify(describeApi([...others, route]));
  return route;
}

/** The OpenAPI 3.1 document of these routes. */
export function describeApi(routes: readonly Route[]) {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  const securitySchemes = Object.fromEntries(
    Object.entries(TOKENS).map(([name, description]) => [name, { type: "http", scheme: "bearer", description }]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Whatping clips and rooms",
      version: packageFile.version,
      description:
        "Stores and serves sealed clips, and opens rooms (what is said in them goes over a WebSocket). Every refusal is an RFC 9457 problem with a stable code.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths,
    components: { schemas: { Problem: jsonSchema(schemas.problem, "output") }, securitySchemes },
  };
}

function describeRoute(route: Route) {
  const parameters = [
    ...parametersOf(route.path).map((name) => ({ name, in: "path", required: true, ...PARAMETERS[name] })),
    ...(route.body === "application/octet-stream" ? pieceHeaders() : []),
  ];
  return {
    operationId: `${route.method.toLowerCase()}${route.path.replaceAll(/[^A-Za-z]+(.)?/g, (_, next = "") => next.toUpperCase())}`,
    summary: route.summary,
    ...(route.token ? { security: [{ [route.token]: [] }] } : { security: [] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? { requestBody: { required: route.body !== schemas.nothing, content: contentOf(route.body, "input") } }
      : {}),
    responses: { ...answersOf(route), ...refusalsOf(route) },
  };
}

function answersOf(route: Route) {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, content]) => [
      status,
      { description: Number(status) < 400 ? "Done" : "Served nevertheless", content: contentOf(content, "output") },
    ]),
  );
}

function refusalsOf(route: Route) {
  const byStatus = new Map<number, ApiErrorCode[]>();
  for (const code of problemsOf(route)) {
    byStatus.set(API_ERRORS[code], [...(byStatus.get(API_ERRORS[code]) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in route.answers))
      .map(([status, codes]) => [
        status,
        {
          description: codes.join(", "),
          "x-codes": codes,
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      ]),
  );
}

/** What the route names, and what its steps and the whole server may refuse. */
export function problemsOf(route: Route): ApiErrorCode[] {
  const codes = new Set<ApiErrorCode>(["method-not-allowed", "fragment-in-path", "shutting-down", "internal"]);
  if (route.path.startsWith("/api/")) codes.add("bad-request").add("storage-unavailable");
  if (route.token) codes.add("bad-token");
  if (route.body) codes.add("body-too-large").add("unsupported-type");
  if (route.method !== "GET") codes.add("origin-not-allowed");
  for (const code of route.problems) codes.add(code);
  return [...codes];
}

function contentOf(content: Content, io: "input" | "output") {
  if (typeof content !== "string") return { "application/json": { schema: jsonSchema(content, io) } };
  if (content !== "application/octet-stream") return { [content]: {} };
  return { [content]: { schema: { type: "string", format: "binary", minLength: TAG_BYTES, maxLength: PIECE_BYTES } } };
}

function jsonSchema(schema: z.ZodType, io: "input" | "output") {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

function pieceHeaders() {
  return [
    {
      name: "Content-Digest",
      in: "header",
      required: true,
      description: "sha-256=:<base64 of the piece's SHA-256>: (RFC 9530)",
      schema: { type: "string", pattern: "^sha-256=:[A-Za-z0-9+/]{43}=:$" },
    },
    {
      name: "Content-Length",
      in: "header",
      required: true,
      schema: { type: "integer", minimum: TAG_BYTES, maximum: PIECE_BYTES },
    },
  ];
}
