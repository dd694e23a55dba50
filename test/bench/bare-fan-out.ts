/**
 * What the relay of rooms is held against: the same WebSocket library and nothing else. What one says, everybody gets.
 * Bench support; started by api-relay.ts, which reads its port from its output.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

const server = createServer();
const sockets = new Set<WebSocket>();
new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
  sockets.add(socket);
  socket.on("message", (data) => {
    for (const each of sockets) each.send(data, { binary: false });
  });
  socket.on("close", () => sockets.delete(socket));
});
server.listen(0, "127.0.0.1", () => console.log(`port ${(server.address() as AddressInfo).port}`));
