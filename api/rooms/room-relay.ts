/**
 * Rooms in this process: opens them, holds those that somebody is connected to, and sweeps presence and old rooms for
 * all processes. Realm: server; sees what room-relay.ts in widget/wire says. Source: protocol.md §2, §5, §9.
 */
import type { OpenRoom } from "../../widget/wire/room-relay.ts";
import type { Key } from "../store/store.ts";
import { LiveRoom } from "./live-room.ts";
import { isOverdue, lapsed, TOO_LATE_MS, withGone } from "./presence.ts";
import { type GenerationName, PRESENCE, PresenceRecord } from "./presence-record.ts";
import type { Room } from "./room.ts";
import { KEPT_MS, ROOMS, RoomChanges, type RoomParts } from "./room-changes.ts";
import { open } from "./room-events.ts";
import type { Holder } from "./room-places.ts";
import type { PresenceNews } from "./room-presence.ts";
import { type Connection, RoomSocket } from "./room-socket.ts";
import { CLOSE } from "./seat.ts";

/** ms that a claim of the sweeper holds. */
const CLAIM_MS = 10_000;
const CLAIM_LIMIT = 64;
/** ms between looks at silent connections and refreshes that are due. */
const TICK_MS = 1_000;
const READ_LIMIT = 500;

export type Opened = { readonly isNew: boolean } | { readonly code: "bad-request" | "bad-signature" | "room-exists" };

export class RoomRelay {
  readonly #parts: RoomParts;
  readonly #origin: string;
  readonly #live = new Map<string, Promise<LiveRoom>>();
  readonly #sockets = new Set<{ readonly socket: RoomSocket; readonly connection: Connection }>();
  #sweeping: NodeJS.Timeout | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();

  /** @param origin the frame's */
  constructor(parts: RoomParts, origin: string) {
    this.#parts = parts;
    this.#origin = origin;
  }

  get auditKey(): string {
    return this.#parts.signer.publicKey;
  }

  get region(): string {
    return this.#parts.region;
  }

