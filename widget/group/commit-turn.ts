/**
 * This leaf's own commits: whose turn it is, one under way at a time, and the leaf's regular update.
 * Realm: group worker. Source: protocol.md §5 (Committer, Updates).
 */
import type { SigningKey } from "../seal/ed25519.ts";
import { sealEnvelope } from "../seal/envelope.ts";
import type { LinkKeys } from "../seal/room-keys.ts";
import { hashOf } from "../wire/audit.ts";
import { toBase64url } from "../wire/bytes.ts";
import { type CommitData, isUpdateOnly } from "../wire/commit-data.ts";
import { UPDATE_ONLY_MS } from "../wire/room-limits.ts";
import type { PostCommit } from "../wire/room-relay.ts";
import { commitStatement } from "../wire/room-signatures.ts";
import type { SignedCharter } from "./charter.ts";
import type { EpochKeys } from "./epoch-keys.ts";
import { groupIdOf, wipeState } from "./mls/group-state.ts";
import { Needs, type Wish } from "./needs.ts";
import { updatePeriod } from "./presence.ts";
import { type Change, makeCommit, type PendingCommit, type RoomState } from "./room-state.ts";

export interface CommitTurnParts {
  readonly postKey: SigningKey;
  state(): RoomState;
  keys(): LinkKeys;
  /** the charter that a host's wish comes to; null without the host link */
  nextCharter(charter: SignedCharter, wish: Wish): Promise<Change["newCharter"] | null>;
  post(commit: Omit<PostCommit, "id">): void;
  /** whether media may be sealed in the epoch of now: not while a removal of ours is on its way */
  readonly sealing: Pick<EpochKeys, "hold" | "release">;
  /** runs it in the membership's queue */
  inTurn(work: () => Promise<void>): void;
}

interface UnderWay extends PendingCommit {
  /** its bytes as they are posted, base64url */
  readonly text: string;
  readonly startedAt: number;
  readonly wish?: Wish;
}

/** ms for the first commit of this leaf, before one was measured. */
const FIRST_COMMIT_MS = 100;
/** ms by which the relay's clock and this one may drift apart in UPDATE_ONLY_MS. */
const DRIFT_MS = 1_000;
/** ms before the next commit after one, two … in a row that the relay refused for good; the last one repeats. */
const REFUSED_WAITS_MS = [500, 2_000, 8_000, 30_000];

export class CommitTurn {
  readonly needs = new Needs();
  readonly #parts: CommitTurnParts;
  readonly #own: string;
  #underWay: UnderWay | undefined;
  /** sealing has stopped for a removal of ours that is not adopted yet */
  #isRemoving = false;
  #lastMs = FIRST_COMMIT_MS;
  #turn: ReturnType<typeof setTimeout> | undefined;
  /** when #turn goes off, performance.now() */
  #turnAt = Number.POSITIVE_INFINITY;
  /** when the last commit of this leaf that did nothing else was made */
  #updatedAt = Number.NEGATIVE_INFINITY;
  #update: ReturnType<typeof setTimeout> | undefined;
  /** commits in a row that the relay refused, and until when no other is made, performance.now() */
  #refusals = 0;
  #restsUntil = 0;
  #over = false;

  constructor(parts: CommitTurnParts) {
    this.#parts = parts;
    this.#own = toBase64url(parts.postKey.publicKey);
    // Spread out: members who came together don't update together.
    this.#planUpdate(Math.random());
  }

