/**
 * Ten thousand bad requests over all routes, made from the OpenAPI document: each gets a 4xx problem with a code that
 * the document names for that operation, and none changes a byte of what is stored.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { PIECE_BYTES } from "../../widget/wire/clip-limits.ts";
import { API_ERRORS, type ApiErrorCode } from "../../widget/wire/errors.ts";
import { call, digestHeaders, startTestApi, type TestApi, TestClip } from "./support/api.ts";

const REQUESTS = 10_000;
const SEED = 20_260_301;
const AT_ONCE = 24;

type Schema = {
  type?: string;
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
};
interface Operation {
  path: string;
  method: string;
  token: "manage" | "view" | "lease" | "relay" | undefined;
  json: Schema | undefined;
  takesPiece: boolean;
  codes: Set<ApiErrorCode>;
}
interface Hostile {
  what: string;
  operation: Operation;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** where the request leaves what the document describes */
  codes?: ApiErrorCode[];
}

let api: TestApi;
let operations: Operation[];
const samples = new Map<string, string[]>();
let clips: Record<"draft" | "ready" | "leased" | "expired", TestClip>;

before(async () => {
  api = await startTestApi();
  const expired = await new TestClip(api).open();
  api.clock.pass(24 * 3_600);
  await api.sweeper.sweepOnce();
  clips = {
    expired,
    draft: await new TestClip(api).upload(),
    ready: await new TestClip(api).publish(),
    leased: await new TestClip(api).open(),
  };
  await api.sweeper.sweepOnce();
  operations = readOperations((await call(api, "GET", "/openapi.json")).json);
});
after(() => api?.stop());

test(`refuses ${REQUESTS} bad requests with documented problems, and stores nothing of them`, async (context) => {
  const stored = dump();
  assert.ok(stored.length > 500);
  const hostile = fc.sample(hostileRequest(), { numRuns: REQUESTS, seed: SEED });
  const codes = new Map<string, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const queue = [...hostile];
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const code = await refusedWith(next, agent);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
  assert.equal(dump(), stored);
  context.diagnostic([...codes].map(([code, count]) => `${code} ${count}`).join(", "));
  const kinds = new Set(hostile.map((each) => each.what.split(":")[0]));
  assert.ok(kinds.size >= 8, [...kinds].join());
  assert.ok(codes.size >= 14, [...codes.keys()].join());
  assert.ok(!api.logged().includes('"event":"internal"'));
});

async function refusedWith(hostile: Hostile, agent: Agent): Promise<ApiErrorCode> {
  const { status, headers, body } = await send(hostile, agent);
  const where = `${hostile.what}: ${hostile.method} ${hostile.path} → ${status} ${body}`;
  assert.ok(status >= 400 && status < 500, where);
  assert.equal(headers["content-type"], "application/problem+json", where);
  assert.equal(headers["cache-control"], "no-store", where);
  const { code, status: told } = JSON.parse(body) as { code: ApiErrorCode; status: number };
  assert.equal(told, status, where);
  assert.equal(API_ERRORS[code], status, where);
  const allowed = hostile.codes ?? [...hostile.operation.codes];
  assert.ok(allowed.includes(code), `${where} is not among ${allowed.join(", ")}`);
  return code;
}

function send(
  hostile: Hostile,
  agent: Agent,
): Promise<{ status: number; headers: IncomingMessage["headers"]; body: string }> {
  return new Promise((resolve, reject) => {
    const { method, path, body } = hostile;
    const headers = {
      ...hostile.headers,
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    };
    const outgoing = request({ host: "127.0.0.1", port: api.port, method, path, headers, agent }, async (response) => {
      const parts: Buffer[] = [];
      for await (const chunk of response) parts.push(chunk as Buffer);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() });
    });
    outgoing.on("error", (error) => reject(new Error(`${hostile.what}: ${method} ${path}`, { cause: error })));
    outgoing.end(body);
  });
}

