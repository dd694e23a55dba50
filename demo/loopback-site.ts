/**
 * A web server that only this machine reaches, at `http://localhost:<port>`: the demo's shop and its attackers.
 * Listens on both loopback addresses where there are two, because browsers try ::1 first and would otherwise find
 * whatever else listens there. Sees no secrets.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface WantedPort {
  /** taken if it is free */
  readonly preferred?: number;
  /** taken, or the start fails; `name` is the variable that asked for it */
  readonly required?: { readonly port: number; readonly name: string };
}

export interface LoopbackSite {
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

const ADDRESSES = ["127.0.0.1", "::1"] as const;
const ATTEMPTS = 10;

/** @throws Error in one sentence if a required port is taken */
export async function openLoopbackSite(answer: Answer, wanted: WantedPort = {}): Promise<LoopbackSite> {
  const servers = await withPort(wanted, (port) => listenOnBoth(answer, port));
  const { port } = servers[0].address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    port,
    close: async () => void (await Promise.all(servers.map(closed))),
  };
}

/** Runs `start` with the port that is wanted, or with 0 (any free one) where that is taken and was only preferred. */
export async function withPort<T>(
  { preferred, required }: WantedPort,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(required?.port ?? preferred ?? 0);
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (required) {
      throw new Error(
        `${required.name} ${required.port} is taken by another program: name another port, or leave it out.`,
      );
    }
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(0);
    } catch (error) {
      // A port that is free on one loopback address may be taken on the other.
      if (!isTaken(error) || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** @throws the system's EADDRINUSE if another program has the port on either loopback address */
export async function claimIsFree(port: number): Promise<void> {
  if (port === 0) return;
  const servers = await listenOnBoth((_request, response) => response.destroy(), port);
  await Promise.all(servers.map(closed));
}

async function listenOnBoth(answer: Answer, port: number): Promise<[Server, ...Server[]]> {
  const first = await listening(answer, port, ADDRESSES[0]);
  try {
    const taken = (first.address() as AddressInfo).port;
    return [first, await listening(answer, taken, ADDRESSES[1])];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A machine without IPv6 needs no second listener.
    if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT") return [first];
    await closed(first);
    throw error;
  }
}

function listening(answer: Answer, port: number, host: string): Promise<Server> {
  const server = createServer(answer);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, ipv6Only: host.includes(":") }, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EADDRINUSE";
}
