/**
 * `<wisp-player>`: shows a clip inside a page. Realm: host page. A page that sets `src` knows the clip's key.
 */
import type { PlayerConfig } from "../wire/host-frame.ts";
import { SealedElement } from "./sealed-element.ts";

/**
 * Plays a clip once.
 *
 * @attr {string} frame-origin - Where the sealed frame lives; default: where this script came from.
 * @attr {string} src - The clip's link. Setting it means that this page knows the key.
 * @attr {"light"|"dark"|"auto"} theme
 * @fires wisp-ready - The frame is there.
 * @fires wisp-step - `{step}`.
 * @fires wisp-error - `{code, message}`.
 */
export class WispPlayer extends SealedElement {
  static override observedAttributes = ["frame-origin", "src", "theme"];
  protected override readonly framePath = "/frame/player";
  protected override readonly frameTitle = "A sealed clip";

  get src(): string | null {
    return this.getAttribute("src");
  }
  set src(value: string | null) {
    if (value === null) this.removeAttribute("src");
    else this.setAttribute("src", value);
  }

  protected override config(): PlayerConfig {
    return { link: this.src ?? undefined, theme: this.getAttribute("theme") ?? undefined } as PlayerConfig;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "wisp-player": WispPlayer;
  }
}