function hostileRequest(): fc.Arbitrary<Hostile> {
  const all = fc.constantFrom(...operations);
  const withToken = fc.constantFrom(...operations.filter((operation) => operation.token));
  const withJson = fc.constantFrom(...operations.filter((operation) => operation.json));
  const withPiece = fc.constantFrom(...operations.filter((operation) => operation.takesPiece));
  const changing = fc.constantFrom(...operations.filter((operation) => operation.method !== "GET"));
  return fc.oneof(
    { weight: 5, arbitrary: withToken.chain(wrongToken) },
    { weight: 3, arbitrary: withToken.chain(noToken) },
    { weight: 3, arbitrary: withToken.chain(wrongParameter) },
    { weight: 8, arbitrary: withJson.chain(wrongJson) },
    { weight: 4, arbitrary: withPiece.chain(wrongPiece) },
    { weight: 2, arbitrary: all.chain(wrongMethod) },
    { weight: 2, arbitrary: changing.chain(foreignOrigin) },
    { weight: 5, arbitrary: withToken.chain(wrongState) },
    { weight: 2, arbitrary: noSuchPath() },
  );
}

/** A request that would be right in every other way. */
function right(operation: Operation, clip: TestClip): fc.Arbitrary<Omit<Hostile, "what">> {
  const piece = clip.pieces[1] ?? Buffer.alloc(16);
  return (operation.json ? valuesOf(operation.json) : fc.constant(undefined)).map((json) => ({
    operation,
    method: operation.method,
    path: pathFor(operation, clip.id, "1"),
    headers: {
      ...(operation.token ? { authorization: `Bearer ${tokenOf(operation.token, clip).toString("base64url")}` } : {}),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...(operation.takesPiece ? digestHeaders(piece) : {}),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(operation.takesPiece ? { body: piece } : {}),
  }));
}

/** Of a room there is none. */
function tokenOf(token: NonNullable<Operation["token"]>, clip: TestClip): Buffer {
  return token === "relay" ? clip.view : clip[token];
}

const anyClip = () => fc.constantFrom(...Object.values(clips));

function wrongToken(operation: Operation): fc.Arbitrary<Hostile> {
  const token = fc.oneof(
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
    anyClip().map((clip) => createHash("sha256").update(clip.manage).digest()),
  );
  return fc.tuple(anyClip(), token).chain(([clip, bytes]) =>
    right(operation, clip).map((request) => ({
      ...request,
      what: "wrong token",
      headers: { ...request.headers, authorization: `Bearer ${bytes.toString("base64url")}` },
    })),
  );
}

function noToken(operation: Operation): fc.Arbitrary<Hostile> {
  const authorization = fc.oneof(
    fc.constantFrom(
      "",
      "Bearer",
      "Bearer ",
      "Basic YTpi",
      `Bearer ${"A".repeat(42)}`,
      `Bearer ${"A".repeat(44)}`,
      `Bearer ${"A".repeat(42)}B`,
    ),
    headerText().map((text) => `Bearer ${text}`),
    headerText(),
  );
  return fc.tuple(anyClip(), authorization).chain(([clip, value]) =>
    right(operation, clip).map((request) => ({
      ...request,
      what: "no token",
      headers: { ...request.headers, authorization: value },
      codes: ["bad-token"],
    })),
  );
}

function wrongParameter(operation: Operation): fc.Arbitrary<Hostile> {
  const text = fc.oneof(
    fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }),
    fc.constantFrom(
      "A".repeat(21),
      "A".repeat(23),
      `${"A".repeat(21)}B`,
      "%",
      "%zz",
      "%c0%af",
      "%00",
      "..",
      "-1",
      "01",
      "1e3",
      "9".repeat(400),
    ),
  );
  const isHarmless = (value: string) => /^[A-Za-z0-9_-]{21}[AQgw]$/.test(value) || /%(25)*23/.test(encodeOnce(value));
  return fc
    .tuple(
      text.filter((value) => !isHarmless(value)),
      anyClip(),
      fc.boolean(),
    )
    .chain(([value, clip, isIndex]) =>
      right(operation, clip).map((request) => {
        const spelled = encodeOnce(value);
        const indexed = operation.path.includes("{n}") && isIndex && !/^(0|[1-9][0-9]{0,5})$/.test(value);
        const path = indexed ? pathFor(operation, clip.id, spelled) : pathFor(operation, spelled, "0");
        const codes: ApiErrorCode[] = [".", ".."].includes(value)
          ? ["no-such-route", "method-not-allowed", "bad-request"]
          : ["bad-request"];
        return { ...request, what: "wrong parameter", path, codes };
      }),
    );
}

