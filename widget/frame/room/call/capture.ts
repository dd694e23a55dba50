/**
 * Asks the browser for a microphone, a camera or a screen, and says why one can't be had. Realm: frame; sees sound and
 * pictures as live tracks, stores nothing. Source: W3C Media Capture and Streams §9–§10, W3C Screen Capture §5.
 */
import { CodedError, type ErrorCode } from "../../../wire/errors.ts";
import type { Source } from "./media-state.ts";

/** What a source gives: a screen may have sound. */
export interface Capture {
  /** sound of a microphone; pictures of the others */
  readonly track: MediaStreamTrack;
  readonly sound?: MediaStreamTrack;
}

/** A text on a screen is read, not watched. */
const SCREEN_FPS = 15;
/** Sound of a film, not of a voice. */
const AS_IT_IS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 2 };
const MISSING: Readonly<Record<Source, ErrorCode>> = {
  microphone: "no-microphone",
  camera: "no-camera",
  screen: "unsupported-browser",
};

/** Only after a click inside the frame. @param device ignored for a screen: the browser asks which @throws CodedError */
export async function capture(source: Source, device?: ConstrainDOMString): Promise<Capture> {
  try {
    return await open(source, device);
  } catch (error) {
    throw explain(error, source);
  }
}

export function release({ track, sound }: Capture): void {
  track.stop();
  sound?.stop();
}

async function open(source: Source, device: ConstrainDOMString | undefined): Promise<Capture> {
  const { mediaDevices } = navigator;
  if (!mediaDevices || (source === "screen" && !mediaDevices.getDisplayMedia)) {
    throw new CodedError("unsupported-browser", "This browser gives no such device to a page.");
  }
  const which = device === undefined ? {} : { deviceId: device };
  if (source === "microphone") {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...which };
    return first(await mediaDevices.getUserMedia({ audio }));
  }
  if (source === "camera") {
    const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 }, ...which };
    return first(await mediaDevices.getUserMedia({ video }));
  }
  return openScreen(mediaDevices);
}

async function openScreen(mediaDevices: MediaDevices): Promise<Capture> {
  const options = {
    video: { frameRate: { ideal: SCREEN_FPS, max: SCREEN_FPS } },
    audio: AS_IT_IS,
    // A picture of this call in this call helps nobody.
    selfBrowserSurface: "exclude",
    surfaceSwitching: "include",
  };
  const stream = await mediaDevices.getDisplayMedia(options as DisplayMediaStreamOptions);
  const [track] = stream.getVideoTracks();
  const [sound] = stream.getAudioTracks();
  if (!track) throw new CodedError("unsupported-browser", "The browser gave no picture of a screen.");
  return { track, ...(sound ? { sound } : {}) };
}

function first(stream: MediaStream): Capture {
  return { track: stream.getTracks()[0] as MediaStreamTrack };
}

function explain(error: unknown, source: Source): CodedError {
  if (error instanceof CodedError) return error;
  const cause = { cause: error };
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return isForbiddenByPage(source)
        ? new CodedError("permission-policy", `The page around forbids the ${source}.`, cause)
        : new CodedError("permission-denied", `The ${source} was not allowed.`, cause);
    case "NotFoundError":
    case "OverconstrainedError":
      return new CodedError(MISSING[source], `There is no ${source}.`, cause);
    case "NotReadableError":
    case "AbortError":
      return new CodedError("device-in-use", `The ${source} is in use elsewhere.`, cause);
    default:
      return new CodedError("internal", `The ${source} could not be opened.`, cause);
  }
}

/** Chromium tells it; elsewhere it counts as the person's own refusal. */
function isForbiddenByPage(source: Source): boolean {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy ? !featurePolicy.allowsFeature(source === "screen" ? "display-capture" : source) : false;
}
