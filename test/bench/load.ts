/**
 * A load generator in a process of its own: so many keep-alive connections, each with one request under way, raw HTTP/1.1
 * over sockets, so that it costs little beside the server that it measures. Bench support; forked by api-load.ts.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface LoadTask {
  readonly port: number;
  /** requests of each connection, sent in turn, as they go over the line */
  readonly connections: readonly (readonly string[])[];
  /** base64; follows each request */
  readonly body?: string;
  /** ms */
  readonly lasts: number;
}
export type LoadAnswer = { readonly requests: number; readonly ms: number } | { readonly failure: string };

class Connection {
  readonly #socket: Socket;
  readonly #requests: readonly Buffer[];
  #sent = 0;
  /** of the answer under way: its head as far as it has come, then bytes of its body still to come */
  #head = "";
  #bodyLeft = 0;
  #answered: (() => void) | undefined;
  #broken: ((error: Error) => void) | undefined;

  constructor(port: number, requests: readonly Buffer[]) {
    this.#requests = requests;
    this.#socket = connect(port, "127.0.0.1").setNoDelay();
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#broken?.(error));
    this.#socket.on("close", () => this.#broken?.(new Error("the server closed a connection")));
  }

  async open(): Promise<void> {
    await once(this.#socket, "connect");
  }

  /** Sends one request after the other until the time is over. @returns how many were answered */
  run(until: number): Promise<number> {
    let answered = 0;
    return new Promise((resolve, reject) => {
      this.#broken = reject;
      this.#answered = () => {
        answered++;
        if (performance.now() < until) this.#send();
        else resolve(answered);
      };
      this.#send();
    });
  }

  close(): void {
    this.#broken = undefined;
    this.#socket.destroy();
  }

  #send(): void {
    this.#socket.write(this.#requests[this.#sent++ % this.#requests.length] as Buffer);
  }

  #take(chunk: Buffer): void {
    if (this.#bodyLeft > 0) this.#skip(chunk.length);
    else this.#takeHead(chunk);
  }

  #takeHead(chunk: Buffer): void {
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#head)?.[1];
    if (!/^HTTP\/1\.1 2\d\d/.test(this.#head) || length === undefined) {
      this.#broken?.(new Error(`an answer that was not wanted: ${this.#head.slice(0, 600)}`));
      return;
    }
    const came = this.#head.length - end - 4;
    this.#head = "";
    this.#bodyLeft = Number(length);
    this.#skip(came);
  }

  #skip(bytes: number): void {
    this.#bodyLeft -= bytes;
    if (this.#bodyLeft === 0) this.#answered?.();
  }
}

async function load({ port, connections, body, lasts }: LoadTask): Promise<LoadAnswer> {
  const tail = Buffer.from(body ?? "", "base64");
  const open = connections.map((requests) => {
    return new Connection(
      port,
      requests.map((request) => Buffer.concat([Buffer.from(request), tail])),
    );
  });
  try {
    await Promise.all(open.map((connection) => connection.open()));
    const began = performance.now();
    const answered = await Promise.all(open.map((connection) => connection.run(began + lasts)));
    return { requests: answered.reduce((sum, count) => sum + count, 0), ms: performance.now() - began };
  } catch (error) {
    return { failure: (error as Error).message };
  } finally {
    for (const connection of open) connection.close();
  }
}

process.on("message", async (task: LoadTask) => {
  process.send?.(await load(task));
});
// It ends with whoever started it.
process.once("disconnect", () => process.exit());
