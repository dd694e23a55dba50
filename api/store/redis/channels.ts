/**
 * Channels on Redis: sharded publish and subscribe on connections of their own, so that a burst of news never holds up
 * an answer. Realm: server; sees what store.ts says.
 * What was said while a connection was lost is lost: every listener is told so when it is there again.
 */

import type { Listener } from "../store.ts";
import { parseSaid } from "./log-scripts.ts";

/** ms for one subscription. */
const SUBSCRIBE_MS = 3_000;

/** What is used of the library, alike for one server and for a cluster. */
export interface ChannelClient {
  connect(): Promise<unknown>;
  destroy(): void;
  sSubscribe(channel: string, listener: (said: string) => void): Promise<unknown>;
  sUnsubscribe(channel: string, listener: (said: string) => void): Promise<unknown>;
  on(event: string, listener: () => void): unknown;
}

interface Channel {
  readonly listeners: Set<Listener>;
  readonly hear: (said: string) => void;
  readonly begun: Promise<unknown>;
  /** nothing can be missed before the beginning */
  hasBegun: boolean;
}

export class RedisChannels {
  readonly #open: () => ChannelClient;
  readonly #channels = new Map<string, Channel>();
  #client: ChannelClient | undefined;
  #connected: Promise<unknown> = Promise.resolve();

  constructor(open: () => ChannelClient) {
    this.#open = open;
  }

  /** @throws Error if it is not subscribed within 3 s */
  async subscribe(name: string, listener: Listener): Promise<() => void> {
    const channel = this.#channels.get(name) ?? this.#begin(name);
    channel.listeners.add(listener);
    const end = () => this.#end(name, listener);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("not subscribed in time")), SUBSCRIBE_MS);
    });
    try {
      await Promise.race([channel.begun, late]);
    } catch (error) {
      end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return end;
  }

  close(): void {
    this.#channels.clear();
    this.#client?.destroy();
    this.#client = undefined;
  }

  #begin(name: string): Channel {
    const listeners = new Set<Listener>();
    const hear = (said: string) => {
      const heard = parseSaid(said);
      for (const listener of listeners) listener(heard);
    };
    const client = this.#connection();
    const begun = this.#connected.then(() => client.sSubscribe(name, hear));
    const channel = { listeners, hear, begun, hasBegun: false };
    this.#channels.set(name, channel);
    begun.then(
      () => {
        channel.hasBegun = true;
      },
      () => undefined,
    );
    return channel;
  }

  #end(name: string, listener: Listener): void {
    const channel = this.#channels.get(name);
    if (!channel?.listeners.delete(listener) || channel.listeners.size > 0) return;
    this.#channels.delete(name);
    // A listener of its own per beginning: an end that is late never silences a new beginning.
    const client = this.#client;
    channel.begun.then(() => client?.sUnsubscribe(name, channel.hear)).catch(() => undefined);
  }

  #connection(): ChannelClient {
    if (this.#client) return this.#client;
    const client = this.#open();
    for (const event of ["ready", "node-ready", "sharded-channel-moved-error"]) client.on(event, () => this.#missed());
    this.#client = client;
    this.#connected = client.connect();
    this.#connected.catch(() => undefined);
    return client;
  }

  #missed(): void {
    for (const { listeners, hasBegun } of this.#channels.values()) {
      if (hasBegun) for (const listener of listeners) listener({ type: "missed" });
    }
  }
}
