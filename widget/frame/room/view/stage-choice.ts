/**
 * How a person looks at the stage: all alike or the speaker large, what they pinned, which figure the keyboard is on.
 * Their own choice only: nobody else hears of it. Realm: frame.
 */
import type { ReactiveController } from "lit";
import { isInside } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { type Arrangement, arrange, type Figure, figuresOf, isStageOn, type Layout, type Size } from "./arrangement.ts";
import { FrontSpeaker } from "./front-speaker.ts";

export interface Scene extends Arrangement {
  readonly figures: readonly Figure[];
}

export class StageChoice implements ReactiveController {
  readonly #view: RoomView;
  readonly #front = new FrontSpeaker();
  readonly #observer = new ResizeObserver(([entry]) => this.#measured(entry?.contentRect));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #box: Element | undefined;
  #size: Size = { width: 0, height: 0 };
  layout: Layout = "grid";
  /** key of a figure */
  pinned: string | undefined;
  /** key of the figure that Tab leads to */
  active: string | undefined;
  /** pictures or sound are on */
  isOn = false;

  constructor(view: RoomView) {
    this.#view = view;
    view.addController(this);
  }

  hostUpdate(): void {
    const { room, media } = this.#view;
    this.isOn = room !== undefined && isInside(room) && isStageOn(room, media);
    if (!this.isOn) {
      this.#forget();
      return;
    }
    const loudest = media.speaking.find((id) => !room.people.some((person) => person.id === id && person.self));
    this.#lookAgainIn(this.#front.heard(loudest, performance.now()));
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
  }

  /** For `ref`, on the box in which the figures stand. */
  readonly box = (element: Element | undefined): void => {
    if (this.#box) this.#observer.unobserve(this.#box);
    this.#box = element;
    if (element) this.#observer.observe(element);
  };

  get scene(): Scene {
    const { room, media } = this.#view;
    const figures = figuresOf(room, media);
    const wish = { layout: this.layout, pinned: this.pinned, speaker: this.#front.front };
    return { figures, ...arrange(figures, wish, this.#size) };
  }

  readonly turnLayout = (): void => this.show(this.layout === "grid" ? "speaker" : "grid");

  show(layout: Layout): void {
    this.layout = layout;
    this.pinned = undefined;
    this.#view.requestUpdate();
  }

  pin(key: string): void {
    this.pinned = this.pinned === key ? undefined : key;
    this.#view.requestUpdate();
  }

  /** Arrow keys go from figure to figure, in the order in which they are read. */
  readonly key = (event: KeyboardEvent): void => {
    const buttons = [...(this.#box?.querySelectorAll<HTMLElement>(".hit") ?? [])];
    const at = buttons.indexOf(event.target as HTMLElement);
    const to = at < 0 ? undefined : buttons[stepped(event.key, at, buttons.length)];
    if (!to || to === event.target) return;
    event.preventDefault();
    to.focus();
  };

  readonly focused = (event: FocusEvent): void => {
    const key = (event.target as HTMLElement).closest<HTMLElement>("[data-figure]")?.dataset.figure;
    if (key === this.active) return;
    this.active = key;
    this.#view.requestUpdate();
  };

  #measured(size: Size | undefined): void {
    if (!size || (size.width === this.#size.width && size.height === this.#size.height)) return;
    this.#size = { width: size.width, height: size.height };
    this.#view.requestUpdate();
  }

  #lookAgainIn(ms: number | undefined): void {
    clearTimeout(this.#timer);
    if (ms !== undefined) this.#timer = setTimeout(() => this.#view.requestUpdate(), ms);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#front.forget();
    this.pinned = this.active = undefined;
  }
}

function stepped(key: string, at: number, count: number): number {
  switch (key) {
    case "ArrowLeft":
    case "ArrowUp":
      return (at + count - 1) % count;
    case "ArrowRight":
    case "ArrowDown":
      return (at + 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return at;
  }
}
