/**
 * The way into LiveKit for members, and out of it for everybody else. Without configuration there is none, and rooms go
 * on without sound and picture. Realm: server; sees post keys and group ids. Source: widget/wire/room-relay.ts (sfu).
 */
import { isPoster, type Refused, type Room } from "../rooms/room.ts";
import { SfuAway } from "./sfu-away.ts";
import { sfuEyeOf, sfuIdentityOf, sfuRoomOf } from "./sfu-names.ts";
import { SfuRecord } from "./sfu-record.ts";
import { SfuWatch, type WatchParts } from "./sfu-watch.ts";

/** ms for which it is taken as given that LiveKit is there, or is not. */
const KNOWN_FOR_MS = 1_000;
/** s after which to ask again: a LiveKit that is being built takes minutes, one that starts again seconds. */
const RETRY_AFTER_S = 5;

export interface SfuAsker {
  readonly roomId: string;
  readonly groupId: string;
  readonly postKey: string;
  /** only to look at what LiveKit carries */
  readonly isEye: boolean;
  /** as the store has it @throws CodedError storage-unavailable */
  readRoom(): Promise<Room | null>;
}

export interface SfuWay {
  readonly url: string;
  readonly token: string;
}

interface Opening {
  readonly at: number;
  readonly done: Promise<void>;
}

export class Sfu {
  readonly watch: SfuWatch;
  readonly #parts: WatchParts;
  readonly #url: string;
  /** the last tries to open a room, by name */
  readonly #openings = new Map<string, Opening>();

  /** @param url where browsers reach it */
  constructor(parts: WatchParts, url: string) {
    this.#parts = parts;
    this.#url = url;
    this.watch = new SfuWatch(parts);
  }

  /** @throws CodedError storage-unavailable */
  async wayFor({ roomId, groupId, postKey, isEye, readRoom }: SfuAsker): Promise<SfuWay | Refused> {
    const { store, clock, livekit } = this.#parts;
    // Noted before the list is read: whoever leaves it from now on is looked for.
    await new SfuRecord(store, roomId).note(groupId, clock.now());
    const generation = (await readRoom())?.generation;
    if (generation?.groupId !== groupId || !isPoster(generation, postKey)) return { code: "not-a-poster" };
    const room = sfuRoomOf(groupId);
    try {
      await this.#open(room);
    } catch (error) {
      if (!(error instanceof SfuAway)) throw error;
      this.watch.report(error);
      return { code: "no-sfu", retryAfter: RETRY_AFTER_S };
    }
    this.watch.report(null);
    const token = isEye ? livekit.eyeToken(room, sfuEyeOf(postKey)) : livekit.token(room, sfuIdentityOf(postKey));
    return { url: this.#url, token: await token };
  }

  /** Who says goodbye is still on the list until a commit takes it off, but out of LiveKit at once. */
  async left(groupId: string, postKey: string): Promise<void> {
    const identities = [sfuIdentityOf(postKey), sfuEyeOf(postKey)];
    const remove = (identity: string) => this.#parts.livekit.remove(sfuRoomOf(groupId), identity);
    await Promise.allSettled(identities.map(remove));
  }

  /** Several who come at once ask once. */
  #open(room: string): Promise<void> {
    const now = performance.now();
    for (const [name, { at }] of this.#openings) if (at + KNOWN_FOR_MS <= now) this.#openings.delete(name);
    const known = this.#openings.get(room);
    if (known) return known.done;
    const done = this.#parts.livekit.openRoom(room);
    this.#openings.set(room, { at: now, done });
    return done;
  }
}
