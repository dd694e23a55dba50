/**
 * What the environment says, checked before anything starts: a wrong value stops the start with a sentence that names
 * the variable and what to change. Realm: server; sees the secrets inside REDIS_URL and S3_URL and LiveKit's, and never
 * repeats a value.
 * Source: product.md S2 (http origins only on loopback), docs/self-host.md.
 */
import { join } from "node:path";
import { z } from "zod";
import { isBase64urlOf } from "../widget/wire/bytes.ts";
import { CLIP_MAX_BYTES, CLIP_MAX_S, CLIP_TTL_S, PIECE_BYTES } from "../widget/wire/clip-limits.ts";

export interface S3Config {
  readonly endPoint: string;
  readonly port: number;
  readonly useSSL: boolean;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  readonly region: string;
}

/** LiveKit, which passes sealed media on. */
export interface SfuConfig {
  /** where this server reaches it: an origin, http(s) */
  readonly apiUrl: string;
  /** where browsers reach it: an origin, ws(s) */
  readonly publicUrl: string;
  readonly key: string;
  readonly secret: string;
}

export interface Config {
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
  /** the frame's origin; absent: http://frame.localhost:<port> */
  readonly publicOrigin?: string;
  /** the embedding sites: they become `frame-ancestors` */
  readonly allowedOrigins: readonly string[];
  /** absent: the embedded store */
  readonly redis?: { readonly urls: readonly string[]; readonly prefix: string };
  /** absent: a folder */
  readonly s3?: S3Config;
  /** absent: rooms without sound and picture */
  readonly sfu?: SfuConfig;
  /** proxies of the operator's own that stand before this server, each adding to X-Forwarded-For */
  readonly trustedProxies: number;
  readonly dataDir: string;
  readonly staticDir: string;
  readonly clipTtlMs: number;
  readonly clipMaxBytes: number;
  readonly clipMaxSeconds: number;
  readonly logLevel: string;
  readonly sweepMs: number;
  /** where the server runs; signed into the audit trail of every room */
  readonly region: (typeof REGIONS)[number];
  /** seed of the Ed25519 key of audit heads, base64url; absent: made once, and kept in the store */
  readonly auditKey?: string;
}

