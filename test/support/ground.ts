/**
 * What tests stand on: one folder per run, a Redis, a MinIO, a Chromium, a LiveKit, and the environment that names them.
 *
 * Test files find TEST_REDIS_URL, TEST_S3_URL, REDIS_BIN, MINIO_BIN, CHROME_PATH, TEST_LOG_DIR (logs of all servers
 * started in this run) and TEST_RUN_DIR (all that they store; temporary folders lie in it too). Those that need media
 * (plan.ts) also find TEST_LIVEKIT_URL, TEST_LIVEKIT_API_KEY, TEST_LIVEKIT_API_SECRET and LIVEKIT_BIN.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLivekit } from "../../sfu-config/build-livekit.ts";
import { findMinio } from "../../sfu-config/build-minio.ts";
import { startMedia } from "../../sfu-config/media-services.ts";
import { killAll } from "../../sfu-config/owned-process.ts";
import { onPath, type Print } from "../../sfu-config/programs.ts";
import { REDIS_PROGRAMS } from "../../sfu-config/redis.ts";
import { type Part, type Services, startServices } from "../../sfu-config/services.ts";
import { findChromium } from "./chromium.ts";

export class Ground {
  /** all that this run leaves behind */
  readonly runDir = mkdtempSync(join(tmpdir(), "whatping-test-"));
  /** what test files print */
  readonly outputDir = join(this.runDir, "output");
  /** keys that tests made, for the search at the end: beside the folder that is searched */
  readonly #secretsFile = `${this.runDir}.secrets`;
  readonly #logDir = join(this.runDir, "logs");
  #services: Services | undefined;
  #media: Promise<Part> | undefined;

  constructor() {
    mkdirSync(this.outputDir);
  }

  /**
   * Starts what is missing, which takes minutes on a machine that never built MinIO.
   * @param withMedia begins with LiveKit as well, and does not wait for it: `withMedia` does
   * @throws Error in a sentence
   */
  async prepare(print: Print, { withMedia = false } = {}): Promise<NodeJS.ProcessEnv> {
    const options = { dataDir: this.runDir, logDir: this.#logDir, print } as const;
    const starting = startServices({ redis: "required", blobs: "required", ...options });
    if (withMedia) {
      // After MinIO, which all others wait for, in the queue of builds.
      this.#media = startMedia({ redis: "embedded", blobs: "embedded", media: "required", ...options });
      this.#media.catch(() => undefined);
    }
    // Both are waited for, so that nothing is still being installed when an error ends the run.
    const [chromium, services] = await Promise.allSettled([findChromium(print), starting]);
    if (services.status === "rejected") throw services.reason;
    this.#services = services.value;
    if (chromium.status === "rejected") throw chromium.reason;
    print(`browser   found ${chromium.value}`);
    return this.#environment(services.value, chromium.value);
  }

  /** The environment with LiveKit in it, once that is there. @throws Error in a sentence */
  async withMedia(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
    const livekit = (await this.#media)?.found.livekit;
    if (!livekit) throw new Error("LiveKit was not started");
    return {
      ...env,
      TEST_LIVEKIT_URL: livekit.url,
      TEST_LIVEKIT_API_KEY: livekit.key,
      TEST_LIVEKIT_API_SECRET: livekit.secret,
      LIVEKIT_BIN: findLivekit() ?? undefined,
    };
  }

  #environment(services: Services, chromium: string): NodeJS.ProcessEnv {
    // Tests write and delete: never in what a developer's own settings name.
    const own = /^(REDIS|S3|LIVEKIT)_(URL|PUBLIC_URL|API_KEY|API_SECRET)$/;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
    const temporary = join(this.runDir, "tmp");
    mkdirSync(temporary, { recursive: true });
    return {
      ...env,
      TEST_REDIS_URL: services.redisUrl,
      TEST_S3_URL: services.s3Url,
      REDIS_BIN: onPath(REDIS_PROGRAMS) ?? undefined,
      MINIO_BIN: findMinio() ?? undefined,
      CHROME_PATH: chromium,
      TEST_LOG_DIR: this.#logDir,
      TEST_RUN_DIR: this.runDir,
      TEST_SECRETS_FILE: this.#secretsFile,
      TMPDIR: temporary,
    };
  }

  /** Stops the servers. @param keep leaves the folder for a look */
  async clear(keep = false): Promise<void> {
    await this.#services?.stop();
    // LiveKit, or its build: nobody waits for that any more.
    await killAll();
    await this.#media?.catch(() => undefined);
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
