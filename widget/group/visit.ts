/**
 * A person in the lobby: knocks by the room's id alone until a host's device lets them in or sends them away.
 * Realm: group worker; runs in Node as well. Source: protocol.md §2 (Knock admission), docs/decisions/0055.
 */
import type { SigningKey } from "../seal/ed25519.ts";
import { type Bytes, fromBase64url, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import type { ErrorCode } from "../wire/errors.ts";
import type { RoomEvent } from "../wire/frame-group.ts";
import { HASH_BYTES, KNOCK_EVERY_MS } from "../wire/room-limits.ts";
import { type FromRelay, roomPaths } from "../wire/room-relay.ts";
import { knockDigits, makeKnock, type OwnKnock, openAnswer, sealNonce } from "./knock.ts";
import { type LobbyKey, openLobbyKey } from "./lobby-key.ts";
import { RETRY_S } from "./member-options.ts";
import type { From } from "./membership-events.ts";
import { type Given, readGiven } from "./pass.ts";
import { RelaySocket } from "./relay-socket.ts";

export interface VisitOptions {
  /** `ws[s]://host[:port]` of the relay */
  readonly relay: string;
  readonly roomId: Bytes;
  readonly name: string;
  readonly identity: SigningKey;
  readonly on: (event: RoomEvent) => void;
  /** a host lets this person in; the visit is over */
  readonly letIn: (given: Given) => void;
}

export class Visit {
  readonly #options: VisitOptions;
  readonly #socket: RelaySocket;
  #lobby: LobbyKey | undefined;
  /** one for the whole visit, on whatever connection: hosts go on seeing one person */
  #knock: OwnKnock | undefined;
  /** this side's nonce, sealed: from when the hosts' is known */
  #shown: string | undefined;
  #hosts: string | undefined;
  #digits: string | null = null;
  #isOpen = false;
  #again: ReturnType<typeof setInterval> | undefined;
  #over = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: VisitOptions) {
    this.#options = options;
    options.on({ type: "phase", phase: "connecting" });
    this.#socket = new RelaySocket(options.relay + roomPaths.socket(toBase64url(options.roomId)), {
      message: (message) => this.#inTurn(() => this.#heard(message)),
      lost: () => {
        clearInterval(this.#again);
        this.#again = undefined;
        if (!this.#over) options.on({ type: "phase", phase: "connecting" });
      },
    });
  }

  leave(): void {
    this.#end("left");
  }

  async #heard(message: FromRelay): Promise<void> {
    switch (message.type) {
      case "hello":
        return this.#socket.send({ type: "lobby" });
      case "lobby":
        return this.#arrived(message);
      case "knocked":
        this.#isOpen = message.isOpen;
        return this.#tell();
      case "answer":
        return this.#answered(message);
      case "refused":
        return this.#refused(message);
    }
  }

  async #arrived({ lobby, isOpen }: From<"lobby">): Promise<void> {
    const { roomId, on } = this.#options;
    const key = await openLobbyKey(fromBase64url(lobby) ?? new Uint8Array(), roomId);
    if (this.#over) return;
    if (!key) return this.#notGenuine();
    if (!this.#lobby) {
      this.#lobby = key;
      this.#knock = (await makeKnock(key, this.#options)) ?? undefined;
      if (this.#over) return this.#stop();
    }
    if (!this.#knock) return this.#notGenuine();
    this.#isOpen = isOpen;
    on({ type: "phase", phase: "lobby" });
    this.#tell();
    this.#say();
    clearInterval(this.#again);
    this.#again = setInterval(() => this.#say(), KNOCK_EVERY_MS);
  }

  /** What opens comes from somebody with the host link: nobody else could have read the knock. */
  async #answered({ sealed }: From<"answer">): Promise<void> {
    const knock = this.#knock;
    const bytes = fromBase64url(sealed);
    const answer = knock && bytes && (await openAnswer(knock, bytes));
    if (!answer || this.#over) return;
    if (answer.type === "nonce") return this.#compare(knock, answer.nonce);
    if (answer.type === "away") return this.#end("refused", "turned-away");
    if (answer.type === "closed") return this.#end("refused", "no-lobby");
    const given = answer.type === "come" ? readGiven(answer) : null;
    if (!given) return;
    this.#stop();
    this.#options.letIn(given);
  }

  /** The first nonce counts: a second one would be a second try at the digits. */
  async #compare(knock: OwnKnock, hosts: unknown): Promise<void> {
    if (!isBase64urlOf(hosts, HASH_BYTES) || !this.#lobby) return;
    if (this.#hosts !== undefined) return hosts === this.#hosts ? undefined : this.#notGenuine();
    this.#hosts = hosts;
    const nonces = { visitor: knock.nonce, hosts: fromBase64url(hosts) as Bytes };
    this.#digits = await knockDigits(nonces, { hash: knock.hash, lobbyKey: this.#lobby.lobbyKey });
    this.#shown = toBase64url(await sealNonce(knock));
    if (this.#over) return;
    this.#tell();
    this.#say();
  }

  #refused({ code, retryAfter = RETRY_S }: From<"refused">): void {
    if (code === "no-such-room" || code === "no-lobby") {
      this.#end("refused", code);
      return;
    }
    this.#options.on({ type: "trouble", code });
    // The next knock comes by itself; a place in a full lobby has to be asked for.
    if (!this.#again) setTimeout(() => this.#socket.renew(), retryAfter * 1000);
  }

  #say(): void {
    if (!this.#knock) return;
    const sealed = toBase64url(this.#knock.bytes);
    this.#socket.send({ type: "knock", sealed, ...(this.#shown === undefined ? {} : { shown: this.#shown }) });
  }

  #tell(): void {
    this.#options.on({ type: "knocking", isOpen: this.#isOpen, digits: this.#digits });
  }

  #notGenuine(): void {
    this.#options.on({ type: "alarm", fault: "forged-lobby" });
    this.#end("refused", "room-not-genuine");
  }

  #end(phase: "left" | "refused", code?: ErrorCode): void {
    if (this.#over) return;
    this.#stop();
    this.#options.on({ type: "phase", phase, ...(code ? { code } : {}) });
  }

  #stop(): void {
    this.#over = true;
    clearInterval(this.#again);
    this.#socket.close();
    this.#knock?.nonce.fill(0);
    this.#knock = undefined;
  }

  #inTurn(work: () => Promise<void> | void): void {
    this.#work = this.#work
      .then(() => (this.#over ? undefined : work()))
      .catch(() => {
        this.#options.on({ type: "alarm", fault: "internal" });
        this.#end("refused", "internal");
      });
  }
}
