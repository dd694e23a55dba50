/**
 * Keeps out of LiveKit whoever is on no list of post keys: looks who is there, again and again, and disconnects the rest.
 * One look does it all, whatever has happened: after a commit that removes, at the end of a generation, after a crash of
 * LiveKit or of the process that took the commit. A token that was given out stays good for minutes; its holder is met
 * at the next look, a second later, and has got ciphertext at the most.
 * Realm: server. Source: protocol.md §2 (who leaves the list is disconnected from relay and SFU), docs/decisions/0046.
 */
import type { Logger } from "pino";
import type { Clock } from "../clips/clip-record.ts";
import type { Room } from "../rooms/room.ts";
import { ROOMS } from "../rooms/room-changes.ts";
import type { Store } from "../store/store.ts";
import type { Livekit } from "./livekit.ts";
import { SfuAway } from "./sfu-away.ts";
import { sfuEyeOf, sfuIdentityOf, sfuRoomOf } from "./sfu-names.ts";
import { type Look, SFU, SfuRecord } from "./sfu-record.ts";

/** ms that a claim holds: after that its process has probably died. */
const CLAIM_MS = 10_000;
/** Rooms at once. */
const CLAIM_LIMIT = 32;

export interface WatchParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly livekit: Livekit;
}

export class SfuWatch {
  readonly #parts: WatchParts;
  /** rooms that are being looked at; true: once more, because something has happened since it began */
  readonly #looking = new Map<string, boolean>();
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isAway = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  start(everyMs: number): void {
    const sweep = async () => {
      await this.#run(this.sweepOnce());
      if (!this.#isStopped) this.#timer = setTimeout(sweep, everyMs);
    };
    this.#timer = setTimeout(sweep, everyMs);
  }

  /** Looks at every room that is due. @throws CodedError storage-unavailable */
  async sweepOnce(): Promise<void> {
    const { store, clock } = this.#parts;
    const due = await store.claimDue(SFU, { now: clock.now(), visibility: CLAIM_MS, limit: CLAIM_LIMIT });
    await Promise.all(due.map((key) => this.#look(key.slice(SFU.length + 1), false)));
  }

  /** Somebody has left a list, or a generation is over: at once, and without anybody waiting for it. */
  hurry(roomId: string): void {
    if (this.#looking.has(roomId)) {
      this.#looking.set(roomId, true);
      return;
    }
    void this.#run(this.#lookUntilCalm(roomId));
  }

  /** Begins nothing more, and waits for what is running: a few calls that LiveKit gets two seconds each for. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#running);
  }

  /** For the log: once when LiveKit can't be used, and once when it can again. @param trouble null: there is none */
  report(trouble: SfuAway | null): void {
    if (this.#isAway === (trouble !== null)) return;
    this.#isAway = trouble !== null;
    const { log } = this.#parts;
    if (trouble) log.warn({ event: "sfu-away", error: trouble.message });
    else log.warn({ event: "sfu-back" });
  }

  /** What can't be done now is due again soon. */
  async #run(work: Promise<void>): Promise<void> {
    const done = work.catch(() => undefined);
    this.#running.add(done);
    await done;
    this.#running.delete(done);
  }

  async #lookUntilCalm(roomId: string): Promise<void> {
    do {
      this.#looking.set(roomId, false);
      await this.#look(roomId, true).catch(() => undefined);
    } while (this.#looking.get(roomId) && !this.#isStopped);
    this.#looking.delete(roomId);
  }

  /** @param hasLeft somebody was on the list a moment ago @throws CodedError storage-unavailable */
  async #look(roomId: string, hasLeft: boolean): Promise<void> {
    const { store, clock } = this.#parts;
    const record = new SfuRecord(store, roomId);
    const watched = Object.keys(await record.read());
    if (watched.length === 0) return;
    const stored = await store.get(`${ROOMS}/${roomId}`);
    const living = stored && (JSON.parse(stored.value) as Room).generation;
    const looks = await Promise.all(
      watched.map(async (groupId): Promise<[string, Look]> => {
        const posters = living?.groupId === groupId ? living.posters : null;
        const hasStrangers = (await this.#putOut(groupId, posters)) || hasLeft;
        return [groupId, { now: clock.now(), isOver: posters === null, hasStrangers }];
      }),
    );
    await record.looked(new Map(looks), clock.now());
  }

  /** @param posters null: nobody belongs there any more @returns whether anybody was there who does not belong */
  async #putOut(groupId: string, posters: readonly string[] | null): Promise<boolean> {
    const { livekit } = this.#parts;
    const room = sfuRoomOf(groupId);
    let strangers: string[] = [];
    try {
      if (posters === null) await livekit.closeRoom(room);
      else {
        const there = await livekit.participants(room);
        const belonging = there.length > 0 ? posters : [];
        const members = new Set(belonging.flatMap((postKey) => [sfuIdentityOf(postKey), sfuEyeOf(postKey)]));
        strangers = there.filter((identity) => !members.has(identity));
        await Promise.all(strangers.map((identity) => livekit.remove(room, identity)));
      }
      this.report(null);
    } catch (error) {
      if (!(error instanceof SfuAway)) throw error;
      this.report(error);
    }
    return strangers.length > 0;
  }
}
