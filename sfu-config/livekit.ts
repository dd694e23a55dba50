/**
 * A LiveKit of our own on loopback: HTTP and WebSocket on one port, all media on one UDP port, an API key made at start.
 * For `npm start` and the tests; it sees what an SFU sees: sealed frames, sizes, times, pseudonyms.
 * Source: architecture.md, "Headless Chromium that works"; LiveKit's config-sample.yaml.
 */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { freePort, LOOPBACK, untilReady, withFreePort } from "./loopback-port.ts";
import { type OwnedProcess, startOwned } from "./owned-process.ts";

/** What the API takes as LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET. */
export interface SfuAccess {
  /** `ws://127.0.0.1:port` */
  readonly url: string;
  readonly key: string;
  readonly secret: string;
}

export interface OwnSfu extends SfuAccess {
  /** of the program that runs now */
  readonly pid: number;
  /** SIGKILL, as in a crash */
  kill(): Promise<void>;
  /** on the same port with the same key; resolves when it answers */
  restart(): Promise<void>;
  /** SIGTERM, then SIGKILL after 5 s */
  stop(): Promise<void>;
}

export interface LivekitOptions {
  /** path of livekit-server */
  readonly binary: string;
  readonly logFile: string;
  /** from `reserveAccess`, where it was told before there was a program; default a new one */
  readonly access?: SfuAccess;
}

/** Where one will be, before it is there. */
export const reserveAccess = async (): Promise<SfuAccess> => accessOn(await freePort());

/** Resolves when it answers. @throws Error if it can't start; the log file says why. */
export async function startLivekit(options: LivekitOptions): Promise<OwnSfu> {
  const start = async (access: SfuAccess): Promise<OwnSfu> => {
    let running = await launch(options, access);
    return {
      ...access,
      get pid() {
        return running.pid;
      },
      kill: async () => void (await running.kill()),
      stop: async () => void (await running.stop()),
      restart: async () => {
        await running.stop();
        running = await launch(options, access);
      },
    };
  };
  return options.access ? start(options.access) : withFreePort((port) => start(accessOn(port)));
}

function accessOn(port: number): SfuAccess {
  const [key, secret] = [randomBytes(8).toString("hex"), randomBytes(32).toString("hex")];
  return { url: `ws://${LOOPBACK}:${port}`, key, secret };
}

async function launch({ binary, logFile }: LivekitOptions, access: SfuAccess): Promise<OwnedProcess> {
  const { host } = new URL(access.url);
  const server = await startOwned(binary, [], {
    logFile,
    background: true,
    // By environment: the secret is in no file and no process list.
    env: {
      PATH: process.env.PATH,
      LIVEKIT_CONFIG: configuration(Number(new URL(access.url).port), await freeUdpPort()),
      LIVEKIT_KEYS: `${access.key}: ${access.secret}`,
    },
  });
  try {
    await untilReady(server, async () => (await fetch(`http://${host}/`)).ok);
    return server;
  } catch (error) {
    await server.kill();
    throw new Error(`LiveKit did not start (its log: ${logFile})`, { cause: error });
  }
}

/** YAML, of which JSON is a part. */
function configuration(port: number, udpPort: number): string {
  return JSON.stringify({
    port,
    bind_addresses: [LOOPBACK],
    rtc: {
      udp_port: udpPort,
      tcp_port: 0,
      node_ip: LOOPBACK,
      use_external_ip: false,
      enable_loopback_candidate: true,
      interfaces: { includes: [loopbackName()] },
      // Without one of its own it names public ones to every client. Nobody answers here, and nobody needs an answer. Not
      // the port of its media: Chromium takes all that comes from a STUN server's address for answers of that.
      stun_servers: [`${LOOPBACK}:${port}`],
    },
    logging: { json: true, level: "warn", pion_level: "error" },
  });
}

/** `lo` on Linux, `lo0` on macOS. */
function loopbackName(): string {
  const all = Object.entries(networkInterfaces());
  return all.find(([, addresses]) => addresses?.some(({ address }) => address === LOOPBACK))?.[0] ?? "lo";
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(0, LOOPBACK, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
