/**
 * Ports on this machine's loopback address: finding a free one, waiting until a program answers on it.
 * Nothing here listens on any other address.
 */
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { OwnedProcess } from "./owned-process.ts";

export const LOOPBACK = "127.0.0.1";

/** A port that was free a moment ago: callers try another one if somebody was faster. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, LOOPBACK, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Sends bytes to a loopback port and resolves with all that comes back until the other side closes. */
export function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, LOOPBACK, () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("utf8");
    socket.setTimeout(2000, () => socket.destroy(new Error("no answer within 2 s")));
    socket.once("error", reject);
    socket.on("data", (text) => {
      answer += text;
    });
    socket.once("close", () => resolve(answer));
  });
}

/**
 * Asks until the program answers.
 * @throws Error if it ends first, or after `timeoutMs` (default 30 000).
 */
export async function untilReady(
  program: OwnedProcess,
  ready: () => Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let ended = false;
  void program.ended.then(() => {
    ended = true;
  });
  while (!(await ready().catch(() => false))) {
    if (ended) throw new Error("it ended before it was ready");
    if (Date.now() > deadline) throw new Error(`it was not ready after ${timeoutMs / 1000} s`);
    await delay(25);
  }
  // Somebody else's program may answer on a port that ours could not get.
  if (ended) throw new Error("it ended before it was ready");
}

/** Runs `start` with fresh ports until one attempt succeeds: another process may take a free port first. */
export async function withFreePort<T>(start: (port: number) => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
}
