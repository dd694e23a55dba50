/**
 * Mounts the sealed frame inside an element and shakes hands with it: exact origin, exact window, one nonce, once.
 * Realm: host page. Sees attributes and events, nothing secret.
 * Source: protocol.md §11, platform-notes (Sandbox, Handshake).
 */
import { connect, PortMessenger } from "penpal";
import { toBase64url } from "../wire/bytes.ts";
import { CodedError } from "../wire/errors.ts";
import {
  type FrameEventName,
  type FrameMethods,
  HANDSHAKE_TIMEOUT_MS,
  HANDSHAKE_VERSION,
  type Hello,
  isFrameEventName,
  isWelcome,
} from "../wire/host-frame.ts";

const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";
const ALLOWED = [
  "camera",
  "microphone",
  "display-capture",
  "speaker-selection",
  "autoplay",
  "fullscreen",
  "clipboard-write",
  "web-share",
  "screen-wake-lock",
];

export interface MountOptions {
  /** where the frame lives; must be another origin than this page */
  readonly frameOrigin: string;
  /** path of the frame's document */
  readonly path: string;
  /** accessible name of the frame */
  readonly title: string;
  readonly config: () => unknown;
  onEvent(name: FrameEventName, detail: unknown): void;
}

export interface MountedFrame {
  readonly iframe: HTMLIFrameElement;
  /** Resolves when the frame has answered. @throws CodedError `frame-blocked`. */
  readonly ready: Promise<FrameMethods>;
  unmount(): void;
}

/** @throws CodedError `same-origin` when frame and page share an origin: the page could then read everything. */
export function mountFrame(parent: ShadowRoot, options: MountOptions): MountedFrame {
  const origin = checkOrigin(options.frameOrigin);
  const iframe = document.createElement("iframe");
  iframe.setAttribute("sandbox", SANDBOX);
  iframe.allow = ALLOWED.filter(isKnown)
    .map((feature) => `${feature} ${origin}`)
    .join("; ");
  iframe.referrerPolicy = "no-referrer";
  iframe.title = options.title;
  const over = new AbortController();
  const ready = shakeHands(iframe, origin, options, over.signal);
  iframe.src = `${origin}${options.path}`;
  parent.append(iframe);
  return {
    iframe,
    ready,
    unmount() {
      over.abort();
      iframe.remove();
    },
  };
}

/** A name that the browser does not know would only draw a warning. Where it can't be asked, all are given. */
function isKnown(feature: string): boolean {
  const { featurePolicy } = document as { featurePolicy?: { features(): string[] } };
  return featurePolicy?.features().includes(feature) ?? true;
}

function checkOrigin(frameOrigin: string): string {
  const { protocol, origin } = URL.canParse(frameOrigin) ? new URL(frameOrigin) : { protocol: "", origin: "" };
  // A blob: URL has the page's own origin, and file: one that some browsers spell out.
  if (!/^https?:$/.test(protocol)) {
    throw new CodedError("frame-protocol", "The frame-origin attribute is not an address like https://frame.example.");
  }
  if (origin === location.origin) {
    throw new CodedError(
      "same-origin",
      "The sealed frame must come from another origin than this page, or the page could read it. Change frame-origin.",
    );
  }
  return origin;
}

function shakeHands(
  iframe: HTMLIFrameElement,
  origin: string,
  options: MountOptions,
  over: AbortSignal,
): Promise<FrameMethods> {
  const nonce = toBase64url(crypto.getRandomValues(new Uint8Array(16)));
  const hello: Hello = { whatping: "hello", version: HANDSHAKE_VERSION, nonce };
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const signal = AbortSignal.any([over, settled.signal]);
    const refuse = () => {
      settled.abort();
      reject(
        new CodedError(
          "frame-blocked",
          `The sealed frame from ${origin} did not answer. Check that ${location.origin} is among its allowed origins and that this page's Content-Security-Policy has it in frame-src.`,
        ),
      );
    };
    const timer = setTimeout(refuse, HANDSHAKE_TIMEOUT_MS);
    signal.addEventListener("abort", () => clearTimeout(timer));
    iframe.addEventListener("load", () => iframe.contentWindow?.postMessage(hello, origin), { signal });
    const listen = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== iframe.contentWindow || event.origin !== origin) return;
      if (!isWelcome(event.data, nonce) || !port) return;
      settled.abort();
      connectPort(port, options, over).then(resolve, refuse);
    };
    addEventListener("message", listen, { signal });
  });
}

async function connectPort(port: MessagePort, options: MountOptions, over: AbortSignal): Promise<FrameMethods> {
  const raise = (name: unknown, detail: unknown) => {
    if (isFrameEventName(name)) options.onEvent(name, detail);
  };
  const connection = connect({
    messenger: new PortMessenger({ port }),
    methods: Object.assign(Object.create(null), { raise }),
  });
  over.addEventListener("abort", () => connection.destroy());
  const frame = (await connection.promise) as unknown as FrameMethods;
  frame.configure(options.config());
  return frame;
}
