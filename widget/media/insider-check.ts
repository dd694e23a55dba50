/**
 * Whether the frames that open here were sealed by the member in whose name they come: every member has that member's
 * key, so the key alone does not say it. Its own lists, said in the group under its own signature, do.
 * Realm: media worker; sees digests and pseudonyms. Source: protocol.md §4 (Insider check), docs/decisions/0049.
 *
 * - A frame whose digest is not the listed one, or whose counter its sender says it never sent, is forged.
 * - So is one whose counter its sender had not used when it answered a doubt that was raised after the frame had come.
 * - A frame that nobody has vouched for within 3 s is unverified. Time alone makes none forged: a relay may hold lists back.
 * - What comes later than anything that is still known of its counter does not count any more, and is not passed on.
 */
import type { FrameList, FrameLists } from "../wire/frame-lists.ts";
import type { MediaKind, Verdict } from "../wire/group-media.ts";

/** ms for a list to come. */
export const VOUCHED_WITHIN_MS = 3_000;
/** ms after which a sender is asked: a list comes each second. */
const DOUBTED_AFTER_MS = 1_300;
/** … and after which it is not asked any more about that frame: what was said then is said again no longer. */
const DOUBTED_UNTIL_MS = 6_000;
/** ms between two doubts of one KID. */
const DOUBT_EVERY_MS = 1_000;
const DOUBTS_KEPT = 4;
/** ms without an unverified frame until a sender counts as checked again. */
export const CLEAN_MS = 10_000;
/** Frames of one KID, listed or waiting to be: twice the replay window, and more is never opened. */
const FRAMES_MAX = 2_048;

export interface OpenedFrame {
  readonly kid: bigint;
  readonly ctr: bigint;
  /** LiveKit's */
  readonly identity: string;
  readonly kind: MediaKind;
}

interface Waiting {
  readonly digest: bigint;
  /** when it came, ms */
  readonly at: number;
  isLate: boolean;
}

/** All that is known of the frames of one KID. */
interface Known {
  /** undefined before a frame of it was opened */
  whose?: Standing;
  /** counter → digest, as its sender says */
  readonly listed: Map<number, bigint>;
  /** of counters below, what is not in `listed` is not known any more, or never was; undefined before the first list */
  floor?: number;
  /** opened, and not listed yet */
  readonly waiting: Map<number, Waiting>;
  doubts: { readonly id: number; readonly at: number }[];
}

/** Of one sender's frames of one kind. */
interface Standing {
  readonly identity: string;
  readonly kind: MediaKind;
  verdict?: Verdict;
  /** when a frame was unverified last, ms */
  lateAt: number;
}

export interface InsiderCheckParts {
  /** ms, monotonic */
  now(): number;
  judged(standing: { readonly identity: string; readonly kind: MediaKind; readonly verdict: Verdict }): void;
  /** asks whoever has the leaf of this KID; its answer names `id` */
  doubt(kid: bigint, id: number): void;
}

export class InsiderCheck {
  readonly #parts: InsiderCheckParts;
  readonly #known = new Map<bigint, Known>();
  readonly #standings = new Map<string, Standing>();
  #lastId = 0;

  constructor(parts: InsiderCheckParts) {
    this.#parts = parts;
  }

  /** Nothing of this sender and kind is passed on any more. */
  isForged(identity: string, kind: MediaKind): boolean {
    return this.#standings.get(nameOf(identity, kind))?.verdict === "forged";
  }

  /** So late that nobody could say any more whose it is: it is not passed on. Convicts nobody. */
  isPast({ kid, ctr }: Pick<OpenedFrame, "kid" | "ctr">): boolean {
    const known = this.#known.get(kid);
    const at = Number(ctr);
    return known?.floor !== undefined && at < known.floor && !known.listed.has(at);
  }

  /** A frame was opened. @param at when, ms: its digest has taken a moment */
  opened({ kid, ctr, identity, kind }: OpenedFrame, digest: bigint, at: number): void {
    const known = this.#of(kid);
    known.whose ??= this.#standing(identity, kind);
    const listed = known.listed.get(Number(ctr));
    if (listed !== undefined) {
      this.#compare(known.whose, digest, listed);
      return;
    }
    known.waiting.set(Number(ctr), { digest, at, isLate: false });
    if (known.waiting.size <= FRAMES_MAX) return;
    // More wait than could be listed: their sender has been silent for long.
    removeFirst(known.waiting);
    this.#late(known.whose);
  }

