/**
 * Puts what happens to one room through the rules and into the store, in the order in which it came: all that arrives
 * while a step is under way is one step, one round trip. The room is kept between steps; the store's version says
 * whether it still is what it was, so that nothing is ever ordered after a change that it did not know of.
 * Realm: server; sees what room.ts says.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { CodedError } from "../../widget/wire/errors.ts";
import { LOG_KEPT_MS, LOG_MAX_BYTES, ROOM_KEPT_DAYS } from "../../widget/wire/room-limits.ts";
import type { Clock } from "../clips/clip-record.ts";
import type { Sfu } from "../sfu/sfu.ts";
import { DROP_ALL, type Key, type LogAppend, NothingDone, type Store } from "../store/store.ts";
import type { Where } from "./audit-chain.ts";
import type { AuditSigner } from "./audit-signer.ts";
import { ENDED, recordOf } from "./record.ts";
import type { Refused, Room } from "./room.ts";
import { apply, isRefused, type Outcome, type RoomEvent } from "./room-events.ts";

import { type Unanswered, wasTaken } from "./was-taken.ts";

/** The collection, and with it the hash tag of its keys. */
export const ROOMS = "room";
export const KEPT_MS = ROOM_KEPT_DAYS * 86_400_000;
/** Events of one step at most. */
const STEP_MAX = 256;
/** Events that may wait; more means that the store does not keep up. */
const QUEUE_MAX = 4_096;
/** ms that a write's fate may stay unknown, and ms between tries to find out. */
const DOUBT_MS = 10_000;
const DOUBT_EVERY_MS = 250;
const UNAVAILABLE: Refused = { code: "storage-unavailable", retryAfter: 2 };
/** Lost races before giving up: each means that somebody else got further. */
const ATTEMPTS = 64;

export interface RoomParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signer: AuditSigner;
  readonly region: string;
  /** null: rooms without sound and picture */
  readonly sfu: Sfu | null;
}

export interface Known {
  readonly room: Room;
  readonly version: number;
}

/** What became of an event. */
export type Change = Refused | Done;

export interface Done {
  readonly room: Room;
  /** of its entry; without one, of the last entry so far; 0 if it changed nothing */
  readonly seq: number;
  /** signed head of the audit trail, if it added to it */
  readonly head: string;
  /** what it added to the trail, canonical JSON each */
  readonly audit: readonly string[];
}

interface Waiting {
  readonly event: RoomEvent;
  readonly settle: (change: Change) => void;
  attempts: number;
}

interface Judged {
  readonly waiting: Waiting;
  readonly outcome: Outcome;
  /** after it */
  readonly room: Room;
}

interface Writing {
  readonly room: Room;
  readonly records: readonly string[];
  readonly judged: readonly Judged[];
}

/** Where the log is passed on, if it is passed on in this process. */
export interface Feed {
  /** number of the last record that was passed on */
  cursor(): number;
  /** the store has just taken these */
  taken(firstSeq: number, records: readonly string[]): void;
}
const NO_FEED: Feed = { cursor: () => 0, taken: () => undefined };

export class RoomChanges {
  readonly #id: string;
  readonly #parts: RoomParts;
  readonly #feed: Feed;
  #waiting: Waiting[] = [];
  #known: Known | null = null;
  #running = false;
  #isInDoubt = false;

  constructor(id: string, parts: RoomParts, feed = NO_FEED) {
    this.#id = id;
    this.#parts = parts;
    this.#feed = feed;
  }

  get key(): Key {
    return `${ROOMS}/${this.#id}`;
  }

