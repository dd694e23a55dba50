/**
 * Who is there, in a membership: what the relay says of it, held against what was heard in the group. Whoever is gone, or
 * whose keys have grown old, becomes a need of the group. Realm: group worker. Source: protocol.md §5 (Heartbeat,
 * Updates, Gone members).
 */
import type { RemovalReason } from "../wire/commit-data.ts";
import { UNCONFIRMED_MS } from "../wire/room-limits.ts";
import type { CommitTurn } from "./commit-turn.ts";
import { Freshness, Presence } from "./presence.ts";
import type { Adopted } from "./room-state.ts";

export interface AttendanceParts {
  /** post key of this member, base64url */
  readonly own: string;
  readonly turn: CommitTurn;
  /** of everyone on the roster, base64url */
  postKeys(): string[];
  later(work: () => void, ms: number): void;
  unconfirmed(postKeys: readonly string[]): void;
}

export class Attendance {
  readonly #parts: AttendanceParts;
  readonly #presence = new Presence();
  readonly #freshness = new Freshness();
  /** post keys of those who said in the group that they leave */
  readonly #goodbyes = new Set<string>();
  /** post keys of those who are not connected, as the relay said last: whether they said goodbye to it */
  readonly #absent = new Map<string, boolean>();
  /** on a connection that is new the first list names everybody */
  #isWhole = true;

  constructor(parts: AttendanceParts) {
    this.#parts = parts;
    this.#sawRoster();
  }

  heard(postKey: string): void {
    this.#presence.heard(postKey, Date.now());
  }

  /** In the group, where nobody else can say it. */
  goodbye(postKey: string): void {
    this.#goodbyes.add(postKey);
    this.gone(postKey, true);
  }

  /** A commit was adopted. @param poster its post key */
  committed(poster: string): void {
    this.#sawRoster();
    this.heard(poster);
    this.#freshness.committed(poster, Date.now());
  }

  /**
   * The relay says that somebody is gone, and whether it said so. Who still speaks in the group is not, unless it said
   * goodbye there.
   */
  gone(postKey: string, left: boolean): void {
    this.#absent.set(postKey, left);
    this.#judge(postKey);
  }

  /** On another connection. */
  resumed(): void {
    this.#isWhole = true;
  }

  /** The relay says who is connected: all of them at first, so that whoever is missing is gone; then whoever comes. */
  present(postKeys: readonly string[]): void {
    const { turn, own } = this.#parts;
    for (const postKey of postKeys) {
      this.#absent.delete(postKey);
      turn.needs.isBack(postKey);
    }
    const missing = this.#isWhole ? this.#parts.postKeys().filter((postKey) => !postKeys.includes(postKey)) : [];
    this.#isWhole = false;
    for (const postKey of missing) if (postKey !== own) this.gone(postKey, false);
    turn.consider();
  }

  /** Every HEARTBEAT_MS. */
  beat(): void {
    const { turn, own, unconfirmed } = this.#parts;
    this.heard(own);
    const silent = this.#presence.changed(Date.now());
    if (silent) unconfirmed(silent);
    for (const postKey of this.#freshness.stale(Date.now())) turn.needs.isStale(postKey);
    turn.consider();
  }

  /** Whoever committed may say of anybody that it has left: only who said so has. */
  honest(removed: Adopted["removed"]): Adopted["removed"] {
    const reasonOf = (postKey: string, reason: RemovalReason) =>
      reason === "left" && !this.#goodbyes.has(postKey) ? "gone" : reason;
    return removed.map(({ who, reason }) => ({ who, reason: reasonOf(who.postKey, reason) }));
  }

  #judge(postKey: string): void {
    const { turn, later } = this.#parts;
    const hasLeft = this.#goodbyes.has(postKey);
    // It may have come back meanwhile: then its next silence is not the relay's word.
    if (!this.#absent.has(postKey)) return;
    if (!hasLeft && this.#presence.isHeard(postKey, Date.now())) {
      later(() => this.#judge(postKey), UNCONFIRMED_MS);
      return;
    }
    // As the relay last said: it takes no other reason.
    turn.needs.isGone(postKey, this.#absent.get(postKey) ? "left" : "gone");
    turn.consider();
  }

  #sawRoster(): void {
    const postKeys = this.#parts.postKeys();
    this.#presence.roster(postKeys, Date.now());
    this.#freshness.roster(postKeys, Date.now());
  }
}
