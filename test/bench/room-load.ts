/**
 * Members of a room that speak as fast as they are heard, in a process of its own: raw WebSocket frames over sockets, so
 * that they cost little beside the relay that they measure. The same members speak to a bare server that passes
 * everything on to everybody. Bench support; forked by room-relay.ts.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { hashOf, openHead } from "../../widget/wire/audit.ts";
import { type FromRelay, roomPaths } from "../../widget/wire/room-relay.ts";
import { askStatement, commitStatement, foundStatement, groupIdStatement } from "../../widget/wire/room-signatures.ts";
import { commitMessage, privateMessage } from "../api/rooms/support/mls-messages.ts";
import { bytesOf, SigningKey, TestRoom } from "../api/rooms/support/room.ts";

export interface RoomLoad {
  readonly port: number;
  /** a relay with rooms; else a server that passes texts on */
  readonly isRelay: boolean;
  readonly sockets: number;
  /** messages of each that are under way at once */
  readonly window: number;
  /** of ciphertext, bytes */
  readonly size: number;
}
export type RoomLoadTask =
  | ({ readonly type: "open"; readonly name: string } & RoomLoad)
  /** @param lasts ms */
  | { readonly type: "run"; readonly name: string; readonly lasts: number };
/** of messages that came back to who had sent them; latencies in ms */
export type RoomLoadAnswer =
  | { readonly messages: number; readonly ms: number; readonly latencies: readonly number[] }
  | { readonly failure: string };

/** In a PrivateMessage's text, authenticated data starts at a whole group of base64: 8 characters name sender and message. */
const NAME_AT = 64;
const NAME_CHARS = 8;
const FIELD = Buffer.from('"bytes":"');
/** Characters of `seq` and `poster` that a relay's entry has more than what was posted. */
const MORE = 70;
const ALIVE_MS = 4_000;

class Connection {
  readonly key = new SigningKey();
  readonly ref = randomBytes(32).toString("base64url");
  nonce = new Uint8Array();
  auditKey = "";
  hear: ((name: string) => void) | undefined;
  readonly #socket: Socket;
  readonly #told: FromRelay[] = [];
  #left: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(port: number, path: string): Promise<Connection> {
    const socket = connect(port, "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`,
    );
    const connection = new Connection(socket);
    let head: Buffer = Buffer.alloc(0);
    while (!head.includes("\r\n\r\n")) head = Buffer.concat([head, ((await once(socket, "data")) as [Buffer])[0]]);
    if (!head.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error("the server takes no sockets");
    socket.on("data", (chunk) => connection.#take(chunk));
    connection.#take(head.subarray(head.indexOf("\r\n\r\n") + 4));
    return connection;
  }

  say(message: object): void {
    this.#socket.write(frameOf(Buffer.from(JSON.stringify(message))));
  }

  write(frame: Buffer): void {
    this.#socket.write(frame);
  }

  async next<T extends FromRelay["type"]>(type: T): Promise<Extract<FromRelay, { type: T }>> {
    for (;;) {
      const at = this.#told.findIndex((message) => message.type === type);
      if (at >= 0) return this.#told.splice(0, at + 1).at(-1) as Extract<FromRelay, { type: T }>;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#left.length > 0 ? Buffer.concat([this.#left, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= 2) {
      const short = (bytes[at + 1] as number) & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - at < head) break;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      if (bytes.length - at < head + length) break;
      this.#message(bytes.subarray(at + head, at + head + length));
      at += head + length;
    }
    this.#left = at < bytes.length ? bytes.subarray(at) : Buffer.alloc(0);
  }

  #message(bytes: Buffer): void {
    if (!this.hear) {
      this.#told.push(JSON.parse(bytes.toString()) as FromRelay);
      this.#wake();
      return;
    }
    const field = bytes.indexOf(FIELD);
    if (field < 0 && bytes.includes('"refused"')) throw new Error(`the relay refused: ${bytes.toString()}`);
    if (field < 0) return;
    const name = field + FIELD.length + NAME_AT;
    this.hear(bytes.toString("latin1", name, name + NAME_CHARS));
  }
}

/** RFC 6455 §5.2: one text frame; masked with zeros, which masks nothing. */
function frameOf(text: Buffer): Buffer {
  const isShort = text.length < 126;
  const head = Buffer.alloc(isShort ? 6 : text.length < 65_536 ? 8 : 14);
  head[0] = 0x81;
  if (isShort) head[1] = 0x80 | text.length;
  else if (text.length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(text.length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(text.length), 2);
  }
  return Buffer.concat([head, text]);
}

/** One room, or one bare server, and everyone in it. */
class Crowd {
  readonly #load: RoomLoad;
  #members: Connection[] = [];
  #groupId: Uint8Array = randomBytes(32);
  #epoch = 0;
  #counter = 0;

  constructor(load: RoomLoad) {
    this.#load = load;
  }

