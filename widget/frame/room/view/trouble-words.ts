/**
 * Why a device or a screen is not on although the person clicked on it, in plain words, with what to do. Realm: frame.
 * Pure. Source: look.md (error: what happened, and what now).
 */
import type { ErrorCode } from "../../../wire/errors.ts";
import type { Source } from "../call/media-state.ts";
import { say } from "../words/say.ts";

export function troubleWords(source: Source, code: ErrorCode): string {
  if (code === "permission-policy") return say("media-policy");
  switch (source) {
    case "microphone":
      return microphoneWords(code);
    case "camera":
      return cameraWords(code);
    case "screen":
      return screenWords(code);
  }
}

function microphoneWords(code: ErrorCode): string {
  switch (code) {
    case "no-sfu":
      return say("microphone-no-sfu");
    case "unsupported-browser":
      return say("microphone-unsupported");
    case "permission-denied":
      return say("microphone-denied");
    case "no-microphone":
      return say("microphone-none");
    case "device-in-use":
      return say("microphone-busy");
    case "device-gone":
      return say("microphone-changed");
    default:
      return say("microphone-failed");
  }
}

function cameraWords(code: ErrorCode): string {
  switch (code) {
    case "no-sfu":
      return say("camera-no-sfu");
    case "unsupported-browser":
      return say("camera-unsupported");
    case "permission-denied":
      return say("camera-denied");
    case "no-camera":
      return say("camera-none");
    case "device-in-use":
      return say("camera-busy");
    case "device-gone":
      return say("device-gone");
    default:
      return say("camera-failed");
  }
}

function screenWords(code: ErrorCode): string {
  switch (code) {
    case "no-sfu":
      return say("screen-no-sfu");
    case "unsupported-browser":
      return say("screen-unsupported");
    case "permission-denied":
      return say("screen-denied");
    default:
      return say("screen-failed");
  }
}
