/**
 * Media workers of one room without workers: real keys and frames, a clock of the test's own, and a group between them
 * that the test may hold up. Test support.
 */
import { mock } from "node:test";
import { type EncodedFrame, openEncoded, type Passed, sealEncoded } from "../../../widget/media/frame-transform.ts";
import { Vouching } from "../../../widget/media/vouching.ts";
import { sealFrame } from "../../../widget/seal/media-frame.ts";
import { kidOf, partsOfKid } from "../../../widget/seal/media-frame-header.ts";
import { deriveFrameKey } from "../../../widget/seal/media-frame-key.ts";
import type { Bytes } from "../../../widget/wire/bytes.ts";
import type {
  FromRoomMedia,
  GroupToMedia,
  MediaKind,
  MediaToGroup,
  Verdict,
} from "../../../widget/wire/group-media.ts";
import { MEDIA_KINDS } from "../../../widget/wire/group-media.ts";

mock.timers.enable({ apis: ["setInterval", "setTimeout"] });

const SUITE = "AES_256_GCM_SHA512_128";
const CODECS: Readonly<Record<MediaKind, string>> = {
  ...{ audio: "opus", "screen-audio": "opus", video: "vp8", screen: "vp8" },
};

function baseKey(epoch: number, kind: MediaKind): Bytes {
  return new Uint8Array(32).fill(MEDIA_KINDS.indexOf(kind) + 1).fill(epoch, 0, 4);
}

export class Member {
  readonly name: string;
  readonly leaf: number;
  readonly told: FromRoomMedia[] = [];
  readonly posted: MediaToGroup[] = [];
  readonly media: Vouching;

  constructor(name: string, leaf: number, now: () => number) {
    this.name = name;
    this.leaf = leaf;
    this.media = new Vouching({ now, tell: (one) => this.told.push(one), post: (one) => this.posted.push(one) });
  }

  /** All that was said of somebody, in order. */
  verdicts(identity: string, kind: MediaKind = "video"): Verdict[] {
    return this.told.flatMap((one) =>
      one.type === "judged" && one.identity === identity && one.kind === kind ? one.verdict : [],
    );
  }

  async send(kind: MediaKind = "video"): Promise<Uint8Array> {
    const frame = encoded(crypto.getRandomValues(new Uint8Array(60)));
    const passed = await sealEncoded(frame, this.media.keyring, { kind, codec: CODECS[kind] });
    if (typeof passed === "string") throw new Error(passed);
    this.media.sealed(passed)();
    return new Uint8Array(frame.data);
  }

  /** As room-main does. @returns why it was dropped, or what it was */
  async receive(sealed: Uint8Array, identity: string, kind: MediaKind = "video"): Promise<Passed | string> {
    const track = { identity, kind, codec: CODECS[kind] };
    const passed = await openEncoded(encoded(sealed.slice() as Bytes), this.media.keyring, track);
    if (typeof passed === "string") return passed;
    if (this.media.isForged(track)) return "forged";
    if (this.media.isPast(passed)) return "replayed";
    this.media.opened(passed, track);
    return passed;
  }
}

export class VouchingRoom {
  ms = 1_000;
  epoch = 0;
  readonly members: readonly Member[];
  /** what passes the group; default: all of it, at once */
  passes: (message: MediaToGroup, from: Member) => boolean = () => true;

  constructor(...names: string[]) {
    this.members = names.map((name, leaf) => new Member(name, leaf, () => this.ms));
    this.install();
  }

  /** The next epoch. @param dropOlder somebody was removed */
  install({ dropOlder = false, out = [] }: { dropOlder?: boolean; out?: readonly Member[] } = {}): void {
    this.epoch++;
    const there = this.members.filter((one) => !out.includes(one));
    const senders = there.map(({ leaf, name }) => [leaf, name] as const);
    for (const { media, leaf } of there) {
      const keys = MEDIA_KINDS.map((kind) => [kind, baseKey(this.epoch, kind)] as const);
      const baseKeys = Object.fromEntries(keys) as Record<MediaKind, Bytes>;
      const of = { epoch: this.epoch, suite: SUITE, baseKeys, senders, ownLeaf: leaf, dropOlder } as const;
      media.take({ type: "epoch", ...of });
      media.take({ type: "move", epoch: this.epoch });
    }
  }

  /** A frame in the name of another member, by somebody who has the same keys. */
  async forge(victim: Member, ctr: number, kind: MediaKind = "video"): Promise<Uint8Array> {
    const kid = kidOf({ kind, leaf: victim.leaf, epoch: this.epoch });
    const key = await deriveFrameKey(SUITE, baseKey(this.epoch, kind), kid);
    const clear = CODECS[kind] === "vp8" ? 1 : 0;
    return sealFrame(key, BigInt(ctr), crypto.getRandomValues(new Uint8Array(60)), clear);
  }

  /** Time in which everything that is under way arrives. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250) {
      this.ms += 250;
      await settled();
      mock.timers.tick(250);
      this.#deliver();
      await settled();
    }
  }

  #deliver(): void {
    for (const from of this.members) {
      for (const message of from.posted.splice(0)) if (this.passes(message, from)) this.hand(message, from);
    }
    // A doubt is answered at once.
    if (this.members.some(({ posted }) => posted.some(({ type }) => type !== "doubt"))) this.#deliver();
  }

  hand(message: MediaToGroup, from: Member): void {
    if (message.type === "lists") this.#toOthers({ type: "vouched", bytes: message.bytes }, from);
    if (message.type !== "doubt") return;
    const { kid, id } = message;
    const leaf = partsOfKid(BigInt(kid))?.leaf;
    this.members
      .find((one) => one.leaf === leaf)
      ?.media.take({ type: "doubted", doubts: [{ kid, id, by: from.leaf }] });
  }

  #toOthers(message: GroupToMedia, from: Member): void {
    for (const member of this.members) if (member !== from) member.media.take(message);
  }

  /** Ends their clocks. */
  end(): void {
    for (const { media } of this.members) media.take({ type: "end" });
  }
}

function encoded(data: Uint8Array): EncodedFrame {
  return { data: data.slice().buffer as ArrayBuffer, type: "delta", getMetadata: () => ({}) };
}

/** Digests that were begun are there: later ones come no sooner. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await Promise.all(Array.from({ length: 8 }, () => crypto.subtle.digest("SHA-256", new Uint8Array(64))));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
