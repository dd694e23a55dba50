/**
 * Keeps the keyboard where the person works: when a state takes the focused button away, the next state's primary
 * action gets the focus. Never takes it from the page around. Realm: frame.
 */
import type { LitElement, ReactiveController } from "lit";

export class FocusKeeper implements ReactiveController {
  readonly #host: LitElement;
  /** the person's last act was inside this view */
  #inside = false;
  #pending = false;
  /** before this update something in here had the focus */
  #held = false;

  constructor(host: LitElement) {
    this.#host = host;
    host.addController(this);
    host.addEventListener("click", () => this.#enter());
    host.addEventListener("focusin", () => this.#enter());
    host.addEventListener("keydown", (event) => this.#dropRepeats(event));
  }

  hostConnected(): void {
    addEventListener("blur", this.#leave);
    addEventListener("focus", this.#settle);
  }

  hostDisconnected(): void {
    removeEventListener("blur", this.#leave);
    removeEventListener("focus", this.#settle);
  }

  hostUpdate(): void {
    this.#held = this.#focused !== null;
  }

  /** Within a state too the focused button may go: a clip that ends takes "Copy link" away. */
  hostUpdated(): void {
    if (this.#held && this.#focused === null) this.#pending = true;
    this.#settle();
  }

  /** Call it when the state has become another one. */
  stepChanged(): void {
    this.#pending = this.#inside;
  }

  get #focused(): Element | null {
    return this.#host.shadowRoot?.activeElement ?? null;
  }

  #enter(): void {
    this.#inside = true;
  }

  /** A permission prompt blurs the window in the middle of a step: that one still counts as inside. */
  readonly #leave = () => {
    if (!this.#pending) this.#inside = false;
  };

  readonly #settle = () => {
    if (!this.#pending || !document.hasFocus()) return;
    if (this.#focused !== null) return;
    const target = this.#host.shadowRoot?.querySelector<HTMLElement>("[data-primary]:not(:disabled)");
    if (!target) return;
    this.#pending = false;
    target.focus({ preventScroll: true });
  };

  /** A key held down would press the next state's button too. */
  #dropRepeats(event: KeyboardEvent): void {
    const onButton = event.composedPath()[0] instanceof HTMLButtonElement;
    if (event.repeat && onButton && (event.key === "Enter" || event.key === " ")) event.preventDefault();
  }
}
