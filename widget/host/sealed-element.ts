/**
 * What all elements share: attributes in, one sealed frame inside, typed events out, refusals in one line.
 * Realm: host page. Importable where there is no DOM (server rendering).
 * Source: protocol.md §11, product.md E1, E3, E9.
 */
import { CodedError } from "../wire/errors.ts";
import type { FrameEventName, FrameEvents, FrameMethods } from "../wire/host-frame.ts";
import { type MountedFrame, mountFrame } from "./frame-mount.ts";

const STYLE = `
:host{display:block;width:100%;min-width:280px;min-height:200px;aspect-ratio:4/3;max-height:560px;position:relative;contain:content}
:host([hidden]){display:none}
iframe{display:block;border:0;width:100%;height:100%;min-height:inherit;color-scheme:normal;border-radius:inherit}
p{margin:0;padding:16px;font:14px/1.5 system-ui,sans-serif;color:#1b1f24;background:#f4f4f2;border-radius:12px}
`;

// Server rendering has no HTMLElement; the class must still load there.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** Where this script came from: the frame's own origin, unless the page says otherwise. */
const scriptOrigin = import.meta.url.startsWith("http") ? new URL(import.meta.url).origin : "";

export abstract class SealedElement extends Base {
  static observedAttributes: string[] = [];
  /** Name of the event that tells of a refusal. */
  protected readonly errorEvent: "wisp-error" | "whatping-error" = "wisp-error";
  /** More rules for the element's own box. */
  protected readonly boxStyle: string = "";
  #frame: MountedFrame | undefined;
  #methods: FrameMethods | undefined;
  /** what waits for the frame to answer */
  readonly #waiting = new Set<(error: unknown) => void>();

  /** Path of the frame's document at its origin. */
  protected abstract readonly framePath: string;
  protected abstract readonly frameTitle: string;
  /** What the frame is told; called again when an attribute changes. */
  protected abstract config(): unknown;

  /** The sealed frame's origin. Default: where this script came from. */
  get frameOrigin(): string {
    return this.getAttribute("frame-origin") ?? scriptOrigin;
  }
  set frameOrigin(value: string) {
    this.setAttribute("frame-origin", value);
  }

  connectedCallback(): void {
    if (this.#frame) return;
    const root = this.shadowRoot ?? this.#openShadow();
    try {
      this.#frame = mountFrame(root, {
        frameOrigin: this.frameOrigin,
        path: this.framePath,
        title: this.frameTitle,
        config: () => this.config(),
        onEvent: (name, detail) => this.frameRaised(name, detail),
      });
    } catch (error) {
      this.#refuse(error);
      return;
    }
    const frame = this.#frame;
    frame.ready.then(
      (methods) => {
        this.#methods = methods;
      },
      (error) => {
        if (this.#frame === frame) this.#refuse(error);
      },
    );
  }

  disconnectedCallback(): void {
    this.#unmount();
  }

  /** Moved with `moveBefore`: the frame lives on. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === "frame-origin" && this.isConnected && this.#frame) {
      this.#unmount();
      this.connectedCallback();
    } else {
      this.#methods?.configure(this.config());
    }
  }

  /**
   * Calls the frame, once it is there.
   * @throws CodedError `not-mounted` where the element is in no document, or leaves it before there is an answer, and
   * what the frame was refused for, if it was.
   */
  protected told<T>(call: (frame: FrameMethods) => T): Promise<Awaited<T>> {
    const frame = this.#frame;
    if (!frame) return Promise.reject(notMounted());
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      frame.ready
        .then(async (methods) => resolve(await call(methods)))
        .catch((error) => reject(error instanceof CodedError ? error : protocolBroken()))
        .finally(() => this.#waiting.delete(reject));
    });
  }

  /** Turns what the frame raised into a DOM event. */
  protected frameRaised<N extends FrameEventName>(name: N, detail: unknown): void {
    if (name === "wisp-size") return;
    this.dispatchEvent(new CustomEvent(name, { detail: detail as FrameEvents[N], bubbles: true, composed: true }));
  }

  #openShadow(): ShadowRoot {
    const root = this.attachShadow({ mode: "open" });
    // A constructed sheet needs no `style-src` from the page's policy.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE + this.boxStyle);
    root.adoptedStyleSheets = [sheet];
    return root;
  }

  #unmount(reason = notMounted()): void {
    this.#frame?.unmount();
    this.#frame = undefined;
    this.#methods = undefined;
    this.shadowRoot?.replaceChildren();
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
  }

  #refuse(error: unknown): void {
    const reason = error instanceof CodedError ? error : protocolBroken();
    const { code, message } = reason;
    this.#unmount(reason);
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.textContent = message;
    this.shadowRoot?.append(line);
    this.dispatchEvent(new CustomEvent(this.errorEvent, { detail: { code, message }, bubbles: true, composed: true }));
  }
}

function notMounted(): CodedError {
  return new CodedError("not-mounted", "The element has no frame, or lost it before there was an answer.");
}

function protocolBroken(): CodedError {
  return new CodedError("frame-protocol", "The sealed frame could not be started.");
}

type FrameEventMap = { readonly [N in keyof FrameEvents]: CustomEvent<FrameEvents[N]> };

declare global {
  interface HTMLElementEventMap extends FrameEventMap {}
}
