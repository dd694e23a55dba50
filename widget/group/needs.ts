/**
 * What the group should do next, and who does it: people who ask to come in, leaves that are gone, updates that are
 * due. A commit is made from what is needed at that moment, so that one that lost a race is simply made anew.
 * Realm: group worker. Source: protocol.md §5 (Committer, batching, takeover).
 */

import type { Dropped } from "../wire/commit-data.ts";
import { ADMISSION_EPOCHS, BATCH_MS, TAKEOVER_FACTOR, TAKEOVER_MS } from "../wire/room-limits.ts";
import type { RoomRules } from "../wire/room-rules.ts";
import type { Asking } from "./asking.ts";
import { addFault, type Roster } from "./commit-rules.ts";
import { epochOf, groupIdOf, ownLeafOf } from "./mls/group-state.ts";
import type { Change, RoomState } from "./room-state.ts";

/** Joins in one commit at most: a Welcome for more would be larger than the relay takes. */
const ADDS_MAX = 32;

/** What a host wants of the charter; made a charter of when it is committed, upon the one that holds then. */
export interface Wish {
  readonly newLink?: true;
  /** with a new link: everybody else is out, whoever has come meanwhile too */
  readonly ends?: true;
  readonly rules?: Partial<RoomRules>;
}

export class Needs {
  readonly #asking = new Map<string, Asking>();
  readonly #gone = new Map<string, Dropped["reason"]>();
  /** post keys of leaves whose keys are old */
  readonly #stale = new Set<string>();
  readonly #here = new Set<string>();
  /** a fresh path for this leaf, and what only this member can do */
  updateDue = false;
  #wish: Wish | undefined;
  /** post keys, base64url, that a host sends away with the new link */
  readonly sentAway = new Set<string>();

  asks(ref: string, asking: Asking): void {
    this.#asking.set(ref, asking);
  }

  isGone(postKey: string, reason: Dropped["reason"]): void {
    this.#here.delete(postKey);
    this.#gone.set(postKey, reason);
  }

  isBack(postKey: string): void {
    if (this.#gone.get(postKey) === "gone") this.#gone.delete(postKey);
  }

  /** The relay takes no removal of it until it says that it is gone. */
  isHere(postKey: string): void {
    this.#gone.delete(postKey);
    this.#stale.delete(postKey);
    this.#here.add(postKey);
  }

  isStale(postKey: string): void {
    if (!this.#here.has(postKey)) this.#stale.add(postKey);
  }

  get wish(): Wish | undefined {
    return this.#wish;
  }

  wants(wish: Wish): void {
    const rules = { ...this.#wish?.rules, ...wish.rules };
    this.#wish = { ...this.#wish, ...wish, ...(Object.keys(rules).length > 0 ? { rules } : {}) };
  }

  /** @param wish as it was when the commit was made: what was wanted since then still is */
  granted(wish: Wish): void {
    if (this.#wish === wish) this.#wish = undefined;
  }

  /** Drops what a commit has done, and asks that can't be answered any more. */
  settle({ group, roster, used, charter }: RoomState): void {
    const there = new Set([...roster.values()].map(({ postKey }) => postKey));
    for (const [ref, { v, admitted }] of this.#asking) {
      const isOver = used.has(ref) || v !== charter.charter.v || epochOf(group) - admitted.epoch >= ADMISSION_EPOCHS;
      if (isOver) this.#asking.delete(ref);
    }
    for (const keys of [this.#gone, this.#stale, this.sentAway]) {
      for (const postKey of keys.keys()) if (!there.has(postKey)) keys.delete(postKey);
    }
  }

  /** Post keys of the leaves that are not gone, lowest leaf first. */
  live(roster: Roster): string[] {
    const leaves = [...roster].sort(([a], [b]) => a - b);
    return leaves.map(([, { postKey }]) => postKey).filter((postKey) => !this.#gone.has(postKey));
  }

  forget(ref: string): void {
    this.#asking.delete(ref);
  }

  /**
   * ms until this leaf should commit, or null if it has no reason to beside its own update.
   * @param lastCommitMs how long its last one took
   */
  delay(state: RoomState, lastCommitMs: number): number | null {
    if (this.#wish) return 0;
    const { roster, group } = state;
    const own = roster.get(ownLeafOf(group))?.postKey ?? "";
    const change = this.#common(state, own);
    if (change.add.length === 0 && change.remove.length === 0) return null;
    const rank = this.live(roster).indexOf(own);
    return BATCH_MS + Math.max(rank, 0) * Math.max(TAKEOVER_MS, TAKEOVER_FACTOR * lastCommitMs);
  }

  /**
   * All that is needed now, in one commit.
   * @param own post key of this member, base64url: nobody removes itself @param newCharter what its wish comes to
   */
  change(state: RoomState, own: string, newCharter?: Change["newCharter"]): Change {
    const common = this.#common(state, own);
    const isNewLink = newCharter !== undefined && newCharter.link.v !== state.charter.charter.v;
    const isAway = new Set(isNewLink ? this.#away(state) : []);
    const away = [...isAway].map((postKey): Dropped => ({ postKey, reason: "removed" }));
    const remove = [...common.remove.filter(({ postKey }) => !isAway.has(postKey)), ...away];
    // A proof names the link that it was made under: after a new one, whoever asked asks again.
    const add = isNewLink ? [] : common.add;
    const kept = isNewLink ? remove.filter(({ reason }) => reason !== "replaced") : remove;
    return { add, remove: kept.filter(({ postKey }) => postKey !== own), ...(newCharter ? { newCharter } : {}) };
  }

  #away({ roster }: RoomState): Iterable<string> {
    return this.#wish?.ends ? [...roster.values()].map(({ postKey }) => postKey) : this.sentAway;
  }

  #common(state: RoomState, own: string): Pick<Change, "add" | "remove"> {
    const there = new Map([...state.roster.values()].map((who) => [who.postKey, who]));
    const remove = new Map<string, Dropped["reason"]>();
    for (const postKey of this.#stale) if (there.has(postKey)) remove.set(postKey, "gone");
    for (const [postKey, reason] of this.#gone) if (there.has(postKey)) remove.set(postKey, reason);
    remove.delete(own);
    const add: Asking[] = [];
    const before = { ...state, groupId: groupIdOf(state.group), epoch: epochOf(state.group) };
    for (const asking of this.#asking.values()) {
      const { replaces, who, admitted, v } = asking;
      const isReplacing = replaces !== own && replaces !== undefined && there.get(replaces)?.identity === who.identity;
      const replaced = isReplacing && remove.get(replaces) !== "replaced" ? replaces : undefined;
      const dropped = replaced ? [{ postKey: replaced, reason: "replaced" as const }] : [];
      // What the rules refuse now may wait: a locked room is unlocked again.
      if (v !== state.charter.charter.v || addFault(before, who, admitted, dropped)) continue;
      if (add.length === ADDS_MAX) break;
      add.push(asking);
      if (replaced) remove.set(replaced, "replaced");
    }
    return { add, remove: [...remove].map(([postKey, reason]) => ({ postKey, reason })) };
  }
}
