/**
 * Three seconds of one's own microphone, played to oneself: the only test that tells how one sounds. Realm: frame; what
 * was recorded stays in this document's memory, until it was heard. Nothing of it is sent or kept.
 */
import { CodedError } from "../../../wire/errors.ts";
import type { ListenBack } from "./media-state.ts";

/** Long enough for a sentence, ms. */
const LENGTH_MS = 3_000;

/**
 * @param track of the microphone, live
 * @param speaker id of the device that plays it, asked when it does; undefined: the browser's choice
 * @throws CodedError `recording-failed` if nothing could be recorded or played
 */
export function listenBackOn(track: MediaStreamTrack, speaker: () => string | undefined = () => undefined): ListenBack {
  return async (tell, signal) => {
    try {
      tell("recording");
      const recorded = await record(track, signal);
      if (signal.aborted) return;
      tell("playing");
      await play(recorded, speaker(), signal);
    } catch (cause) {
      throw new CodedError("recording-failed", "The microphone could not be recorded.", { cause });
    }
  };
}

function record(track: MediaStreamTrack, signal: AbortSignal): Promise<Blob> {
  const recorder = new MediaRecorder(new MediaStream([track]));
  const pieces: Blob[] = [];
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const timer = setTimeout(stop, LENGTH_MS);
  signal.addEventListener("abort", stop, { once: true });
  return new Promise<Blob>((resolve, reject) => {
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    recorder.addEventListener("stop", () => resolve(new Blob(pieces, { type: recorder.mimeType })));
    recorder.addEventListener("error", reject);
    recorder.start();
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  });
}

async function play(recorded: Blob, speaker: string | undefined, signal: AbortSignal): Promise<void> {
  const audio = new Audio();
  const address = URL.createObjectURL(recorded);
  const over = new Promise<void>((resolve, reject) => {
    audio.addEventListener("ended", () => resolve());
    audio.addEventListener("error", () => reject(audio.error));
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    audio.src = address;
    if (speaker !== undefined && "setSinkId" in audio) await audio.setSinkId(speaker);
    await Promise.race([audio.play(), over]);
    await over;
  } finally {
    audio.pause();
    audio.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
}
