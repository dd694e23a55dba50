/**
 * The named steps that several routes share: each looks at one thing, and either notes it or refuses.
 * Realm: server; a token is seen here between its header and its hash, and nowhere else.
 * Source: RFC 6750 (Bearer), RFC 9110 (Content-Length, Content-Type), product.md O4.
 */
import type { z } from "zod";
import { TOKEN_BYTES } from "../../widget/wire/clip-limits.ts";
import type { Clip } from "../clips/clip.ts";
import type { Refused } from "../clips/clip-events.ts";
import { hashToken, sameHash } from "../clips/token.ts";
import { Refusal } from "./problems.ts";
import type { Context, Services, Step } from "./route.ts";
import { BYTES_32, CLIP_ID, PIECE_INDEX } from "./schemas.ts";

/** Of a JSON body: sealed metadata at its largest is 22 KB of base64url. */
const JSON_MAX_BYTES = 32 * 1024;
/** A scheme is the same in any case (RFC 9110 §11.1). */
const BEARER = "bearer ";
const BROKE_OFF = new Refusal("bad-request", "The body broke off.");
const utf8 = new TextDecoder("utf-8", { fatal: true });
/** For an unknown id, so that it costs the same comparison as a known one. */
const NO_HASH = hashToken(new Uint8Array(TOKEN_BYTES));

export const clipId: Step = (ctx, next) => {
  const id = ctx.params.id ?? "";
  if (!CLIP_ID.test(id)) throw new Refusal("bad-request", "A clip id is the base64url of 16 bytes.");
  ctx.state.clipId = id;
  return next();
};

export const pieceIndex: Step = (ctx, next) => {
  const index = ctx.params.n ?? "";
  if (!PIECE_INDEX.test(index))
    throw new Refusal("bad-request", "A piece index is a whole number without zeros in front.");
  ctx.state.pieceIndex = Number(index);
  return next();
};

export const token: Step = (ctx, next) => {
  const given = ctx.req.headers.authorization ?? "";
  const spelling = given.slice(BEARER.length);
  if (given.slice(0, BEARER.length).toLowerCase() !== BEARER || !BYTES_32.test(spelling))
    throw new Refusal("bad-token");
  ctx.state.tokenHash = hashToken(Buffer.from(spelling, "base64url"));
  return next();
};

/** The clip whose `owner` hash the token has; a wrong token and an unknown id look alike and cost alike. */
export function clipOf(services: Services, owner: "manageTokenHash" | "viewTokenHash"): Step {
  return async function ownedClip(ctx, next) {
    const found = await services.records.find(ctx.state.clipId);
    const clip = found?.clip;
    const matches = sameHash(clip?.[owner] ?? NO_HASH, ctx.state.tokenHash);
    if (!clip || !matches) throw new Refusal("no-such-clip");
    ctx.state.clip = clip;
    ctx.state.found = found;
    return next();
  };
}

/** Reads and checks a JSON body. With `optional`, no body at all counts as `{}`. */
export function jsonBody(schema: z.ZodType, { optional = false, maxBytes = JSON_MAX_BYTES } = {}): Step {
  return async function checkedBody(ctx, next) {
    const isAbsent = ctx.req.headers["transfer-encoding"] === undefined && Number(ctx.get("content-length") || 0) === 0;
    const value = optional && isAbsent ? {} : parseJson(await readJson(ctx, maxBytes));
    const result = schema.safeParse(value);
    if (!result.success) throw new Refusal("bad-request", describeIssue(result.error.issues[0]));
    ctx.state.body = result.data;
    return next();
  };
}

/** The body that `jsonBody` checked. */
export function bodyOf<T>(ctx: Context): T {
  return ctx.state.body as T;
}

/** Throws what the rules refused; otherwise the clip, which then exists. */
export function allowed(outcome: { clip: Clip | null; refused?: Refused } | null): Clip {
  if (!outcome?.clip) throw new Refusal("no-such-clip");
  if (outcome.refused) throw refusalOf(outcome.refused);
  return outcome.clip;
}

export function refusalOf({ code, retryAfter }: Refused): Refusal {
  return new Refusal(code, "", retryAfter === undefined ? {} : { retryAfter });
}

/** The declared media type, or a refusal; encodings are refused, because sizes and hashes are of what is sent. */
export function requireType(ctx: Context, type: string): void {
  const [given = "", ...parameters] = ctx.get("content-type").toLowerCase().split(";");
  const isUtf8 = parameters.every((parameter) => /^\s*(charset="?utf-8"?)?\s*$/.test(parameter));
  if (given.trim() !== type || !isUtf8) throw new Refusal("unsupported-type", `The body must be ${type}.`);
  if (ctx.get("content-encoding")) throw new Refusal("unsupported-type", "The body must not be encoded.");
}

/** By events: an async iterator over a body of one chunk costs more than all the rest of reading it. */
function readJson(ctx: Context, maxBytes: number): Promise<Buffer> {
  requireType(ctx, "application/json");
  const tooLarge = () => new Refusal("body-too-large", `The JSON body is at most ${maxBytes / 1024} KiB here.`);
  if (Number(ctx.get("content-length") || 0) > maxBytes) throw tooLarge();
  const { req, state } = ctx;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer) => {
      state.bytesIn += chunk.length;
      chunks.push(chunk);
      if (state.bytesIn <= maxBytes) return;
      // What is still to come is not ours to hold; the connection must outlive the refusal, to carry the answer.
      req.off("data", take);
      reject(tooLarge());
    };
    req.on("data", take);
    req.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    // Comes after `end`, too, and then changes nothing.
    req.once("close", () => reject(BROKE_OFF));
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Refusal("bad-request", "The body is not JSON in UTF-8.");
  }
}

/** Names the field by the schema's own name for it: what was sent is not repeated. */
function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const field = issue?.path.join(".") ?? "";
  if (issue?.code === "unrecognized_keys") return "The body has a field that this path does not know.";
  return field
    ? `The field ${field} is missing or not what the OpenAPI document says.`
    : "The body is not the expected object.";
}
