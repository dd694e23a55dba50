/** The storages that rooms are tested on, each as several processes would share it. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { startTestApi, type TestApi, type TestApiOptions, TestClock } from "../../support/api.ts";
import { testRedis } from "../../support/services.ts";
import { TestRoom } from "./room.ts";

export interface SharedStorage {
  readonly clock: TestClock;
  /** for one more process on it */
  options(more?: Record<string, string>): TestApiOptions;
  stop(): Promise<void>;
}

/** Every process of a room is known by one origin. */
const ORIGIN = { PUBLIC_ORIGIN: "http://frame.localhost" };

export const storages: Record<string, () => Promise<SharedStorage>> = {
  "the embedded store": async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "whatping-rooms-"));
    const clock = new TestClock();
    return {
      clock,
      options: (more = {}) => ({ clock, dataDir, environment: { ...ORIGIN, ...more } }),
      stop: async () => rmSync(dataDir, { recursive: true }),
    };
  },
  Redis: async () => {
    const redis = await testRedis();
    const clock = new TestClock();
    const environment = { ...ORIGIN, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix };
    return {
      clock,
      options: (more = {}) => ({ clock, environment: { ...environment, ...more } }),
      stop: () => redis.stop(),
    };
  },
};

export interface Ground {
  readonly api: TestApi;
  readonly shared: SharedStorage;
  /** a room that was just opened */
  opened(): Promise<TestRoom>;
}

/** The same tests on every storage, each with one process of its own. */
export function onEachStorage(title: string, tests: (ground: Ground) => void): void {
  for (const [name, share] of Object.entries(storages)) {
    describe(`${title}, on ${name}`, () => {
      const ground = {
        opened: async () => {
          const room = new TestRoom();
          assert.equal((await room.open(ground.api)).status, 201);
          return room;
        },
      } as { -readonly [K in keyof Ground]: Ground[K] };
      before(async () => {
        ground.shared = await share();
        ground.api = await startTestApi(ground.shared.options());
      });
      after(async () => {
        await ground.api?.stop();
        await ground.shared?.stop();
      });
      tests(ground);
    });
  }
}