/** With the right token, for a clip that would take the right body. */
function wrongJson(operation: Operation): fc.Arbitrary<Hostile> {
  const clip = operation.token === "lease" ? clips.leased : operation.token === "view" ? clips.ready : clips.draft;
  const schema = operation.json ?? {};
  const fields = Object.keys(schema.properties ?? {});
  const bodies: fc.Arbitrary<[kind: string, body: string | Buffer, headers?: Record<string, string>]>[] = [
    fc.tuple(
      fc.constant("not an object"),
      fc
        .oneof(fc.array(fc.jsonValue()), fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
        .map((value) => JSON.stringify(value)),
    ),
    fc.tuple(
      fc.constant("not JSON"),
      fc.string({ minLength: 1 }).filter((text) => !isJson(text)),
    ),
    fc.tuple(fc.constant("not UTF-8"), fc.constant(Buffer.from([0x22, 0xff, 0xfe, 0x22]))),
    fc.tuple(
      fc.constant("too large"),
      valuesOf(schema).map((value) => JSON.stringify(value).padEnd(33_000)),
    ),
    fc.tuple(
      fc.constant("another type"),
      valuesOf(schema).map((value) => JSON.stringify(value)),
      headerText().map((text) => ({ "content-type": text })),
    ),
    fc.tuple(
      fc.constant("encoded"),
      valuesOf(schema).map((value) => JSON.stringify(value)),
      fc.constant({ "content-encoding": "gzip" }),
    ),
    fc.tuple(
      fc.constant("a field too many"),
      fc
        .tuple(valuesOf(schema), fc.string({ minLength: 1 }), fc.jsonValue())
        .filter(([, name]) => !fields.includes(name))
        .map(
          ([value, name, extra]) =>
            `${JSON.stringify(value).slice(0, -1)}${fields.length ? "," : ""}${JSON.stringify(name)}:${JSON.stringify(extra)}}`,
        ),
    ),
    ...(schema.required?.length
      ? [
          fc.tuple(
            fc.constant("a field too few"),
            fc
              .tuple(valuesOf(schema), fc.constantFrom(...schema.required))
              .map(([value, name]) => JSON.stringify({ ...(value as object), [name]: undefined })),
          ),
          fc.tuple(
            fc.constant("a field of another kind"),
            fc
              .tuple(valuesOf(schema), fc.constantFrom(...schema.required))
              .chain(([value, name]) =>
                wrongValuesOf(schema.properties?.[name] ?? {}).map((wrong) =>
                  JSON.stringify({ ...(value as object), [name]: wrong }),
                ),
              ),
          ),
        ]
      : []),
  ];
  return fc.oneof(...bodies).chain(([kind, body, headers]) =>
    right(operation, clip).map((request) => ({
      ...request,
      what: `wrong body: ${kind}`,
      headers: { ...request.headers, "content-type": "application/json", ...headers },
      body,
    })),
  );
}

function wrongPiece(operation: Operation): fc.Arbitrary<Hostile> {
  const clip = clips.draft;
  const small = fc.uint8Array({ minLength: 16, maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const cases: fc.Arbitrary<[kind: string, body: Buffer, headers: Record<string, string>]>[] = [
    fc
      .tuple(small, small)
      .filter(([a, b]) => !a.equals(b))
      .map(([sent, announced]) => ["another digest", sent, digestHeaders(announced)]),
    fc
      .tuple(small, headerText())
      .map(([sent, text]) => [
        "no digest",
        sent,
        { "content-type": "application/octet-stream", "content-digest": text },
      ]),
    fc
      .tuple(small, headerText())
      .map(([sent, text]) => ["another type", sent, { ...digestHeaders(sent), "content-type": text }]),
    fc
      .uint8Array({ maxLength: 15 })
      .map((bytes) => ["too small", Buffer.from(bytes), digestHeaders(Buffer.from(bytes))]),
    fc
      .integer({ min: PIECE_BYTES + 1, max: PIECE_BYTES + 40_000 })
      .map((size) => ["too large", Buffer.alloc(size), digestHeaders(Buffer.alloc(size))]),
    small.map((sent) => ["encoded", sent, { ...digestHeaders(sent), "content-encoding": "br" }]),
  ];
  // Large bodies are slow to send; a few are enough.
  const weighted = cases.map((arbitrary, index) => ({ weight: index === 4 ? 1 : 4, arbitrary }));
  return fc.tuple(fc.oneof(...weighted), fc.integer({ min: 0, max: 400 })).chain(([[kind, body, headers], index]) =>
    right(operation, clip).map((request) => ({
      ...request,
      what: `wrong piece: ${kind}`,
      path: pathFor(operation, clip.id, String(index)),
      headers: { authorization: request.headers.authorization ?? "", ...headers },
      body,
    })),
  );
}

function wrongMethod(operation: Operation): fc.Arbitrary<Hostile> {
  const known = operations.filter((other) => other.path === operation.path).map((other) => other.method);
  const methods = ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "GET"].filter(
    (method) => !known.includes(method),
  );
  return fc.tuple(anyClip(), fc.constantFrom(...methods)).map(([clip, method]) => ({
    what: "wrong method",
    operation,
    method,
    path: pathFor(operation, clip.id, "0"),
    headers: {},
    codes: ["method-not-allowed"],
  }));
}

function foreignOrigin(operation: Operation): fc.Arbitrary<Hostile> {
  const origin = fc.oneof(
    fc.constantFrom(
      "null",
      "https://evil.example",
      `${api.origin}.evil.example`,
      api.origin.toUpperCase(),
      "",
      "file://",
    ),
    fc.stringMatching(/^https?:\/\/[a-z]{1,8}\.[a-z]{2,5}$/),
  );
  return fc.tuple(fc.constantFrom(clips.draft, clips.ready, clips.leased), origin).chain(([clip, value]) =>
    right(operation, clip).map((request) => ({
      ...request,
      what: "foreign origin",
      headers: { ...request.headers, origin: value },
      codes: ["origin-not-allowed"],
    })),
  );
}

/** With every right token, for clips in states in which the rules forbid just this. */
function wrongState(operation: Operation): fc.Arbitrary<Hostile> {
  const { draft, ready, leased, expired } = clips;
  const forbidden: Record<string, TestClip[]> = {
    "PUT /api/clips/{id}": [draft, ready, leased, expired],
    "POST /api/clips/{id}/send": [draft, ready, leased, expired],
    "POST /api/clips/{id}/discard": [ready, leased, expired],
    "POST /api/clips/{id}/revoke": [draft, expired],
    "GET /api/clips/{id}": [draft],
    "POST /api/clips/{id}/lease": [draft, leased, expired],
    "PUT /api/clips/{id}/pieces/{n}": [ready, leased, expired],
    "GET /api/clips/{id}/pieces/{n}": [draft, ready, expired],
    "POST /api/clips/{id}/heartbeat": [draft, ready, expired],
    "POST /api/clips/{id}/burn": [draft, ready, expired],
  };
  const candidates = forbidden[`${operation.method} ${operation.path}`];
  if (!candidates) return wrongToken(operation);
  return fc
    .constantFrom(...candidates)
    .chain((clip) => right(operation, clip).map((request) => ({ ...request, what: "wrong state" })));
}

function noSuchPath(): fc.Arbitrary<Hostile> {
  const segment = fc.string({ maxLength: 12, unit: "grapheme" }).map(encodeOnce);
  const path = fc.oneof(
    fc.array(segment, { maxLength: 4 }).map((parts) => `/x/${parts.join("/")}`),
    fc.constantFrom(
      "/",
      "//",
      "/api",
      "/api/clips",
      "/api/rooms",
      "/v",
      "/V/x",
      "/assets/",
      "/assets/../x",
      "/embed/1/x",
      "/%2e%2e/",
      "/healthz/",
      "/openapi.json/x",
      "/frame/",
      "/?x=%2523k",
    ),
    segment.filter((text) => text !== "").map((text) => `/assets/${text}.none`),
    segment.filter((text) => text !== "").map((text) => `/problems/${text}-x`),
  );
  const operation = operations[0] as Operation;
  return fc.tuple(path, fc.constantFrom("GET", "GET", "POST", "DELETE")).map(([where, method]) => ({
    what: "no such path",
    operation,
    method,
    path: where,
    headers: {},
    codes: ["no-such-route", "fragment-in-path", ...(method === "GET" ? [] : (["method-not-allowed"] as const))],
  }));
}

/** Values as a schema describes them. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.properties) {
    return fc.record(
      Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, valuesOf(field)])),
    );
  }
  if (schema.type === "object") return fc.constant({});
  if (schema.type === "string") return schema.pattern ? stringLike(schema.pattern) : fc.string();
  const step = schema.multipleOf ?? 1;
  const [least, most] = [schema.minimum ?? 0, Math.min(schema.maximum ?? 1_000_000, 1_000_000)];
  return fc.integer({ min: Math.ceil(least / step), max: Math.floor(most / step) }).map((value) => value * step);
}

/** Strings of a pattern; a few of each, because making one takes long. */
function stringLike(pattern: string): fc.Arbitrary<string> {
  const known = samples.get(pattern) ?? fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 40, seed: SEED });
  samples.set(pattern, known);
  return fc.constantFrom(...known);
}

