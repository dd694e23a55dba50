/**
 * Draws the recorder's state. Realm: frame.
 */
import { css, html, LitElement, nothing } from "lit";
import type { Recorder, RecorderState } from "./recorder.ts";

export class RecorderView extends LitElement {
  static override properties = { state: { attribute: false }, theme: { reflect: true } };
  static override styles = css`:host{display:block;font:16px system-ui}video{max-width:100%}`;
  declare state: RecorderState;
  declare theme: string;
  declare recorder: Recorder;

  override render() {
    const { step, stream, elapsed, countdown, link, error } = this.state;
    const button = (name: string, act: () => void) => html`<button @click=${act}>${name}</button>`;
    return html`<p>${step} ${elapsed.toFixed(1)} ${countdown} ${error?.message}</p>
      ${stream ? html`<video .srcObject=${stream} muted autoplay playsinline></video>` : nothing}
      <input aria-label="For" .value=${this.state.recipient} @input=${(e: Event) => this.recorder.setRecipient((e.target as HTMLInputElement).value)} />
      ${step === "start" || step === "failed" ? [button("Record a video", () => void this.recorder.openDevices("camera")), button("Record your voice", () => void this.recorder.openDevices("voice"))] : nothing}
      ${step === "ready" ? button("Record", () => void this.recorder.start()) : nothing}
      ${step === "countdown" ? button("Start now", () => void this.recorder.start()) : nothing}
      ${step === "recording" || step === "paused" ? button("Stop", () => void this.recorder.stop()) : nothing}
      ${step === "recording" ? button("Pause", () => this.recorder.pause()) : nothing}
      ${step === "paused" ? button("Resume", () => this.recorder.resume()) : nothing}
      ${step === "review" ? [button("Send", () => void this.recorder.send()), button("Retake", () => void this.recorder.retake())] : nothing}
      ${link ? html`<input readonly aria-label="Link" .value=${link} />` : nothing}`;
  }
}
