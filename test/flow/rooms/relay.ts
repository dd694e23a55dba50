/**
 * A relay with rooms, and nothing in front of it: the API on the run's Redis or on the embedded store, real time.
 * Test support.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { type Api, startApi } from "../../../api/app.ts";
import { readConfig } from "../../../api/config.ts";
import { openLog } from "../../../api/log.ts";
import "../../support/record-sockets.ts";

export interface TestRelay {
  readonly api: Api;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** of the embedded store */
  readonly dataDir: string;
  readonly logFile: string;
  close(): Promise<void>;
}

export interface RelayOptions {
  /** several relays on one store share a prefix */
  readonly prefix?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function openRelay(store: "redis" | "embedded", options: RelayOptions = {}): Promise<TestRelay> {
  const folder = mkdtempSync(join(process.env.TEST_RUN_DIR ?? tmpdir(), "relay-"));
  const logFolder = process.env.TEST_LOG_DIR ?? join(folder, "logs");
  mkdirSync(logFolder, { recursive: true });
  const dataDir = join(folder, "data");
  const config = readConfig({
    ...(store === "redis" ? redis(options.prefix) : {}),
    DATA_DIR: dataDir,
    PUBLIC_ORIGIN: "http://frame.localhost",
    SWEEP_MS: "200",
    ...options.env,
  });
  const logFile = join(logFolder, `relay-${randomBytes(4).toString("hex")}.log`);
  const log = openLog("trace", pino.destination({ dest: logFile, sync: true }));
  const api = await startApi({ config, clock: Date, log });
  return { api, origin: `http://127.0.0.1:${api.port}`, dataDir, logFile, close: () => api.close() };
}

function redis(prefix = `rooms-${randomBytes(4).toString("hex")}:`): Record<string, string> {
  const url = process.env.TEST_REDIS_URL;
  if (!url) throw new Error("this test needs the run's Redis: npm test -- rooms");
  return { REDIS_URL: url, REDIS_PREFIX: prefix };
}
