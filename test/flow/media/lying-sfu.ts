/**
 * An SFU that lies: stands before the real LiveKit, passes on what it carries, and rewrites what it says to whom it
 * likes, in LiveKit's own signalling. Test support; sees what an SFU sees. Source: livekit_rtc.proto.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ParticipantInfo, SignalRequest, SignalResponse } from "@livekit/protocol";
import { WebSocket, WebSocketServer } from "ws";
import { identityIn } from "./sfu-tokens.ts";

/** What one participant is told, and what is passed on of what it says: undefined for nothing. */
export interface Lie {
  down?(said: SignalResponse): SignalResponse | undefined;
  up?(said: SignalRequest): SignalRequest | undefined;
}

/** What everybody who joins is told that the SFU's own frames end with: LiveKit's own encryption lets such pass as they are. */
export const SIF_TRAILER = Buffer.from("an ending of the SFU's own");

export class LyingSfu {
  /** `ws://127.0.0.1:port` */
  readonly url: string;
  /** all that was said between LiveKit and anybody, in both directions, as bytes */
  readonly said: Buffer[] = [];
  readonly #server: Server;
  readonly #target: URL;
  readonly #lies = new Map<string, Lie>();
  /** by identity, the newest */
  readonly #ends = new Map<string, { client: WebSocket; livekit: WebSocket }>();
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor(server: Server, target: string) {
    this.#server = server;
    this.#target = new URL(target.replace(/^ws/, "http"));
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (asked: IncomingMessage, answer: ServerResponse) => this.#forward(asked, answer));
    server.on("upgrade", (asked, socket, head) =>
      this.#sockets.handleUpgrade(asked, socket, head, (client) => this.#join(client, asked.url ?? "")),
    );
  }

  /** @param livekit `ws://…` of the real one */
  static async before(livekit: string): Promise<LyingSfu> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new LyingSfu(server, livekit);
  }

  /** From now on; what was said before stays said. */
  lieTo(identity: string, lie: Lie): void {
    this.#lies.set(identity, lie);
  }

  /** Says something that LiveKit did not. */
  say(identity: string, response: ConstructorParameters<typeof SignalResponse>[0]): void {
    const end = this.#ends.get(identity);
    if (!end) throw new Error("nobody of that name is connected");
    end.client.send(new SignalResponse(response).toBinary());
  }

  /** Cuts the signalling, as a network does. */
  cut(identity: string): void {
    this.#ends.get(identity)?.client.terminate();
  }

  async close(): Promise<void> {
    for (const { client, livekit } of this.#ends.values()) for (const socket of [client, livekit]) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve).closeAllConnections());
  }

  #join(client: WebSocket, path: string): void {
    const identity = identityIn(new URL(path, this.#target).searchParams.get("access_token") ?? "");
    const livekit = new WebSocket(new URL(path, this.#target).href.replace(/^http/, "ws"));
    this.#ends.set(identity, { client, livekit });
    const early: Buffer[] = [];
    const up = (bytes: Buffer) => {
      this.said.push(bytes);
      const lie = this.#lies.get(identity)?.up;
      const passed = lie ? lie(SignalRequest.fromBinary(bytes))?.toBinary() : bytes;
      if (passed) livekit.send(passed);
    };
    livekit.on("open", () => {
      for (const bytes of early.splice(0)) up(bytes);
    });
    client.on("message", (bytes: Buffer) => (livekit.readyState === WebSocket.OPEN ? up(bytes) : early.push(bytes)));
    livekit.on("message", (bytes: Buffer) => {
      this.said.push(bytes);
      const said = SignalResponse.fromBinary(bytes);
      if (said.message.case === "join") said.message.value.sifTrailer = SIF_TRAILER;
      const lie = this.#lies.get(identity)?.down;
      const told = (lie ? lie(said) : said)?.toBinary();
      if (told && client.readyState === WebSocket.OPEN) client.send(told);
    });
    for (const [one, other] of [[client, livekit] as const, [livekit, client] as const]) {
      one.on("close", () => other.terminate());
      one.on("error", () => other.terminate());
    }
  }

  #forward(asked: IncomingMessage, answer: ServerResponse): void {
    // Whoever the relay wants out stays: it says that nobody is there.
    if (asked.url?.endsWith("/ListParticipants")) {
      answer.setHeader("content-type", "application/json").end("{}");
      return;
    }
    const { host: _, ...headers } = asked.headers;
    const options = { method: asked.method ?? "GET", headers };
    const onward = request(new URL(asked.url ?? "/", this.#target), options, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      said.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  }
}

/** Everybody of whom this message tells, to be changed in place; undefined leaves somebody out. */
export function retold(
  said: SignalResponse,
  tell: (who: ParticipantInfo) => ParticipantInfo | undefined,
): SignalResponse {
  const { message } = said;
  const each = (all: readonly ParticipantInfo[]) => all.flatMap((who) => tell(who) ?? []);
  if (message.case === "join") message.value.otherParticipants = each(message.value.otherParticipants);
  if (message.case === "update") message.value.participants = each(message.value.participants);
  return said;
}
