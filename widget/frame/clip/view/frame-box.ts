/**
 * How much room the site gives us, where a container query isn't enough because the content differs. Realm: frame.
 */
import type { LitElement, ReactiveController } from "lit";

/** Where the device pickers go: over the picture, beside it, or behind a button. */
export type Room = "over" | "beside" | "behind";

const OVER_HEIGHT_PX = 460;
const BESIDE_WIDTH_PX = 560;
const BESIDE_HEIGHT_PX = 196;

export class FrameBox implements ReactiveController {
  readonly #host: LitElement;
  readonly #observer = new ResizeObserver(() => this.#measure());
  room: Room = "over";

  constructor(host: LitElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#measure();
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  #measure(): void {
    const { width, height } = this.#host.getBoundingClientRect();
    const beside = width >= BESIDE_WIDTH_PX && height >= BESIDE_HEIGHT_PX;
    const room = height >= OVER_HEIGHT_PX ? "over" : beside ? "beside" : "behind";
    if (room === this.room) return;
    this.room = room;
    this.#host.requestUpdate();
  }
}
