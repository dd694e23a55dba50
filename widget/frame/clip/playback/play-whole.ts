/**
 * Plays a clip from a Blob, once all of it has arrived and been found sound: for what MediaSource refuses (VP8).
 * Realm: frame. Sees the clip's plaintext. Source: platform-notes.md "Playback".
 */
import { begin, type Playback, type PlaybackOptions, present } from "./playback.ts";

export function playWhole(options: PlaybackOptions): Playback {
  return present(options, async ({ element, signal }) => {
    // A Blob per chunk: the browser may keep it outside the page's heap.
    const parts: Blob[] = [];
    for await (const chunk of options.source(signal)) {
      signal.throwIfAborted();
      parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
    }
    const url = URL.createObjectURL(new Blob(parts, { type: options.mime }));
    signal.addEventListener("abort", () => URL.revokeObjectURL(url), { once: true });
    element.disableRemotePlayback = true;
    element.src = url;
    begin(element, options.onBlocked);
  });
}