  /** What a sender says in the group. @param own leaf of this member: whose doubts are answered here */
  vouched({ answers, lists }: FrameLists, own: number): void {
    for (const list of lists) this.#take(this.#of(BigInt(list.kid)), list);
    const ids = answers.flatMap(({ leaf, id }) => (leaf === own ? id : []));
    for (const [kid, all] of Map.groupBy(lists, (list) => list.kid)) {
      const known = this.#of(BigInt(kid));
      const doubt = known.doubts.findLast(({ id }) => ids.includes(id));
      // Among what is said again are lists from before the doubt: the newest says where its sender is.
      if (doubt) this.#answered(known, Math.max(...all.map(({ next }) => next)), doubt.at);
    }
  }

  /** A few times a second. */
  look(): void {
    const now = this.#parts.now();
    for (const [kid, known] of this.#known) {
      let isOverdue = false;
      for (const frame of known.waiting.values()) {
        const age = now - frame.at;
        if (age >= DOUBTED_AFTER_MS && age < DOUBTED_UNTIL_MS) isOverdue = true;
        if (frame.isLate || age < VOUCHED_WITHIN_MS) continue;
        frame.isLate = true;
        if (known.whose) this.#late(known.whose);
      }
      const isAsked = now - (known.doubts.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < DOUBT_EVERY_MS;
      if (isOverdue && !isAsked && known.whose?.verdict !== "forged") this.#doubt(kid, known, now);
    }
  }

  /** Their keys are gone, and nothing of them opens. */
  forget(isGone: (kid: bigint) => boolean): void {
    for (const kid of this.#known.keys()) if (isGone(kid)) this.#known.delete(kid);
  }

  /** Who is there now. @param isShared whether more than one other has everybody's keys; else nobody can be forged */
  roster(identities: ReadonlySet<string>, isShared: boolean): void {
    for (const [name, standing] of this.#standings) {
      if (!identities.has(standing.identity)) this.#standings.delete(name);
      else if (!isShared) this.#judge(standing, "checked");
    }
  }

  /** The membership is over: another one has other keys, and others have other names. */
  end(): void {
    this.#known.clear();
    this.#standings.clear();
  }

  #take(known: Known, { first, digests }: FrameList): void {
    const { listed, waiting, whose } = known;
    if (digests.length > 0) known.floor ??= first;
    for (const [i, digest] of digests.entries()) {
      const ctr = first + i;
      // As it was said first: nobody takes back what they have vouched for.
      if (listed.has(ctr)) continue;
      listed.set(ctr, digest);
      if (listed.size > FRAMES_MAX) known.floor = Math.max(known.floor ?? 0, removeFirst(listed) + 1);
      const frame = waiting.get(ctr);
      waiting.delete(ctr);
      if (frame && whose) this.#compare(whose, frame.digest, digest);
    }
  }

  /** @param doubted when, ms: what had come by then was sealed before the answer, if by its sender at all */
  #answered({ waiting, whose }: Known, next: number, doubted: number): void {
    for (const [ctr, { at }] of waiting) if (ctr >= next && at <= doubted && whose) this.#judge(whose, "forged");
  }

  #compare(whose: Standing, digest: bigint, listed: bigint): void {
    if (digest !== listed) this.#judge(whose, "forged");
    else if (whose.verdict !== "unverified" || this.#parts.now() - whose.lateAt >= CLEAN_MS)
      this.#judge(whose, "checked");
  }

  #late(whose: Standing): void {
    whose.lateAt = this.#parts.now();
    this.#judge(whose, "unverified");
  }

  /** Forged it stays. */
  #judge(whose: Standing, verdict: Verdict): void {
    if (whose.verdict === "forged" || whose.verdict === verdict) return;
    whose.verdict = verdict;
    this.#parts.judged({ identity: whose.identity, kind: whose.kind, verdict });
  }

  #doubt(kid: bigint, known: Known, now: number): void {
    const id = ++this.#lastId;
    known.doubts = [...known.doubts, { id, at: now }].slice(-DOUBTS_KEPT);
    this.#parts.doubt(kid, id);
  }

  #of(kid: bigint): Known {
    const known = this.#known.get(kid) ?? { listed: new Map(), waiting: new Map(), doubts: [] };
    this.#known.set(kid, known);
    return known;
  }

  #standing(identity: string, kind: MediaKind): Standing {
    const name = nameOf(identity, kind);
    const standing = this.#standings.get(name) ?? { identity, kind, lateAt: Number.NEGATIVE_INFINITY };
    this.#standings.set(name, standing);
    return standing;
  }
}

const nameOf = (identity: string, kind: MediaKind): string => `${kind} ${identity}`;

/** @returns its counter */
function removeFirst(map: Map<number, unknown>): number {
  const [first = 0] = map.keys();
  map.delete(first);
  return first;
}
