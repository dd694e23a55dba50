/**
 * Times as people say them: clocks, "tomorrow at 14:05", "5 minutes ago". Realm: frame. Pure; `now` is given.
 * The words are in the document's language, the hours as the device writes them.
 */
import { msg, str } from "@lit/localize";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Minutes and seconds of a length in seconds: `4:07`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A length in words, for those who listen. */
export function spokenLength(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return minutes > 0 ? msg(str`${minutes} min ${rest} s`) : msg(str`${rest} s`);
}

/** @param at ms since the epoch */
export function whenAbsolute(at: number, now: number): string {
  const time = new Intl.DateTimeFormat(navigator.language, { timeStyle: "short" }).format(at);
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY_MS);
  const day =
    Math.abs(days) <= 1
      ? new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(days, "day")
      : new Intl.DateTimeFormat(language(), { day: "numeric", month: "long" }).format(at);
  return msg(str`${day} at ${time}`);
}

/** @param at ms since the epoch */
export function whenRelative(at: number, now: number): string {
  const past = at - now;
  const words = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  if (Math.abs(past) < MINUTE_MS) return msg("just now");
  if (Math.abs(past) < HOUR_MS) return words.format(Math.round(past / MINUTE_MS), "minute");
  if (Math.abs(past) < DAY_MS) return words.format(Math.round(past / HOUR_MS), "hour");
  return words.format(Math.round(past / DAY_MS), "day");
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function language(): string {
  return document.documentElement.lang || "en";
}
