/**
 * What makes taking a clip away a little harder: nothing plays while nobody looks, and the browser's own ways to carry
 * a picture off are closed. Deterrents, never protection: a camera in front of the screen sees all of it.
 * Realm: frame. Source: product.md W11.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export class LookedAway implements ReactiveController {
  readonly #act: () => void;

  /** @param act called when the window loses the focus or is hidden */
  constructor(host: ReactiveControllerHost, act: () => void) {
    this.#act = act;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("blur", this.#act);
    document.addEventListener("visibilitychange", this.#whenHidden);
  }

  hostDisconnected(): void {
    removeEventListener("blur", this.#act);
    document.removeEventListener("visibilitychange", this.#whenHidden);
  }

  readonly #whenHidden = () => {
    if (document.visibilityState === "hidden") this.#act();
  };
}

/** Takes away what the browser offers by itself: save, other screens, a window of its own. */
export function withoutWaysOut(element: HTMLMediaElement): void {
  element.controls = false;
  element.disableRemotePlayback = true;
  element.setAttribute("controlslist", "nodownload nofullscreen noremoteplayback noplaybackrate");
  element.setAttribute("disablepictureinpicture", "");
  element.draggable = false;
}

/** For `contextmenu` and `dragstart`. */
export function refuse(event: Event): void {
  event.preventDefault();
}
