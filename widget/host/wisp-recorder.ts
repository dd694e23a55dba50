/**
 * `<wisp-recorder>`: records a clip inside the sealed frame and turns it into a link.
 * Realm: host page. Sees attributes and events; the link only with `expose-link`.
 */
import type { RecorderConfig } from "../wire/host-frame.ts";
import { SealedElement } from "./sealed-element.ts";

/**
 * Records, seals and sends a clip.
 *
 * @attr {string} frame-origin - Where the sealed frame lives; default: where this script came from.
 * @attr {string} recipient - Whom the clip is for; sealed, and shown over the picture as a watermark.
 * @attr {number} max-seconds - Longest clip, seconds.
 * @attr {number} max-leases - The clip burns at this interrupted viewing (1 = strict, default 3).
 * @attr {"camera"|"voice"} mode - What to offer first.
 * @attr {boolean} expose-link - Gives the page the link in `wisp-sent`: the page then knows the key.
 * @attr {"light"|"dark"|"auto"} theme
 * @fires wisp-ready - The frame is there.
 * @fires wisp-step - `{step}`: what the person is doing.
 * @fires wisp-progress - `{sealedBytes, uploadedBytes}`.
 * @fires wisp-sent - `{id, expiresAt}` and, with `expose-link`, `{link}`.
 * @fires wisp-receipt - `{id, state, openedAt?, endedAt?, deletedAt?}` while the frame shows a sent clip.
 * @fires wisp-error - `{code, message}`.
 */
export class WispRecorder extends SealedElement {
  static override observedAttributes = [
    "frame-origin",
    "recipient",
    "max-seconds",
    "max-leases",
    "mode",
    "expose-link",
    "theme",
  ];
  protected override readonly framePath = "/frame/recorder";
  protected override readonly frameTitle = "Record a sealed clip";

  get recipient(): string | null {
    return this.getAttribute("recipient");
  }
  set recipient(value: string | null) {
    if (value === null) this.removeAttribute("recipient");
    else this.setAttribute("recipient", value);
  }

  get exposeLink(): boolean {
    return this.hasAttribute("expose-link");
  }
  set exposeLink(value: boolean) {
    this.toggleAttribute("expose-link", value);
  }

  protected override config(): RecorderConfig {
    const attribute = (name: string) => this.getAttribute(name) ?? undefined;
    const whole = (name: string) => Number(attribute(name) ?? Number.NaN);
    return {
      recipient: attribute("recipient"),
      maxSeconds: whole("max-seconds"),
      maxLeases: whole("max-leases"),
      mode: attribute("mode"),
      exposeLink: this.exposeLink,
      theme: attribute("theme"),
    } as RecorderConfig;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "wisp-recorder": WispRecorder;
  }
}
