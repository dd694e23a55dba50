/**
 * What this member sealed where more than one other could have: each counter with the digest of its frame, until it was
 * listed, and a little longer for whoever missed it. Realm: media worker; sees digests. Source: protocol.md §4 (Insider
 * check), docs/decisions/0049.
 *
 * A counter is noted before its frame is sealed, so that a list never passes over one that is still under way.
 */
import {
  ANSWERS_MAX,
  type Answer,
  DIGESTS_MAX,
  type FrameList,
  type FrameLists,
  LISTS_MAX,
  NOT_SENT,
} from "../wire/frame-lists.ts";

/** ms for which a list is said again when it is doubted: as long as a signal may be lost, and another epoch found. */
const SAID_AGAIN_MS = 4_000;
/** Frames of one KID that wait at most: a minute of sound. Where digests never come, nothing is vouched for. */
const WAITING_MAX = 4_096;

interface Own {
  /** of the first frame that was not listed */
  first: number;
  next: number;
  /** from `first` on; undefined: under way */
  readonly frames: Map<number, bigint | undefined>;
  /** newest last */
  listed: { readonly at: number; readonly list: FrameList }[];
}

export class OwnFrames {
  readonly #now: () => number;
  readonly #own = new Map<bigint, Own>();

  /** @param now ms, monotonic */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A counter is taken for a frame. Those of a KID come without gaps. */
  took(kid: bigint, ctr: bigint): void {
    const at = Number(ctr);
    const own = this.#own.get(kid) ?? { first: at, next: at, frames: new Map(), listed: [] };
    this.#own.set(kid, own);
    own.next = at + 1;
    own.frames.set(at, undefined);
    if (own.frames.size > WAITING_MAX) forgetFirst(own);
  }

  /** Its frame does not leave. */
  unsent(kid: bigint, ctr: bigint): void {
    this.#settle(kid, Number(ctr), NOT_SENT);
  }

  /** Its frame has left. */
  async sent(kid: bigint, ctr: bigint, digest: Promise<bigint>): Promise<void> {
    this.#settle(kid, Number(ctr), await digest);
  }

  /** What is new, to be said in the group; null if nothing is. */
  lists(): FrameLists | null {
    const lists: FrameList[] = [];
    let room = DIGESTS_MAX;
    for (const [kid, own] of this.#own) {
      if (lists.length === LISTS_MAX) break;
      const list = this.#list(kid, own, room);
      room -= list.digests.length;
      if (list.digests.length > 0) lists.push(list);
    }
    return lists.length > 0 ? { answers: [], lists } : null;
  }

  /**
   * What is said of KIDs of ours that are doubted: the next counter of now, what is new, and what was said of them lately.
   * @param kids ANSWERS_MAX at most, as of the answers
   */
  answer(kids: ReadonlySet<bigint>, answers: readonly Answer[]): FrameLists {
    const lists: FrameList[] = [];
    const listed: Own["listed"] = [];
    let room = DIGESTS_MAX;
    for (const kid of kids) {
      const own = this.#own.get(kid) ?? { first: 0, next: 0, frames: new Map(), listed: [] };
      room -= this.#list(kid, own, room).digests.length;
      lists.push({ kid: Number(kid), first: own.next, next: own.next, digests: [] });
      listed.push(...own.listed);
    }
    room = DIGESTS_MAX;
    // What does not fit is the oldest.
    for (const { list } of listed.toSorted((a, b) => b.at - a.at)) {
      room -= list.digests.length;
      if (room >= 0 && lists.length < LISTS_MAX) lists.push(list);
    }
    return { answers: answers.slice(0, ANSWERS_MAX), lists };
  }

  /** Nobody opens anything of these any more. */
  forget(isGone: (kid: bigint) => boolean): void {
    for (const kid of this.#own.keys()) if (isGone(kid)) this.#own.delete(kid);
  }

  /** Takes what is settled without a gap. */
  #list(kid: bigint, own: Own, most: number): FrameList {
    const digests: bigint[] = [];
    const { first } = own;
    for (let digest = own.frames.get(own.first); digest !== undefined; digest = own.frames.get(own.first)) {
      if (digests.length === most) break;
      digests.push(digest);
      own.frames.delete(own.first++);
    }
    const list = { kid: Number(kid), first, next: own.next, digests };
    const now = this.#now();
    own.listed = own.listed.filter(({ at }) => now - at < SAID_AGAIN_MS);
    if (digests.length > 0) own.listed.push({ at: now, list });
    return list;
  }

  #settle(kid: bigint, ctr: number, digest: bigint): void {
    const own = this.#own.get(kid);
    if (own?.frames.has(ctr)) own.frames.set(ctr, digest);
  }
}

/** Whoever opened it will say that nobody has vouched for it: never that it is forged. */
function forgetFirst(own: Own): void {
  own.frames.delete(own.first);
  own.first++;
}
