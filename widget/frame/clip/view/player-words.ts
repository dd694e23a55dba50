/**
 * What the viewer says: one title and one sentence per state, one "what happened, what now" per way to end or fail.
 * Realm: frame. Pure.
 */
import { msg, str } from "@lit/localize";
import type { ErrorCode } from "../../../wire/errors.ts";
import type { ViewerState } from "../viewer.ts";
import { unknownFailure, type Words } from "./recorder-words.ts";
import { spokenLength, whenAbsolute, whenRelative } from "./times.ts";

/** Said aloud when a state begins. */
export function announcement(state: ViewerState, now: number): string {
  switch (state.step) {
    case "loading":
      return "";
    case "invitation":
      return `${invitationTitle(state)} ${onceWords(state)}`;
    case "waiting":
      return waitingWords(state, now).title;
    case "opening":
      return msg("Opening the clip.");
    case "playing":
      return msg("Playing.");
    case "paused":
      return msg("Paused.");
    case "gone":
      return Object.values(goneWords(state, now)).join(" ");
    case "failed":
      return state.error ? Object.values(failureWords(state.error.code)).join(" ") : "";
  }
}

export function isVoice({ metadata }: ViewerState): boolean {
  return metadata?.kind === "voice";
}

export function invitationTitle(state: ViewerState): string {
  return isVoice(state) ? msg("A voice message for you") : msg("A video for you");
}

/** How long, for whom, since when: what is known before anything is used up. */
export function invitationFacts({ metadata, preview }: ViewerState, now: number): string[] {
  return [
    ...(metadata ? [spokenLength(metadata.duration)] : []),
    ...(metadata?.recipient ? [msg(str`for ${metadata.recipient}`)] : []),
    ...(preview ? [sentWhen(preview.sentAt, now)] : []),
    ...(preview?.expiresAt ? [msg(str`disappears ${whenRelative(preview.expiresAt, now)}`)] : []),
  ];
}

function sentWhen(at: number, now: number): string {
  const relative = whenRelative(at, now);
  return now - at < 60_000 ? msg(str`sent ${relative}`) : msg(str`sent ${relative}, ${whenAbsolute(at, now)}`);
}

export function onceWords(state: ViewerState): string {
  return isVoice(state)
    ? msg("You can hear it once, then it is gone for good.")
    : msg("You can watch it once, then it is gone for good.");
}

export function lapseWords({ preview, resumable }: ViewerState, now: number): string | undefined {
  const last = preview?.lapses.at(-1);
  if (resumable) return msg("You had begun to watch it. It starts again from the beginning.");
  if (!last) return undefined;
  return msg(str`It was opened before and interrupted (${whenAbsolute(last.at, now)}).`);
}

export function laterWords({ preview }: ViewerState, now: number): Words {
  const until = preview?.expiresAt ? whenAbsolute(preview.expiresAt, now) : msg("24 hours after it was sent");
  return {
    title: msg("That’s fine. Nothing is used up."),
    sentence: msg(str`Keep the link and open it when you like, until ${until}.`),
  };
}

export function mangledWords(): string {
  return msg(
    "A mail program changed this link on its way, so the server has seen the key. We repaired the link. Better ask for a new clip if it is private.",
  );
}

export function waitingWords({ preview }: ViewerState, now: number): Words {
  const until = preview?.leasedUntil ? whenAbsolute(preview.leasedUntil, now) : undefined;
  return {
    title: msg("Somebody is watching it right now"),
    sentence: until
      ? msg(str`Only one person can. We look again by ourselves, ${until} at the latest.`)
      : msg("Only one person can. We look again by ourselves."),
  };
}

/** The clip closed for good: why, and what to do about it. */
export function goneWords(state: ViewerState, now: number): Words {
  const { preview } = state;
  const when = preview?.endedAt ? whenAbsolute(preview.endedAt, now) : undefined;
  const askAgain = msg("If you still need it, ask the sender for a new one.");
  if (wasWatchedHere(state)) return burnedHereWords(state);
  switch (preview?.state) {
    case "burned":
      return {
        title: msg("This clip has been watched"),
        sentence: `${when ? msg(str`It was deleted ${when}.`) : msg("It was deleted after that.")} ${askAgain}`,
      };
    case "expired":
      return {
        title: msg("This clip’s time was up"),
        sentence: `${msg("Nobody watched it in time, so it was deleted.")} ${askAgain}`,
      };
    case "revoked":
    case "discarded":
      return { title: msg("The sender deleted this clip"), sentence: askAgain };
    case "broken":
      return {
        title: msg("This clip arrived broken"),
        sentence: `${msg("It can’t be opened safely.")} ${msg("Ask the sender for a new one.")}`,
      };
    default:
      return { title: msg("This clip is gone"), sentence: askAgain };
  }
}

/** What was sealed beside the clip is only still known if it was played to its end in this window. */
export function wasWatchedHere({ metadata, step }: ViewerState): boolean {
  return step === "gone" && metadata !== undefined;
}

function burnedHereWords({ preview, error }: ViewerState): Words {
  const title = msg("Closed for good");
  if (error)
    return {
      title,
      sentence: msg("That was it. It is deleted as soon as the connection is back, with or without you."),
    };
  return preview?.state === "burned"
    ? { title, sentence: msg("It played once and has been deleted. Nobody can open it again.") }
    : { title, sentence: msg("It played once and is being deleted now.") };
}

/** Looking again can't help there. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  "link-malformed",
  "link-mangled",
  "wrong-key",
  "no-such-clip",
  "bad-token",
  "clip-damaged",
]);

export function canLookAgain(code: ErrorCode | undefined): boolean {
  return code === undefined || !FINAL.has(code);
}

/** What happened, and what now. Functions, since the language may change while they are shown. */
const FAILURES: { readonly [C in ErrorCode]?: () => Words } = {
  "link-malformed": incomplete,
  "link-mangled": incomplete,
  "wrong-key": nothingThere,
  "no-such-clip": nothingThere,
  "bad-token": nothingThere,
  "clip-damaged": () => ({
    title: msg("This clip was changed on its way"),
    sentence: msg(
      "We stopped, because it is not what the sender sealed. It does not count as watched. Ask for a new one.",
    ),
  }),
  "cannot-play": () => ({
    title: msg("This device can’t play it"),
    sentence: msg("It does not count as watched. Open the link on another device or in another browser."),
  }),
  "lease-lapsed": () => ({
    title: msg("You were away too long"),
    sentence: msg("The clip closed again. It may still be there: look again."),
  }),
  offline: noConnection,
  timeout: noConnection,
  "storage-unavailable": noConnection,
  "shutting-down": noConnection,
};

export function failureWords(code: ErrorCode): Words {
  return FAILURES[code]?.() ?? unknownFailure();
}

function incomplete(): Words {
  return {
    title: msg("A piece of the link is missing"),
    sentence: msg("Copy the whole link, to its very end, and open it again."),
  };
}

/** One sentence for a wrong key and for a clip long gone: the relay doesn't tell them apart. */
function nothingThere(): Words {
  return {
    title: msg("There is nothing behind this link"),
    sentence: msg(
      "The link is not complete, or the clip has long been gone. Copy the whole link again, or ask the sender for a new one.",
    ),
  };
}

function noConnection(): Words {
  return {
    title: msg("No connection"),
    sentence: msg("The clip does not count as watched. Check the connection and try again."),
  };
}
