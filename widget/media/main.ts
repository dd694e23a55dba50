/**
 * Entry of the media worker: answers the frame's numbered calls, one clip per worker, and ticks for hidden tabs.
 * Realm: media worker inside the sealed frame. Sees the clip key and plaintext; does no network and no storage.
 */
import { CodedError } from "../wire/errors.ts";
import type {
  MediaAnswer,
  MediaArgument,
  MediaCall,
  MediaCallName,
  MediaClock,
  MediaReply,
} from "../wire/frame-media.ts";
import { ClipOpener } from "./clip-opener.ts";
import { ClipSealer } from "./clip-sealer.ts";

type Answers = { [N in MediaCallName]: (argument: MediaArgument<N>) => Promise<MediaAnswer<N>> };

let sealer: ClipSealer | undefined;
let opener: ClipOpener | undefined;
let clock: ReturnType<typeof setInterval> | undefined;

const answers: Answers = {
  async beginSealing() {
    if (sealer) throw new Error("one clip per worker");
    sealer = await ClipSealer.begin();
    return { iv: sealer.iv, viewTokenHash: await sealer.viewTokenHash() };
  },
  seal: (chunk) => sealing().push(chunk),
  finishSealing: () => sealing().finish(),
  reviewSegment: (segment) => sealing().review(segment),
  finishClip: async (metadata) => ({ ...(await sealing().sealMetadata(metadata)), key: await sealing().exportKey() }),
  async takeKey(key) {
    opener = await ClipOpener.withKey(key);
    return { viewToken: await opener.viewToken() };
  },
  openMetadata: (box) => opening().metadata(box),
  async beginOpening(expected) {
    opening().begin(expected);
    return undefined;
  },
  openSegment: (segment) => opening().open(segment.index, segment.sealed),
};

function sealing(): ClipSealer {
  if (!sealer) throw new Error("no clip is being sealed");
  return sealer;
}

function opening(): ClipOpener {
  if (!opener) throw new Error("no key has been taken");
  return opener;
}

async function answer({ id, call, argument }: MediaCall): Promise<void> {
  try {
    const value = await answers[call](argument as never);
    reply({ id, value }, buffersOf(value));
  } catch (error) {
    // Only coded sentences leave the worker: an exception's own text may quote what it was given.
    const code = error instanceof CodedError ? error.code : "internal";
    const message = error instanceof CodedError ? error.message : "The sealed worker could not do this.";
    reply({ id, error: { code, message } }, []);
  }
}

function reply(message: MediaReply, transfer: Transferable[]): void {
  self.postMessage(message, { transfer });
}

/** The buffers in an answer, so that they are moved and not copied. The sealer keeps none of what it gives away. */
function buffersOf(value: unknown): Transferable[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (Array.isArray(value)) return value.flatMap(buffersOf);
  if (typeof value === "object" && value !== null && "segments" in value) return buffersOf(value.segments);
  if (typeof value === "object" && value !== null && "sealed" in value) return buffersOf(value.sealed);
  return [];
}

self.onmessage = ({ data }: MessageEvent<MediaCall | MediaClock>) => {
  if ("tickEvery" in data) {
    clearInterval(clock);
    if (data.tickEvery > 0) clock = setInterval(() => reply({ tick: true }, []), data.tickEvery);
    return;
  }
  void answer(data);
};
