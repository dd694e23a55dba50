/**
 * One membership in one generation: takes the log's entries in their order, keeps the room's state, says and hears.
 * Realm: group worker. Source: protocol.md §2, §5.
 *
 * All of it runs in one queue: a state is used once, and a new epoch only after the relay has ordered its commit.
 */
import type { SigningKey } from "../seal/ed25519.ts";
import { hashOf } from "../wire/audit.ts";
import { fromBase64url, toBase64url } from "../wire/bytes.ts";
import { readCommitHeader } from "../wire/commit-data.ts";
import { isEntry } from "../wire/room-entry.ts";
import { HEARTBEAT_MS, SHOWN_AT_ONCE_MAX } from "../wire/room-limits.ts";
import type { Entry, PostMessage } from "../wire/room-relay.ts";
import { openAsk } from "./asking.ts";
import { Attendance } from "./attendance.ts";
import { CommitTurn } from "./commit-turn.ts";
import { COMPLAINT_MS, Complaints, makeComplaint } from "./complaints.ts";
import type { InGroup } from "./in-group.ts";
import { RELAY_FAULTS } from "./member-options.ts";
import { COPY_CHARS, type EntryOf, FINAL, type From, type MembershipParts, REPEAT_MS } from "./membership-events.ts";
import { epochOf, groupIdOf, wipeState } from "./mls/group-state.ts";
import { Outbox, type Outcome } from "./outbox.ts";
import { isPosted, resumeMessage } from "./post-keys.ts";
import { adoptCommit, adoptOwn, type RoomFault, type RoomState } from "./room-state.ts";
import { isForTheLog, type OpenedSaid, openSaid, sealSaid } from "./said.ts";
import { Signals } from "./signals.ts";

