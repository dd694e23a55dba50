/**
 * Takes the frames of a track one after the other: each is passed on, or is not. Realm: media worker; sees encoded frames.
 * Source: W3C WebRTC Encoded Transform §5; docs/decisions/0053.
 */
import type { EncodedFrame } from "./frame-transform.ts";

export interface Streams {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
}

/** @returns what is to be done once the frame has been passed on; null if it must not be */
export type Pass = (frame: EncodedFrame) => Promise<(() => void) | null>;

/** Until the track ends, whichever way. */
export async function pump({ readable, writable }: Streams, pass: Pass): Promise<void> {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return await writer.close();
      // A frame that breaks something is dropped: one member must not end another's track by it.
      const passed = await pass(value).catch(() => null);
      if (!passed) continue;
      try {
        await writer.write(value);
      } finally {
        passed();
      }
    }
  } catch (error) {
    await Promise.allSettled([reader.cancel(error), writer.abort(error)]);
  }
}
