/**
 * The media keys of each epoch on their way from the group to the media worker, and when sealing moves to them.
 * Realm: group worker; base keys pass here once, the frame's own thread never sees them. Source: protocol.md §3, §5.
 *
 * - Add, update: the new keys are installed at once and sealed with when every live member has shown that it has the
 *   epoch, or after MOVE_AFTER_MS. What shows it is any message in the epoch, which only its members can seal.
 * - Remove: sealing stops before the commit is posted and goes on in the epoch that it makes; older keys go at once.
 */
import { MEDIA_BASE_KEY } from "../seal/labels.ts";
import { hashOf } from "../wire/audit.ts";
import { type Bytes, fromBase64url } from "../wire/bytes.ts";
import { pseudonym } from "../wire/commit-data.ts";
import { CodedError } from "../wire/errors.ts";
import { encodeFrameLists } from "../wire/frame-lists.ts";
import type { BaseKeys, Doubt, GroupToMedia, MediaToGroup } from "../wire/group-media.ts";
import { charterOf, epochOf, ownLeafOf, takeExports } from "./mls/group-state.ts";
import type { RoomState } from "./room-state.ts";

/** ms after which sealing moves to a new epoch, whoever has not shown it. */
export const MOVE_AFTER_MS = 1_000;
/** Nk: the longest of all suites (RFC 9605 §4.4.2 takes a base key of any length). */
const BASE_KEY_BYTES = 32;

type EpochMessage = Extract<GroupToMedia, { type: "epoch" }>;

/** A MessagePort, of a browser or of Node. */
export interface MediaPort {
  postMessage(message: GroupToMedia, transfer: Transferable[]): void;
  onmessage?: ((event: MessageEvent) => unknown) | null;
}

type FromMedia = Exclude<MediaToGroup, { type: "ended" }>;

export interface Beginning {
  /** post keys, base64url, of the others who are there */
  readonly others: readonly string[];
  /** somebody was removed */
  readonly dropOlder: boolean;
  /** another removal of ours is under way */
  readonly held: boolean;
}

export class EpochKeys {
  #port: MediaPort | undefined;
  /** the newest epoch's, while nobody has come for them */
  #waiting: EpochMessage | undefined;
  /** the newest; -1 outside a membership */
  #epoch = -1;
  #membership = 0;
  /** others who have not shown the epoch yet */
  #missing = new Set<string>();
  #isHeld = false;
  readonly #moves = new Set<ReturnType<typeof setTimeout>>();
  readonly #pseudonyms = new Map<string, string>();
  /** memberships that the media worker has not closed yet: what it still says is of one of them */
  #closing = 0;
  /** hears what the media worker says of the frames of this membership */
  onMedia: ((message: FromMedia) => void) | undefined;

  /** Whether somebody has come for keys: another may only between two memberships. */
  get isAttached(): boolean {
    return this.#port !== undefined;
  }

