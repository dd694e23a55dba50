/**
 * What members say unordered, and the relay forgets: signs of life, what each shows of itself, reactions, lists of frames
 * and doubts of them. Keeps the order of each sender, and bounds what one member can do to the others.
 * Realm: group worker. Source: protocol.md §4 (Insider check), §5 (Heartbeat); docs/decisions/0049.
 */
import { partsOfKid } from "../seal/media-frame-header.ts";
import type { Reaction, SelfState } from "../wire/frame-group.ts";
import { ANSWERS_MAX, decodeFrameLists } from "../wire/frame-lists.ts";
import type { Doubt, MediaToGroup } from "../wire/group-media.ts";
import { SHOWN_AT_ONCE_MAX } from "../wire/room-limits.ts";
import { Allowance } from "./allowance.ts";
import type { EpochKeys } from "./epoch-keys.ts";
import type { InGroup } from "./in-group.ts";
import { epochOf, ownLeafOf } from "./mls/group-state.ts";
import type { RoomState } from "./room-state.ts";

/** Changes of one member's state that are shown: more of a click in a hurry than a hand can do. The last one follows. */
const STATES = { perSecond: 2, most: 10 };
/** Reactions of one member that are shown. */
export const REACTIONS_RATE = { perSecond: 1, most: 5 };
/** Lists of one member: one each second, and an answer each ANSWER_EVERY_MS. */
const LISTS = { perSecond: 6, most: 20 };
/** Doubts of one member. */
const DOUBTS = { perSecond: 4, most: 12 };
/** ms for which doubts are put together: whoever asks all the time makes no more answers, and keeps nobody from one. */
const ANSWER_EVERY_MS = 250;
/** Signals whose refusal may still come: some seconds of them. */
const POSTED_MAX = 32;
/** ms after which what the relay has refused is not said again: a thumbs-up must not be kept for another question. */
export const SAID_AGAIN_MS = 5_000;
/** ms for which another's doubt of a leaf is enough, in a room where everybody's would be many. */
const DOUBTED_MS = 1_000;
/** … so often in a row: only the answer to one's own says who is forged, and another may doubt all the time. */
const LEFT_TO_OTHERS_MAX = 2;

export interface SignalsParts {
  state(): RoomState;
  /** seals it and posts it now; in the membership's queue only. @returns the number of the post */
  say(content: InGroup): Promise<number>;
  /** runs it in the membership's queue */
  inTurn(work: () => Promise<void>): void;
  /** unless the membership is over by then */
  later(work: () => void, ms: number): void;
  /** what this member shows of itself; undefined before it has shown anything */
  shown(): SelfState | undefined;
  readonly media: Pick<EpochKeys, "vouched" | "doubted" | "onMedia">;
  /** ms, monotonic */
  now?(): number;
}

/** What this member has said. */
interface Said {
  readonly content: InGroup;
  readonly epoch: number;
  /** when it was said first, ms */
  readonly at: number;
}

interface Sender {
  /** of its last signal that was taken */
  n: number;
  /** as it was told last */
  state: string;
  readonly states: Allowance;
  readonly reactions: Allowance;
  readonly lists: Allowance;
  readonly doubts: Allowance;
}

/** `bad`: no honest member says it. `nothing`: late, too often, or for others. */
export type Taken = InGroup | "bad" | "nothing";

export class Signals {
  readonly #parts: SignalsParts;
  readonly #senders = new Map<string, Sender>();
  /** doubts of frames of this member, the newest of each member and KID */
  readonly #asked = new Map<string, Doubt>();
  #isAnswering = false;
  /** when a leaf was doubted by somebody last, ms */
  readonly #doubted = new Map<number, number>();
  /** KID → how often in a row another's doubt was enough */
  readonly #leftToOthers = new Map<number, number>();
  /** post number → what it said, newest last */
  readonly #posted = new Map<number, Said>();
  /** for the next epoch */
  #unsaid: Said[] = [];
  #n = 0;
  /** a beat with the newest state stands in the queue */
  #isShowing = false;

  constructor(parts: SignalsParts) {
    this.#parts = parts;
    parts.media.onMedia = (message) => parts.inTurn(() => this.#heardFromMedia(message));
  }

  /** What this member shows of itself has changed. */
  show(): void {
    if (this.#isShowing) return;
    this.#isShowing = true;
    this.#parts.inTurn(async () => {
      this.#isShowing = false;
      await this.beat();
    });
  }

