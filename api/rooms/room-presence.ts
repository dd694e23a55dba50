/**
 * Who is connected to a generation, as this process knows and tells it. What other processes say makes it prompt; what
 * the store says at every refresh makes it true. Realm: server; post keys and times. Source: protocol.md §5.
 */
import { setTimeout as delay } from "node:timers/promises";
import { GONE_AFTER_MS } from "../../widget/wire/room-limits.ts";
import type { FromRelay } from "../../widget/wire/room-relay.ts";
import { type Presence, withGone, withHeard, without } from "./presence.ts";
import { PresenceRecord } from "./presence-record.ts";
import type { RoomParts } from "./room-changes.ts";

/** ms that arrivals wait for each other. */
const GATHER_MS = 20;

type News = Extract<FromRelay, { readonly type: "present" | "gone" }>;

/** What one process tells the others. */
export interface PresenceNews {
  readonly groupId: string;
  readonly present?: readonly string[];
  /** those of them that are connected to the process that says so: an older connection elsewhere is dead */
  readonly here?: readonly string[];
  /** of the document that notes so */
  readonly version?: number;
  readonly gone?: readonly { readonly postKey: string; readonly left: boolean }[];
}

export interface PresencePlace {
  readonly roomId: string;
  readonly groupId: string;
  readonly parts: Pick<RoomParts, "store" | "clock">;
  /** to this process's members */
  tell(news: News): void;
  publish(news: PresenceNews): void;
}

export class RoomPresence {
  readonly groupId: string;
  readonly #place: PresencePlace;
  readonly #record: PresenceRecord;
  readonly #known = new Set<string>();
  /** no longer on the list: never told of again, and never noted */
  readonly #dropped = new Set<string>();
  /** said goodbye, and not connected since: a note of its arrival that is still on its way is not to be written */
  readonly #departed = new Set<string>();
  /** whom this process has noted, or is about to */
  readonly #noted = new Set<string>();
  /** on the list, but not connected: since when, ms since the epoch */
  readonly #missing = new Map<string, number>();
  /** and whether this process holds the connection */
  #arriving = new Map<string, boolean>();
  /** of this process's connections: version of the document that notes them */
  readonly #here = new Map<string, number>();
  #writing: Promise<void> | null = null;

  constructor(place: PresencePlace) {
    this.groupId = place.groupId;
    this.#place = place;
    this.#record = new PresenceRecord(place.parts.store, place);
  }

