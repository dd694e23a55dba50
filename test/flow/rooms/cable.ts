/**
 * The network cable of one browser profile: everything that the profile loads goes through this SOCKS proxy, and a test
 * pulls it out and puts it back. Test support; sees ciphertext and pages of this machine. Source: RFC 1928.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

const VERSION = 5;
const NO_AUTHENTICATION = Buffer.from([VERSION, 0]);
/** Done; the address that was bound is of no use to anyone. */
const CONNECTED = Buffer.from([VERSION, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

export interface Cable {
  /** for `browser.newContext` */
  readonly proxy: { readonly server: string; readonly bypass: string };
  pull(): void;
  plug(): void;
  close(): Promise<void>;
}

export async function openCable(): Promise<Cable> {
  const ends = new Set<Socket>();
  let isPlugged = true;
  const keep = (socket: Socket): Socket => {
    ends.add(socket);
    return socket.on("error", () => socket.destroy()).on("close", () => ends.delete(socket));
  };
  const server = createServer((browser) => {
    if (isPlugged) void relay(keep(browser), keep);
    else browser.destroy();
  });
  const pull = () => {
    isPlugged = false;
    for (const socket of ends) socket.destroy();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    proxy: { server: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`, bypass: "<-loopback>" },
    pull,
    plug: () => {
      isPlugged = true;
    },
    async close() {
      pull();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Every name that the tests use is this machine: only the port counts. */
async function relay(browser: Socket, keep: (socket: Socket) => Socket): Promise<void> {
  try {
    await once(browser, "data");
    browser.write(NO_AUTHENTICATION);
    const [request] = (await once(browser, "data")) as [Buffer];
    const target = keep(connect(request.readUInt16BE(request.length - 2), "127.0.0.1"));
    await once(target, "connect");
    browser.write(CONNECTED);
    browser.pipe(target).pipe(browser);
    browser.on("close", () => target.destroy());
    target.on("close", () => browser.destroy());
  } catch {
    browser.destroy();
  }
}
