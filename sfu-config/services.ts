/**
 * Finds or starts what the API stands on, for `npm start` and the tests: Redis and an S3 store.
 * One line per part says what is used: given, found, installing, building, embedded. Whatever is started listens on
 * loopback only and ends with this process, however it ends. Sees what those servers see: ciphertext, ids, times.
 * Source: architecture.md, "Components".
 */
import { join } from "node:path";
import { buildMinio, findMinio } from "./build-minio.ts";
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
  /** each server gets a folder of its own in here */
  dataDir: string;
  /** where the servers' logs go; default `<dataDir>/logs` */
  logDir?: string;
  print: Print;
  /** REDIS_URL, S3_URL and PATH are read from here; default this process's environment */
  env?: NodeJS.ProcessEnv;
}

/** An absent URL means embedded. */
export interface Services {
  readonly redisUrl?: string;
  readonly s3Url?: string;
  /** present if started here */
  readonly redis?: OwnServer;
  readonly minio?: OwnServer;
  stop(): Promise<void>;
}

interface Part {
  url?: string;
  server?: OwnServer;
}

/** @throws Error in one sentence if a required part can't be had. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const parts = await Promise.allSettled([startDatabase(options), startBlobs(options)]);
  const servers = parts.map((part) => (part.status === "fulfilled" ? part.value.server : undefined));
  const stop = async (): Promise<void> => void (await Promise.all(servers.map((server) => server?.stop())));
  for (const part of parts) {
    if (part.status === "rejected") {
      await stop();
      throw part.reason;
    }
  }
  const [redis, blobs] = parts.map((part) => (part as PromiseFulfilledResult<Part>).value) as [Part, Part];
  return {
    ...(redis.url === undefined ? {} : { redisUrl: redis.url }),
    ...(blobs.url === undefined ? {} : { s3Url: blobs.url }),
    ...(redis.server === undefined ? {} : { redis: redis.server }),
    ...(blobs.server === undefined ? {} : { minio: blobs.server }),
    stop,
  };
}

async function startDatabase(options: ServicesOptions): Promise<Part> {
  const { env = process.env, dataDir, logDir = join(dataDir, "logs") } = options;
  const print: Print = (line) => options.print(`database  ${line}`);
  if (options.redis === "auto" && env.REDIS_URL) return given(env.REDIS_URL, "REDIS_URL", print);
  const binary = options.redis === "embedded" ? null : await redisServer(options.redis, env, print);
  if (binary === null) {
    print(`embedded: one file in ${dataDir}${options.redis === "auto" ? " (no redis-server on this machine)" : ""}`);
    return {};
  }
  const server = await startRedis({ binary, dataDir: join(dataDir, "redis"), logFile: join(logDir, "redis.log") });
  print(`found ${binary}, started at ${new URL(server.url).host}, data in ${server.dataDir}`);
  return { url: server.url, server };
}

async function startBlobs(options: ServicesOptions): Promise<Part> {
  const { env = process.env, dataDir, logDir = join(dataDir, "logs") } = options;
  const print: Print = (line) => options.print(`blobs     ${line}`);
  if (options.blobs === "auto" && env.S3_URL) return given(env.S3_URL, "S3_URL", print);
  const found = options.blobs === "embedded" ? null : findMinio(env);
  const binary = found ?? (options.blobs === "required" ? await buildMinio(print, env) : null);
  if (binary === null) {
    print(`embedded: a folder in ${dataDir}${options.blobs === "auto" ? " (no minio on this machine)" : ""}`);
    return {};
  }
  const server = await startMinio({ binary, dataDir: join(dataDir, "minio"), logFile: join(logDir, "minio.log") });
  print(`found ${binary}, started at ${new URL(server.url).host}, data in ${server.dataDir}`);
  return { url: server.url, server };
}

/** Names the host only: the URL holds a password. */
function given(url: string, name: string, print: Print): Part {
  if (!URL.canParse(url)) throw new Error(`${name} is not a URL`);
  print(`given by ${name}: ${new URL(url).host}`);
  return { url };
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
