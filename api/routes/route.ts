/**
 * The shape of a route: its path, what it takes and answers (the OpenAPI document is made from that), and its steps in
 * the order in which they run. Realm: server.
 */
import type { Next, ParameterizedContext } from "koa";
import type { Logger } from "pino";
import type { z } from "zod";
import type { ApiErrorCode } from "../../widget/wire/errors.ts";
import type { Blobs } from "../blobs/blobs.ts";
import type { Clip } from "../clips/clip.ts";
import type { ClipRecords, Clock } from "../clips/clip-record.ts";
import type { Store } from "../store/store.ts";

/** What the steps of a request have found out; each is set by the step of that name, before another step reads it. */
export interface Facts {
  requestId: string;
  /** template of the matched path, for the log */
  route: string;
  clipId: string;
  pieceIndex: number;
  /** SHA-256 of the bearer token, base64url */
  tokenHash: string;
  /** checked against the route's schema */
  body: unknown;
  /** the clip that the token may see, as time has left it */
  clip: Clip;
  /** what an arriving piece must turn out to be */
  expected: { bytes: number; sha256: Uint8Array };
  /** body bytes read */
  bytesIn: number;
}

export type Context = ParameterizedContext<Facts, { params: Record<string, string> }>;
export type Step = (ctx: Context, next: Next) => unknown;

/** What routes work with. */
export interface Services {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly records: ClipRecords;
  readonly clock: Clock;
  readonly log: Logger;
  /** of the frame and this API, known once the port is */
  readonly origin: string;
  readonly allowedOrigins: readonly string[];
  readonly staticDir: string;
  readonly clipTtlMs: number;
  readonly maxBytes: number;
  readonly maxSeconds: number;
  readonly draining: boolean;
}

/** The content of an answer or body: JSON of a schema, or a media type. */
export type Content = z.ZodType | `${string}/${string}`;

export interface Route {
  readonly method: "GET" | "PUT" | "POST";
  /** as the router takes it: `/api/clips/:id` */
  readonly path: string;
  readonly summary: string;
  /** which bearer token opens it */
  readonly token?: "manage" | "view" | "lease";
  readonly body?: Content;
  readonly answers: Readonly<Record<number, Content>>;
  readonly problems: readonly ApiErrorCode[];
  readonly steps: readonly Step[];
}

/** Parameter names of a path, in order. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");
}