  react(reaction: Reaction): void {
    this.#parts.inTurn(async () => {
      if (this.#parts.state().roster.size > 1) await this.#say({ type: "reaction", n: this.#n++, reaction });
    });
  }

  /**
   * The relay has not passed it on, for a commit had overtaken it: it is said again in the next epoch. Not a sign of life,
   * which comes again by itself. @param id of the post
   */
  refused(id = -1): void {
    const post = this.#posted.get(id);
    this.#posted.delete(id);
    if (!post || post.content.type === "alive") return;
    this.#unsaid = [...this.#unsaid, post].slice(-POSTED_MAX);
    if (post.epoch !== epochOf(this.#parts.state().group)) this.#parts.inTurn(() => this.#sayAgain());
  }

  async #sayAgain(): Promise<void> {
    for (const { content, at } of this.#unsaid.splice(0)) {
      if (this.#now() - at > SAID_AGAIN_MS) continue;
      await this.#say(content.type === "reaction" ? { ...content, n: this.#n++ } : content, at);
    }
  }

  async #say(content: InGroup, at = this.#now()): Promise<void> {
    const epoch = epochOf(this.#parts.state().group);
    this.#posted.set(await this.#parts.say(content), { content, epoch, at });
    for (const id of this.#posted.keys()) if (this.#posted.size > POSTED_MAX) this.#posted.delete(id);
  }

  /** Every HEARTBEAT_MS, and when what this member shows has changed; in the membership's queue. */
  async beat(): Promise<void> {
    const { roster, trail } = this.#parts.state();
    if (roster.size < 2) return;
    const state = this.#parts.shown();
    await this.#say({ type: "alive", n: this.#n++, head: trail.head, ...(state && { state }) });
  }

  /** From this member's media worker. */
  async #heardFromMedia(message: Exclude<MediaToGroup, { type: "ended" }>): Promise<void> {
    const { roster } = this.#parts.state();
    if (roster.size < 2) return;
    if (message.type === "lists") return this.#say({ type: "frames", lists: message.bytes });
    const leaf = partsOfKid(BigInt(message.kid))?.leaf ?? -1;
    const isDoubted = this.#now() - (this.#doubted.get(leaf) ?? Number.NEGATIVE_INFINITY) < DOUBTED_MS;
    const left = this.#leftToOthers.get(message.kid) ?? 0;
    if (roster.size > SHOWN_AT_ONCE_MAX && isDoubted && left < LEFT_TO_OTHERS_MAX) {
      this.#leftToOthers.set(message.kid, left + 1);
      return;
    }
    this.#leftToOthers.delete(message.kid);
    await this.#say({ type: "doubt", kid: message.kid, id: message.id });
  }

  /** An epoch has begun: who is out has said nothing, and what the relay took no more is said again. In the queue. */
  async begin(): Promise<void> {
    const here = new Set([...this.#parts.state().roster.values()].map(({ postKey }) => postKey));
    for (const postKey of this.#senders.keys()) if (!here.has(postKey)) this.#senders.delete(postKey);
    for (const doubts of [this.#doubted, this.#leftToOthers, this.#asked]) doubts.clear();
    await this.#sayAgain();
  }

  /**
   * What somebody said. @param poster its post key @param leaf that sealed it
   * @returns what is to be told: without a state that was told already
   */
  take(content: InGroup, { poster, leaf }: { readonly poster: string; readonly leaf: number }): Taken {
    const sender = this.#sender(poster);
    switch (content.type) {
      case "alive":
        return this.#isNew(sender, content.n) ? this.#withNews(sender, content) : "nothing";
      case "reaction":
        if (!this.#isNew(sender, content.n)) return "nothing";
        return sender.reactions.take(this.#now()) ? content : "nothing";
      case "frames":
        return this.#takeLists(sender, content.lists, leaf);
      case "doubt":
        this.#takeDoubt(sender, content, leaf);
        return "nothing";
      default:
        // Where the order counts it is not said unordered.
        return "bad";
    }
  }

  /** The relay may keep one back until another has passed it: what is older than the last one counts no more. */
  #isNew(sender: Sender, n: number): boolean {
    if (n <= sender.n) return false;
    sender.n = n;
    return true;
  }

  /** A state beyond the rate is told with the next sign of life: it comes with each of them. */
  #withNews(sender: Sender, content: InGroup & { type: "alive" }): InGroup {
    const { state, ...alive } = content;
    if (!state) return alive;
    const text = JSON.stringify([state.microphone, state.camera, state.screen, state.hand]);
    if (text === sender.state || !sender.states.take(this.#now())) return alive;
    sender.state = text;
    return content;
  }

  #takeLists(sender: Sender, bytes: (InGroup & { type: "frames" })["lists"], leaf: number): Taken {
    const read = decodeFrameLists(bytes);
    // A member vouches for its own frames, and for nobody else's.
    if (!read?.lists.every(({ kid }) => partsOfKid(BigInt(kid))?.leaf === leaf)) return "bad";
    if (sender.lists.take(this.#now())) this.#parts.media.vouched(bytes);
    return "nothing";
  }

  #takeDoubt(sender: Sender, { kid, id }: InGroup & { type: "doubt" }, by: number): void {
    const now = this.#now();
    const leaf = partsOfKid(BigInt(kid))?.leaf;
    if (leaf === undefined || !sender.doubts.take(now)) return;
    this.#doubted.set(leaf, now);
    if (leaf !== ownLeafOf(this.#parts.state().group)) return;
    this.#asked.set(`${by} ${kid}`, { kid, id, by });
    if (!this.#isAnswering) this.#answerSoon();
  }

  #answerSoon(): void {
    this.#isAnswering = true;
    this.#parts.later(() => {
      const asked = [...this.#asked].slice(0, ANSWERS_MAX);
      for (const [name] of asked) this.#asked.delete(name);
      this.#isAnswering = false;
      if (this.#asked.size > 0) this.#answerSoon();
      if (asked.length > 0) this.#parts.media.doubted(asked.map(([, doubt]) => doubt));
    }, ANSWER_EVERY_MS);
  }

  #sender(postKey: string): Sender {
    const now = this.#now();
    const sender = this.#senders.get(postKey) ?? {
      ...{ n: -1, state: "" },
      states: new Allowance(STATES, now),
      reactions: new Allowance(REACTIONS_RATE, now),
      lists: new Allowance(LISTS, now),
      doubts: new Allowance(DOUBTS, now),
    };
    this.#senders.set(postKey, sender);
    return sender;
  }

  #now(): number {
    return this.#parts.now?.() ?? performance.now();
  }
}
