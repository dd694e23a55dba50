/**
 * One clip on one media element, from click to end: what both ways of playing have in common.
 * Realm: frame. Sees the element; the clip's plaintext passes by in `feed`.
 * Source: platform-notes.md "Playback" (end of play), architecture.md convention 4 (fail closed).
 */
import { CodedError } from "../../../wire/errors.ts";
import { hasPicture } from "./probe.ts";

export interface PlaybackOptions {
  /** Exact mime of the recorded file, from the sealed metadata. */
  readonly mime: string;
  /**
   * The opened segments in order; it throws where one is damaged. Opened a second time from the start if the first
   * way of playing fails before its first picture. `signal` aborts when the bytes are no longer wanted.
   */
  readonly source: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** Where to play; made (and not attached to the page) if absent. */
  readonly element?: HTMLMediaElement;
  /** Seconds, from the sealed metadata: a recorder's file often does not say. */
  readonly duration?: number;
  /** Stops the playback. */
  readonly signal?: AbortSignal;
  /** The browser wants a click before it plays: `element.play()` in a click handler goes on. */
  readonly onBlocked?: () => void;
}

/** When it is over, by whatever way, the element is empty again and no byte of the clip is kept. */
export interface Playback {
  readonly element: HTMLMediaElement;
  /** The first picture is on screen (the first sound out, if there is no picture). Rejects as `ended` does. */
  readonly started: Promise<void>;
  /**
   * Everything was opened without fault and played to its end.
   * Rejects with what `source` threw, with CodedError cannot-play, or with the reason of the stop (an AbortError).
   */
  readonly ended: Promise<void>;
  /** Seconds played; keeps its last value when it is over. */
  position(): number;
  /** Seconds in all, as far as known: the element's, else the metadata's, else Infinity. */
  duration(): number;
  stop(): void;
}

/** What `feed` works with: `signal` aborts when the playback is over, whatever the reason. */
export interface Stage {
  readonly element: HTMLMediaElement;
  readonly signal: AbortSignal;
}

/** `ended` does not always fire: a stall of this long … */
const END_STALL_S = 2;
/** … within this much of the duration is the end. */
const END_WITHIN_S = 0.5;
/** All bytes are there, and yet it stands still for this long: it will not go on. */
const DEAD_STALL_S = 15;
const STILL_EVERY_MS = 250;

/**
 * Plays what `feed` gives to the element; `feed` resolves when all of it is given and found sound.
 */
export function present(options: PlaybackOptions, feed: (stage: Stage) => Promise<void>): Playback {
  const element = options.element ?? document.createElement(hasPicture(options.mime) ? "video" : "audio");
  const over = new AbortController();
  const { signal } = over;
  const duration = () => (Number.isFinite(element.duration) ? element.duration : (options.duration ?? Infinity));
  let last: number | undefined;

  const stop = (reason: unknown = new DOMException("The playback was stopped.", "AbortError")) => over.abort(reason);
  const onAbort = () => stop(options.signal?.reason);
  options.signal?.addEventListener("abort", onAbort, { signal });

  const shown = firstShown(element, options.mime, signal);
  const play = async () => {
    if (options.signal?.aborted) onAbort();
    signal.throwIfAborted();
    await feed({ element, signal });
    await endOfPlay(element, signal, duration);
  };
  const ended = Promise.race([play(), broken(element, signal), aborted(signal)]).finally(() => {
    last = element.currentTime;
    stop();
    empty(element);
  });
  // What has played to its end has been seen, even if no callback said so.
  const started = Promise.race([shown, ended]);
  for (const promise of [started, ended]) promise.catch(() => {});
  return { element, started, ended, position: () => last ?? element.currentTime, duration, stop: () => stop() };
}

/** Starts the element. The play promise of a source that is taken away again means nothing. */
export function begin(element: HTMLMediaElement, onBlocked: (() => void) | undefined): void {
  // Without it an iPhone leaves the frame and plays full screen.
  element.setAttribute("playsinline", "");
  element.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "NotAllowedError") onBlocked?.();
  });
}

/** Resolves at the next event of that name; rejects with the signal's reason. */
export function eventOn(target: EventTarget, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const heard = () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    };
    target.addEventListener(name, heard, { once: true, signal });
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function broken(element: HTMLMediaElement, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => {
      const cause = element.error ? new Error(`media error ${element.error.code}`) : undefined;
      reject(new CodedError("cannot-play", "This browser could not play the clip.", { cause }));
    };
    element.addEventListener("error", fail, { once: true, signal });
  });
}

/** Never rejects. */
function firstShown(element: HTMLMediaElement, mime: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (!hasPicture(mime)) {
      element.addEventListener("playing", () => resolve(), { signal });
      return;
    }
    // A busy browser may be late with its callback, and an old one has none.
    const moved = () => {
      if (element.currentTime > 0) resolve();
    };
    element.addEventListener("timeupdate", moved, { signal });
    if (!("requestVideoFrameCallback" in element)) return;
    const video = element as HTMLVideoElement;
    const handle = video.requestVideoFrameCallback(() => resolve());
    signal.addEventListener("abort", () => video.cancelVideoFrameCallback(handle), { once: true });
  });
}

/** `ended`, or a stall of 2 s within 0.5 s of the duration. Asked for only when all bytes are with the element. */
function endOfPlay(element: HTMLMediaElement, signal: AbortSignal, duration: () => number): Promise<void> {
  if (element.ended) return Promise.resolve();
  const nearEnd = (stillS: number) => stillS >= END_STALL_S && duration() - element.currentTime <= END_WITHIN_S;
  return Promise.race([
    eventOn(element, "ended", signal),
    whenStill(element, signal, nearEnd),
    deadStall(element, signal),
  ]);
}

/** Rejects when playback has stood still for so long that it will not go on by itself. */
export async function deadStall(element: HTMLMediaElement, signal: AbortSignal): Promise<never> {
  await whenStill(element, signal, (stillS) => stillS >= DEAD_STALL_S);
  throw new CodedError("cannot-play", "The clip stands still.");
}

/** Resolves when `enough` says so of the seconds that playback has stood still without having been paused. */
function whenStill(element: HTMLMediaElement, signal: AbortSignal, enough: (stillS: number) => boolean): Promise<void> {
  return new Promise((resolve) => {
    let at = element.currentTime;
    // Counted, not measured: the time that a device was asleep is no stall.
    let stillMs = 0;
    const timer = setInterval(() => {
      stillMs = element.paused || element.seeking || element.currentTime !== at ? 0 : stillMs + STILL_EVERY_MS;
      at = element.currentTime;
      if (!enough(stillMs / 1000)) return;
      clearInterval(timer);
      resolve();
    }, STILL_EVERY_MS);
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  });
}

function empty(element: HTMLMediaElement): void {
  element.pause();
  element.removeAttribute("src");
  // Without this the last picture stays on screen.
  element.load();
}
