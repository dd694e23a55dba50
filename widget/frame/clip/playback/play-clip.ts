/**
 * Plays a clip the best way that this browser has, and goes over to the whole file where the first way fails before
 * anything was seen. Realm: frame. Sees the clip's plaintext pass. Source: platform-notes.md "Playback".
 *
 *   const plan = probePlayback(metadata.mime);            // before the lease: "cannot" burns nothing
 *   const playback = playClip({ mime, duration, element, source: (signal) => openSegments(key, signal) });
 *   await playback.started;                               // first picture
 *   heartbeat(playback.position());
 *   await playback.ended;                                 // watched; else it rejects, and it does not count
 */
import { CodedError } from "../../../wire/errors.ts";
import { playProgressive } from "./play-progressive.ts";
import { playWhole } from "./play-whole.ts";
import type { Playback, PlaybackOptions } from "./playback.ts";
import { probePlayback } from "./probe.ts";

/** @throws CodedError cannot-play where the browser has no way to play this mime */
export function playClip(options: PlaybackOptions): Playback {
  const plan = probePlayback(options.mime);
  if (plan.how === "cannot") throw new CodedError("cannot-play", "This browser cannot play the clip.");
  if (plan.how === "whole") return playWhole(options);
  const progressive = playProgressive(options, plan.type);
  return plan.whole ? orWhole(progressive, options) : progressive;
}

function orWhole(progressive: Playback, options: PlaybackOptions): Playback {
  let current = progressive;
  let seen = false;
  const retry = (error: unknown) => {
    if (seen || !(error instanceof CodedError && error.code === "cannot-play")) throw error;
    if (current === progressive) current = playWhole({ ...options, element: progressive.element });
    return current;
  };
  const started = progressive.started.then(
    () => {
      seen = true;
    },
    (error) => retry(error).started,
  );
  const ended = progressive.ended.catch((error) => retry(error).ended);
  for (const promise of [started, ended]) promise.catch(() => {});
  return {
    element: progressive.element,
    started,
    ended,
    position: () => current.position(),
    duration: () => current.duration(),
    stop: () => current.stop(),
  };
}
