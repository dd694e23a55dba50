/**
 * The keys of the epochs that count now: one to seal with, few to open with, each gone when its time is over.
 * Realm: media worker; sees base keys and frame keys of one room. Source: protocol.md §3, §5; RFC 9605 §4.4.2, §5.2.
 *
 * - The KID of a frame selects exactly one key; an epoch evicts another with the same low 8 bits.
 * - A sender's old key goes 2 s after its first authentic frame of a newer epoch, 10 s after the newer epoch came, whether
 *   or not frames come.
 * - After a Remove all older keys go at once.
 */
import { kidOf, partsOfKid } from "../seal/media-frame-header.ts";
import { deriveFrameKey, type FrameKey } from "../seal/media-frame-key.ts";
import type { BaseKeys, DropReason, GroupToMedia, MediaKind, MediaSuite } from "../wire/group-media.ts";
import { ReplayWindow } from "./replay-window.ts";

const OLD_AFTER_FRAME_MS = 2_000;
const OLD_AFTER_EPOCH_MS = 10_000;

type EpochMessage = Extract<GroupToMedia, { type: "epoch" }>;

/** Members from which on one of them could seal in the name of another to a third. */
const SHARED_BY = 3;

/** What becomes of the counters of epochs whose keys more than two have. */
export interface KeyringWatch {
  took(kid: bigint, ctr: bigint): void;
  unsent(kid: bigint, ctr: bigint): void;
  /** nothing of this epoch opens any more */
  forgotten(epoch: number): void;
}

/** A key to seal with. */
export interface SealKey {
  readonly key: FrameKey;
  readonly ctr: bigint;
  readonly epoch: number;
  readonly isShared: boolean;
}

interface Epoch {
  readonly epoch: number;
  readonly suite: MediaSuite;
  readonly baseKeys: BaseKeys;
  readonly senders: ReadonlyMap<number, string>;
  readonly ownLeaf: number;
  readonly isShared: boolean;
  readonly keys: Map<bigint, Promise<OpenKey>>;
  /** senders, by leaf, that have used a newer epoch, with the time of their first frame there */
  readonly leftAt: Map<number, number>;
  /** when a newer one came, ms; undefined for the newest */
  oldSince?: number;
}

/** A key to open with, and what it may open. */
export interface OpenKey {
  readonly key: FrameKey;
  readonly window: ReplayWindow;
  readonly epoch: number;
  readonly leaf: number;
  readonly isShared: boolean;
}

export class EpochKeyring {
  readonly #now: () => number;
  readonly #watch: KeyringWatch | undefined;
  readonly #epochs = new Map<number, Epoch>();
  #sealing: { readonly epoch: Epoch; readonly keys: Map<MediaKind, Promise<FrameKey>> } | undefined;
  /** the newest epoch that came, and the newest that was sealed in */
  #installed = -1;
  #newest = -1;
  /** the person has to look at something first */
  #isHushed = false;
  /** when the next old epoch goes */
  #expiry: ReturnType<typeof setTimeout> | undefined;
  /** next counter of each KID that we seal with; kept across transforms, tracks and layers */
  readonly #counters = new Map<bigint, bigint>();

  /** @param now ms, monotonic */
  constructor(now: () => number = () => performance.now(), watch?: KeyringWatch) {
    this.#now = now;
    this.#watch = watch;
  }

