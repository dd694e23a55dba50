/**
 * Keeps the newest line in sight for whoever reads at the end, and leaves alone whoever reads further up.
 * Realm: frame.
 */
import type { LitElement, ReactiveController } from "lit";

/** px from the end that still count as reading the end. */
const END_PX = 48;

export class ChatScroll implements ReactiveController {
  readonly #host: LitElement;
  readonly #observer = new ResizeObserver(() => this.#resized());
  #isAtEnd = true;
  /** of the lines, and of what of them is in sight, px */
  #height = 0;
  #inSight = 0;
  /** something new stands below what is in sight */
  hasMore = false;

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

  get #log(): HTMLElement | null {
    return this.#host.renderRoot?.querySelector<HTMLElement>(".log") ?? null;
  }

  readonly scrolled = (): void => {
    const log = this.#log;
    // A frame that became smaller scrolls too, but nobody looked away.
    if (!log || log.clientHeight !== this.#inSight || log.scrollHeight !== this.#height) return;
    this.#isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < END_PX;
    if (this.#isAtEnd && this.hasMore) this.#setMore(false);
  };

  readonly toEnd = (): void => {
    this.#isAtEnd = true;
    this.#setMore(false);
    this.#log?.focus({ preventScroll: true });
    this.#follow();
  };

  hostUpdated(): void {
    const log = this.#log;
    if (!log) {
      this.#isAtEnd = true;
      this.#height = 0;
      return;
    }
    const grown = log.scrollHeight > this.#height;
    this.#measure(log);
    if (this.#isAtEnd) this.#follow();
    else if (grown && !this.hasMore) this.#setMore(true);
  }

  #resized(): void {
    const log = this.#log;
    if (!log) return;
    this.#measure(log);
    if (this.#isAtEnd) this.#follow();
  }

  #measure({ scrollHeight, clientHeight }: HTMLElement): void {
    this.#height = scrollHeight;
    this.#inSight = clientHeight;
  }

  #follow(): void {
    const log = this.#log;
    if (log) log.scrollTop = log.scrollHeight;
  }

  #setMore(hasMore: boolean): void {
    this.hasMore = hasMore;
    this.#host.requestUpdate();
  }
}
