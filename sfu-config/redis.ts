/**
 * A Redis of our own on a loopback port: append-only file, own data folder, a password made at start.
 * For `npm start` and the tests; it sees what the API stores: ciphertext, ids, times.
 * Source: redis.io, "Redis persistence" and "Redis security".
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { exchange, LOOPBACK, untilReady, withFreePort } from "./loopback-port.ts";
import { type OwnedProcess, startOwned } from "./owned-process.ts";

export interface RedisOptions {
  /** path of redis-server or valkey-server */
  binary: string;
  /** holds the append-only file; kept at stop */
  dataDir: string;
  logFile: string;
}

/** Names under which it is installed. */
export const REDIS_PROGRAMS: readonly string[] = ["redis-server", "valkey-server"];

/** A server that tests may crash and bring back under the same URL with the same data. */
export interface OwnServer {
  readonly url: string;
  readonly dataDir: string;
  /** SIGKILL, as in a crash. */
  kill(): Promise<void>;
  /** Starts it again after `kill` or `stop`; ends it first if it still runs. Resolves when it answers. */
  restart(): Promise<void>;
  /** SIGTERM, then SIGKILL after 5 s. */
  stop(): Promise<void>;
}

/** Starts Redis. Resolves when it answers. @throws Error if it can't start; the log file says why. */
export function startRedis(options: RedisOptions): Promise<OwnServer> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString("hex");
  return withFreePort(async (port) => {
    let running = await launch(options, port, password);
    return {
      url: `redis://:${password}@${LOOPBACK}:${port}`,
      dataDir: options.dataDir,
      kill: async () => void (await running.kill()),
      stop: async () => void (await running.stop()),
      restart: async () => {
        await running.stop();
        running = await launch(options, port, password);
      },
    };
  });
}

async function launch(options: RedisOptions, port: number, password: string): Promise<OwnedProcess> {
  // `-` reads the configuration from standard input, so the password is in no file and no process list.
  const server = await startOwned(options.binary, ["-"], {
    logFile: options.logFile,
    input: configuration(options.dataDir, port, password),
    cwd: options.dataDir,
    background: true,
  });
  try {
    await untilReady(server, async () => {
      const answer = await exchange(port, `AUTH ${password}\r\nPING\r\nQUIT\r\n`);
      return answer.includes("+PONG");
    });
    return server;
  } catch (error) {
    await server.kill();
    throw new Error(`Redis did not start (its log: ${options.logFile})`, { cause: error });
  }
}

function configuration(dataDir: string, port: number, password: string): string {
  return [
    `port ${port}`,
    `bind ${LOOPBACK}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(dataDir)}`,
    "appendonly yes",
    // An answered write is on disk: a burned clip must not come back after a crash.
    "appendfsync always",
    'save ""',
    "daemonize no",
    "",
  ].join("\n");
}
