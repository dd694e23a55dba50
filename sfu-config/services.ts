/**
 * Finds or starts what the API stands on, for `npm start` and the tests: Redis, an S3 store, and LiveKit.
 * One line per part says what is used: given, found, installing, building, embedded, absent. Whatever is started listens
 * on loopback only and ends with this process, however it ends. Sees what those servers see: ciphertext, ids, times.
 * Source: architecture.md, "Components".
 */
import { join } from "node:path";
import { buildMinio, findMinio } from "./build-minio.ts";
import { givenUrl } from "./given-url.ts";
import type { OwnSfu, SfuAccess } from "./livekit.ts";
import { type MediaChoice, startMedia } from "./media-services.ts";
import { startMinio } from "./minio.ts";
import { aptInstall, canAptInstall, onPath, type Print } from "./programs.ts";
import { type OwnServer, REDIS_PROGRAMS, startRedis } from "./redis.ts";

/**
 * - `auto`: the URL from the environment, else a program found on the machine, else embedded
 * - `embedded`: the API's own store in a file or folder; nothing is started
 * - `required`: a fresh server of our own, installed or built if missing; never the URL from the environment, because
 *   the tests write to it
 */
export type Choice = "auto" | "embedded" | "required";

export interface ServicesOptions {
  redis: Choice;
  blobs: Choice;
  /** default `absent`: rooms have their group and chat, but no media */
  media?: MediaChoice;
  /** each server gets a folder of its own in here */
  dataDir: string;
  /** where the servers' logs go; default `<dataDir>/logs` */
  logDir?: string;
  print: Print;
  /** REDIS_URL, S3_URL, LIVEKIT_URL and PATH are read from here; default this process's environment */
  env?: NodeJS.ProcessEnv;
}

/** An absent URL means embedded. */
export interface Services {
  readonly redisUrl?: string;
  readonly s3Url?: string;
  /** absent: rooms have no media. While LiveKit is being built it is told already, and nobody answers there. */
  readonly livekit?: SfuAccess;
  /** present if started here */
  readonly redis?: OwnServer;
  readonly minio?: OwnServer;
  readonly sfu?: OwnSfu;
  stop(): Promise<void>;
}

/** One part of them, and how it ends if it was started here. */
export interface Part {
  readonly found: Omit<Services, "stop">;
  stop?(): Promise<void>;
}

/** @throws Error in one sentence if a required part can't be had. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const starting = [startDatabase(options), startBlobs(options), startMedia(options)] as const;
  const [redis, blobs, media] = await Promise.allSettled(starting);
  const parts = [redis, blobs, media];
  const stop = async (): Promise<void> => {
    await Promise.all(parts.map((part) => (part.status === "fulfilled" ? part.value.stop?.() : undefined)));
  };
  for (const part of parts) {
    if (part.status === "rejected") {
      await stop();
      throw part.reason;
    }
  }
  return { ...partOf(redis).found, ...partOf(blobs).found, ...partOf(media).found, stop };
}

const partOf = <T>(part: PromiseSettledResult<T>): T => (part as PromiseFulfilledResult<T>).value;

async function startDatabase(options: ServicesOptions): Promise<Part> {
  const { env = process.env, dataDir, logDir = join(dataDir, "logs") } = options;
  const print: Print = (line) => options.print(`database  ${line}`);
  if (options.redis === "auto" && env.REDIS_URL) {
    return { found: { redisUrl: givenUrl(env.REDIS_URL, "REDIS_URL", print) } };
  }
  const binary = options.redis === "embedded" ? null : await redisServer(options.redis, env, print);
  if (binary === null) {
    print(`embedded: one file in ${dataDir}${options.redis === "auto" ? " (no redis-server on this machine)" : ""}`);
    return { found: {} };
  }
  const server = await startRedis({ binary, dataDir: join(dataDir, "redis"), logFile: join(logDir, "redis.log") });
  print(`found ${binary}, started at ${new URL(server.url).host}, data in ${server.dataDir}`);
  return { found: { redisUrl: server.url, redis: server }, stop: () => server.stop() };
}

async function startBlobs(options: ServicesOptions): Promise<Part> {
  const { env = process.env, dataDir, logDir = join(dataDir, "logs") } = options;
  const print: Print = (line) => options.print(`blobs     ${line}`);
  if (options.blobs === "auto" && env.S3_URL) return { found: { s3Url: givenUrl(env.S3_URL, "S3_URL", print) } };
  const found = options.blobs === "embedded" ? null : findMinio(env);
  const binary = found ?? (options.blobs === "required" ? await buildMinio(print, env) : null);
  if (binary === null) {
    print(`embedded: a folder in ${dataDir}${options.blobs === "auto" ? " (no minio on this machine)" : ""}`);
    return { found: {} };
  }
  const server = await startMinio({ binary, dataDir: join(dataDir, "minio"), logFile: join(logDir, "minio.log") });
  print(`found ${binary}, started at ${new URL(server.url).host}, data in ${server.dataDir}`);
  return { found: { s3Url: server.url, minio: server }, stop: () => server.stop() };
}

async function redisServer(choice: Choice, env: NodeJS.ProcessEnv, print: Print): Promise<string | null> {
  const found = onPath(REDIS_PROGRAMS, env.PATH);
  if (found !== null || choice !== "required") return found;
  if (!canAptInstall()) throw new Error("Redis is not on this machine: install redis-server or valkey, then try again");
  await aptInstall(["redis-server"], print);
  const installed = onPath(REDIS_PROGRAMS, env.PATH);
  if (installed === null) throw new Error("redis-server was installed, but PATH does not lead to it");
  return installed;
}
