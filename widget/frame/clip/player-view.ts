/**
 * Draws the viewer's state. Realm: frame.
 */
import { css, html, LitElement, nothing } from "lit";
import type { Viewer, ViewerState } from "./viewer.ts";

export class PlayerView extends LitElement {
  static override properties = { state: { attribute: false }, theme: { reflect: true } };
  static override styles = css`:host{display:block;font:16px system-ui}video{max-width:100%}`;
  declare state: ViewerState;
  declare theme: string;
  declare viewer: Viewer;

  override render() {
    const { step, element, error, mangled, metadata, preview } = this.state;
    return html`<p role="status">${step} ${error?.message} ${mangled ? "mangled" : ""} ${metadata?.recipient} ${preview?.state}</p>
      ${step === "invitation" ? html`<button @click=${() => void this.viewer.watch()}>Watch</button>` : nothing}
      ${element ?? nothing}`;
  }
}
