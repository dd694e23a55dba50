/**
 * Words that don't fit into a low frame scroll; this makes them reachable with the keyboard while they do.
 * Realm: frame. Source: WCAG 2.2 §2.1.1.
 */
import type { LitElement, ReactiveController } from "lit";

export class ScrollReach implements ReactiveController {
  readonly #host: LitElement;
  readonly #observer = new ResizeObserver(() => this.#measure());

  constructor(host: LitElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  hostUpdated(): void {
    this.#measure();
  }

  #measure(): void {
    const words = this.#host.shadowRoot?.querySelector(".message");
    if (!words) return;
    if (words.scrollHeight > words.clientHeight) words.setAttribute("tabindex", "0");
    else words.removeAttribute("tabindex");
  }
}
