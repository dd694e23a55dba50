/**
 * How loud one's own microphone is, drawn with each frame of the screen for as long as it is on the page: nothing else
 * of the view is rendered anew for it. Realm: frame. Sees one number.
 */
import { noChange } from "lit";
import { AsyncDirective, directive } from "lit/async-directive.js";
import type { ElementPart } from "lit/directive.js";

class LiveLevel extends AsyncDirective {
  #element: HTMLElement | undefined;
  #level: () => number = () => 0;
  #frame = 0;

  override render(_level: () => number): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [level]: [() => number]): typeof noChange {
    this.#element = part.element as HTMLElement;
    this.#level = level;
    if (this.#frame === 0 && this.isConnected) this.#draw();
    return noChange;
  }

  protected override disconnected(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  protected override reconnected(): void {
    this.#draw();
  }

  readonly #draw = () => {
    const level = Math.min(1, Math.max(0, this.#level()));
    this.#element?.style.setProperty("--level", level.toFixed(3));
    this.#frame = requestAnimationFrame(this.#draw);
  };
}

/** On an element: its `--level` is 0 to 1, as often as the screen is drawn. @param level is asked for it */
export const liveLevel = directive(LiveLevel);
