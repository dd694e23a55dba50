/**
 * Puts rooms together: the relay, its sweeper, the watch over LiveKit, and the WebSocket end on the API's HTTP server;
 * and ends them.
 * Realm: server.
 */
import type { Server } from "node:http";
import type { RoomParts } from "./room-changes.ts";
import { RoomRelay } from "./room-relay.ts";
import { SocketServer } from "./socket-server.ts";

export interface Rooms {
  readonly relay: RoomRelay;
  /** Sends all connections to other processes; what was posted before is in the log. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** @param origin the frame's */
export function startRooms(
  parts: RoomParts,
  { origin, sweepMs }: { origin: string; sweepMs: number },
): Rooms & {
  attach(server: Server): void;
} {
  const relay = new RoomRelay(parts, origin);
  const sockets = new SocketServer({
    origin,
    log: parts.log,
    accept: (roomId, connection) => relay.accept(roomId, connection),
  });
  relay.start(sweepMs);
  parts.sfu?.watch.start(sweepMs);
  return {
    relay,
    attach: (server) => sockets.attach(server),
    drain: () => sockets.close(),
    stop: async () => {
      await relay.stop();
      await parts.sfu?.watch.stop();
    },
  };
}
