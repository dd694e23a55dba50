/**
 * The server process: reads its configuration from the environment, starts, says where, and ends gracefully on SIGTERM,
 * SIGINT and SIGHUP. Realm: server.
 */

import { CodedError } from "../widget/wire/errors.ts";
import { startApi } from "./app.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { openLog } from "./log.ts";

async function main(): Promise<void> {
  const config = configOrExit();
  const log = openLog(config.logLevel);
  const api = await startApi({ config, clock: Date, log }).catch((error: unknown) => exit(sentenceFor(error)));
  const end = async (signal: string) => {
    log.info({ event: "closing", signal });
    await api.close();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, end);
  // Scripts wait for this line, whatever the log level is.
  log.child({}, { level: "info" }).info({ event: "ready", ready: api.origin, port: api.port });
  log.flush();
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) exit(error.message);
    throw error;
  }
}

function sentenceFor(error: unknown): string {
  if (error instanceof CodedError) return `${error.message} Check REDIS_URL, S3_URL and DATA_DIR.`;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EADDRINUSE") return "PORT is taken by another process: name another one, or 0 for any free port.";
  if (code === "EACCES" || code === "EADDRNOTAVAIL")
    return "HOST and PORT are not ones that this process may listen on.";
  throw error;
}

function exit(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

await main();