export class Membership {
  readonly #parts: MembershipParts;
  readonly postKey: SigningKey;
  readonly turn: CommitTurn;
  readonly #own: string;
  readonly #outbox: Outbox;
  readonly attendance: Attendance;
  readonly signals: Signals;
  readonly #complaints = new Complaints();
  #state: RoomState;
  #seq: number;
  #commitId = -1;
  readonly #beat: ReturnType<typeof setInterval>;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** it can't follow the group any more */
  #isStranded = false;
  /** messages of this epoch that were opened, as they came: a poster that lost its connection may have said it twice */
  readonly #opened = new Set<string>();
  #work: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.postKey = parts.entered.postKey;
    this.#own = toBase64url(this.postKey.publicKey);
    this.#state = parts.entered.state;
    this.#seq = parts.entered.seq;
    this.#outbox = new Outbox({
      epoch: () => epochOf(this.#state.group),
      seal: async (content) => ({ epoch: epochOf(this.#state.group), bytes: await this.#seal(content) }),
      post: (bytes) => this.#post({ type: "message", bytes }),
    });
    this.turn = new CommitTurn({
      postKey: this.postKey,
      state: () => this.#state,
      keys: () => parts.keys(),
      nextCharter: parts.nextCharter,
      post: (commit) => {
        this.#commitId = parts.nextId();
        parts.send({ ...commit, id: this.#commitId });
      },
      sealing: parts.media,
      inTurn: (work) => void this.#inTurn(work),
    });
    this.attendance = new Attendance({
      own: this.#own,
      turn: this.turn,
      postKeys: () => [...this.#state.roster.values()].map(({ postKey }) => postKey),
      later: (work, ms) => this.#later(work, ms),
      unconfirmed: (postKeys) => parts.on.unconfirmed(postKeys),
    });
    this.signals = new Signals({
      state: () => this.#state,
      say: async (content) => this.#post({ type: "signal", bytes: await this.#seal(content) }),
      inTurn: (work) => void this.#inTurn(async () => (this.#isStranded ? undefined : work())),
      later: (work, ms) => this.#later(work, ms),
      shown: () => parts.shown?.(),
      media: parts.media,
    });
    // First of all in the queue: whatever is said in this epoch comes after its keys.
    void this.#inTurn(() => this.#beginEpoch(false));
    void this.#inTurn(() => this.#beatOnce());
    this.#beat = setInterval(() => this.#inTurn(() => this.#beatOnce()), HEARTBEAT_MS);
  }

  get state(): RoomState {
    return this.#state;
  }

  /** Says it to everyone, in order. Resolves when the relay has ordered it. */
  async say(content: InGroup): Promise<Outcome> {
    let outcome: Promise<Outcome> = Promise.resolve("dropped");
    await this.#inTurn(async () => {
      outcome = (await this.#outbox.say(content)).outcome;
    });
    return outcome;
  }

  /** A new connection: goes on after the last entry that it has. */
  async resume(hello: From<"hello">): Promise<void> {
    const { relayToken } = this.#parts.keys();
    const at = { groupId: groupIdOf(this.#state.group), after: this.#seq };
    this.#parts.send(await resumeMessage(hello, this.postKey, { ...at, relayToken }));
  }

  /** The connection stands again: what was under way is posted as it was. */
  resumed(): void {
    void this.#inTurn(async () => {
      await this.turn.repeat();
      if (!this.#isStranded) await this.#outbox.repeat();
    });
  }

  entry(entry: Entry): void {
    void this.#inTurn(() => this.#take(entry));
  }

  signal({ bytes, poster }: From<"signal">): void {
    if (poster === this.#own) return;
    void this.#inTurn(async () => {
      const opened = await this.#open(bytes, poster);
      const taken = opened?.content && this.signals.take(opened.content, { poster, leaf: opened.leaf });
      if (taken === "bad") this.#parts.on.fault("bad-message");
      else if (taken && taken !== "nothing") this.#parts.on.said(taken, poster, false);
    });
  }

  /** The relay took nothing of the post. */
  refused({ code, retryAfter, id, here = [] }: From<"refused">): void {
    // epoch-passed: the commit that passed is in the stream, and what comes of it is decided there.
    if (code === "epoch-passed" || this.#over) return void this.signals.refused(id);
    const isCommit = id === this.#commitId;
    if (isCommit && code === "too-many-requests" && this.turn.postponed((retryAfter ?? 0) * 1000)) return;
    if (code === "still-here" || FINAL.has(code)) {
      const giveUp = () => (code === "still-here" ? this.turn.mistaken(here) : this.turn.rejected());
      if (isCommit) void this.#inTurn(giveUp);
      return;
    }
    const wait = retryAfter === undefined ? REPEAT_MS : retryAfter * 1000;
    this.#later(() => this.resumed(), wait * (1 + Math.random() / 2));
  }

  /** Resolves when everything that has come in is taken. */
  settled = (): Promise<unknown> => this.#work;

  /** Ends it and wipes what it knew. @returns what was not said yet */
  end(): InGroup[] {
    this.#over = true;
    clearInterval(this.#beat);
    for (const timer of this.#timers) clearTimeout(timer);
    this.turn.end();
    // A step that is under way still uses the state, and may leave another one.
    void this.#work.then(() => wipeState(this.#state.group));
    this.#parts.media.end();
    return this.#outbox.takeBack();
  }

  async #take(entry: Entry): Promise<void> {
    if (entry.seq <= this.#seq) return;
    // Withheld or out of order: nothing is taken until what is missing is there.
    if (entry.seq !== this.#seq + 1 || !isEntry(entry)) return this.#parts.on.gap(this.#seq);
    this.#seq = entry.seq;
    if (entry.type === "complaint") return this.#takeComplaint(entry);
    if (this.#isStranded) return;
    if (entry.type === "commit") await this.#takeCommit(entry);
    else if (entry.type === "ask") await this.#takeAsk(entry);
    else await this.#takeMessage(entry);
  }

  async #takeMessage({ bytes, poster }: EntryOf<"message">): Promise<void> {
    if (poster === this.#own) {
      const content = await this.#outbox.ordered(bytes);
      if (content) this.#parts.on.said(content, poster, true);
      return;
    }
    const name = bytes.slice(-COPY_CHARS);
    const opened = await this.#open(bytes, poster);
    // It was ordered in this epoch and opens for nobody, or the relay gives this member another one than the others.
    if (!opened && !this.#opened.has(name)) this.#parts.on.fault("bad-message");
    if (!opened?.content) return;
    const { content, leaf } = opened;
    this.#opened.add(name);
    if (!(await isForTheLog(content, this.#state, leaf))) return this.#parts.on.fault("bad-message");
    if (content.type === "leave") this.attendance.goodbye(poster);
    this.#parts.on.said(content, poster, false);
  }

  async #takeCommit(entry: EntryOf<"commit">): Promise<void> {
    const bytes = fromBase64url(entry.bytes) ?? new Uint8Array();
    const hash = toBase64url(await hashOf(bytes));
    if (!(await isPosted(this.#state, entry, hash))) return this.#parts.on.fault("not-posted");
    this.#complaints.came(hash, entry.poster);
    const own = this.turn.decided(entry.bytes);
    // Whoever goes has these keys still, and MLS takes a while.
    if (readCommitHeader(bytes)?.data.remove.length) this.#parts.media.hold();
    const adopted = own
      ? await adoptOwn(this.#state, own, entry.poster, entry)
      : await adoptCommit(this.#state, bytes, entry.poster, entry);
    if ("fault" in adopted) return this.#cannotFollow({ hash, poster: entry.poster }, adopted.fault);
    if (adopted.self) {
      const mine = adopted.removed.find(({ who }) => who.postKey === this.#own);
      return this.#parts.on.removed(mine?.reason ?? "gone");
    }
    this.#state = adopted.state;
    this.#opened.clear();
    this.#complaints.followed();
    if (own) this.turn.done(own);
    this.turn.needs.settle(this.#state);
    this.attendance.committed(entry.poster);
    await this.#beginEpoch(adopted.removed.length > 0);
    this.#parts.on.adopted({ ...adopted, removed: this.attendance.honest(adopted.removed) });
    await this.#outbox.repeat();
    await this.signals.begin();
    if (this.#state.roster.size <= SHOWN_AT_ONCE_MAX) await this.#beatOnce();
    this.turn.consider();
  }

  /** Only asks that a commit may contain are remembered. */
  async #takeAsk(entry: EntryOf<"ask">): Promise<void> {
    const asking = await openAsk(this.#state, this.#parts.keys().envelopeKey, entry);
    if (!asking) return;
    this.turn.needs.asks(entry.ref, asking);
    this.turn.consider();
  }

  /**
   * The group has gone on without this member: it says so, and waits for what the others say. What the relay has done
   * wrong is held against nobody else.
   */
  async #cannotFollow({ hash, poster }: { hash: string; poster: string }, fault: RoomFault): Promise<void> {
    this.#parts.on.fault(fault);
    this.#isStranded = true;
    this.#parts.media.hold();
    if (RELAY_FAULTS.has(fault)) return;
    if (fault !== "mls" || this.#complaints.isSureOf(poster))
      this.#post(await makeComplaint(this.postKey, groupIdOf(this.#state.group), hash));
    this.#later(() => this.#parts.on.stranded(), COMPLAINT_MS);
  }

  async #takeComplaint(entry: EntryOf<"complaint">): Promise<void> {
    const { group, roster } = this.#state;
    const live = this.turn.needs.live(roster);
    const accused = await this.#complaints.take(entry, { groupId: groupIdOf(group), roster, live });
    const first = live.find((postKey) => postKey !== accused);
    if (accused && first === this.#own) this.#parts.on.reform(entry.bytes, accused);
  }

  #beginEpoch(dropOlder: boolean): Promise<void> {
    const others = this.turn.needs.live(this.#state.roster).filter((postKey) => postKey !== this.#own);
    return this.#parts.media.begin(this.#state, { others, dropOlder, held: this.turn.removes() });
  }

  async #seal(content: InGroup): Promise<string> {
    const { text, next } = await sealSaid(this.#state.group, content);
    this.#state = { ...this.#state, group: next };
    return text;
  }

  /** Undefined if it does not open. */
  async #open(text: string, poster: string): Promise<OpenedSaid | undefined> {
    const opened = await openSaid(this.#state, text, poster);
    if (!opened) return undefined;
    this.#state = { ...this.#state, group: opened.next };
    if (!opened.content) this.#parts.on.fault("bad-message");
    else for (const one of [this.attendance, this.#complaints, this.#parts.media]) one.heard(poster);
    return opened;
  }

  async #beatOnce(): Promise<void> {
    this.attendance.beat();
    if (!this.#isStranded) await this.signals.beat();
  }

  #post(message: Omit<PostMessage, "id">): number {
    const id = this.#parts.nextId();
    if (!this.#over) this.#parts.send({ ...message, id });
    return id;
  }

  #later(work: () => void, ms: number): void {
    if (!this.#over) this.#timers.add(setTimeout(work, ms));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(async () => {
      if (!this.#over) await work();
    });
    // A broken step must not stop the next ones; that it broke is a defect that tests hear of.
    this.#work = done.catch(() => (this.#over ? undefined : this.#parts.on.fault("mls")));
    return done.catch(() => undefined);
  }
}
