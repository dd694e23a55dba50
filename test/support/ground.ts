/**
 * What tests stand on: one folder per run, a Redis, a MinIO, a Chromium, and the environment that names them.
 *
 * Test files find TEST_REDIS_URL, TEST_S3_URL, REDIS_BIN, MINIO_BIN, CHROME_PATH, TEST_LOG_DIR (logs of all servers
 * started in this run) and TEST_RUN_DIR (all that they store; temporary folders lie in it too).
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findMinio } from "../../sfu-config/build-minio.ts";
import { killAll } from "../../sfu-config/owned-process.ts";
import { onPath, type Print } from "../../sfu-config/programs.ts";
import { REDIS_PROGRAMS } from "../../sfu-config/redis.ts";
import { type Services, startServices } from "../../sfu-config/services.ts";
import { findChromium } from "./chromium.ts";

export class Ground {
  /** all that this run leaves behind */
  readonly runDir = mkdtempSync(join(tmpdir(), "whatping-test-"));
  /** what test files print */
  readonly outputDir = join(this.runDir, "output");
  /** keys that tests made, for the search at the end: beside the folder that is searched */
  readonly #secretsFile = `${this.runDir}.secrets`;
  #services: Services | undefined;

  constructor() {
    mkdirSync(this.outputDir);
  }

  /** Starts what is missing, which takes minutes on a machine that never built MinIO. @throws Error in a sentence. */
  async prepare(print: Print): Promise<NodeJS.ProcessEnv> {
    const logDir = join(this.runDir, "logs");
    const starting = startServices({ redis: "required", blobs: "required", dataDir: this.runDir, logDir, print });
    // Both are waited for, so that nothing is still being installed when an error ends the run.
    const [chromium, services] = await Promise.allSettled([findChromium(print), starting]);
    if (services.status === "rejected") throw services.reason;
    this.#services = services.value;
    if (chromium.status === "rejected") throw chromium.reason;
    print(`browser   found ${chromium.value}`);
    return this.#environment(services.value, { chromium: chromium.value, logDir });
  }

  #environment(services: Services, paths: { chromium: string; logDir: string }): NodeJS.ProcessEnv {
    // Tests write and delete: never in the stores that a developer's own settings name.
    const { REDIS_URL: _redis, S3_URL: _s3, ...env } = process.env;
    const temporary = join(this.runDir, "tmp");
    mkdirSync(temporary, { recursive: true });
    return {
      ...env,
      TEST_REDIS_URL: services.redisUrl,
      TEST_S3_URL: services.s3Url,
      REDIS_BIN: onPath(REDIS_PROGRAMS) ?? undefined,
      MINIO_BIN: findMinio() ?? undefined,
      CHROME_PATH: paths.chromium,
      TEST_LOG_DIR: paths.logDir,
      TEST_RUN_DIR: this.runDir,
      TEST_SECRETS_FILE: this.#secretsFile,
      TMPDIR: temporary,
    };
  }

  /** Stops the servers. @param keep leaves the folder for a look */
  async clear(keep = false): Promise<void> {
    await this.#services?.stop();
    rmSync(this.#secretsFile, { force: true });
    if (!keep) rmSync(this.runDir, { recursive: true, force: true });
  }

  /** Ends the run on Ctrl-C and the like, and leaves nothing. */
  clearOnSignals(): void {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, async () => {
        // Test files would go on writing into the folder that is removed.
        await killAll();
        await this.clear().finally(() => process.exit(130));
      });
    }
  }
}
