/**
 * API processes as they are deployed, `node api/main.ts` each, on one Redis; to be killed at will. Test support.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

const MAIN = join(import.meta.dirname, "../../../api/main.ts");

export interface ApiProcess {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** as a crash would: no chance to say goodbye */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** Resolves when it listens. @param env REDIS_URL and whatever else differs from the defaults */
export async function startProcess(env: Readonly<Record<string, string>>): Promise<ApiProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      DATA_DIR: mkdtempSync(join(process.env.TEST_RUN_DIR ?? tmpdir(), "api-")),
      PUBLIC_ORIGIN: "http://frame.localhost",
      SWEEP_MS: "200",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  child.stdout?.resume();
  const { port } = JSON.parse(line.toString()) as { port: number };
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async kill() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      running.delete(child);
    },
  };
}
