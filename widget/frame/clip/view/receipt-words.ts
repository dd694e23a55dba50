/**
 * What the sender reads of a sent clip's fate: waiting, opened, interrupted, watched and deleted, never opened.
 * Realm: frame. Pure; sees times.
 */
import { msg, str } from "@lit/localize";
import type { Receipt } from "../../../wire/client-api.ts";
import type { RecorderState } from "../recorder-state.ts";
import type { Words } from "./recorder-words.ts";
import { whenAbsolute } from "./times.ts";

/** The clip has ended by itself: there is nothing left to copy or delete. */
export function isOver({ receipt }: RecorderState): boolean {
  return receipt?.endedAt !== undefined;
}

/** One line under the link while the clip can still be opened; nothing before it was opened. */
export function openedLine({ receipt }: RecorderState, now: number): string | undefined {
  if (!receipt?.openedAt || receipt.endedAt) return undefined;
  const opened = whenAbsolute(receipt.openedAt, now);
  return receipt.state === "leased"
    ? msg(str`Somebody is watching it right now. Opened ${opened}.`)
    : msg(str`Opened ${opened} and interrupted. The link still opens.`);
}

/** The receipt: how it ended, and whether every piece was seen to be gone. */
export function endedWords(receipt: Receipt, now: number): Words {
  const ended = whenAbsolute(receipt.endedAt ?? now, now);
  const gone = receipt.deletedAt
    ? msg("Every piece of it is deleted, and we have checked.")
    : msg("It is being deleted now; nobody can open it any more.");
  switch (receipt.state) {
    case "burned":
      return { title: msg("Watched, and gone"), sentence: `${msg(str`It was watched ${ended}.`)} ${gone}` };
    case "expired":
      return receipt.openedAt
        ? {
            title: msg("Its time was up"),
            sentence: `${msg(str`It was opened, but its time ended ${ended}.`)} ${gone}`,
          }
        : { title: msg("Nobody opened it"), sentence: `${msg(str`Its time ended ${ended}.`)} ${gone}` };
    case "broken":
      return {
        title: msg("The clip arrived broken"),
        sentence: `${msg("It can’t be opened safely. Please record it again.")} ${gone}`,
      };
    default:
      return { title: msg("Deleted"), sentence: `${msg("Its link is dead.")} ${gone}` };
  }
}
