/**
 * The frame's end of the handshake with the page that embeds it: one hello, from the parent window, from an allowed
 * origin; then a port of our own and nothing else. Realm: frame. Lets only typed, secret-free events out.
 * Source: protocol.md §11, platform-notes (Handshake).
 */
import { connect, PortMessenger } from "penpal";
import {
  type FrameEventName,
  type FrameEvents,
  type FrameMethods,
  HANDSHAKE_VERSION,
  type HostMethods,
  isHello,
  type Welcome,
} from "../wire/host-frame.ts";

export interface HostLink {
  /** the page's */
  readonly origin: string;
  /** Raises a typed event on the element. Lost if the page is gone: the frame does not depend on it. */
  raise<N extends FrameEventName>(name: N, detail: FrameEvents[N]): void;
}

/**
 * Waits for the page's hello. A second one, one from another window or origin, and every other message is ignored.
 * @param commands what the page may ask for besides, by name
 */
export function meetHost(
  allowedOrigins: readonly string[],
  configure: (config: unknown) => void,
  commands: Omit<FrameMethods, "configure"> = {},
): Promise<HostLink> {
  return new Promise((resolve) => {
    const listen = (event: MessageEvent) => {
      if (event.source !== window.parent || window.parent === window) return;
      if (!allowedOrigins.includes(event.origin) || !isHello(event.data)) return;
      removeEventListener("message", listen);
      resolve(welcome(event.origin, event.data.nonce, { ...commands, configure }));
    };
    addEventListener("message", listen);
  });
}

/** The embedding origins that the server wrote into the document. */
export function allowedOrigins(): string[] {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="whatping-origins"]');
  return (meta?.content ?? "").split(/\s+/).filter((origin) => origin !== "");
}

async function welcome(origin: string, nonce: string, answers: FrameMethods): Promise<HostLink> {
  const { port1, port2 } = new MessageChannel();
  const answer: Welcome = { whatping: "welcome", version: HANDSHAKE_VERSION, nonce };
  // No prototype: Penpal looks methods up by name, and `constructor` must not be one.
  const methods: FrameMethods = Object.assign(Object.create(null), answers);
  sayNothingOfErrors(port1);
  const connection = connect<HostMethods & Record<string, never>>({
    messenger: new PortMessenger({ port: port1 }),
    methods: methods as unknown as Record<string, () => void>,
  });
  window.parent.postMessage(answer, { targetOrigin: origin, transfer: [port2] });
  const host = await connection.promise;
  return {
    origin,
    raise: (name, detail) => {
      // Penpal answers each call; a page that is gone or hostile may make that answer an error, which concerns nobody.
      Promise.resolve((host as unknown as HostMethods).raise(name, detail)).catch(() => undefined);
    },
  };
}

/** Penpal answers a wrong call with its exception, stack and all: the page hears that it was wrong, and no more. */
function sayNothingOfErrors(port: MessagePort): void {
  const send = port.postMessage.bind(port) as (message: unknown, options?: StructuredSerializeOptions) => void;
  port.postMessage = (message: { isError?: boolean }, options?: unknown) => {
    const refusal = { name: "Error", message: "refused" };
    const said = message.isError ? { ...message, value: refusal, isSerializedErrorInstance: true } : message;
    send(said, options as StructuredSerializeOptions);
  };
}