  /** @throws CodedError internal for a second one inside a membership: keys in two workers would use counters twice */
  attach(port: MediaPort): void {
    if (this.#port && this.#epoch >= 0) throw new CodedError("internal", "This room has its media worker.");
    this.#port = port;
    this.#closing = 0;
    port.onmessage = ({ data }) => {
      if (port === this.#port) this.#hear(data);
    };
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#post({ ...waiting, held: this.#isHeld });
  }

  /** A new epoch, before anything else is done with its state: its exporter secret is used up. */
  async begin(state: RoomState, { others, dropOlder, held }: Beginning): Promise<void> {
    const membership = this.#membership;
    const [senders, context] = await Promise.all([this.#senders(state), contextOf(state)]);
    if (membership !== this.#membership) return;
    const baseKeys = await takeBaseKeys(state, context);
    if (membership !== this.#membership) {
      wipe(baseKeys);
      return;
    }
    this.#epoch = epochOf(state.group);
    this.#missing = new Set(others);
    this.#isHeld = held;
    const ownLeaf = ownLeafOf(state.group);
    const suite = state.charter.charter.cipher;
    this.#post({ type: "epoch", epoch: this.#epoch, suite, baseKeys, senders, ownLeaf, dropOlder, held });
    this.#planMove(this.#epoch);
  }

  /** A member has said something in the newest epoch. @param postKey base64url */
  heard(postKey: string): void {
    if (this.#missing.delete(postKey) && this.#missing.size === 0) this.#move(this.#epoch);
  }

  /** This member is about to post a commit that removes somebody. */
  hold(): void {
    this.#isHeld = true;
    this.#post({ type: "stop" });
  }

  /** … which will not come. */
  release(): void {
    this.#isHeld = false;
    this.#move(this.#epoch);
  }

  /** @param bytes lists of frames of one leaf (wire/frame-lists.ts), which that leaf has sealed in the group */
  vouched(bytes: Bytes): void {
    if (this.#port) this.#post({ type: "vouched", bytes });
  }

  /** Frames of KIDs of ours are doubted. Without a media worker none was ever sealed. */
  doubted(doubts: readonly Doubt[]): void {
    if (this.#port) {
      this.#post({ type: "doubted", doubts });
      return;
    }
    const answers = doubts.map(({ by, id }) => ({ leaf: by, id }));
    const kids = [...new Set(doubts.map(({ kid }) => kid))];
    const lists = kids.map((kid) => ({ kid, first: 0, next: 0, digests: [] }));
    this.onMedia?.({ type: "lists", bytes: encodeFrameLists({ answers, lists }) });
  }

  #hear(message: MediaToGroup): void {
    if (message.type === "ended") this.#closing--;
    else if (this.#closing === 0 && this.#epoch >= 0) this.onMedia?.(message);
  }

  /** The membership is over. */
  end(): void {
    this.onMedia = undefined;
    if (this.#port) this.#closing++;
    for (const timer of this.#moves) clearTimeout(timer);
    this.#moves.clear();
    this.#membership++;
    this.#epoch = -1;
    this.#isHeld = false;
    this.#missing.clear();
    this.#pseudonyms.clear();
    this.#post({ type: "end" });
  }

  /** Each epoch has its own time: a stream of joins must not hold sealing back in an epoch that others forget. */
  #planMove(epoch: number): void {
    if (this.#missing.size === 0) {
      this.#move(epoch);
      return;
    }
    const timer = setTimeout(() => {
      this.#moves.delete(timer);
      this.#move(epoch);
    }, MOVE_AFTER_MS);
    this.#moves.add(timer);
  }

  #move(epoch: number): void {
    if (!this.#isHeld && epoch >= 0) this.#post({ type: "move", epoch });
  }

  #senders({ roster }: RoomState): Promise<[number, string][]> {
    return Promise.all(
      [...roster].map(async ([leaf, { postKey }]): Promise<[number, string]> => {
        const name = this.#pseudonyms.get(postKey) ?? (await pseudonym(fromBase64url(postKey) ?? new Uint8Array()));
        this.#pseudonyms.set(postKey, name);
        return [leaf, name];
      }),
    );
  }

  #post(message: GroupToMedia): void {
    if (this.#port) {
      // Moved, not copied: nothing of the keys stays here.
      const keys = message.type === "epoch" ? Object.values(message.baseKeys) : [];
      this.#port.postMessage(
        message,
        keys.map(({ buffer }) => buffer),
      );
      return;
    }
    if (message.type !== "epoch" && message.type !== "end") return;
    if (this.#waiting) wipe(this.#waiting.baseKeys);
    this.#waiting = message.type === "epoch" ? message : undefined;
  }
}

async function contextOf({ group, roomId }: RoomState): Promise<Bytes> {
  return new Uint8Array([...roomId, ...(await hashOf(charterOf(group)))]);
}

/** One for each kind that the room's rules allow: of another there is nothing to seal or to open with. */
async function takeBaseKeys({ group, charter }: RoomState, context: Uint8Array): Promise<BaseKeys> {
  const { kinds } = charter.charter;
  const labels = kinds.map((kind) => `${MEDIA_BASE_KEY} ${kind}`);
  const exported = await takeExports(group, labels, { context, length: BASE_KEY_BYTES });
  return Object.fromEntries(kinds.map((kind, i) => [kind, exported[i]])) as BaseKeys;
}

function wipe(baseKeys: BaseKeys): void {
  for (const key of Object.values(baseKeys)) key.fill(0);
}
