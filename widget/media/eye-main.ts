/**
 * Entry of the relay's eye: looks at encoded frames on their way to the browser's own decoder and changes none of them.
 * It has no keys, imports nothing that could use one, and takes no messages.
 * Realm: a worker of its own inside the sealed frame; sees what the relay carries. Source: product.md R15; W3C WebRTC
 * Encoded Transform §5.
 */
import type { EyeOptions, EyeSample } from "../wire/frame-eye.ts";

/** Bytes of a frame that are passed on: as many as there are dots in its drawing. */
const SAMPLE_BYTES = 4_096;
/** ms between two samples: as often as eyes can follow. */
const SAMPLE_EVERY_MS = 80;

interface Frame {
  readonly data: ArrayBuffer;
  readonly type?: string;
}

interface Transformer {
  readonly options: EyeOptions;
  readonly readable: ReadableStream<Frame>;
  readonly writable: WritableStream<Frame>;
}

function look({ options: { id }, readable, writable }: Transformer): void {
  let count = 0;
  let sampledAt = Number.NEGATIVE_INFINITY;
  const through = new TransformStream<Frame, Frame>({
    transform(frame, controller) {
      count++;
      const now = performance.now();
      const isKey = frame.type === "key";
      if (isKey || now - sampledAt >= SAMPLE_EVERY_MS) {
        sampledAt = now;
        tell({ id, count, isKey, length: frame.data.byteLength, bytes: beginning(frame.data) });
      }
      controller.enqueue(frame);
    },
  });
  readable
    .pipeThrough(through)
    .pipeTo(writable)
    // It ends with its track.
    .catch(() => undefined);
}

/** A copy: what the decoder gets stays as it is. */
function beginning(data: ArrayBuffer): Uint8Array {
  return new Uint8Array(data.slice(0, SAMPLE_BYTES));
}

function tell(sample: EyeSample): void {
  self.postMessage(sample);
}

(self as unknown as { onrtctransform: (event: { transformer: Transformer }) => void }).onrtctransform = ({
  transformer,
}) => look(transformer);
