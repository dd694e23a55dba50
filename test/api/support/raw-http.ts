/** HTTP that no well-behaved client sends: bytes straight into a socket. */
import { connect, type Socket } from "node:net";

/** Opens a connection to an API of this machine. */
export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Sends these bytes and gives back everything until the server closes the connection. */
export async function raw(port: number, text: string): Promise<{ status: number; head: string; body: string }> {
  const socket = await dial(port);
  socket.write(text);
  const parts: Buffer[] = [];
  for await (const chunk of socket) parts.push(chunk as Buffer);
  const [head = "", ...rest] = Buffer.concat(parts).toString().split("\r\n\r\n");
  return { status: Number(head.split(" ")[1] ?? 0), head, body: rest.join("\r\n\r\n") };
}
