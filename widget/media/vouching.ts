/**
 * This member's part in the insider check: says which frames it sealed, and looks whether others say so of theirs. Beside
 * the frames' way, after they have been passed on, and only where more than two have the keys.
 * Realm: media worker; sees digests. Source: protocol.md §4 (Insider check), docs/decisions/0049.
 */
import { digestInput, digestOf } from "../seal/frame-digest.ts";
import { partsOfKid } from "../seal/media-frame-header.ts";
import type { Bytes } from "../wire/bytes.ts";
import { decodeFrameLists, encodeFrameLists, type FrameLists } from "../wire/frame-lists.ts";
import type { FromRoomMedia, GroupToMedia, MediaKind, MediaToGroup } from "../wire/group-media.ts";
import { EpochKeyring } from "./epoch-keyring.ts";
import type { Passed, TrackIn } from "./frame-transform.ts";
import { InsiderCheck } from "./insider-check.ts";
import { OwnFrames } from "./own-frames.ts";

/** ms between two looks; a list goes out with every fourth. */
const LOOK_MS = 250;
const LISTS_EVERY = 4;

type Doubted = Extract<GroupToMedia, { type: "doubted" }>;

export interface VouchingParts {
  /** to the frame */
  tell(message: FromRoomMedia): void;
  /** to the group worker */
  post(message: MediaToGroup): void;
  /** ms, monotonic */
  now?(): number;
}

export class Vouching {
  readonly keyring: EpochKeyring;
  readonly #parts: VouchingParts;
  readonly #own: OwnFrames;
  readonly #check: InsiderCheck;
  readonly #now: () => number;
  #looking: ReturnType<typeof setInterval> | undefined;
  #looks = 0;

  constructor(parts: VouchingParts) {
    this.#parts = parts;
    this.#now = () => parts.now?.() ?? performance.now();
    this.#own = new OwnFrames(this.#now);
    this.#check = new InsiderCheck({
      now: this.#now,
      judged: (standing) => parts.tell({ type: "judged", ...standing }),
      doubt: (kid, id) => parts.post({ type: "doubt", kid: Number(kid), id }),
    });
    this.keyring = new EpochKeyring(this.#now, {
      took: (kid, ctr) => this.#own.took(kid, ctr),
      unsent: (kid, ctr) => this.#own.unsent(kid, ctr),
      forgotten: (epoch) => this.#forget(epoch),
    });
  }

  /** From the group worker. */
  take(message: GroupToMedia): void {
    const { keyring } = this;
    if (message.type === "epoch") this.#install(message);
    else if (message.type === "move") keyring.move(message.epoch);
    else if (message.type === "stop") keyring.stop();
    else if (message.type === "vouched") this.#vouched(message.bytes);
    else if (message.type === "doubted") this.#doubted(message);
    else this.#end();
  }

  /** Nothing of it is passed on: others of this sender and kind were somebody else's. */
  isForged({ identity, kind }: { readonly identity: string; readonly kind: MediaKind }): boolean {
    return this.#check.isForged(identity, kind);
  }

  /** Nobody could say any more whose it is. */
  isPast(passed: Passed): boolean {
    return passed.isShared && this.#check.isPast(passed);
  }

  /** Before a sealed frame is passed on, which may take its bytes along. @returns to be called after that */
  sealed({ kid, ctr, isShared, sealed, clear }: Passed): () => void {
    if (!isShared) return () => undefined;
    const input = digestInput(sealed, clear);
    return () => void this.#own.sent(kid, ctr, digestOf(input));
  }

  /** After an opened frame was passed on. */
  opened({ kid, ctr, isShared, sealed, clear }: Passed, { identity, kind }: TrackIn): void {
    if (!isShared) return;
    const at = this.#now();
    const epoch = this.keyring.sharedBy(kid);
    void digestOf(digestInput(sealed, clear)).then((digest) => {
      // Its epoch may be over meanwhile, and another membership's have its KID: that one is somebody else's there.
      if (epoch && this.keyring.sharedBy(kid) === epoch) this.#check.opened({ kid, ctr, identity, kind }, digest, at);
    });
  }

  #install(epoch: Extract<GroupToMedia, { type: "epoch" }>): void {
    this.keyring.install(epoch);
    const isShared = epoch.senders.length > 2;
    this.#check.roster(new Set(epoch.senders.map(([, identity]) => identity)), isShared);
    if (isShared) this.#looking ??= setInterval(() => this.look(), LOOK_MS);
  }

  /** Every LOOK_MS. */
  look(): void {
    this.#check.look();
    this.#looks++;
    const lists = this.#looks % LISTS_EVERY === 0 && this.#own.lists();
    if (lists) this.#say(lists);
  }

  #vouched(bytes: Bytes): void {
    const said = decodeFrameLists(bytes);
    // Of an epoch that is over nothing opens, and another one may have its number.
    const lists = said?.lists.filter(({ kid }) => this.keyring.sharedBy(BigInt(kid))) ?? [];
    const [first] = lists;
    const own = first && this.keyring.sharedBy(BigInt(first.kid))?.ownLeaf;
    if (said && own !== undefined) this.#check.vouched({ ...said, lists }, own);
  }

  #doubted({ doubts }: Doubted): void {
    const ours = doubts.filter(({ kid }) => {
      const doubted = BigInt(kid);
      return this.keyring.sharedBy(doubted)?.ownLeaf === partsOfKid(doubted)?.leaf;
    });
    if (ours.length === 0) return;
    const kids = new Set(ours.map(({ kid }) => BigInt(kid)));
    const answers = ours.map(({ by, id }) => ({ leaf: by, id }));
    this.#say(this.#own.answer(kids, answers));
  }

  #say(lists: FrameLists): void {
    this.#parts.post({ type: "lists", bytes: encodeFrameLists(lists) });
  }

  #forget(epoch: number): void {
    const isGone = (kid: bigint) => partsOfKid(kid)?.epoch === (epoch & 0xff);
    this.#own.forget(isGone);
    this.#check.forget(isGone);
  }

  #end(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.keyring.end();
    this.#check.end();
    this.#parts.post({ type: "ended" });
  }
}
