/**
 * Plays a clip while its later segments are still arriving: transmuxed to fragmented MP4, fed to MediaSource.
 * Realm: frame. Sees the clip's plaintext. Source: W3C Media Source Extensions 2, platform-notes.md "Playback".
 */
import type { Bytes } from "../../../wire/bytes.ts";
import { CodedError } from "../../../wire/errors.ts";
import { begin, deadStall, eventOn, type Playback, type PlaybackOptions, present, type Stage } from "./playback.ts";
import { isMp4, mediaSourceClass, narrowed } from "./probe.ts";
import type { Fragment } from "./transmux.ts";

type Media = InstanceType<NonNullable<ReturnType<typeof mediaSourceClass>>>;

/** With so many seconds in the buffer every browser begins … */
const ENOUGH_TO_BEGIN_S = 1;
/** … and gets this long, ms, to show the first picture before more is opened and rewritten beside it. */
const HEAD_START_MS = 500;
/** Played seconds that stay in the buffer: more than a group of pictures, since removing cuts at key frames. */
const KEEP_PLAYED_S = 30;

type Transmuxer = (chunks: AsyncIterable<Uint8Array>, type: string) => AsyncIterable<Fragment>;

/**
 * Loads what this mime needs of the transmuxer: call it while the person still reads the page, so that a click finds
 * it there.
 */
export async function loadTransmuxer(mime: string): Promise<Transmuxer> {
  const [{ transmux }, { openReader }] = await Promise.all([
    import("./transmux.ts"),
    isMp4(mime) ? import("./mp4/read-mp4.ts") : import("./webm/read-webm.ts"),
  ]);
  return (chunks, type) => transmux(chunks, openReader(type));
}

/** @param type the plan's MP4 type */
export function playProgressive(options: PlaybackOptions, type: string): Playback {
  return present(options, async (stage) => {
    const chunks = atOnce(options.source(stage.signal));
    const [transmux, media] = await Promise.all([loadTransmuxer(options.mime), open(stage, options.onBlocked)]);
    let buffer: SourceBuffer | undefined;
    let begun: Promise<void> | undefined;
    for await (const fragment of transmux(chunks, type)) {
      stage.signal.throwIfAborted();
      buffer ??= addBuffer(media, narrowed(type, fragment.kinds));
      await append(fragment.bytes, { ...stage, media, buffer });
      begun ??= headStart(stage, buffer);
      await begun;
    }
    stage.signal.throwIfAborted();
    media.endOfStream();
  });
}

/** Asks for the first chunk now, while MediaSource and transmuxer are being opened. */
function atOnce(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  const first = chunks.next();
  // Whoever reads on sees its failure; until then it is not unhandled.
  first.catch(() => {});
  return onward(first, chunks);
}

async function* onward(first: Promise<IteratorResult<Uint8Array>>, chunks: AsyncIterator<Uint8Array>) {
  try {
    for (let next = await first; !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

async function open({ element, signal }: Stage, onBlocked: (() => void) | undefined): Promise<Media> {
  const MediaSourceHere = mediaSourceClass();
  if (!MediaSourceHere) throw new CodedError("cannot-play", "This browser has no MediaSource.");
  const media = new MediaSourceHere();
  const url = URL.createObjectURL(media);
  // ManagedMediaSource opens only on an element that promises not to play elsewhere.
  element.disableRemotePlayback = true;
  element.src = url;
  // Inside the click that asked for it, while the browser still counts it as one.
  begin(element, onBlocked);
  try {
    await eventOn(media, "sourceopen", signal);
  } finally {
    URL.revokeObjectURL(url);
  }
  return media;
}

/** Undefined while the buffer holds too little to begin with. */
function headStart({ element, signal }: Stage, { buffered }: SourceBuffer): Promise<void> | undefined {
  if (element.currentTime > 0 || buffered.length === 0 || buffered.end(0) < ENOUGH_TO_BEGIN_S) return undefined;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const timer = setTimeout(() => over.abort(), HEAD_START_MS);
  return eventOn(element, "timeupdate", either)
    .catch(() => signal.throwIfAborted())
    .finally(() => clearTimeout(timer));
}

function addBuffer(media: Media, type: string): SourceBuffer {
  if (!mediaSourceClass()?.isTypeSupported(type)) throw refused(undefined);
  return media.addSourceBuffer(type);
}

interface Appending extends Stage {
  readonly media: Media;
  readonly buffer: SourceBuffer;
}

/** Resolves when the bytes are in the buffer; a full buffer waits until enough has been played. */
async function append(bytes: Bytes, { element, signal, media, buffer }: Appending): Promise<void> {
  if (media.streaming === false) await eventOn(media, "startstreaming", signal);
  for (;;) {
    try {
      buffer.appendBuffer(bytes);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw refused(error);
      await makeRoom({ element, signal, buffer });
      continue;
    }
    return updated(buffer, signal);
  }
}

/**
 * Waits until more has been played. Browsers drop what is played by themselves when they are given more; only what
 * lies far behind is removed here.
 */
async function makeRoom({ element, signal, buffer }: Stage & { buffer: SourceBuffer }): Promise<void> {
  const waiting = new AbortController();
  signal.addEventListener("abort", () => waiting.abort(signal.reason), { once: true, signal: waiting.signal });
  try {
    // A buffer full of one group of pictures would be waited for in vain.
    await Promise.race([eventOn(element, "timeupdate", waiting.signal), deadStall(element, waiting.signal)]);
  } finally {
    waiting.abort();
  }
  const played = element.currentTime - KEEP_PLAYED_S;
  if (buffer.buffered.length === 0 || buffer.buffered.start(0) >= played) return;
  buffer.remove(0, played);
  await updated(buffer, signal);
}

async function updated(buffer: SourceBuffer, signal: AbortSignal): Promise<void> {
  let failed = false;
  const fail = () => {
    failed = true;
  };
  buffer.addEventListener("error", fail);
  await eventOn(buffer, "updateend", signal).finally(() => buffer.removeEventListener("error", fail));
  if (failed) throw refused(undefined);
}

function refused(cause: unknown): CodedError {
  return new CodedError("cannot-play", "This browser refused a part of the clip.", { cause });
}
