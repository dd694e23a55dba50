/**
 * What the recorder says: one title and one sentence per state, one "what happened, what now" per error code.
 * Realm: frame. Pure.
 */
import { msg, str } from "@lit/localize";
import type { ErrorCode } from "../../../wire/errors.ts";
import type { RecorderState } from "../recorder-state.ts";
import { endedWords, openedLine } from "./receipt-words.ts";
import { clock, whenAbsolute } from "./times.ts";

export interface Words {
  readonly title: string;
  readonly sentence: string;
}

/** Said aloud when a state begins; empty where the moved focus says enough. */
export function announcement(state: RecorderState): string {
  const { step, cutShort, revoked, error } = state;
  switch (step) {
    case "start":
      return "";
    case "asking":
      return askingWords(state.mode).title;
    case "ready":
      return state.mode === "camera"
        ? msg("Camera and microphone are on. Not recording yet.")
        : msg("The microphone is on. Not recording yet.");
    case "countdown":
      return msg("Recording starts in 3 seconds.");
    case "recording":
      return msg("Recording.");
    case "paused":
      return msg("Paused.");
    case "finishing":
      return msg("Recording has stopped. Sealing the last part.");
    case "review":
      return cutShort ? cutShortWords(state.limit) : msg("Your clip is sealed. Nobody has it yet.");
    case "sending":
      return msg("Sending.");
    case "sent":
      if (state.receipt?.endedAt) return Object.values(endedWords(state.receipt, Date.now())).join(" ");
      return revoked
        ? revokedWords().title
        : (openedLine(state, Date.now()) ?? msg("Your clip is ready. Copy the link."));
    case "failed":
      return error ? Object.values(failureWords(error.code, state)).join(" ") : "";
  }
}

export function askingWords(mode: RecorderState["mode"]): Words {
  return {
    title: msg("Your browser asks you something"),
    sentence:
      mode === "camera"
        ? msg("Choose “Allow”, so that camera and microphone can be used. Nothing is recorded yet.")
        : msg("Choose “Allow”, so that the microphone can be used. Nothing is recorded yet."),
  };
}

export function cutShortWords(limit: number): string {
  return msg(str`A clip can last ${clock(limit)}, so the recording ended there.`);
}

export function pageGetsLinkWords(): string {
  return msg("This website gets the link too, so it could watch the clip.");
}

export function offlineWords(): string {
  return msg("No connection. We keep it here and go on by ourselves.");
}

export function sentWords(state: RecorderState, now: number): Words {
  const until = state.expiresAt ? whenAbsolute(state.expiresAt, now) : msg("24 hours from now");
  return {
    title: msg("Sealed and ready"),
    sentence: msg(str`The link opens once, until ${until}. Then the clip is deleted.`),
  };
}

/** For a letter or a chat: the recipient may live in another time zone, so the date is whole. */
export function pasteNote({ expiresAt, mode }: RecorderState): string {
  const what = mode === "voice" ? msg("I have a sealed voice message for you.") : msg("I have a sealed video for you.");
  const until = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
    dateStyle: "long",
    timeStyle: "long",
  });
  return expiresAt ? `${what} ${msg(str`It opens once, until ${until.format(expiresAt)}:`)}` : what;
}

export function revokedWords(): Words {
  return { title: msg("Deleted"), sentence: msg("Nobody can open this clip any more. Its link is dead.") };
}

/** What happened, and what now. Functions, since the language may change while they are shown. */
const FAILURES: { readonly [C in ErrorCode]?: (isVideo: boolean) => Words } = {
  "permission-denied": (isVideo) => ({
    title: isVideo ? msg("No camera without your OK") : msg("No microphone without your OK"),
    sentence: msg("The browser was told not to allow it. Change that next to the address above, then try again."),
  }),
  "permission-policy": (isVideo) => ({
    title: isVideo ? msg("This website blocks the camera") : msg("This website blocks the microphone"),
    sentence: msg("Its Permissions-Policy header forbids it. The owner of the website has to allow it for this frame."),
  }),
  "no-camera": () => ({
    title: msg("No camera found"),
    sentence: msg("Plug one in and try again, or record your voice only."),
  }),
  "no-microphone": () => ({ title: msg("No microphone found"), sentence: msg("Plug one in and try again.") }),
  "device-in-use": (isVideo) => ({
    title: isVideo ? msg("The camera is busy") : msg("The microphone is busy"),
    sentence: msg("Another program is using it. Close that program and try again."),
  }),
  "unsupported-browser": () => ({
    title: msg("This browser can’t record here"),
    sentence: msg("A current Chrome, Edge, Firefox or Safari can. Open this page there."),
  }),
  "recording-failed": () => ({
    title: msg("The recording stopped by itself"),
    sentence: msg("That was not your fault. Please try again."),
  }),
  "body-too-large": () => ({ title: msg("This clip is too big"), sentence: msg("Record a shorter one.") }),
  offline: noConnection,
  timeout: noConnection,
  "storage-unavailable": noConnection,
  "shutting-down": noConnection,
};

export function failureWords(code: ErrorCode, { mode }: Pick<RecorderState, "mode">): Words {
  return FAILURES[code]?.(mode === "camera") ?? unknownFailure();
}

/** Where nothing better is known. */
export function unknownFailure(): Words {
  return { title: msg("Something went wrong"), sentence: msg("It was our fault, not yours. Please try again.") };
}

function noConnection(): Words {
  return {
    title: msg("No connection"),
    sentence: msg("Your clip is still here. Check the connection and send it again."),
  };
}