/** Its message is for the operator: one sentence per wrong variable, none of which repeats a value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const REGIONS = ["eu", "ch", "any"] as const;

const variables = z.object({
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, "is an address or host name to listen on, such as 127.0.0.1")
    .default("127.0.0.1"),
  PORT: whole(0, 65_535, 0),
  PUBLIC_ORIGIN: z.string().transform(origin).optional(),
  ALLOWED_ORIGINS: z
    .string()
    .default("")
    .transform((text, context) => listOf(text).map((entry) => origin(entry, context))),
  REDIS_URL: z.string().transform(redisUrls).optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w:.-]{0,64}$/, "is up to 64 letters, digits, and _ : . -")
    .optional(),
  S3_URL: z.string().transform(s3).optional(),
  LIVEKIT_URL: z.string().transform(sfuUrl).optional(),
  LIVEKIT_PUBLIC_URL: z.string().transform(sfuUrl).optional(),
  LIVEKIT_API_KEY: z
    .string()
    .regex(/^[\w.-]{1,128}$/, "is up to 128 letters, digits, and _ . -")
    .optional(),
  LIVEKIT_API_SECRET: z.string().min(32, "has at least 32 characters").optional(),
  TRUST_PROXY: whole(0, 9, 0),
  DATA_DIR: z.string().default(join(import.meta.dirname, "../.data")),
  STATIC_DIR: z.string().default(join(import.meta.dirname, "../widget/dist")),
  CLIP_TTL_S: whole(60, CLIP_TTL_S, CLIP_TTL_S),
  CLIP_MAX_BYTES: whole(PIECE_BYTES, 2_000_000_000, CLIP_MAX_BYTES),
  CLIP_MAX_S: whole(10, 3_600, CLIP_MAX_S),
  LOG_LEVEL: z.enum(LOG_LEVELS, `is one of ${LOG_LEVELS.join(", ")}`).default("info"),
  SWEEP_MS: whole(50, 60_000, 2_000),
  REGION: z.enum(REGIONS, `is one of ${REGIONS.join(", ")}`).default("any"),
  AUDIT_KEY: z
    .string()
    .refine((text) => isBase64urlOf(text, 32), "is the base64url of 32 random bytes")
    .optional(),
});

/**
 * Reads the variables of `environment`; an empty one counts as absent, and unknown ones are none of its business.
 * @throws ConfigError
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const result = variables.safeParse(given);
  if (!result.success) {
    throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`).join("\n"));
  }
  const read = result.data;
  refuseCombinations(read);
  return {
    host: read.HOST,
    port: read.PORT,
    ...(read.PUBLIC_ORIGIN ? { publicOrigin: read.PUBLIC_ORIGIN } : {}),
    allowedOrigins: [...new Set(read.ALLOWED_ORIGINS)],
    ...(read.REDIS_URL ? { redis: { urls: read.REDIS_URL, prefix: read.REDIS_PREFIX ?? "" } } : {}),
    ...(read.S3_URL ? { s3: read.S3_URL } : {}),
    ...sfuOf(read),
    trustedProxies: read.TRUST_PROXY,
    dataDir: read.DATA_DIR,
    staticDir: read.STATIC_DIR,
    clipTtlMs: read.CLIP_TTL_S * 1_000,
    clipMaxBytes: read.CLIP_MAX_BYTES,
    clipMaxSeconds: read.CLIP_MAX_S,
    logLevel: read.LOG_LEVEL,
    sweepMs: read.SWEEP_MS,
    region: read.REGION,
    ...(read.AUDIT_KEY ? { auditKey: read.AUDIT_KEY } : {}),
  };
}

/** Whether a host name means this machine only. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|::1|\[::1\])$/.test(hostname);
}

function refuseCombinations(read: z.output<typeof variables>): void {
  if (!isLoopback(read.HOST) && !read.PUBLIC_ORIGIN) {
    throw new ConfigError(
      "PUBLIC_ORIGIN is missing: HOST is reachable from other machines, so name the https origin of the frame.",
    );
  }
  if (read.PUBLIC_ORIGIN && read.ALLOWED_ORIGINS.includes(read.PUBLIC_ORIGIN)) {
    throw new ConfigError(
      "ALLOWED_ORIGINS contains PUBLIC_ORIGIN: the frame must live on another origin than the sites.",
    );
  }
  if (read.REDIS_PREFIX && !read.REDIS_URL) {
    throw new ConfigError("REDIS_PREFIX is of no use without REDIS_URL: give both or neither.");
  }
}

function sfuOf(read: z.output<typeof variables>): { readonly sfu?: SfuConfig } {
  const { LIVEKIT_URL: url, LIVEKIT_PUBLIC_URL: given, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret } = read;
  if (!url && !given && !key && !secret) return {};
  if (!url || !key || !secret) {
    throw new ConfigError(
      "LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET belong together: give all three or none.",
    );
  }
  const publicUrl = given ?? url;
  if (!/^(wss|https):/.test(publicUrl) && !isLoopback(new URL(publicUrl).hostname)) {
    const name = given ? "LIVEKIT_PUBLIC_URL" : "LIVEKIT_URL";
    throw new ConfigError(
      `${name} takes wss only where it is not on this machine; if browsers reach LiveKit at another address than this server, name theirs in LIVEKIT_PUBLIC_URL.`,
    );
  }
  return { sfu: { apiUrl: url.replace(/^ws/, "http"), publicUrl: publicUrl.replace(/^http/, "ws"), key, secret } };
}

function whole(least: number, most: number, otherwise: number) {
  const sentence = `is a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, sentence)
    .transform(Number)
    .refine((value) => value >= least && value <= most, sentence)
    .default(otherwise);
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
}

/** Narrower than what a URL may be: the value is written into a policy header. */
function origin(text: string, context: z.RefinementCtx): string {
  const match = /^(https?):\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/.exec(text);
  if (!match || !URL.canParse(text) || new URL(text).origin !== text) {
    context.addIssue({
      code: "custom",
      message: "takes exact origins such as https://www.example.org: lower case, no path, no wildcard, no default port",
    });
  } else if (match[1] === "http" && !isLoopback(match[2] ?? "")) {
    context.addIssue({ code: "custom", message: "takes https origins only: http is for localhost" });
  }
  return text;
}

function redisUrls(text: string, context: z.RefinementCtx): string[] {
  const urls = listOf(text);
  if (urls.length === 0 || !urls.every((url) => /^rediss?:$/.test(protocolOf(url)))) {
    context.addIssue({
      code: "custom",
      message:
        "takes redis://host:port or rediss://user:password@host:port, or the nodes of a cluster with commas between",
    });
  }
  return urls;
}

function s3(text: string, context: z.RefinementCtx): S3Config {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bucket = url?.pathname.slice(1) ?? "";
  const accessKey = decoded(url?.username ?? "");
  const secretKey = decoded(url?.password ?? "");
  const isS3 = /^https?:$/.test(url?.protocol ?? "") && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket);
  if (!url || !isS3 || !accessKey || !secretKey) {
    context.addIssue({ code: "custom", message: "takes https://key:secret@host:port/bucket?region=name" });
    return z.NEVER;
  }
  const useSSL = url.protocol === "https:";
  return {
    endPoint: url.hostname,
    port: url.port ? Number(url.port) : useSSL ? 443 : 80,
    useSSL,
    accessKey,
    secretKey,
    bucket,
    region: url.searchParams.get("region") ?? "us-east-1",
  };
}

/** An origin, as it is written into a policy header; @returns it without a closing slash */
function sfuUrl(text: string, context: z.RefinementCtx): string {
  const match = /^((?:wss?|https?):\/\/(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?)\/?$/.exec(
    text,
  );
  if (match?.[1] && URL.canParse(text)) return match[1];
  context.addIssue({ code: "custom", message: "takes wss://host or wss://host:port, lower case, without a path" });
  return z.NEVER;
}

/** Without its percent-encoding; "" if that is broken. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : "";
}
