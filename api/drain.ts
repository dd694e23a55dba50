/**
 * Ends an HTTP server without cutting off anybody who is being answered, or is in the middle of asking. Realm: server;
 * sees that there are connections. Browsers keep spare connections on which nothing was ever asked, and Node counts them
 * as busy: a server that waited for them would keep the people of its rooms outside long enough to count as gone.
 */
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Call it before the server listens.
 * @returns what stops it from accepting, and resolves when all answers are out and all connections closed
 */
export function drainOf(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  let isEnding = false;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const closeAfter = (_request: unknown, response: ServerResponse) =>
    response.once("close", () => {
      if (isEnding) server.closeIdleConnections();
    });
  server.on("request", closeAfter);
  server.on("checkExpectation", closeAfter);
  return async () => {
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    isEnding = true;
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    await ended;
  };
}