  /** The room as it is, or as this process last knew it to be. @throws CodedError storage-unavailable */
  async read({ fresh = false } = {}): Promise<Known | null> {
    if (fresh || !this.#known) this.#known = await this.#fetch();
    return this.#known;
  }

  /** Why the event would be refused as things stand. @throws CodedError storage-unavailable */
  async judge(event: RoomEvent): Promise<Refused | null> {
    const known = await this.read({ fresh: true });
    if (!known) return { code: "no-such-room" };
    const outcome = apply(known.room, event, this.#where);
    return isRefused(outcome) ? outcome : null;
  }

  /** As last known, for what need not be exact. */
  get known(): Room | null {
    return this.#known?.room ?? null;
  }

  /** The store's document has this version now; what this process knew of another one is old. */
  heardOf(version: number): void {
    if (this.#known && this.#known.version < version) this.#known = null;
  }

  forget(): void {
    this.#known = null;
  }

  submit(event: RoomEvent, settle: (change: Change) => void): void {
    if (this.#waiting.length < QUEUE_MAX && !this.#isInDoubt) this.#waiting.push({ event, settle, attempts: 0 });
    else settle(UNAVAILABLE);
    if (this.#running) return;
    this.#running = true;
    // What else arrives in this turn of the event loop comes along.
    setImmediate(() => this.#run());
  }

  change(event: RoomEvent): Promise<Change> {
    return new Promise((settle) => this.submit(event, settle));
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, STEP_MAX);
      try {
        await this.#step(batch);
      } catch (error) {
        this.#known = null;
        if (!(error instanceof CodedError)) this.#parts.log.error({ event: "internal", roomId: this.#id });
        const refused = refusalFor(error);
        for (const { settle } of batch) settle(refused);
      }
    }
    this.#running = false;
  }

  async #step(batch: Waiting[]): Promise<void> {
    const wasKnown = this.#known !== null;
    const known = await this.read();
    if (!known) {
      for (const { settle } of batch) settle({ code: "no-such-room" });
      return;
    }
    const judged = judge(known.room, batch, this.#where);
    // What comes after an end belongs to another generation, whose log begins only then.
    if (judged.length < batch.length) this.#waiting.unshift(...batch.splice(judged.length));
    // A refusal must not come from a room that has moved on.
    if (wasKnown && judged.some(({ outcome }) => isRefused(outcome))) {
      const now = await this.read({ fresh: true });
      if (now?.version !== known.version) return this.#step(batch);
    }
    if (await this.#append(known, judged)) return;
    // Somebody else was faster: the same events, in the same order, upon what is there now.
    this.#known = null;
    for (const waiting of batch) waiting.attempts++;
    const hopeless = batch.filter(({ attempts }) => attempts >= ATTEMPTS);
    for (const { settle } of hopeless) settle(UNAVAILABLE);
    this.#waiting.unshift(...batch.filter((waiting) => !hopeless.includes(waiting)));
  }

  get #where(): Where {
    return { roomId: this.#id, region: this.#parts.region, now: this.#parts.clock.now() };
  }

  /** @returns false if the room is no longer as known; then nobody was told anything */
  async #append(known: Known, judged: readonly Judged[]): Promise<boolean> {
    const heads = await this.#heads(judged);
    const records: string[] = [];
    // How many records stand before each event's own.
    const places = judged.map(({ outcome }, i) => {
      if (isRefused(outcome)) return 0;
      if (outcome.entry) records.push(recordOf(withHead(outcome.entry, heads[i] ?? ""), outcome.aside));
      if (outcome.ended) records.push(ENDED);
      return records.length - 1;
    });
    const room = judged.at(-1)?.room ?? known.room;
    const isNothing = room === known.room && records.length === 0;
    const firstSeq = isNothing ? 0 : await this.#write(known, { room, records, judged });
    if (firstSeq === null) return false;
    for (const [i, { waiting, outcome }] of judged.entries()) {
      if (isRefused(outcome)) waiting.settle(outcome);
      else {
        const seq = isNothing ? 0 : firstSeq + (places[i] ?? 0);
        waiting.settle({ room: outcome.room, seq, head: heads[i] ?? "", audit: outcome.audit ?? [] });
      }
    }
    this.#feed.taken(firstSeq, records);
    return true;
  }

  /** Of what adds to the trail: most events don't. */
  async #heads(judged: readonly Judged[]): Promise<readonly string[]> {
    const adds = ({ outcome }: Judged) => !isRefused(outcome) && outcome.audit !== undefined;
    if (!judged.some(adds)) return [];
    const { signer } = this.#parts;
    return Promise.all(judged.map((each) => (adds(each) ? signer.headOf(this.#id, each.room) : "")));
  }

  /** @returns the number of the first record; null if somebody else was faster */
  async #write(known: Known, { room, records, judged }: Writing): Promise<number | null> {
    const at = this.#parts.clock.now();
    const steps = judged.flatMap(({ outcome }) => (isRefused(outcome) ? [] : [outcome]));
    const keepFrom = steps.some((step) => step.ended) ? DROP_ALL : at - LOG_KEPT_MS;
    const main: LogAppend = { name: "main", entries: records, keepFrom, keepBytes: LOG_MAX_BYTES, announced: true };
    const audit = steps.flatMap((step) => step.audit ?? []);
    const logs: LogAppend[] = audit.length > 0 ? [main, { name: "audit", entries: audit }] : [main];
    const written = room === known.room ? {} : { value: JSON.stringify(room), deadline: room.enteredAt + KEPT_MS };
    const after = this.#feed.cursor();
    try {
      const appended = await this.#parts.store.append(this.key, known.version, { at, logs, ...written });
      this.#known = appended && { room, version: appended.version };
      return appended && (appended.firstSeqs[0] ?? 1);
    } catch (error) {
      if (!(error instanceof CodedError) || error instanceof NothingDone) throw error;
      return await this.#whetherTaken({ after, records, ...written });
    }
  }

  /** The store did not answer: it may have done it all the same. @throws Unsure if it does not say for long */
  async #whetherTaken(unanswered: Unanswered): Promise<number> {
    this.#known = null;
    this.#isInDoubt = true;
    for (const { settle } of this.#waiting.splice(0)) settle(UNAVAILABLE);
    try {
      for (const giveUpAt = performance.now() + DOUBT_MS; performance.now() < giveUpAt; await delay(DOUBT_EVERY_MS)) {
        const firstSeq = await wasTaken(this.#parts.store, this.key, unanswered).catch(() => undefined);
        if (firstSeq === null) throw new CodedError("storage-unavailable", "It was not written.");
        if (firstSeq !== undefined) return firstSeq;
      }
      throw new Unsure();
    } finally {
      this.#isInDoubt = false;
    }
  }

  async #fetch(): Promise<Known | null> {
    const stored = await this.#parts.store.get(this.key);
    return stored && { room: JSON.parse(stored.value) as Room, version: stored.version };
  }
}

/** One after the other, each upon what the one before it has left; up to the first that ends a generation. */
function judge(room: Room, batch: readonly Waiting[], where: Where): Judged[] {
  const judged: Judged[] = [];
  let now = room;
  for (const waiting of batch) {
    const outcome = apply(now, waiting.event, where);
    if (!isRefused(outcome)) now = outcome.room;
    judged.push({ waiting, outcome, room: now });
    if (!isRefused(outcome) && outcome.ended) break;
  }
  return judged;
}

function refusalFor(error: unknown): Refused {
  if (!(error instanceof CodedError)) return { code: "internal" };
  return error instanceof Unsure ? { ...UNAVAILABLE, isUnsure: true } : UNAVAILABLE;
}

/** Neither taken nor refused, as far as this process knows. */
class Unsure extends CodedError {
  constructor() {
    super("storage-unavailable", "The store does not answer.");
  }
}

function withHead<T extends { readonly type: string }>(entry: T, head: string): T {
  return entry.type === "commit" ? { ...entry, head } : entry;
}
