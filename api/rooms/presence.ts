/**
 * Who is connected to a generation, whichever process holds the connection: when each post key was heard of last, and
 * who is gone.
 * Pure. Realm: server; post keys and times. Source: protocol.md §5 (Gone members).
 */
import { ALIVE_EVERY_MS, GONE_AFTER_MS } from "../../widget/wire/room-limits.ts";

/** One document per generation. */
export interface Presence {
  /** ms since the epoch, by post key */
  readonly heard: Readonly<Record<string, number>>;
  /** no longer heard of, and still on the list, by post key: whether it said goodbye */
  readonly gone: Readonly<Record<string, boolean>>;
}

export const NOBODY: Presence = { heard: {}, gone: {} };

/** A lapse that comes this much too late shows that nobody was there to be heard by: everyone gets another chance, ms. */
export const TOO_LATE_MS = ALIVE_EVERY_MS;

/** Times never move back: several processes have several clocks. */
export function withHeard(presence: Presence, heard: ReadonlyMap<string, number>): Presence {
  const later: Record<string, number> = { ...presence.heard };
  const gone = { ...presence.gone };
  for (const [postKey, at] of heard) {
    later[postKey] = Math.max(at, later[postKey] ?? 0);
    delete gone[postKey];
  }
  return { heard: later, gone };
}

/** @param left whether they said so themselves */
export function withGone(presence: Presence, postKeys: readonly string[], left: boolean): Presence {
  const gone = Object.fromEntries(postKeys.map((postKey) => [postKey, left]));
  const rest = without(presence, postKeys);
  return { ...rest, gone: { ...rest.gone, ...gone } };
}

/** As if they had never been there. */
export function without(presence: Presence, postKeys: readonly string[]): Presence {
  const [heard, gone] = [{ ...presence.heard }, { ...presence.gone }];
  for (const postKey of postKeys) {
    delete heard[postKey];
    delete gone[postKey];
  }
  return { heard, gone };
}

/** Post keys that were not heard of for too long. */
export function lapsed(presence: Presence, now: number): string[] {
  return Object.keys(presence.heard).filter((postKey) => lapsesAt(presence, postKey) <= now);
}

/** When the next one lapses, ms since the epoch; of an empty one: at once. */
export function nextLapse(presence: Presence): number {
  const times = Object.values(presence.heard);
  return times.length === 0 ? 0 : Math.min(...times) + GONE_AFTER_MS;
}

/** Whether lapses were due for so long that it was not the members who were silent. */
export function isOverdue(presence: Presence, now: number): boolean {
  return Object.keys(presence.heard).length > 0 && nextLapse(presence) + TOO_LATE_MS < now;
}

function lapsesAt(presence: Presence, postKey: string): number {
  return (presence.heard[postKey] ?? 0) + GONE_AFTER_MS;
}
