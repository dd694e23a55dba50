/**
 * Times and days as the chat shows them. Realm: frame. Pure; `now` is given, all times in ms since the epoch.
 * The words are in the room's language, the hours as the device writes them.
 */
import { language } from "../words/say.ts";

const DAY_MS = 86_400_000;

let clock: { readonly language: string; readonly format: Intl.DateTimeFormat } | undefined;

export function timeOf(at: number): string {
  const { language } = navigator;
  // To make one takes longer than to draw a line of the chat.
  if (clock?.language !== language)
    clock = { language, format: new Intl.DateTimeFormat(language, { timeStyle: "short" }) };
  return clock.format.format(at);
}

export function dayOf(at: number, now: number): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY_MS);
  if (Math.abs(days) <= 1) return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(days, "day");
  return new Intl.DateTimeFormat(language(), { weekday: "long", day: "numeric", month: "long" }).format(at);
}

export function isSameDay(a: number, b: number): boolean {
  return startOfDay(a) === startOfDay(b);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
