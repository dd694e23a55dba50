/**
 * Keeps the newest line in sight for whoever reads at the end, and leaves alone whoever reads further up; and says how
 * far back lines are drawn: each costs time whenever another one comes. Realm: frame.
 */
import type { LitElement, ReactiveController } from "lit";
import type { Line } from "../lines.ts";

/** px from the end that still count as reading the end. */
const END_PX = 48;
/** Lines that are drawn for whoever reads the end, and that come at once for whoever goes back. */
export const LINES_DRAWN = 150;

export class ChatScroll implements ReactiveController {
  readonly #host: LitElement;
  readonly #observer = new ResizeObserver(() => this.#resized());
  #isAtEnd = true;
  /** of the lines, and of what of them is in sight, px */
  #height = 0;
  #inSight = 0;
  /** something new stands below what is in sight */
  hasMore = false;
  /** key of the first line that is drawn */
  from = 0;
  #isGoingBack = false;
  /** what comes now is old: it is not read out */
  isOld = false;

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

  /** What of the lines is drawn. Whoever reads further up keeps what they have. */
  drawn(lines: readonly Line[]): readonly Line[] {
    if (this.#isAtEnd) this.from = lines.at(-LINES_DRAWN)?.key ?? 0;
    const at = lines.findIndex(({ key }) => key >= this.from);
    return at > 0 ? lines.slice(at) : lines;
  }

  /** Draws some of what stands before; what is in sight stays where it is. */
  readonly back = (): void => {
    this.#isAtEnd = false;
    this.#isGoingBack = this.isOld = true;
    this.from -= LINES_DRAWN;
    this.#log?.focus({ preventScroll: true });
    this.#host.requestUpdate();
  };

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
    if (this.#isGoingBack) log.scrollTop += log.scrollHeight - this.#height;
    this.#measure(log);
    if (this.#isGoingBack) {
      this.#isGoingBack = false;
      // Not before the browser has told whoever reads aloud of what is there now.
      requestAnimationFrame(() => setTimeout(() => this.#readOut()));
      return;
    }
    if (this.#isAtEnd) this.#follow();
    else if (grown && !this.hasMore) this.#setMore(true);
  }

  #readOut(): void {
    this.isOld = false;
    this.#host.requestUpdate();
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