  /** For who has come; includes everyone. */
  whole(): string {
    return JSON.stringify({ type: "present", postKeys: [...this.#known] } satisfies News);
  }

  /** Notes connections in the store, several at once. What fails is made up for at the next refresh. */
  connect(postKey: string): Promise<void> {
    return this.#arrive(postKey, true);
  }

  /** Which of this process's connections are older than what another process says of its own. */
  replacedBy({ here = [], version = 0 }: PresenceNews): string[] {
    return here.filter((postKey) => (this.#here.get(postKey) ?? Number.POSITIVE_INFINITY) < version);
  }

  /** Notes who was let in, wherever it is connected: if it is not, it lapses. */
  expect(postKeys: readonly string[]): void {
    for (const postKey of postKeys) void this.#arrive(postKey, this.#arriving.get(postKey) ?? false);
  }

  #arrive(postKey: string, isHere: boolean): Promise<void> {
    if (isHere) this.#here.delete(postKey);
    if (isHere) this.#departed.delete(postKey);
    this.#noted.add(postKey);
    this.#arriving.set(postKey, isHere);
    this.#writing ??= delay(GATHER_MS).then(() => this.#write());
    return this.#writing.catch(() => undefined);
  }

  /** The first connection of a generation, before there is one. @throws CodedError storage-unavailable */
  async found(postKey: string): Promise<void> {
    const version = await this.#noteHeard(new Map([[postKey, this.#place.parts.clock.now()]]), true);
    this.#here.set(postKey, version);
  }

  /** Who says goodbye is gone at once. @returns post keys that are left @throws CodedError storage-unavailable */
  async leave(postKey: string): Promise<string[]> {
    this.#departed.add(postKey);
    // Whoever a commit has just taken off the list may still be noted: that keeps no generation alive.
    const change = await this.#record.change((presence) =>
      withGone(without(presence, [...this.#dropped]), [postKey], true),
    );
    this.#gone([{ postKey, left: true }]);
    this.#place.publish({ groupId: this.groupId, gone: [{ postKey, left: true }] });
    return Object.keys(change?.after.heard ?? {});
  }

  /** Post keys that a commit took off the list. */
  drop(postKeys: readonly string[]): void {
    for (const postKey of postKeys) {
      this.#dropped.add(postKey);
      this.#known.delete(postKey);
      this.#missing.delete(postKey);
    }
    // The process of the commit's poster forgets them, too, but perhaps before they were noted here.
    const noted = postKeys.filter((postKey) => this.#noted.delete(postKey));
    if (noted.length > 0) this.forget(noted);
  }

  /** … in the store; what fails lapses by itself. */
  forget(postKeys: readonly string[]): void {
    this.#record.change((presence) => without(presence, postKeys)).catch(() => undefined);
  }

  /**
   * Says which members this process hears, and learns what all others hear. Who is on the list and was never noted is
   * noted now: it lapses, or is heard of by then.
   * @returns false if the store knows of nobody at all any more
   * @throws CodedError storage-unavailable
   */
  async refresh(
    heard: ReadonlyMap<string, number>,
    posters: readonly string[],
    { make = false } = {},
  ): Promise<boolean> {
    return (await this.#noteHeard(heard, make, posters)) > 0;
  }

  /** Someone on the list was never connected, or its going was not heard of: that is told here, once. */
  tellMissing(posters: readonly string[]): void {
    const now = this.#place.parts.clock.now();
    for (const postKey of posters) {
      if (this.#known.has(postKey)) this.#missing.delete(postKey);
      else if (!this.#missing.has(postKey)) this.#missing.set(postKey, now);
      else if ((this.#missing.get(postKey) ?? now) + GONE_AFTER_MS <= now) {
        this.#missing.set(postKey, Number.POSITIVE_INFINITY);
        this.#place.tell({ type: "gone", postKey, left: false });
      }
    }
  }

  hear({ present = [], gone = [] }: PresenceNews): void {
    this.#present(present);
    this.#gone(gone);
  }

  async #write(): Promise<void> {
    const arriving = this.#arriving;
    this.#arriving = new Map();
    this.#writing = null;
    const now = this.#place.parts.clock.now();
    const present = [...arriving.keys()];
    const version = await this.#noteHeard(new Map(present.map((postKey) => [postKey, now])), true);
    const here = present.filter((postKey) => arriving.get(postKey));
    for (const postKey of here) this.#here.set(postKey, version);
    this.#place.publish({ groupId: this.groupId, present, here, version });
  }

  /** @returns the document's version; 0 if there is none */
  async #noteHeard(
    heard: ReadonlyMap<string, number>,
    make: boolean,
    posters: readonly string[] = [],
  ): Promise<number> {
    const now = this.#place.parts.clock.now();
    const note = (presence: Presence) => {
      const isNoted = (postKey: string) => postKey in presence.heard || postKey in presence.gone;
      const expected = posters.filter((postKey) => !isNoted(postKey)).map((postKey) => [postKey, now] as const);
      // Looked at in each attempt: whoever goes meanwhile must not come back by a note that lost a race.
      const isOut = (postKey: string) => this.#dropped.has(postKey) || this.#departed.has(postKey);
      const there = [...expected, ...heard].filter(([postKey]) => !isOut(postKey));
      return there.length > 0 ? withHeard(presence, new Map(there)) : presence;
    };
    const change = await this.#record.change(note, { make });
    if (change) this.#learn(change.after);
    return change?.version ?? 0;
  }

  #learn({ heard }: Presence): void {
    const gone = [...this.#known].filter((postKey) => heard[postKey] === undefined);
    this.#gone(gone.map((postKey) => ({ postKey, left: false })));
    this.#present(Object.keys(heard));
  }

  #present(postKeys: readonly string[]): void {
    const fresh = postKeys.filter((postKey) => !this.#known.has(postKey) && !this.#dropped.has(postKey));
    for (const postKey of fresh) this.#known.add(postKey);
    for (const postKey of fresh) this.#missing.delete(postKey);
    if (fresh.length > 0) this.#place.tell({ type: "present", postKeys: fresh });
  }

  #gone(gone: readonly { readonly postKey: string; readonly left: boolean }[]): void {
    for (const { postKey, left } of gone) {
      if (!this.#known.delete(postKey)) continue;
      // Told already.
      this.#missing.set(postKey, Number.POSITIVE_INFINITY);
      this.#place.tell({ type: "gone", postKey, left });
    }
  }
}
