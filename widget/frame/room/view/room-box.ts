/**
 * Whether the site gives room for the people beside the chat, and for how many actions: a container query isn't enough,
 * since what is beside or in a sheet are different things for keyboards and screen readers. Realm: frame.
 */
import type { LitElement, ReactiveController } from "lit";

const WIDE_PX = 720;
const HIGH_PX = 300;
/** Below this, head and bar share a row (room-style.ts). */
const LOW_PX = 320;
/** The bar has its names below the icons from here on. */
const NAMED_PX: { readonly width: number; readonly height: number } = { width: 1_160, height: 420 };
/** One action without its name, px; and in the row that the head is in too. */
const SLOT_PX = 48;
const LOW_SLOT_PX = 44;
/** What the head takes of that row: who is here, and the sign that the room is locked. */
const HEAD_PX = 56;
const LOCKED_PX = 40;
/** Where the sign has no place either (room-style.ts). */
const NARROWEST_PX = 320;
const EDGES_PX = 16;

export class RoomBox implements ReactiveController {
  readonly #host: LitElement;
  readonly #observer = new ResizeObserver(() => this.#measure());
  isWide = false;
  /** actions that have room in the bar */
  slots = 4;
  /** with their names */
  isNamed = false;

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
    const isWide = width >= WIDE_PX && height >= HIGH_PX;
    const isNamed = width >= NAMED_PX.width && height >= NAMED_PX.height;
    const slots = slotsIn(width, height);
    if (isWide === this.isWide && slots === this.slots && isNamed === this.isNamed) return;
    Object.assign(this, { isWide, slots, isNamed });
    this.#host.requestUpdate();
  }
}

function slotsIn(width: number, height: number): number {
  if (height >= LOW_PX) return Math.max(4, Math.floor((width - EDGES_PX) / SLOT_PX));
  const head = HEAD_PX + (width < NARROWEST_PX ? 0 : LOCKED_PX);
  return Math.max(4, Math.floor((width - head) / LOW_SLOT_PX));
}
