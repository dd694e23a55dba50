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
import type { ClipRecords, Clock, Found } from "../clips/clip-record.ts";
import type { RoomRelay } from "../rooms/room-relay.ts";
import type { Store } from "../store/store.ts";

/** What the steps of a request have found out; each is set by the step of that name, before another step reads it. */
export interface Facts {
  requestId: string;
  /** template of the matched path, for the log */
  route: string;
  clipId: string;
  roomId: string;
  pieceIndex: number;
  /** SHA-256 of the bearer token, base64url */
  tokenHash: string;
  /** checked against the route's schema */
  body: unknown;
  /** the clip that the token may see, as time has left it */
  clip: Clip;
  /** … and what it was read as, for a change that follows at once */
  found: Found;
  /** what an arriving piece must turn out to be */
  expected: { bytes: number; sha256: Uint8Array };
  /** body bytes read */
  bytesIn: number;
  /** of the answer's body, where `answer` has given it */
  bytesOut?: number;
  /** what goes out as JSON */
  answer?: object;
}

export type Context = ParameterizedContext<Facts, { params: Record<string, string> }>;
export type Step = (ctx: Context, next: Next) => unknown;

/** What routes work with. */
export interface Services {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly records: ClipRecords;
  readonly rooms: RoomRelay;
  readonly clock: Clock;
  readonly log: Logger;
  /** of the frame and this API, known once the port is */
  readonly origin: string;
  readonly allowedOrigins: readonly string[];
  readonly staticDir: string;
  /** `ws[s]://…`, LiveKit as browsers reach it; absent: there is none */
  readonly sfuUrl?: string;
  /** before this server */
  readonly trustedProxies: number;
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
  readonly token?: "manage" | "view" | "lease" | "relay";
  readonly body?: Content;
  readonly answers: Readonly<Record<number, Content>>;
  readonly problems: readonly ApiErrorCode[];
  readonly steps: readonly Step[];
}

/** Answers with JSON. Only a stream, a file or another media type is put into `ctx.body` itself. */
export function answer(ctx: Context, value: object, status = 200): void {
  ctx.state.answer = value;
  ctx.status = status;
}

/** Several steps as one. */
export function inTurn(steps: readonly Step[]): Step {
  return function stepByStep(ctx, next) {
    const run = (at: number): unknown => {
      const step = steps[at];
      return step ? step(ctx, () => run(at + 1) as Promise<unknown>) : next();
    };
    return run(0);
  };
}

/** Parameter names of a path, in order. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");
}
