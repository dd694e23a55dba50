/**
 * Whether what somebody sends can be opened here, and whether it is theirs, from what the media worker counts and judges.
 * Pure; time is given. Realm: frame; sees counts and pseudonyms. Source: protocol.md §4 (Receiver, Insider check).
 */
import type { DropReason, FromRoomMedia, MediaKind, Verdict } from "../../../wire/group-media.ts";

/** ms of frames that all stay closed: longer than a new epoch or a first key frame takes. */
const CLOSED_AFTER_MS = 2_000;

/** `coming`: nothing has opened yet. */
export type Opening = "coming" | "open" | "closed";

/** What is known of the frames of one kind from one sender. */
export interface Openness {
  readonly opening: Opening;
  /** why it stays closed */
  readonly reason?: DropReason;
  /** undefined where nobody else could have sealed it, and before its sender has vouched for any */
  readonly verdict?: Verdict;
}

/**
 * What a page may be told of somebody's frames: that none opens any more, with the reason of the last one, or that they do
 * again. One of each for each time, and 2 s of closed frames between two, so that no flicker floods anybody.
 */
export type DecryptionNews = { readonly identity: string; readonly kind: MediaKind } & (
  | { readonly type: "decryption-failed"; readonly reason: DropReason }
  | { readonly type: "decryption-resumed" }
);

interface Track {
  opening: Opening;
  reason?: DropReason;
  /** since when nothing opens */
  closedSince?: number;
}

const COMING: Track = { opening: "coming" };

export class Openings {
  readonly #onNews: (news: DecryptionNews) => void;
  readonly #tracks = new Map<string, Track>();
  /** outlive what they send: the same member's next camera is judged by what came of the last one */
  readonly #verdicts = new Map<string, Verdict>();

  constructor(onNews: (news: DecryptionNews) => void = () => undefined) {
    this.#onNews = onNews;
  }

  /** @param now ms @returns whether it changed what `of` or `about` says of anybody */
  note(report: FromRoomMedia, now: number): boolean {
    if (report.type === "judged") return this.#judged(report);
    if ((report.type !== "opened" && report.type !== "dropped") || report.identity === "") return false;
    const { identity, kind } = report;
    const track = this.#track(identity, kind);
    const { opening, reason } = track;
    if (report.type === "opened") this.#opened(track);
    // A copy of what was opened says nothing of what comes.
    else if (report.reason !== "replayed") this.#dropped(track, report.reason, now);
    if (track.opening === opening) return track.reason !== reason;
    if (track.opening === "closed" && track.reason)
      this.#onNews({ type: "decryption-failed", identity, kind, reason: track.reason });
    else if (opening === "closed") this.#onNews({ type: "decryption-resumed", identity, kind });
    return true;
  }

  of(identity: string, kind: MediaKind): Opening {
    return this.about(identity, kind).opening;
  }

  about(identity: string, kind: MediaKind): Openness {
    const { opening, reason } = this.#tracks.get(nameOf(identity, kind)) ?? COMING;
    const verdict = this.#verdicts.get(nameOf(identity, kind));
    return { opening, ...(reason && { reason }), ...(verdict && { verdict }) };
  }

  /** They send it no more, or anew. */
  forget(identity: string, kind: MediaKind): void {
    this.#tracks.delete(nameOf(identity, kind));
  }

  #judged({ identity, kind, verdict }: FromRoomMedia & { type: "judged" }): boolean {
    const before = this.#verdicts.get(nameOf(identity, kind));
    this.#verdicts.set(nameOf(identity, kind), verdict);
    return before !== verdict;
  }

  #opened(track: Track): void {
    track.opening = "open";
    delete track.closedSince;
    delete track.reason;
  }

  #dropped(track: Track, reason: DropReason, now: number): void {
    track.closedSince ??= now;
    if (now - track.closedSince < CLOSED_AFTER_MS) return;
    track.opening = "closed";
    track.reason = reason;
  }

  #track(identity: string, kind: MediaKind): Track {
    const track = this.#tracks.get(nameOf(identity, kind)) ?? { opening: "coming" };
    this.#tracks.set(nameOf(identity, kind), track);
    return track;
  }
}

const nameOf = (identity: string, kind: MediaKind): string => `${kind} ${identity}`;
