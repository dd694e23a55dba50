/**
 * Puts the server together and starts it: store, blobs, routes, sweeper; and ends it without losing anything.
 * Realm: server. Stateless: several of these may run on one store and one storage.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Blobs } from "./blobs/blobs.ts";
import { openFileBlobs } from "./blobs/files.ts";
import { openS3Blobs } from "./blobs/s3.ts";
import { ClipRecords, type Clock } from "./clips/clip-record.ts";
import { Sweeper } from "./clips/sweeper.ts";
import type { Config } from "./config.ts";
import { drainOf } from "./drain.ts";
import { openAuditSigner } from "./rooms/audit-signer.ts";
import type { RoomRelay } from "./rooms/room-relay.ts";
import { isSocketRequest } from "./rooms/socket-server.ts";
import { startRooms } from "./rooms/start-rooms.ts";
import { answering } from "./routes/answering.ts";
import { problemOf, Refusal } from "./routes/problems.ts";
import type { Services } from "./routes/route.ts";
import { openSfu } from "./sfu/open-sfu.ts";
import type { Sfu } from "./sfu/sfu.ts";
import { openSqliteStore } from "./store/embedded/sqlite-store.ts";
import { openRedisStore } from "./store/redis/redis-store.ts";
import type { Store } from "./store/store.ts";

/** How long a client may take, ms. */
export interface Patience {
  /** for its headers */
  readonly headers: number;
  /** for a whole request: a full piece over a slow mobile uplink */
  readonly request: number;
  /** without a byte in either direction */
  readonly silence: number;
}
const PATIENCE: Patience = { headers: 15_000, request: 120_000, silence: 60_000 };
/** Node looks for late clients so often while one may send its headers. */
const LOOKS = 3;
/** ms that running requests get to end when the server closes. */
const DRAIN_MS = 10_000;

export interface ApiParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly patience?: Patience;
}

export interface Api {
  /** the frame's origin, as browsers see it */
  readonly origin: string;
  readonly port: number;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly sweeper: Sweeper;
  readonly rooms: RoomRelay;
  readonly sfu: Sfu | null;
  /** Stops accepting, lets running requests and jobs end (10 s at most), closes everything. */
  close(): Promise<void>;
}

/** @throws CodedError storage-unavailable if a given Redis or S3 can't be used */
export async function startApi({ config, clock, log, patience = PATIENCE }: ApiParts): Promise<Api> {
  const store = await openStore(config, log);
  const blobs = await openBlobs(config, log).catch(async (error) => {
    await store.close();
    throw error;
  });
  const server = createServer({
    headersTimeout: patience.headers,
    requestTimeout: patience.request,
    connectionsCheckingInterval: patience.headers / LOOKS,
    keepAliveTimeout: patience.silence,
    // Node would refuse it without a problem; routes/answering.ts refuses it with one.
    requireHostHeader: false,
    // Whoever wants another protocol for anything else gets an answer in this one.
    shouldUpgradeCallback: isSocketRequest,
  });
  const starting = Promise.all([
    openAuditSigner(store, config.auditKey),
    openSfu(config.sfu, { store, clock, log }),
    listening(server, config),
  ]);
  const [signer, sfu] = await starting.catch(async (error) => {
    server.close();
    await Promise.all([store.close(), blobs.close()]);
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  const origin = config.publicOrigin ?? `http://frame.localhost:${port}`;
  const records = new ClipRecords(store, clock);
  const sweeper = new Sweeper({ store, blobs, records, clock, log });
  const drain = drainOf(server);
  const draining = { yes: false };
  const parts = { store, clock, log, signer, sfu, region: config.region };
  const rooms = startRooms(parts, { origin, sweepMs: config.sweepMs });
  const services = servicesOf(config, { store, blobs, records, rooms: rooms.relay, clock, log, origin, draining });
  server.setTimeout(patience.silence);
  serve(server, services);
  rooms.attach(server);
  sweeper.start(config.sweepMs);
  const close = async () => {
    draining.yes = true;
    await Promise.all([rooms.drain(), drained(server, drain), within(DRAIN_MS, sweeper.stop())]);
    await rooms.stop();
    await Promise.all([store.close(), blobs.close()]);
  };
  let closing: Promise<void> | undefined;
  return { origin, port, store, blobs, sweeper, rooms: rooms.relay, sfu, close: () => (closing ??= close()) };
}

function openStore(config: Config, log: Logger): Promise<Store> | Store {
  if (!config.redis) return openSqliteStore(join(config.dataDir, "store.sqlite"));
  return openRedisStore({
    ...config.redis,
    onError: (name) => log.warn({ event: "redis-connection", error: name }),
  });
}

function openBlobs(config: Config, log: Logger): Promise<Blobs> {
  if (!config.s3) return openFileBlobs(join(config.dataDir, "blobs"));
  return openS3Blobs({ ...config.s3, onNoBackstop: () => log.warn({ event: "s3-without-lifecycle-backstop" }) });
}

function servicesOf(
  config: Config,
  {
    draining,
    ...parts
  }: Pick<Services, "store" | "blobs" | "records" | "rooms" | "clock" | "log" | "origin"> & {
    draining: { yes: boolean };
  },
): Services {
  return {
    ...parts,
    allowedOrigins: config.allowedOrigins,
    staticDir: config.staticDir,
    ...(config.sfu ? { sfuUrl: config.sfu.publicUrl } : {}),
    trustedProxies: config.trustedProxies,
    clipTtlMs: config.clipTtlMs,
    maxBytes: config.clipMaxBytes,
    maxSeconds: config.clipMaxSeconds,
    get draining() {
      return draining.yes;
    },
  };
}

function serve(server: Server, services: Services): void {
  const answer = answering(services).callback();
  server.on("request", answer);
  // An expectation that is not met may be ignored (RFC 9110 §10.1.1); Node would answer without a problem.
  server.on("checkExpectation", answer);
  server.on("clientError", (_error, socket) => {
    if (socket.destroyed || !socket.writable) return;
    const body = JSON.stringify(problemOf(new Refusal("bad-request", "This is not HTTP as it should be.")));
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${body.length}\r\n` +
        `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}

function listening(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function drained(server: Server, drain: () => Promise<void>): Promise<void> {
  await within(DRAIN_MS, drain());
  server.closeAllConnections();
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