/** Values that a schema can't describe. */
function wrongValuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const nothing = fc.constantFrom(null, [], {}, true);
  if (schema.type === "string")
    return fc.oneof(
      nothing,
      fc.integer(),
      fc.string().map((text) => `${text}=`),
      fc.constantFrom("", "A".repeat(30_000)),
    );
  return fc.oneof(
    nothing,
    fc.string(),
    fc.constantFrom(-1, -0.5, 1e21, 0.1 + (schema.maximum ?? 0)),
    fc.double({ max: -0.001, noNaN: true, noDefaultInfinity: true }),
  );
}

function headerText(): fc.Arbitrary<string> {
  return fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, "?").trim());
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Percent-encodes what a request line can't carry, and leaves broken encodings as they are. */
function encodeOnce(text: string): string {
  const wellFormed = text.toWellFormed();
  return wellFormed.replaceAll(/[^A-Za-z0-9_.~%-]/gu, (character) =>
    encodeURIComponent(character).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
  );
}

function pathFor(operation: Operation, id: string, index: string): string {
  return operation.path
    .replace("{id}", id)
    .replace("{roomId}", id)
    .replace("{n}", index)
    .replace(/\{\w+\}/, "x");
}

interface Document {
  paths: Record<string, Record<string, Described>>;
}
interface Described {
  security: Record<string, []>[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { "x-codes"?: ApiErrorCode[] }>;
}

function readOperations(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      path,
      method: method.toUpperCase(),
      token: Object.keys(described.security[0] ?? {})[0] as Operation["token"],
      json: described.requestBody?.content["application/json"]?.schema,
      takesPiece: Boolean(described.requestBody?.content["application/octet-stream"]),
      codes: new Set(Object.values(described.responses).flatMap((response) => response["x-codes"] ?? [])),
    })),
  );
}

/** Everything that is stored: all documents with versions and deadlines, all files with their content. */
function dump(): string {
  const db = new DatabaseSync(join(api.dataDir, "store.sqlite"), { readOnly: true });
  const documents = db.prepare("SELECT * FROM documents ORDER BY key").all();
  db.close();
  const folder = join(api.dataDir, "blobs");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex"),
    ]);
  return JSON.stringify([documents, files]);
}