  start(sweepMs: number): void {
    const sweep = async () => {
      this.#running = this.sweepOnce().catch(() => undefined);
      await this.#running;
      // Stopped meanwhile: another one would go on for ever.
      if (this.#sweeping) this.#sweeping = setTimeout(sweep, sweepMs);
    };
    this.#sweeping = setTimeout(sweep, sweepMs);
    this.#ticking = setInterval(() => void this.tick(), TICK_MS);
  }

  /** @throws CodedError storage-unavailable */
  async openRoom(roomId: string, body: OpenRoom): Promise<Opened> {
    const { store, region, clock } = this.#parts;
    const now = clock.now();
    const opened = open(body, { roomId, region, now, origin: this.#origin });
    if ("code" in opened) return opened;
    const { room, audit = [] } = opened;
    const logs = [{ name: "audit", entries: audit }];
    const options = { at: now, value: JSON.stringify(room), deadline: room.enteredAt + KEPT_MS, logs };
    if (await store.append(keyOf(roomId), null, options)) return { isNew: true };
    const there = await this.readRoom(roomId);
    const isSame = JSON.stringify([there?.link, there?.lobby]) === JSON.stringify([room.link, room.lobby]);
    return isSame ? { isNew: false } : { code: "room-exists" };
  }

  /** @throws CodedError storage-unavailable */
  async readRoom(roomId: string): Promise<Room | null> {
    const stored = await this.#parts.store.get(keyOf(roomId));
    return stored && (JSON.parse(stored.value) as Room);
  }

  /** The trail of a room that was just read, entry by entry, and its signed head. */
  async *trailOf(roomId: string, room: Room): AsyncGenerator<string> {
    const { store, signer } = this.#parts;
    for (let after = 0; after < room.audit.size; ) {
      const limit = Math.min(READ_LIMIT, room.audit.size - after);
      const { entries } = await store.readLog(keyOf(roomId), "audit", { after, limit });
      if (entries.length === 0) throw new Error("the trail is shorter than its head says");
      for (const entry of entries) yield entry;
      after += entries.length;
    }
    yield JSON.stringify({ head: await signer.headOf(roomId, room) });
  }

  accept(roomId: string, connection: Connection): { receive(text: string | null): void; closed(): void } {
    const place = {
      roomId,
      parts: this.#parts,
      readRoom: () => this.readRoom(roomId),
      join: (holder: Holder) => this.#join(roomId, ({ places }) => places.take(holder, this.#parts.clock.now())),
      joinLobby: (holder: Holder) => this.#join(roomId, ({ places }) => places.takeInLobby(holder)),
      leave: (room: LiveRoom, holder: Holder) => this.#leave(room, holder),
    };
    const socket = new RoomSocket(place, connection);
    const entry = { socket, connection };
    this.#sockets.add(entry);
    return {
      receive: (text) => socket.receive(text),
      closed: () => {
        this.#sockets.delete(entry);
        socket.closed();
      },
    };
  }

  /** Ends silent connections, and has rooms say who is heard here. */
  async tick(): Promise<void> {
    const now = this.#parts.clock.now();
    for (const { socket, connection } of this.#sockets) if (socket.isOver(now)) connection.close(CLOSE.restart);
    const rooms = await Promise.allSettled(this.#live.values());
    const work = rooms.map((room) => (room.status === "fulfilled" ? room.value.tick(now) : undefined));
    await Promise.allSettled(work);
  }

  /** Lets lapse what is due, ends generations without anyone, forgets rooms that nobody entered for long. */
  async sweepOnce(): Promise<void> {
    const { store, clock } = this.#parts;
    const claim = { now: clock.now(), visibility: CLAIM_MS, limit: CLAIM_LIMIT };
    const silent = await store.claimDue(PRESENCE, claim);
    await Promise.all(silent.map((key) => this.#sweepPresence(PresenceRecord.nameOf(key), claim.now)));
    const old = await store.claimDue(ROOMS, claim);
    await Promise.all(old.map((key) => this.#sweepRoom(key, claim.now)));
  }

  async stop(): Promise<void> {
    clearTimeout(this.#sweeping);
    this.#sweeping = undefined;
    clearInterval(this.#ticking);
    await this.#running;
    for (const room of await Promise.allSettled(this.#live.values())) {
      if (room.status === "fulfilled") room.value.end();
    }
  }

  async #sweepPresence(name: GenerationName, now: number): Promise<void> {
    const { store } = this.#parts;
    const { roomId, groupId } = name;
    const record = new PresenceRecord(store, name);
    let isTooLate = false;
    const change = await record.change((presence) => {
      // Nobody could be heard for a while: the store or all processes were away. Everyone gets another chance.
      isTooLate = isOverdue(presence, now);
      const gone = isTooLate ? [] : lapsed(presence, now);
      return gone.length > 0 ? withGone(presence, gone, false) : presence;
    });
    if (!change) return;
    const { before, after } = change;
    if (isTooLate) return record.postpone(now + TOO_LATE_MS);
    const gone = lapsed(before, now).map((postKey) => ({ postKey, left: false }));
    if (gone.length > 0) {
      const news: PresenceNews = { groupId, gone };
      // As from another process: this one, too, has to hear it.
      await store.publish(keyOf(roomId), `p\n${JSON.stringify(news)}`).catch(() => undefined);
    }
    const connected = Object.keys(after.heard);
    const ended = await new RoomChanges(roomId, this.#parts).change({ type: "end", groupId, connected });
    if (connected.length > 0) return;
    // Nobody in any process may have heard of it.
    this.#parts.sfu?.watch.hurry(roomId);
    if (!("code" in ended) || ended.code === "no-such-room") await record.remove();
  }

  async #sweepRoom(key: Key, now: number): Promise<void> {
    const { store } = this.#parts;
    const stored = await store.get(key);
    if (!stored) return;
    const { enteredAt, generation } = JSON.parse(stored.value) as Room;
    const deadline = generation ? now + CLAIM_MS : enteredAt + KEPT_MS;
    if (deadline > now) await store.compareAndSet(key, stored.version, stored.value, { deadline });
    else await store.append(key, stored.version, { at: now, value: null, logs: [] });
  }

  /** @param take a place in it; whether there was one */
  async #join(roomId: string, take: (room: LiveRoom) => boolean): Promise<LiveRoom | null> {
    const known = this.#live.get(roomId);
    const beginning = known ?? LiveRoom.begin(roomId, this.#parts);
    if (!known) {
      this.#live.set(roomId, beginning);
      beginning.catch(() => this.#live.delete(roomId));
    }
    const room = await beginning;
    // The last one may have left while this one waited.
    if (this.#live.get(roomId) !== beginning) return this.#join(roomId, take);
    return take(room) ? room : null;
  }

  #leave(room: LiveRoom, holder: Holder): void {
    room.places.leave(holder);
    if (!room.places.isEmpty) return;
    this.#live.delete(room.id);
    room.end();
  }
}

function keyOf(roomId: string): Key {
  return `${ROOMS}/${roomId}`;
}
