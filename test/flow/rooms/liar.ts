/**
 * A relay that lies: stands between one member and the real relay and may alter, drop, double, hold back or make up what
 * passes, in both directions. It has what an operator has: everything but keys. Test support.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after } from "node:test";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import type { FromRelay, ToRelay } from "../../../widget/wire/room-relay.ts";

export interface Lies {
  /** what the member gets instead; default: the message as it is */
  toMember?(message: FromRelay): FromRelay[];
  /** what the relay gets instead */
  toRelay?(message: ToRelay): ToRelay[];
  /** what the member gets instead of the trail that it asks for; null: nothing */
  trail?(text: string): string | null;
}

export interface Liar {
  /** http origin for a member to connect to */
  readonly origin: string;
  /** may be changed at any time */
  lies: Lies;
  /** sends the member something that the relay never said */
  tell(message: FromRelay): void;
  /** sends the relay something as if from the member: what was held back, or was never said */
  say(message: ToRelay): void;
  /** connections that the member has made so far */
  readonly connections: number;
  /** everything that the relay said, as it was */
  readonly heard: FromRelay[];
  /** cuts the member's connection */
  cut(): void;
  close(): Promise<void>;
}

const running = new Set<Liar>();
// A test that fails closes none, and an open server would keep its file from ending.
after(() => Promise.all([...running].map((liar) => liar.close())));

export async function startLiar(relay: string): Promise<Liar> {
  const server = createServer((incoming, outgoing) => {
    const target = new URL(incoming.url ?? "", relay);
    const passed = request(target, { method: incoming.method, headers: incoming.headers }, async (answer) => {
      const { trail } = liar.lies;
      if (!trail || !target.pathname.endsWith("/audit")) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      const told = trail(await text(answer));
      outgoing.writeHead(told === null ? 404 : 200, { "content-type": "application/jsonl" });
      outgoing.end(told ?? "");
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  const sockets = new WebSocketServer({ server });
  let member: WebSocket | undefined;
  let say: (message: ToRelay) => void = () => undefined;
  let connections = 0;
  const heard: FromRelay[] = [];
  const liar: Liar = {
    origin: "",
    lies: {},
    tell: (message) => member?.send(JSON.stringify(message)),
    say: (message) => say(message),
    get connections() {
      return connections;
    },
    heard,
    cut: () => member?.terminate(),
    async close() {
      if (!running.delete(liar)) return;
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  sockets.on("connection", (socket: WebSocket, incoming: IncomingMessage) => {
    connections++;
    member = socket;
    const upstream = new WebSocket(relay.replace(/^http/, "ws") + incoming.url);
    const early: ToRelay[] = [];
    const up = (message: ToRelay) => {
      if (upstream.readyState === WebSocket.OPEN) upstream.send(JSON.stringify(message));
      else early.push(message);
    };
    say = up;
    upstream.on("open", () => early.splice(0).forEach(up));
    upstream.on("message", (data: RawData) => {
      const message = JSON.parse(String(data)) as FromRelay;
      heard.push(message);
      for (const told of liar.lies.toMember?.(message) ?? [message]) socket.send(JSON.stringify(told));
    });
    socket.on("message", (data: RawData) => {
      const message = JSON.parse(String(data)) as ToRelay;
      for (const told of liar.lies.toRelay?.(message) ?? [message]) up(told);
    });
    upstream.on("close", () => socket.close());
    upstream.on("error", () => socket.terminate());
    socket.on("close", () => upstream.terminate());
    socket.on("error", () => upstream.terminate());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  Object.defineProperty(liar, "origin", { value: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  running.add(liar);
  return liar;
}
