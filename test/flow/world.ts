/**
 * Everything a journey needs, all of it real: an API on Redis and an S3 server, a customer's page on another site,
 * Chromium with a fake camera, and a clock that the test moves.
 * The servers are those of the test run, or own ones where a test means to crash them.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import type { Browser, Page } from "playwright-core";
import { type Api, startApi } from "../../api/app.ts";
import { clipPrefix } from "../../api/blobs/blobs.ts";
import { type Clip, settle } from "../../api/clips/clip.ts";
import { readConfig } from "../../api/config.ts";
import { openLog } from "../../api/log.ts";
import { type Services, startServices } from "../../sfu-config/services.ts";
import { openChromium } from "../support/chromium.ts";
import "../support/record-sockets.ts";
import { type HostPage, openHostPage } from "./host-page.ts";

export interface WorldOptions {
  /** servers of its own, which the test may crash */
  readonly ownServers?: boolean;
  /** the API's embedded store and folder instead of servers */
  readonly embedded?: boolean;
  /** more variables for the API */
  readonly env?: Readonly<Record<string, string>>;
  /** host names under which the customer's page is another site each, such as `blog.localhost` */
  readonly hostNames?: readonly string[];
  /** more command-line flags for Chromium, such as another number of fake devices */
  readonly chromium?: readonly string[];
}

/** Real time plus what the test adds. */
export class MovableClock {
  #ahead = 0;
  now(): number {
    return Date.now() + this.#ahead;
  }
  advance(seconds: number): void {
    this.#ahead += seconds * 1000;
  }
}

export interface World {
  readonly api: Api;
  /** The relay's record of a clip as time has left it. */
  clip(id: string): Promise<Clip | null>;
  /** Names of a clip's objects in the store. */
  objects(id: string): Promise<string[]>;
  readonly clock: MovableClock;
  readonly host: HostPage;
  readonly browser: Browser;
  readonly services: Services;
  readonly logFolder: string;
  /** name of this API's log in it */
  readonly logFile: string;
  /** Ends the API. @returns what starts it again, on the same port and the same data */
  stopApi(): Promise<() => Promise<void>>;
  /** A page in a browser profile of its own, with access to camera and microphone. */
  newProfile(): Promise<Page>;
  /** The host page with this markup in a profile of its own. */
  openHost(markup: string): Promise<Page>;
  close(): Promise<void>;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(process.env.TEST_RUN_DIR ?? tmpdir(), "world-"));
  const logFolder = process.env.TEST_LOG_DIR ?? join(folder, "logs");
  mkdirSync(logFolder, { recursive: true });
  const { services, env } = await chooseServers(options, folder);
  const host = await openHostPage();
  const clock = new MovableClock();
  const config = readConfig({
    ...env,
    ALLOWED_ORIGINS: [host.origin, ...(options.hostNames ?? []).map((name) => underName(host, name))].join(),
    DATA_DIR: join(folder, "data"),
    SWEEP_MS: "100",
    ...options.env,
  });
  const logFile = `api-${randomBytes(4).toString("hex")}.log`;
  const log = openLog("trace", pino.destination({ dest: join(logFolder, logFile), sync: true }));
  let api = await startApi({ config, clock, log });
  host.allowFrameOrigin(api.origin);
  const browser = await openChromium({ args: options.chromium ?? [] });
  const newProfile = async (): Promise<Page> => {
    const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
    return context.newPage();
  };
  return {
    get api() {
      return api;
    },
    clip: async (id) => {
      const stored = await api.store.get(`wisp/${id}`);
      return stored && settle(JSON.parse(stored.value) as Clip, clock.now());
    },
    objects: async (id) => (await api.blobs.list(clipPrefix(id))).map((object) => object.key),
    clock,
    host,
    browser,
    services,
    logFolder,
    logFile,
    newProfile,
    async stopApi() {
      const { port } = api;
      await api.close();
      return async () => {
        api = await startApi({ config: { ...config, port }, clock, log });
      };
    },
    async openHost(markup) {
      host.show(markup);
      const page = await newProfile();
      await page.goto(host.origin);
      return page;
    },
    async close() {
      await browser.close();
      await api.close();
      await host.close();
      await services.stop();
      if (!process.env.TEST_RUN_DIR) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The customer's page under another host name: another site to a browser. */
export function underName({ origin }: Pick<HostPage, "origin">, hostName: string): string {
  return `http://${hostName}:${new URL(origin).port}`;
}

/** Every world has a bucket and a key prefix of its own, so that test files can run side by side. */
async function chooseServers(
  options: WorldOptions,
  folder: string,
): Promise<{ services: Services; env: Record<string, string> }> {
  const none: Services = { stop: async () => undefined };
  if (options.embedded) return { services: none, env: {} };
  const { TEST_REDIS_URL, TEST_S3_URL } = process.env;
  const shared = !options.ownServers && TEST_REDIS_URL && TEST_S3_URL;
  const services = shared
    ? { ...none, redisUrl: TEST_REDIS_URL, s3Url: TEST_S3_URL }
    : await startServices({ redis: "required", blobs: "required", dataDir: folder, print: () => undefined });
  const name = `t${randomBytes(6).toString("hex")}`;
  const s3 = new URL(services.s3Url ?? "");
  s3.pathname = `/${name}`;
  return { services, env: { REDIS_URL: services.redisUrl ?? "", REDIS_PREFIX: `${name}:`, S3_URL: s3.href } };
}
