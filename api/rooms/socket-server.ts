/**
 * The WebSocket end of rooms, on the API's own HTTP server. The only owner of the `ws` library.
 * Realm: server; knows connections, sizes and times, and nothing of what is said.
 * Source: RFC 6455, product.md O3, O4.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { type WebSocket, WebSocketServer } from "ws";
import { SOCKET_MESSAGE_MAX_BYTES } from "../../widget/wire/room-limits.ts";
import { problemOf, Refusal } from "../routes/problems.ts";
import { CLOSE } from "./seat.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Bytes that may wait for a reader; more, and the connection ends: its holder comes back and reads what it missed. */
const WAITING_MAX_BYTES = 8 * 1024 * 1024;
/** ms that a peer gets to answer a close. */
const GOODBYE_MS = 2_000;
const PINGS = { perSecond: 2, most: 20 };
/** A room's id is checked here: it goes into the log. */
const PATH = /^\/api\/rooms\/([A-Za-z0-9_-]{21}[AQgw])\/socket$/;

/** The end that knows rooms. */
export interface Receiver {
  /** @param text null: it was no text */
  receive(text: string | null): void;
  closed(): void;
}

/** @returns the receiver of what comes */
export type Accept = (roomId: string, connection: WsConnection) => Receiver;

export interface SocketServerOptions {
  /** the frame's: pages of no other may connect */
  readonly origin: string;
  readonly log: Logger;
  readonly accept: Accept;
}

/** Whether a request that wants another protocol is one for here. */
export function isSocketRequest(request: IncomingMessage): boolean {
  const upgrade = request.headers.upgrade?.toLowerCase() === "websocket";
  return upgrade && (request.url ?? "").startsWith("/api/rooms/");
}

export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: SOCKET_MESSAGE_MAX_BYTES,
    autoPong: false,
  });
  readonly #open = new Set<WsConnection>();
  #isClosing = false;

  constructor(options: SocketServerOptions) {
    this.#options = options;
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Takes no more, and tells all others to come back to another process. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const ended = [...this.#open].map((connection) => connection.ended);
    for (const connection of this.#open) connection.close(CLOSE.restart);
    await Promise.all(ended);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => undefined);
    const roomId = PATH.exec(request.url ?? "")?.[1];
    const { origin } = request.headers;
    if (this.#isClosing) refuse(socket, new Refusal("shutting-down"));
    else if (roomId === undefined) refuse(socket, new Refusal("no-such-route"));
    else if (origin !== undefined && origin !== this.#options.origin) refuse(socket, new Refusal("origin-not-allowed"));
    else this.#server.handleUpgrade(request, socket, head, (ws) => this.#connected(roomId, ws, socket as Socket));
  }

  #connected(roomId: string, ws: WebSocket, socket: Socket): void {
    const connection = new WsConnection(ws, socket);
    this.#open.add(connection);
    const receiver = this.#options.accept(roomId, connection);
    const startedAt = performance.now();
    let messagesIn = 0;
    const pings = new TokenBucket(PINGS);
    ws.on("message", (data, isBinary) => {
      messagesIn++;
      receiver.receive(isBinary ? null : String(data));
    });
    ws.on("ping", (data) => (pings.take() ? ws.pong(data) : connection.close(CLOSE.policy)));
    // What is wrong, the library has told the peer.
    ws.on("error", () => undefined);
    ws.once("close", (closeCode) => {
      this.#open.delete(connection);
      receiver.closed();
      const ms = Math.round(performance.now() - startedAt);
      this.#options.log.info({
        event: "socket",
        roomId,
        ms,
        messagesIn,
        messagesOut: connection.messagesOut,
        closeCode,
      });
    });
  }
}

/** One connection, as the receiver's end sees it. */
export class WsConnection {
  messagesOut = 0;
  /** resolves when it is closed */
  readonly ended: Promise<void>;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  #isCorked = false;

  constructor(ws: WebSocket, socket: Socket) {
    this.#ws = ws;
    this.#socket = socket;
    this.ended = new Promise((resolve) => ws.once("close", () => resolve()));
  }

  send(message: string | Buffer): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    if (this.#ws.bufferedAmount > WAITING_MAX_BYTES) {
      this.close(CLOSE.later);
      this.#ws.terminate();
      return;
    }
    this.#gather();
    this.messagesOut++;
    this.#ws.send(message, { binary: false });
  }

  flushed(): Promise<void> {
    if (this.#ws.readyState !== this.#ws.OPEN || this.#socket.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#socket.off("drain", done);
        this.#ws.off("close", done);
        resolve();
      };
      this.#socket.once("drain", done);
      this.#ws.once("close", done);
      if (!this.#socket.writableNeedDrain) done();
    });
  }

  close(code: number): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#ws.close(code);
    const timer = setTimeout(() => this.#ws.terminate(), GOODBYE_MS);
    this.#ws.once("close", () => clearTimeout(timer));
  }

  /** What is said in one go goes out in one write. */
  #gather(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }
}

function refuse(socket: Duplex, refusal: Refusal): void {
  const problem = problemOf(refusal);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} Refused`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