  install({ epoch, suite, baseKeys, senders, ownLeaf, dropOlder, held }: EpochMessage): void {
    // Twice the same would forget which counters were opened with its keys.
    if (epoch <= this.#installed) {
      wipe(baseKeys);
      return;
    }
    this.#installed = epoch;
    for (const old of this.#epochs.values()) {
      old.oldSince ??= this.#now();
      if (dropOlder || (old.epoch & 0xff) === (epoch & 0xff)) this.#forget(old);
    }
    const isShared = senders.length >= SHARED_BY;
    this.#epochs.set(epoch & 0xff, {
      ...{ epoch, suite, baseKeys, senders: new Map(senders), ownLeaf, isShared, keys: new Map(), leftAt: new Map() },
    });
    this.#planExpiry();
    if (held) this.stop();
    else if (dropOlder || !this.#sealing) this.move(epoch);
  }

  /** Sealing goes on in this epoch, and never in an older one again. */
  move(epoch: number): void {
    const to = this.#epochs.get(epoch & 0xff);
    if (to?.epoch !== epoch || epoch < this.#newest || this.#sealing?.epoch === to) return;
    this.#newest = epoch;
    this.#sealing = { epoch: to, keys: new Map() };
  }

  /** Nothing is sealed until the next epoch, or until it turns out that there will be none. */
  stop(): void {
    this.#sealing = undefined;
  }

  /** The membership is over: another one counts its epochs from anywhere. */
  end(): void {
    clearTimeout(this.#expiry);
    for (const epoch of this.#epochs.values()) this.#forget(epoch);
    this.#sealing = undefined;
    this.#installed = this.#newest = -1;
  }

  /** Nothing is sealed while this holds, whatever the group does. */
  hush(isHushed: boolean): void {
    this.#isHushed = isHushed;
  }

  /** The epoch that frames are sealed in now. */
  get sealsIn(): number | undefined {
    return this.#isHushed ? undefined : this.#sealing?.epoch.epoch;
  }

  /** The key and a counter that was never used with it; null if nothing may be sealed now. */
  async seal(kind: MediaKind): Promise<SealKey | null> {
    const sealing = this.#sealing;
    if (!sealing || this.#isHushed) return null;
    const { epoch, keys } = sealing;
    const baseKey = epoch.baseKeys[kind];
    if (!baseKey) return null;
    const kid = kidOf({ kind, leaf: epoch.ownLeaf, epoch: epoch.epoch });
    // Before the first await: two frames at once get two counters.
    const ctr = this.#counters.get(kid) ?? 0n;
    this.#counters.set(kid, ctr + 1n);
    const { isShared } = epoch;
    if (isShared) this.#watch?.took(kid, ctr);
    const key = await derivedOnce(keys, kind, () => deriveFrameKey(epoch.suite, baseKey, kid)).catch((error) => {
      if (isShared) this.#watch?.unsent(kid, ctr);
      throw error;
    });
    // A removal may have come meanwhile: what it overtook is not sealed.
    const use = { key, ctr, epoch: epoch.epoch, isShared };
    if (this.#sealing === sealing && !this.#isHushed) return use;
    this.unsent(use);
    return null;
  }

  /** What was sealed with it does not leave. */
  unsent({ key, ctr, isShared }: SealKey): void {
    if (isShared) this.#watch?.unsent(key.kid, ctr);
  }

  /** The epoch of a KID, if it counts now and more than two have its keys. @returns own leaf in it */
  sharedBy(kid: bigint): { readonly ownLeaf: number } | undefined {
    const parts = partsOfKid(kid);
    const epoch = parts && this.#epochs.get(parts.epoch);
    return epoch?.isShared ? epoch : undefined;
  }

  /** Whether a frame that was sealed in this epoch may still be sent: a removal may have come meanwhile. */
  maySend(epoch: number): boolean {
    return this.#sealing !== undefined && !this.#isHushed && this.#epochs.get(epoch & 0xff)?.epoch === epoch;
  }

  /** The one key of a KID, if this sender may use it for this kind of track. @param identity LiveKit's, of the track */
  async open(kid: bigint, track: { identity: string; kind: MediaKind }): Promise<OpenKey | DropReason> {
    const parts = partsOfKid(kid);
    if (!parts) return "unknown-epoch";
    this.#expire();
    const epoch = this.#epochs.get(parts.epoch);
    if (!epoch || this.#isLeft(epoch, parts.leaf)) return "unknown-epoch";
    if (epoch.senders.get(parts.leaf) !== track.identity || parts.leaf === epoch.ownLeaf) return "wrong-sender";
    if (parts.kind !== track.kind) return "wrong-kind";
    const baseKey = epoch.baseKeys[parts.kind];
    if (!baseKey) return "wrong-kind";
    return derivedOnce(epoch.keys, kid, async () => {
      const key = await deriveFrameKey(epoch.suite, baseKey, kid);
      const { leaf } = parts;
      return { key, window: new ReplayWindow(), epoch: epoch.epoch, leaf, isShared: epoch.isShared };
    });
  }

  /** A frame opened with this key was authentic: its sender has left the epochs before. @returns false if replayed */
  took({ epoch, leaf, window }: OpenKey, ctr: bigint): boolean {
    if (this.#epochs.get(epoch & 0xff)?.epoch !== epoch || !window.take(Number(ctr))) return false;
    for (const older of this.#epochs.values()) {
      if (older.epoch < epoch && !older.leftAt.has(leaf)) older.leftAt.set(leaf, this.#now());
    }
    return true;
  }

  #isLeft({ leftAt }: Epoch, leaf: number): boolean {
    const at = leftAt.get(leaf);
    return at !== undefined && this.#now() - at > OLD_AFTER_FRAME_MS;
  }

  #expire(): void {
    for (const epoch of this.#epochs.values()) {
      if (epoch.oldSince !== undefined && this.#now() - epoch.oldSince >= OLD_AFTER_EPOCH_MS) this.#forget(epoch);
    }
  }

  /** Who copies this worker's memory in a silent room finds no key that the clock has taken. */
  #planExpiry(): void {
    clearTimeout(this.#expiry);
    const since = [...this.#epochs.values()].flatMap(({ oldSince }) => oldSince ?? []);
    if (since.length === 0) return;
    const expire = () => {
      this.#expire();
      this.#planExpiry();
    };
    this.#expiry = setTimeout(expire, Math.min(...since) + OLD_AFTER_EPOCH_MS - this.#now());
  }

  #forget(epoch: Epoch): void {
    this.#epochs.delete(epoch.epoch & 0xff);
    this.#watch?.forgotten(epoch.epoch);
    if (this.#sealing?.epoch === epoch) this.#sealing = undefined;
    wipe(epoch.baseKeys);
    epoch.keys.clear();
  }
}

/** What could not be derived once is tried again with the next frame. */
function derivedOnce<N, K>(keys: Map<N, Promise<K>>, name: N, derive: () => Promise<K>): Promise<K> {
  const known = keys.get(name);
  if (known) return known;
  const deriving = derive();
  keys.set(name, deriving);
  deriving.catch(() => keys.delete(name));
  return deriving;
}

function wipe(baseKeys: BaseKeys): void {
  for (const baseKey of Object.values(baseKeys)) baseKey.fill(0);
}
