/** Every implementation of the store contract, for the tests that all of them must pass. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../../api/store/embedded/sqlite-store.ts";
import { openRedisStore } from "../../../api/store/redis/redis-store.ts";
import type { Key, Store } from "../../../api/store/store.ts";
import { startRedisCluster } from "../../support/own-services.ts";
import { testRedis } from "./services.ts";

/** Opens the same store as often as it is called: each is one process's view of it. */
export type Opener = () => Promise<Store>;
export type Started = { open: Opener; stop: () => Promise<void> };

export const implementations: Record<string, () => Promise<Started>> = {
  embedded: async () => {
    const folder = mkdtempSync(join(tmpdir(), "whatping-store-"));
    return {
      open: async () => openSqliteStore(join(folder, "deep", "store.sqlite")),
      stop: async () => rmSync(folder, { recursive: true }),
    };
  },
  redis: async () => {
    const redis = await testRedis();
    return { open: () => openRedisStore({ urls: [redis.url], prefix: redis.prefix }), stop: () => redis.stop() };
  },
  "redis cluster": async () => {
    const cluster = await startRedisCluster();
    return { open: () => openRedisStore({ urls: cluster.url.split(",") }), stop: () => cluster.stop() };
  },
};

export function fresh(): Key {
  return `${freshCollection()}/${randomBytes(16).toString("base64url")}`;
}

export function freshCollection(): string {
  return `c${randomBytes(6).toString("hex")}`;
}