  /** Something was added to `needs`, or an epoch began: sees to it when it is this leaf's turn. */
  consider(): void {
    if (this.#over || this.#underWay) return;
    if (this.#isRemoving && !this.removes()) this.#parts.sealing.release();
    const delay = this.#delay();
    const wait = delay === null ? null : Math.max(delay, this.#restsUntil - performance.now());
    const at = wait === null ? Number.POSITIVE_INFINITY : performance.now() + wait;
    // Whoever comes meanwhile comes along, and puts nothing off.
    if (at !== Number.POSITIVE_INFINITY && at >= this.#turnAt) return;
    this.#stopTurn();
    if (wait === null) return;
    this.#turnAt = at;
    this.#turn = setTimeout(() => {
      this.#turnAt = Number.POSITIVE_INFINITY;
      this.#parts.inTurn(() => this.#commit());
    }, wait);
  }

  /** What is not only this leaf's own update is due as soon as ever. */
  #delay(): number | null {
    const { needs } = this;
    const wait = needs.delay(this.#parts.state(), this.#lastMs);
    if (!needs.updateDue || needs.wish) return wait;
    const resting = this.#updatedAt + UPDATE_ONLY_MS + DRIFT_MS - performance.now();
    return wait === null ? Math.max(0, resting) : Math.min(wait, Math.max(0, resting));
  }

  #stopTurn(): void {
    clearTimeout(this.#turn);
    this.#turnAt = Number.POSITIVE_INFINITY;
  }

  /** After a new connection: the same bytes again; if the relay has them already, it says so. */
  async repeat(): Promise<void> {
    if (this.#underWay) await this.#post(this.#underWay);
  }

  /** The epoch's commit has come in. @returns it, if it is ours; otherwise ours is given up */
  decided(text: string): UnderWay | undefined {
    // Another rank may be first now, and what was needed may be done.
    this.#stopTurn();
    const underWay = this.#underWay;
    if (underWay?.text !== text) {
      this.#takeBack();
      return undefined;
    }
    this.#underWay = undefined;
    return underWay;
  }

  /** Ours will not be: wipes what only it had. @returns it, if there was one */
  #takeBack(): UnderWay | undefined {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    if (underWay) wipeState(underWay.next, this.#parts.state().group);
    return underWay;
  }

  /** Whether a removal for which sealing has stopped is still to come: a commit of somebody else overtook it. */
  removes(): boolean {
    const { wish, sentAway } = this.needs;
    const isSendingAway = wish?.ends === true || (wish?.newLink === true && sentAway.size > 0);
    this.#isRemoving &&= isSendingAway || this.needs.change(this.#parts.state(), this.#own).remove.length > 0;
    return this.#isRemoving;
  }

  /** The relay will never take ours: what it was for is given up, or the next one would be the same. */
  async rejected(): Promise<void> {
    const underWay = this.#takeBack();
    if (!underWay) return;
    if (this.#isRemoving) this.#parts.sealing.release();
    this.#isRemoving = false;
    const wait = REFUSED_WAITS_MS[Math.min(this.#refusals++, REFUSED_WAITS_MS.length - 1)] as number;
    this.#restsUntil = performance.now() + wait;
    this.#giveUp(underWay.data.add, underWay.wish);
  }

  /** The relay takes an update that is nothing else only now and then. @param ms until it does @returns whether it is one */
  postponed(ms: number): boolean {
    if (!this.#underWay || !isUpdateOnly(this.#underWay.data)) return false;
    this.#takeBack();
    this.#updatedAt = performance.now() - UPDATE_ONLY_MS + ms;
    this.consider();
    return true;
  }

  /** @param here whom ours removes and the relay still hears: it says when it does not. All else is wanted still. */
  async mistaken(here: readonly string[]): Promise<void> {
    if (!this.#takeBack()) return;
    for (const postKey of here) this.needs.isHere(postKey);
    this.consider();
  }

  /** Ours was adopted. */
  done(own: UnderWay): void {
    this.#lastMs = performance.now() - own.startedAt;
    this.#refusals = 0;
    if (isUpdateOnly(own.data)) this.#updatedAt = performance.now();
    this.needs.updateDue = this.#isRemoving = false;
    if (own.wish) this.needs.granted(own.wish);
    this.#planUpdate(1);
  }

  end(): void {
    this.#over = true;
    this.#stopTurn();
    clearTimeout(this.#update);
    if (this.#underWay) wipeState(this.#underWay.next);
    this.#underWay = undefined;
  }

  async #commit(): Promise<void> {
    if (this.#underWay || this.#over) return;
    const { needs } = this;
    const { wish } = needs;
    const state = this.#parts.state();
    const newCharter = wish && ((await this.#parts.nextCharter(state.charter, wish)) ?? undefined);
    if (wish && !newCharter) needs.granted(wish);
    const change = needs.change(state, this.#own, newCharter);
    const isNothing = change.add.length + change.remove.length === 0 && !newCharter;
    // Somebody else was quicker, or its update may not be posted yet.
    if (isNothing && !(needs.updateDue && this.#delay() === 0)) return this.consider();
    const startedAt = performance.now();
    let made: Awaited<ReturnType<typeof makeCommit>>;
    try {
      made = await makeCommit(state, change);
    } catch {
      await this.#forgetBad(change.add);
      return this.consider();
    }
    if (this.#over) {
      if (!("fault" in made)) wipeState(made.next);
      return;
    }
    // A rule of the room: others would refuse it, and accuse whoever posted it.
    if ("fault" in made)
      return this.#giveUp(
        change.add.map(({ admitted }) => admitted),
        wish,
      );
    this.#underWay = { ...made, text: toBase64url(made.bytes), startedAt, ...(wish ? { wish } : {}) };
    if (change.remove.length > 0) {
      this.#isRemoving = true;
      this.#parts.sealing.hold();
    }
    await this.#post(this.#underWay);
  }

  #giveUp(add: CommitData["add"], wish: Wish | undefined): void {
    for (const { ref } of add) this.needs.forget(ref);
    if (wish) this.needs.granted(wish);
    this.needs.sentAway.clear();
    this.consider();
  }

  /** Among those who ask, one has a key package that MLS refuses: the others are not to wait for it. */
  async #forgetBad(add: Change["add"]): Promise<void> {
    let isAnyBad = false;
    for (const one of add) {
      try {
        const made = await makeCommit(this.#parts.state(), { add: [one], remove: [] });
        if (!("fault" in made)) wipeState(made.next, this.#parts.state().group);
      } catch {
        this.needs.forget(one.admitted.ref);
        isAnyBad = true;
      }
    }
    // Each alone is good, and together they are not: two with the same key.
    const last = add.at(-1);
    if (!isAnyBad && last) this.needs.forget(last.admitted.ref);
  }

  async #post({ bytes, text, welcome, data }: UnderWay): Promise<void> {
    const groupId = groupIdOf(this.#parts.state().group);
    const signature = await this.#parts.postKey.sign(commitStatement(groupId, await hashOf(bytes)));
    const sealed = welcome && (await this.#sealWelcome(welcome, data));
    if (this.#over) return;
    this.#parts.post({
      type: "commit",
      bytes: text,
      signature: toBase64url(signature),
      ...(sealed ? { welcome: toBase64url(sealed) } : {}),
    });
  }

  async #sealWelcome(welcome: Uint8Array, { add }: CommitData): Promise<Uint8Array> {
    const reference = await hashOf(new TextEncoder().encode(add.map(({ ref }) => ref).join()));
    const { group, charter } = this.#parts.state();
    const name = { type: "welcome", groupId: groupIdOf(group), v: charter.charter.v, reference } as const;
    return sealEnvelope(this.#parts.keys().envelopeKey, name, welcome);
  }

  #planUpdate(share: number): void {
    clearTimeout(this.#update);
    // A commit that was under way when the membership ended may still come in.
    if (this.#over) return;
    const period = updatePeriod(this.#parts.state().roster.size);
    this.#update = setTimeout(() => {
      this.needs.updateDue = true;
      this.consider();
    }, period * share);
  }
}
