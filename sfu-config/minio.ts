/**
 * A MinIO of our own on a loopback port, with credentials and one bucket of its own; and how the tests build it.
 * For `npm start` and the tests; it sees what the API stores as blobs: ciphertext.
 * MinIO's repository is archived: nothing may depend on it beyond S3.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, LOOPBACK, untilReady, withFreePort } from "./loopback-port.ts";
import { type OwnedProcess, startOwned } from "./owned-process.ts";
import type { OwnServer } from "./redis.ts";
import { createBucket } from "./s3-bucket.ts";

export interface MinioOptions {
  /** path of minio */
  binary: string;
  /** holds objects and credentials; kept at stop */
  dataDir: string;
  logFile: string;
}

interface Credentials {
  key: string;
  secret: string;
}

const BUCKET = "clips";
const REGION = "us-east-1";

/**
 * Starts MinIO. Resolves when the bucket is there; `url` is `http://key:secret@127.0.0.1:port/bucket?region=…`.
 * @throws Error if it can't start; the log file says why.
 */
export function startMinio(options: MinioOptions): Promise<OwnServer> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const credentials = keptCredentials(join(options.dataDir, "credentials.json"));
  return withFreePort(async (port) => {
    const url = `http://${credentials.key}:${credentials.secret}@${LOOPBACK}:${port}/${BUCKET}?region=${REGION}`;
    let running = await launch(options, port, credentials);
    await createBucket(url);
    return {
      url,
      dataDir: options.dataDir,
      kill: async () => void (await running.kill()),
      stop: async () => void (await running.stop()),
      restart: async () => {
        await running.stop();
        running = await launch(options, port, credentials);
      },
    };
  });
}

/** The data of an earlier start is readable only with the credentials of that start. */
function keptCredentials(file: string): Credentials {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Credentials;
  const credentials = { key: randomBytes(10).toString("hex"), secret: randomBytes(20).toString("hex") };
  writeFileSync(file, JSON.stringify(credentials), { mode: 0o600 });
  return credentials;
}

async function launch(options: MinioOptions, port: number, credentials: Credentials): Promise<OwnedProcess> {
  const address = `${LOOPBACK}:${port}`;
  const console = `${LOOPBACK}:${await freePort()}`;
  const args = [
    "server",
    "--quiet",
    "--address",
    address,
    "--console-address",
    console,
    join(options.dataDir, "objects"),
  ];
  const server = await startOwned(options.binary, args, {
    logFile: options.logFile,
    background: true,
    env: {
      PATH: process.env.PATH,
      // It looks for certificates and old settings in the home folder.
      HOME: options.dataDir,
      MINIO_ROOT_USER: credentials.key,
      MINIO_ROOT_PASSWORD: credentials.secret,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
    },
  });
  try {
    await untilReady(server, async () => (await fetch(`http://${address}/minio/health/cluster`)).ok);
    return server;
  } catch (error) {
    await server.kill();
    throw new Error(`MinIO did not start (its log: ${options.logFile})`, { cause: error });
  }
}
