/**
 * A room in this process: its connections here, its log as it is passed on to them, and what processes tell each other.
 * Realm: server; sees what room-relay.ts says. Source: protocol.md §2, §5.
 */
import type { CommitData } from "../../widget/wire/commit-data.ts";
import { ALIVE_EVERY_MS } from "../../widget/wire/room-limits.ts";
import type { Heard } from "../store/store.ts";
import type { CommitEvent } from "./commit-rules.ts";
import { textOf } from "./messages.ts";
import { PosterLimits } from "./poster-limits.ts";
import { PresenceRecord } from "./presence-record.ts";
import { ProcessTalk } from "./process-talk.ts";
import { ENDED, readRecord } from "./record.ts";
import type { Refused } from "./room.ts";
import { type Change, type Done, RoomChanges, type RoomParts } from "./room-changes.ts";
import type { RoomEvent } from "./room-events.ts";
import { RoomFeed } from "./room-feed.ts";
import { RoomLobby } from "./room-lobby.ts";
import { RoomPlaces } from "./room-places.ts";
import { type PresenceNews, RoomPresence } from "./room-presence.ts";
import { RoomSeats } from "./room-seats.ts";
import { CLOSE, type Seat } from "./seat.ts";

const READ_LIMIT = 200;

export class LiveRoom {
  readonly id: string;
  readonly changes: RoomChanges;
  readonly limits = new PosterLimits();
  readonly #parts: RoomParts;
  readonly #talk: ProcessTalk;
  readonly #feed: RoomFeed;
  readonly places = new RoomPlaces();
  readonly #seats = new RoomSeats();
  readonly lobby: RoomLobby;
  #presence: RoomPresence | null = null;
  #unsubscribe: () => void = () => undefined;
  #refreshAt = 0;

  private constructor(id: string, parts: RoomParts) {
    this.id = id;
    this.#parts = parts;
    this.#talk = new ProcessTalk((text) => parts.store.publish(this.changes.key, text));
    const inside = (text: string) => this.#seats.tell(text);
    this.lobby = new RoomLobby({ inside, elsewhere: (kind, text) => this.#talk.say(kind, text) });
    this.changes = new RoomChanges(id, parts, {
      cursor: () => this.#feed.cursor,
      taken: (firstSeq, records) => this.#feed.hear(firstSeq, records),
    });
    this.#feed = new RoomFeed({
      read: (range) => parts.store.readLog(this.changes.key, "main", range),
      deliver: (seq, record) => this.#deliver(seq, record),
      // Without the store nobody can be served: elsewhere, or later, they can.
      lost: (isOther) => void this.#lost(isOther).catch(() => this.#seats.dismissAll(null)),
    });
  }

  /** @throws CodedError storage-unavailable */
  static async begin(id: string, parts: RoomParts): Promise<LiveRoom> {
    const room = new LiveRoom(id, parts);
    room.#unsubscribe = await parts.store.subscribe(room.changes.key, (heard) => room.#hear(heard));
    try {
      const { last } = await parts.store.readLog(room.changes.key, "main", { after: 0, limit: 1 });
      room.#feed.begin(last);
      return room;
    } catch (error) {
      room.end();
      throw error;
    }
  }

  end(): void {
    this.#unsubscribe();
    this.#feed.stop();
  }

  /**
   * Judged first: of what is refused, nothing is noted. Then presence: a generation that nobody is noted in would have
   * no end.
   * @param founded is called before the founder gets any entry
   * @throws CodedError storage-unavailable
   */
  async found(
    seat: Seat,
    event: RoomEvent & { type: "found" },
    founded: (done: Done) => void,
  ): Promise<Refused | null> {
    const refused = await this.changes.judge(event);
    if (refused) return refused;
    const presence = this.#presenceOf(event.groupId, { isNew: true });
    await presence.found(event.postKey);
    const change = await this.changes.change(event);
    if ("code" in change) return change;
    this.#presence = presence;
    seat.sent = change.seq;
    founded(change);
    // Another process may have heard of it, and somebody asked there, before this one did.
    return (await this.follow(seat)) ? null : { code: "no-generation" };
  }

