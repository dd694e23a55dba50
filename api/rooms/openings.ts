/**
 * How many rooms may be opened from one place: each is kept for 90 days, whoever made it. Realm: server; sees addresses
 * cut to what a household or a company shares (IPv4 without its last octet, IPv6 /48), keeps each for one window in this
 * process's memory, and tells nobody. Source: product.md O4; docs/decisions/0045-limits-per-address.md.
 */
import { isIP } from "node:net";
import { ROOMS_OPENED_MAX, ROOMS_OPENED_MS } from "../../widget/wire/room-limits.ts";
import type { Clock } from "../clips/clip-record.ts";

/** Places that are counted at once; the oldest is forgotten for one more. */
const PLACES_MAX = 20_000;

interface Count {
  opened: number;
  /** ms since the epoch */
  readonly until: number;
}

export class Openings {
  readonly #clock: Clock;
  /** the oldest window first */
  readonly #counts = new Map<string, Count>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns 0 if one more may be opened, which is counted; else seconds until it may */
  secondsFor(address: string): number {
    const now = this.#clock.now();
    this.#forget(now);
    const place = placeOf(address);
    if (place === null) return 0;
    const count = this.#counts.get(place) ?? { opened: 0, until: now + ROOMS_OPENED_MS };
    if (count.opened >= ROOMS_OPENED_MAX) return Math.max(1, Math.ceil((count.until - now) / 1_000));
    count.opened++;
    if (!this.#counts.has(place)) this.#begin(place, count);
    return 0;
  }

  /** It was no new room after all. */
  takeBack(address: string): void {
    const count = this.#counts.get(placeOf(address) ?? "");
    if (count) count.opened--;
  }

  #begin(place: string, count: Count): void {
    this.#counts.set(place, count);
    setTimeout(() => this.#counts.get(place) === count && this.#counts.delete(place), ROOMS_OPENED_MS).unref();
  }

  /** Windows that are over, and what there is no room for. */
  #forget(now: number): void {
    for (const [place, { until }] of this.#counts) {
      if (until > now && this.#counts.size < PLACES_MAX) return;
      this.#counts.delete(place);
    }
  }
}

/** Null for this machine itself: a proxy here that is not named, a demo, a test. */
export function placeOf(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (isIP(plain) === 4) return plain.startsWith("127.") ? null : `${plain.split(".").slice(0, 3).join(".")}.0`;
  if (isIP(plain) === 0) return "unknown";
  const groups = groupsOf(plain);
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return null;
  return groups
    .slice(0, 3)
    .map((group) => group.toString(16))
    .join(":");
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = [], tail = []] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const last = [...head, ...tail].at(-1)?.includes(".") ? 1 : 0;
  const zeros = address.includes("::") ? Array(Math.max(0, 8 - head.length - tail.length - last)).fill("0") : [];
  return [...head, ...zeros, ...tail].map((group: string) => Number.parseInt(group, 16));
}
