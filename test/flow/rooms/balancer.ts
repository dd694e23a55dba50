/**
 * A balancer as stands before several processes: takes TCP connections and passes each on to one of its targets, in
 * turn; a target that takes no connection is passed over. Closed, it is a network that is gone. Test support.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after } from "node:test";

export interface Balancer {
  /** http origin for members to connect to */
  readonly origin: string;
  /** connections that are open now */
  readonly open: number;
  /** cuts all connections, takes no more */
  close(): Promise<void>;
}

const running = new Set<Balancer>();
// A test that fails closes none, and an open server would keep its file from ending.
after(() => Promise.all([...running].map((balancer) => balancer.close())));

/** @param targets ports on 127.0.0.1, as they are now */
export async function startBalancer(targets: () => readonly number[]): Promise<Balancer> {
  const pairs = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const ports = targets();
    const first = turn++;
    pairs.add(client);
    client.on("error", () => client.destroy());
    client.once("close", () => pairs.delete(client));
    pass(
      client,
      ports.map((_, i) => ports[(first + i) % ports.length] ?? 0),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const balancer: Balancer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get open() {
      return pairs.size;
    },
    async close() {
      if (!running.delete(balancer)) return;
      const closed = once(server, "close");
      server.close();
      for (const client of pairs) client.destroy();
      await closed;
    },
  };
  running.add(balancer);
  return balancer;
}

/** To the first of these that takes it; to none: the client is cut off. */
function pass(client: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined || client.destroyed) {
    client.destroy();
    return;
  }
  const upstream = connect(port, "127.0.0.1");
  let isThrough = false;
  upstream.once("connect", () => {
    isThrough = true;
    client.pipe(upstream).pipe(client);
    client.once("close", () => upstream.destroy());
  });
  upstream.once("error", () => {
    if (isThrough) client.destroy();
    else pass(client, others);
  });
  upstream.once("close", () => {
    if (isThrough) client.destroy();
  });
}
