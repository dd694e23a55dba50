/**
 * What the room says outside: one title and one sentence per phase, one "what happened, what now" per refusal.
 * Realm: frame. Pure.
 */
import type { ErrorCode } from "../../../wire/errors.ts";
import type { Room } from "../room.ts";
import { say } from "../words/say.ts";

export interface Words {
  readonly title: string;
  readonly sentence: string;
}

/** Refusals that another try with the same link can't change. */
const FINAL: readonly (ErrorCode | undefined)[] = [
  "link-replaced",
  "no-such-room",
  "no-lobby",
  "link-malformed",
  "link-mangled",
  "room-not-genuine",
];

export function isFinal({ code }: Pick<Room, "code">): boolean {
  return FINAL.includes(code);
}

/** @param isLongWait nobody has answered for some seconds */
export function phaseWords(room: Room, isLongWait: boolean): Words {
  switch (room.phase) {
    case "start":
      return room.code ? notOpened(room.code) : { title: say("start-title"), sentence: say("start-sentence") };
    case "opening":
      return { title: say("opening-title"), sentence: "" };
    case "pre-join":
      return doorWords(room);
    case "connecting":
      return { title: say("connecting-title"), sentence: isLongWait ? say("connecting-long") : "" };
    case "entering":
      return { title: say("entering-title"), sentence: say("entering-sentence") };
    case "lobby":
      return { title: say("lobby-title"), sentence: lobbySentence(room, isLongWait) };
    case "waiting":
      if (room.admits === "locked") return { title: say("waiting-locked-title"), sentence: say("waiting-locked") };
      return { title: say("waiting-title"), sentence: isLongWait ? say("waiting-long") : say("waiting-sentence") };
    case "left":
      return { title: say("left-title"), sentence: say("left-sentence") };
    case "removed":
      return { title: say("removed-title"), sentence: say("removed-sentence") };
    case "ended":
      return { title: say("ended-title"), sentence: say("ended-sentence") };
    case "refused":
      return refusedWords(room.code);
    case "in":
    case "reconnecting":
      return { title: say("inside"), sentence: "" };
  }
}

/** The same for those who listen: digits one by one. */
export function aloudWords(room: Room, isLongWait: boolean): string {
  const { title, sentence } = phaseWords(room, isLongWait);
  const digits =
    room.phase === "lobby" && room.knock?.digits ? `${say("lobby-digits")}: ${[...room.knock.digits].join(" ")}` : "";
  return [title, sentence, digits].filter((words) => words !== "").join(" ");
}

function lobbySentence({ knock, trouble }: Room, isLongWait: boolean): string {
  if (trouble && !knock?.digits) return trouble === "too-many-requests" ? say("lobby-full") : say("trouble");
  if (!knock?.isOpen) return say("lobby-nobody");
  if (knock.digits) return say("lobby-compare");
  return isLongWait ? say("lobby-long") : say("lobby-knocked");
}

function doorWords({ wasHere, isHost, isLobby }: Room): Words {
  // A tab that was reloaded in the lobby was in no room.
  if (isLobby) return { title: say("knock-title"), sentence: say("knock-sentence") };
  if (wasHere) return { title: say("here-title"), sentence: say("here-sentence") };
  return isHost
    ? { title: say("host-title"), sentence: say("host-sentence") }
    : { title: say("invited-title"), sentence: say("invited-sentence") };
}

function notOpened(code: ErrorCode): Words {
  return { title: say("not-opened-title"), sentence: refusedWords(code).sentence };
}

function refusedWords(code: ErrorCode | undefined): Words {
  switch (code) {
    case "link-replaced":
      return { title: say("replaced-title"), sentence: say("replaced-sentence") };
    case "turned-away":
      return { title: say("turned-away-title"), sentence: say("turned-away-sentence") };
    case "no-lobby":
      return { title: say("no-lobby-title"), sentence: say("no-lobby-sentence") };
    case "no-such-room":
      return { title: say("no-room-title"), sentence: say("no-room-sentence") };
    case "link-malformed":
    case "link-mangled":
      return { title: say("malformed-title"), sentence: say("malformed-sentence") };
    case "room-not-genuine":
      return { title: say("not-genuine-title"), sentence: say("not-genuine-sentence") };
    case "too-many-requests":
      return { title: say("busy-title"), sentence: say("busy-sentence") };
    case "offline":
    case "timeout":
    case "storage-unavailable":
    case "shutting-down":
      return { title: say("offline-title"), sentence: say("offline-sentence") };
    default:
      return { title: say("failed-title"), sentence: say("failed-sentence") };
  }
}
