/**
 * Shows one's own camera or screen where the view wants it, whichever track it is just now. Realm: frame.
 */
import type { Show } from "./media-state.ts";

export class OwnPicture {
  #track: MediaStreamTrack | undefined;
  #shownIn: HTMLVideoElement | undefined;

  /** One function for good: another one would take the picture away and bring it back. */
  readonly show: Show = (element) => {
    if (this.#shownIn) this.#shownIn.srcObject = null;
    this.#shownIn = element instanceof HTMLVideoElement ? element : undefined;
    this.#draw();
  };

  set(track: MediaStreamTrack | undefined): void {
    if (track === this.#track) return;
    this.#track = track;
    this.#draw();
  }

  #draw(): void {
    if (!this.#shownIn) return;
    this.#shownIn.srcObject = this.#track ? new MediaStream([this.#track]) : null;
  }
}
