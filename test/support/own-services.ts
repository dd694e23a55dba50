/**
 * A Redis and a MinIO of a test's own, on free ports with data folders of their own, to be killed and started again at
 * will. Programs: REDIS_BIN or `redis-server` on PATH, and MINIO_BIN or `minio` on PATH.
 * For tests only; the product finds its services elsewhere.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "redis";

/** A service that a test owns. */
export interface OwnService {
  /** as REDIS_URL or S3_URL takes it */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** as a crash would: no chance to say goodbye */
  kill(): Promise<void>;
  /** on the same port and data; resolves when it answers */
  restart(): Promise<void>;
  /** stands still without ending, and goes on again */
  freeze(): void;
  thaw(): void;
  /** kills it and deletes its data */
  stop(): Promise<void>;
}

/** Redis with an append-only file, as docs/self-host.md asks for. */
export async function startRedis(extra: readonly string[] = []): Promise<OwnService> {
  return own("redis", async (port, dataDir) => {
    const options = [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      dataDir,
      "--appendonly",
      "yes",
      "--save",
      "",
    ];
    const child = launch(process.env.REDIS_BIN ?? "redis-server", [...options, "--appendfsync", "always", ...extra]);
    await saying(child, "Ready to accept connections");
    return { child, url: `redis://127.0.0.1:${port}` };
  });
}

/** Three Redis nodes as one cluster; `url` names all of them. */
export async function startRedisCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  const nodes = await Promise.all([0, 1, 2].map(() => startRedis(["--cluster-enabled", "yes"])));
  const ports = nodes.map((node) => node.port);
  const slots = ["0 5460", "5461 10922", "10923 16383"];
  for (const [index, port] of ports.entries()) {
    await askRedis(port, ["cluster", "addslotsrange", ...(slots[index] ?? "").split(" ")]);
    await askRedis(port, ["cluster", "set-config-epoch", String(index + 1)]);
  }
  for (const port of ports.slice(1)) await askRedis(ports[0] ?? 0, ["cluster", "meet", "127.0.0.1", String(port)]);
  for (const port of ports) {
    await until(async () => {
      const info = await askRedis(port, ["cluster", "info"]);
      return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3");
    });
  }
  return {
    url: nodes.map((node) => node.url).join(","),
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

/** MinIO; the bucket in `url` does not exist yet. */
export async function startMinio(bucket = "clips"): Promise<OwnService> {
  return own("minio", async (port, dataDir) => {
    const options = ["server", dataDir, "--address", `127.0.0.1:${port}`, "--quiet"];
    const child = launch(process.env.MINIO_BIN ?? "minio", options, {
      MINIO_ROOT_USER: "test-user",
      MINIO_ROOT_PASSWORD: "test-password",
      MINIO_BROWSER: "off",
    });
    await until(async () => {
      if (child.exitCode !== null) throw new Error("minio ended");
      return (await fetch(`http://127.0.0.1:${port}/minio/health/cluster`)).ok;
    });
    return { child, url: `http://test-user:test-password@127.0.0.1:${port}/${bucket}` };
  });
}

type Launch = (port: number, dataDir: string) => Promise<{ child: ChildProcess; url: string }>;

async function own(name: string, start: Launch): Promise<OwnService> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), `whatping-${name}-`));
  let running = await start(port, dataDir);
  const kill = async () => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    const gone = once(running.child, "exit");
    running.child.kill("SIGKILL");
    await gone;
  };
  return {
    url: running.url,
    port,
    dataDir,
    kill,
    restart: async () => {
      await kill();
      running = await start(port, dataDir);
    },
    freeze: () => void running.child.kill("SIGSTOP"),
    thaw: () => void running.child.kill("SIGCONT"),
    stop: async () => {
      await kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function launch(program: string, options: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const child = spawn(program, options, {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, ...environment },
  });
  child.on("error", (error) => {
    throw new Error(`${program} could not be started: put it on PATH, or name it in REDIS_BIN or MINIO_BIN.`, {
      cause: error,
    });
  });
  // Even a test that dies must not leave it behind.
  const end = () => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  return child;
}

async function saying(child: ChildProcess, words: string): Promise<void> {
  let said = "";
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    said += String(chunk);
    if (!said.includes(words)) continue;
    child.stdout?.resume();
    return;
  }
  throw new Error(`it ended without saying "${words}"`);
}

async function askRedis(port: number, words: readonly string[]): Promise<string> {
  const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect();
  try {
    return String(await client.sendCommand([...words]));
  } finally {
    client.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

/** Programs that announce nothing have to be asked again and again. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (performance.now() < giveUpAt) {
    if (await holds().catch((error: Error) => error.message === "minio ended" && Promise.reject(error))) return;
    await pause(50);
  }
  throw new Error("a service did not answer within 20 s");
}
