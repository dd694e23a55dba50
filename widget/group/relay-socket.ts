/**
 * The one connection to the relay: JSON in text messages, opened again by itself until it is closed for good.
 * Realm: group worker (timers stay exact in hidden tabs). Source: protocol.md §5; platform-notes (Timers).
 */

import { ALIVE_EVERY_MS } from "../wire/room-limits.ts";
import type { FromRelay, ToRelay } from "../wire/room-relay.ts";

/** ms before the first, second … attempt to connect again; the last one repeats. */
const WAITS_MS = [0, 250, 500, 1_000, 2_000, 4_000];
/** ms without anything from the relay after which a connection counts as dead: it answers every `alive`. */
const DEAF_MS = 12_000;

export interface RelayListener {
  message(message: FromRelay): void;
  /** the connection is gone; another is tried unless it was closed on purpose */
  lost(): void;
}

export class RelaySocket {
  readonly #url: string;
  readonly #listener: RelayListener;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #alive: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;
  #closed = false;

  constructor(url: string, listener: RelayListener) {
    this.#url = url;
    this.#listener = listener;
    this.#connect();
  }

  /** Not sent while there is no connection: whoever sends repeats after `hello`. */
  send(message: ToRelay): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Opens a fresh connection: after a fault, or when the network came back. @param wait ms */
  renew(wait = 0): void {
    if (this.#closed) return;
    this.#drop();
    clearTimeout(this.#retry);
    this.#attempt = 0;
    if (wait > 0) this.#retry = setTimeout(() => this.#connect(), wait);
    else this.#connect();
  }

  /** For good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#drop();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#heardAt = performance.now();
      this.#alive = setInterval(() => this.#stayAlive(), ALIVE_EVERY_MS);
    };
    socket.onmessage = ({ data }) => {
      this.#heardAt = performance.now();
      this.#attempt = 0;
      const message = parse(data);
      if (message) this.#listener.message(message);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#drop();
      this.#listener.lost();
      const wait = WAITS_MS[Math.min(this.#attempt++, WAITS_MS.length - 1)] as number;
      // Half again at random, so that a relay that restarts isn't met by everyone at once.
      if (!this.#closed) this.#retry = setTimeout(() => this.#connect(), wait * (1 + Math.random() / 2));
    };
  }

  #stayAlive(): void {
    if (performance.now() - this.#heardAt > DEAF_MS) this.#socket?.close();
    else this.send({ type: "alive" });
  }

  #drop(): void {
    clearInterval(this.#alive);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

/** Only its outer shape: what a message says is checked where it is used, by signature, tag or bytes. */
function parse(data: unknown): FromRelay | null {
  if (typeof data !== "string") return null;
  try {
    const value = JSON.parse(data) as FromRelay;
    return typeof value?.type === "string" ? value : null;
  } catch {
    return null;
  }
}
