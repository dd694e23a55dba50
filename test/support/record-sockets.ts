/**
 * Writes down what passes over every WebSocket of a relay in this process, both ways and to the letter, into the run's
 * folder: test/last searches it with all else that the server side leaves behind. Test support, for relays that have real
 * members; the API's own tests post noise, hundreds of megabytes of it.
 *
 * It hooks the library that has the relay's end (`ws`), so that no test can forget it and the product has no such switch.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { SOCKETS_FOLDER } from "./canary.ts";

export type Direction = "to relay" | "from relay";
type Hear = (direction: Direction, text: string) => void;

/** Characters that wait before they are written. */
const GATHERED = 65_536;

const listeners = new Set<Hear>();

/** Hears every payload from now on. */
export function hearSockets(hear: Hear): void {
  listeners.add(hear);
}

/** Only the relay's ends: a test's own `ws` clients say the same once more. */
function isServerEnd(socket: WebSocket): boolean {
  return (socket as unknown as { readonly _isServer: boolean })._isServer;
}

function tell(socket: WebSocket, direction: Direction, data: unknown): void {
  if (!isServerEnd(socket)) return;
  const text = String(data);
  for (const hear of listeners) hear(direction, text);
}

const { send, emit } = WebSocket.prototype;
WebSocket.prototype.send = function (this: WebSocket, ...said: unknown[]) {
  tell(this, "from relay", said[0]);
  return Reflect.apply(send, this, said);
};
WebSocket.prototype.emit = function (this: WebSocket, ...event: [string | symbol, ...unknown[]]) {
  if (event[0] === "message") tell(this, "to relay", event[1]);
  return Reflect.apply(emit, this, event) as boolean;
};

let gathered = "";
let file: string | undefined;

/** Writes what was heard so far. */
export function flushSockets(): void {
  if (file !== undefined && gathered !== "") appendFileSync(file, gathered);
  gathered = "";
}

/** Without a run there is no folder, and nothing is kept. */
function keep(direction: Direction, text: string): void {
  const runDir = process.env.TEST_RUN_DIR;
  if (!runDir) return;
  if (file === undefined) {
    const folder = join(runDir, SOCKETS_FOLDER);
    mkdirSync(folder, { recursive: true });
    file = join(folder, `${process.pid}-${randomBytes(4).toString("hex")}.txt`);
    process.once("exit", flushSockets);
  }
  gathered += `${direction} ${text}\n`;
  if (gathered.length >= GATHERED) flushSockets();
}

listeners.add(keep);