  /** Post keys that are connected to the generation that lives, wherever. @throws CodedError storage-unavailable */
  async connected(): Promise<string[]> {
    const generation = (await this.changes.read({ fresh: true }))?.room.generation;
    return generation ? Object.keys((await this.#recordOf(generation.groupId).read()).heard) : [];
  }

  /** @throws CodedError storage-unavailable */
  async commit(seat: Seat, event: CommitEvent, settle: (change: Change) => void): Promise<void> {
    const { gone } = await this.#recordOf(seat.groupId).read();
    this.changes.submit({ ...event, gone }, settle);
  }

  async ask(seat: Seat, event: RoomEvent & { type: "ask" }, asked: () => void): Promise<Refused | null> {
    // Before it is written: the commit that admits it may be heard of before the answer.
    seat.sent = this.#feed.cursor;
    const takeBack = this.#seats.wait(event, seat);
    return new Promise((resolve) => {
      this.changes.submit(event, (change) => {
        const isRefused = "code" in change;
        if (!isRefused) asked();
        // Who was turned away meanwhile has heard why, and may have asked by a newer link since.
        resolve(isRefused && takeBack() ? change : null);
      });
    });
  }

  /**
   * Gives a seat what comes after `sent`, and makes it a member once it has everything.
   * @param begin is called before the first entry
   * @returns false if the log does not reach back so far
   * @throws CodedError storage-unavailable
   */
  async follow(seat: Seat, begin?: () => void): Promise<boolean> {
    for (let isFirst = true; (isFirst && begin) || seat.sent < this.#feed.cursor; isFirst = false) {
      const range = { after: seat.sent, limit: READ_LIMIT };
      const { last, firstSeq, entries } = await this.#parts.store.readLog(this.changes.key, "main", range);
      if (last < seat.sent || (last > seat.sent && firstSeq > seat.sent + 1)) return false;
      if (isFirst) begin?.();
      for (const [i, record] of entries.entries()) {
        if (record === ENDED) return false;
        seat.sent = firstSeq + i;
        const { text, aside } = readRecord(record, seat.sent);
        await seat.tellSlowly(Buffer.from(text));
        if (aside?.removed.includes(seat.postKey)) seat.dismiss("removed", CLOSE.done);
      }
    }
    if (seat.isOpen) this.#admit(seat);
    return true;
  }

  /** To everyone here, and to whoever else listens; not to its poster. */
  signal(seat: Seat, text: string): void {
    this.#seats.tell(text, seat);
    this.#talk.say("s", text);
  }

  /** The seat's commit was taken: who is on the list now and never says a word must lapse, too. */
  committed(seat: Seat, { add, remove }: CommitData): void {
    const presence = this.#presenceOf(seat.groupId);
    if (add.length > 0) presence.expect(add.map(({ postKey }) => postKey));
    if (remove.length > 0) presence.forget(remove.map(({ postKey }) => postKey));
  }

  /** A clean goodbye. */
  async leave(seat: Seat): Promise<void> {
    if (!this.#seats.isMember(seat)) return;
    this.#seats.forget(seat);
    const connected = await this.#presenceOf(seat.groupId).leave(seat.postKey);
    void this.#parts.sfu?.left(seat.groupId, seat.postKey);
    await this.changes.change({ type: "end", groupId: seat.groupId, connected });
  }

  /** The connection is gone, or asks anew; whether a member is, time will tell. What it asked is withdrawn. */
  forget(seat: Seat): void {
    for (const { groupId, ref, postKey } of this.#seats.forget(seat)) {
      this.changes.submit({ type: "withdraw", groupId, ref, postKey }, () => undefined);
    }
  }

  /** Once a second or so: says who is heard here, and looks whether anything was missed. */
  async tick(now: number): Promise<void> {
    if (now < this.#refreshAt || this.#seats.isEmpty) return;
    this.#refreshAt = now + ALIVE_EVERY_MS;
    await this.#feed.fill();
    const presence = this.#presence;
    if (!presence || !this.#seats.hasMembers) return;
    const known = await this.changes.read({ fresh: true });
    if (!known) return this.#seats.dismissAll("ended");
    const { generation } = known.room;
    if (generation?.groupId !== presence.groupId) return;
    const heard = this.#seats.heard();
    const { posters } = generation;
    if (!(await presence.refresh(heard, posters))) await presence.refresh(heard, posters, { make: true });
    presence.tellMissing(posters);
  }

  #hear(heard: Heard): void {
    if (heard.type === "missed") {
      this.changes.forget();
      this.#refreshAt = 0;
      void this.#feed.fill();
      return;
    }
    if (heard.type === "appended") {
      this.changes.heardOf(heard.version);
      this.#feed.hear(heard.firstSeq, heard.entries);
      return;
    }
    const talk = this.#talk.hear(heard.text);
    if (talk?.kind === "s") this.#seats.tell(talk.text);
    else if (talk?.kind === "a") this.lobby.hear(talk.text);
    else if (talk) this.#hearPresence(JSON.parse(talk.text) as PresenceNews);
  }

  #hearPresence(news: PresenceNews): void {
    const presence = this.#presence;
    if (presence?.groupId !== news.groupId) return;
    // Whoever has connected elsewhere has done so because its connection here is dead.
    this.#seats.dismiss(presence.replacedBy(news), null);
    presence.hear(news);
  }

  #deliver(seq: number, record: string): void {
    if (record === ENDED) {
      this.#seats.dismissAll("ended", seq);
      this.limits.forget();
      this.#parts.sfu?.watch.hurry(this.id);
      return;
    }
    const { text, aside } = readRecord(record, seq);
    this.#seats.give(seq, text);
    if (!aside) return;
    this.#seats.dismiss(aside.removed, "removed");
    this.#presence?.drop(aside.removed);
    this.limits.forget(aside.removed);
    if (aside.removed.length > 0) this.#parts.sfu?.watch.hurry(this.id);
    for (const seat of this.#seats.welcome(seq, text, aside)) this.#admit(seat);
    if (aside.renewsLink) void this.#turnAway().catch(() => undefined);
  }

  /** Nobody is let in by the link that they have shown. Without the store they hear so when they ask again. */
  async #turnAway(): Promise<void> {
    const known = await this.changes.read({ fresh: true });
    for (const seat of known ? this.#seats.turnAway(known.room) : []) this.forget(seat);
  }

  #admit(seat: Seat): void {
    this.#seats.admit(seat);
    const presence = this.#presenceOf(seat.groupId);
    void presence.connect(seat.postKey).then(() => seat.tell(presence.whole()));
  }

  #presenceOf(groupId: string, { isNew = false } = {}): RoomPresence {
    if (this.#presence?.groupId === groupId) return this.#presence;
    const presence = new RoomPresence({
      roomId: this.id,
      groupId,
      parts: this.#parts,
      tell: (news) => this.#seats.tell(textOf(news)),
      publish: (news) => this.#talk.say("p", JSON.stringify(news)),
    });
    if (!isNew) this.#presence = presence;
    return presence;
  }

  #recordOf(groupId: string): PresenceRecord {
    return new PresenceRecord(this.#parts.store, { roomId: this.id, groupId });
  }

  async #lost(isOther: boolean): Promise<void> {
    const { key } = this.changes;
    const { last } = await this.#parts.store.readLog(key, "main", { after: 0, limit: 1 });
    const known = await this.changes.read({ fresh: true });
    this.#feed.begin(last);
    const groupId = known?.room.generation?.groupId;
    // A log that has gone back is not the one that the members have seen: they must begin anew.
    if (isOther && groupId !== undefined) {
      await this.changes.change({ type: "end", groupId, connected: [] });
    }
    this.#seats.dismissAll(isOther || groupId === undefined ? "ended" : null);
  }
}