  async open(): Promise<void> {
    const { port, isRelay, sockets } = this.#load;
    const room = new TestRoom();
    if (isRelay) {
      const opened = await room.open({ base: `http://127.0.0.1:${port}` });
      if (opened.status !== 201) throw new Error(`the room was not opened: ${opened.status}`);
    }
    const path = isRelay ? roomPaths.socket(room.id) : "/";
    for (let i = 0; i < sockets; i++) this.#members.push(await Connection.open(port, path));
    if (isRelay) await this.#enter(room);
    setInterval(() => {
      if (isRelay) for (const member of this.#members) member.say({ type: "alive" });
    }, ALIVE_MS).unref();
  }

  /** Everyone speaks until the time is over; then what is under way comes back. */
  async run(lasts: number): Promise<RoomLoadAnswer> {
    const began = performance.now();
    const latencies: number[] = [];
    await Promise.all(this.#members.map((member) => this.#speak(member, began + lasts, latencies)));
    return { messages: latencies.length, ms: performance.now() - began, latencies };
  }

  #speak(member: Connection, until: number, latencies: number[]): Promise<void> {
    const sent = new Map<string, number>();
    return new Promise((resolve) => {
      const say = () => {
        const { name, frame } = this.#message();
        sent.set(name, performance.now());
        member.write(frame);
      };
      member.hear = (name) => {
        const at = sent.get(name);
        if (at === undefined) return;
        sent.delete(name);
        const now = performance.now();
        latencies.push(now - at);
        if (now < until) say();
        else if (sent.size === 0) resolve();
      };
      for (let i = 0; i < this.#load.window; i++) say();
    });
  }

  #message(): { name: string; frame: Buffer } {
    // One byte of padding, so that the name starts where a group of base64 does.
    const authenticatedData = Buffer.alloc(7);
    authenticatedData.writeUIntBE(++this.#counter, 1, 6);
    const { isRelay, size } = this.#load;
    const bytes = privateMessage({ groupId: this.#groupId, epoch: this.#epoch, authenticatedData, size });
    const text = bytes.toString("base64url");
    const more = isRelay ? {} : { more: "x".repeat(MORE) };
    const frame = frameOf(Buffer.from(JSON.stringify({ type: "message", id: 1, bytes: text, ...more })));
    return { name: text.slice(NAME_AT, NAME_AT + NAME_CHARS), frame };
  }

  async #enter(room: TestRoom): Promise<void> {
    const [host, ...guests] = this.#members as [Connection, ...Connection[]];
    for (const member of this.#members) {
      const hello = await member.next("hello");
      member.nonce = bytesOf(hello.nonce);
      member.auditKey = hello.auditKey;
      member.say({ type: "enter", token: room.token });
    }
    const { head } = await host.next("room");
    const previous = await openHead(head, bytesOf(host.auditKey));
    const creatorNonce = randomBytes(32);
    const statement = groupIdStatement(bytesOf(room.id), 1, creatorNonce, previous?.hash ?? new Uint8Array());
    this.#groupId = await hashOf(statement);
    const groupId = Buffer.from(this.#groupId).toString("base64url");
    const signature = host.key.sign(foundStatement(host.nonce, this.#groupId));
    const founding = { type: "found", n: 1, groupId, postKey: host.key.publicKey, signature };
    host.say({ ...founding, creatorNonce: creatorNonce.toString("base64url") });
    await host.next("founded");
    for (const guest of guests) {
      const asking = { type: "ask", groupId, ref: guest.ref, postKey: guest.key.publicKey, sealed: "AAAA" };
      guest.say({ ...asking, signature: guest.key.sign(askStatement(guest.nonce, bytesOf(guest.ref))) });
      await guest.next("asked");
    }
    const proof = randomBytes(64).toString("base64url");
    const add = guests.map(({ ref, key }) => ({ ref, postKey: key.publicKey, epoch: 0, proof }));
    const bytes = commitMessage(this.#groupId, 0, { add, remove: [] });
    const signed = host.key.sign(commitStatement(this.#groupId, await hashOf(bytes)));
    host.say({ type: "commit", id: 1, bytes: bytes.toString("base64url"), signature: signed, welcome: "AAAA" });
    await Promise.all(guests.map((guest) => guest.next("welcome")));
    this.#epoch = 1;
  }
}

const crowds = new Map<string, Crowd>();

async function perform(task: RoomLoadTask): Promise<RoomLoadAnswer> {
  if (task.type === "run") return (crowds.get(task.name) as Crowd).run(task.lasts);
  const crowd = new Crowd(task);
  crowds.set(task.name, crowd);
  await crowd.open();
  return { messages: 0, ms: 0, latencies: [] };
}

process.on("message", async (task: RoomLoadTask) => {
  process.send?.(await perform(task).catch((error: Error) => ({ failure: error.stack ?? error.message })));
});
// It ends with whoever started it.
process.once("disconnect", () => process.exit());
