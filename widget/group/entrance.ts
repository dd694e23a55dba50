/**
 * From the first `hello` to being a member: reads the room, founds a generation if nobody is there, asks otherwise, and
 * checks what comes back. Realm: group worker. Source: protocol.md §2 (Link admission), §9.
 */

import { generateSigningPair, type SigningKey, signingKeyOf } from "../seal/ed25519.ts";
import { openEnvelope, sealEnvelope } from "../seal/envelope.ts";
import type { LinkKeys } from "../seal/room-keys.ts";
import { hashOf } from "../wire/audit.ts";
import { parseEntry } from "../wire/audit-trail.ts";
import { type Bytes, fromBase64url, toBase64url } from "../wire/bytes.ts";
import type { Admitted } from "../wire/commit-data.ts";
import type { FromRelay, Generation, ToRelay } from "../wire/room-relay.ts";
import { anewStatement, askStatement, foundStatement } from "../wire/room-signatures.ts";
import { proveAdmission } from "./admission.ts";
import { extendTrail, placeOf, type Trail, type TrailOf } from "./audit-watch.ts";
import { allowsRegion, type Charter, openCharter, type SignedCharter } from "./charter.ts";
import { certify, cleanName } from "./credential.ts";
import { groupIdOfOrigin, type Origin } from "./handover.ts";
import { makeKeyPackage, type OwnKeyPackage } from "./mls/key-package.ts";
import { suiteOf } from "./mls/suite.ts";
import { isGood, makePass, type Pass } from "./pass.ts";
import type { Reformed } from "./reforming.ts";
import { foundRoom, type JoinedTrail, joinRoom, type RoomFault, type RoomState } from "./room-state.ts";
import { extendsSeen, type TrailMemory } from "./trail-memory.ts";

type From<T extends FromRelay["type"]> = Extract<FromRelay, { type: T }>;

export interface Entering {
  readonly roomId: Bytes;
  readonly keys: LinkKeys;
  readonly identity: SigningKey;
  readonly name: string;
  /** the newest charter seen of this room, if any */
  readonly seen?: SignedCharter;
  /** the post key of this tab's last membership, base64url: its leaf goes in the same commit */
  readonly replaces?: string;
  /** this member forms the group anew */
  readonly reforms?: Reforms;
  /** a host's: with it, the room can be begun anew, and nobody has to be asked */
  readonly charterKey?: SigningKey;
  /** from a host, for whoever was let in from the lobby */
  readonly pass?: Pass;
  /** was in the room a moment ago: its leaf may still be there to be replaced */
  readonly isBack?: boolean;
  readonly memory: TrailMemory;
  /** the whole trail as the relay exports it */
  fetchTrail(): Promise<string>;
  send(message: ToRelay): void;
}

/** Why, and by which right. */
export interface Reforms {
  /** hash of the commit that most complain of, base64url */
  readonly commit: string;
  /** this member's in the generation that ends */
  readonly formerKey: SigningKey;
  readonly reformed: Reformed;
}

/** A fresh membership. */
export interface Entered {
  readonly state: RoomState;
  readonly postKey: SigningKey;
  /** the last entry that it need not see */
  readonly seq: number;
  /** the room was begun anew: nobody comes in before its link is another one */
  readonly renewsLink?: true;
}

interface Asked {
  readonly own: OwnKeyPackage;
  readonly postKey: SigningKey;
  readonly charter: SignedCharter;
  readonly groupId: Bytes;
  readonly trail: Trail;
  /** of a group that this member founds */
  readonly origin?: Origin;
  readonly right?: Right;
}

/** By which a group is founded while another one lives. */
type Right = Pick<Extract<ToRelay, { type: "found" }>, "reforms" | "formerKey" | "formerSignature" | "anew">;

/** One attempt on one connection; a new connection begins anew, with new keys. */
export class Entrance {
  readonly #how: Entering;
  readonly #hello: From<"hello">;
  #asked: Asked | undefined;

  constructor(how: Entering, hello: From<"hello">) {
    this.#how = how;
    this.#hello = hello;
    how.send({ type: "enter", token: toBase64url(how.keys.relayToken) });
  }

  /**
   * Founds or asks. @param anew ends the generation that lives
   * @returns what is wrong with the room as the relay tells it; `lobby`: only a host lets in
   */
  async room(room: From<"room">, anew = false): Promise<{ fault: RoomFault } | "lobby" | undefined> {
    const { keys, roomId, seen, memory, fetchTrail } = this.#how;
    const nothing = new Uint8Array();
    const name = { type: "charter", groupId: nothing, v: room.v, reference: nothing } as const;
    const sealed = fromBase64url(room.sealedCharter) ?? nothing;
    const opened = await openEnvelope(keys.envelopeKey, name, sealed);
    const charter = opened && (await openCharter(opened, roomId));
    if (!charter || charter.charter.v !== room.v) return { fault: "forged-charter" };
    const remembered = await memory.recall(toBase64url(roomId));
    const newest = Math.max(seen?.charter.version ?? 0, remembered?.charter ?? 0);
    if (charter.charter.version < newest) return { fault: "older-charter" };
    if (!allowsRegion(charter.charter, this.#hello.region)) return { fault: "other-region" };
    const trail = await placeOf(room.head, this.#trailOf(charter));
    if (!trail) return { fault: "head-not-signed" };
    const { auditKey } = charter.charter;
    const rewritten = await extendsSeen(remembered, trail, { auditKey, fetchTrail });
    if (remembered && rewritten === "head-differs") {
      await memory.accuse(toBase64url(roomId), [remembered.head, trail.head]);
    }
    if (rewritten) return { fault: rewritten };
    if (this.#mustKnock(charter, room)) return "lobby";
    if (room.generation && !this.#how.reforms && !anew) await this.#ask(charter, trail, room.generation);
    else await this.#found(charter, trail, { n: room.n + 1, anew });
    return undefined;
  }

  /** Whoever was let in under a pass that is over is asked about again, link or not: it was for that time. */
  #mustKnock({ charter }: SignedCharter, { generation }: From<"room">): boolean {
    const { charterKey, reforms, isBack } = this.#how;
    if (charterKey || reforms || (isBack && generation)) return false;
    const hasPass = this.#passFor(charter, generation) !== undefined;
    if (this.#how.pass && !isBack && charter.admission.includes("knock")) return !hasPass;
    return !charter.admission.includes("link") && !hasPass;
  }

  #passFor({ v, admission }: Charter, generation: From<"room">["generation"]): Pass | undefined {
    const { pass } = this.#how;
    return pass && admission.includes("knock") && generation && isGood(pass, { ...generation, v }) ? pass : undefined;
  }

  /** What it stands before, as the hosts have signed it. */
  get isLocked(): boolean {
    return this.#asked?.charter.charter.locked ?? false;
  }

  async founded({ seq, head, audit }: From<"founded">): Promise<Entered | { fault: RoomFault } | undefined> {
    const asked = this.#asked;
    if (!asked?.origin) return undefined;
    const { roomId } = this.#how;
    const reforms = asked.right?.reforms && this.#how.reforms;
    const trail = await extendTrail(asked.trail, { head, audit }, this.#trailOf(asked.charter));
    if ("fault" in trail) return trail;
    const { origin, charter } = asked;
    const given = { origin, charter, roomId, trail: trail.trail, ...(reforms && { reformed: reforms.reformed }) };
    const state = await foundRoom(asked.own, given);
    return { state, postKey: asked.postKey, seq, ...(asked.right?.anew ? { renewsLink: true } : {}) };
  }

  async welcome(welcome: From<"welcome">): Promise<Entered | { fault: RoomFault } | undefined> {
    const asked = this.#asked;
    if (!asked || !welcome.refs.includes(toBase64url(asked.own.ref))) return undefined;
    const { roomId, keys } = this.#how;
    const { charter, groupId } = asked;
    const reference = await hashOf(new TextEncoder().encode(welcome.refs.join()));
    const name = { type: "welcome", groupId, v: charter.charter.v, reference } as const;
    const bytes = await openEnvelope(keys.envelopeKey, name, fromBase64url(welcome.sealed) ?? new Uint8Array());
    if (!bytes) return { fault: "not-admitted" };
    const trail = await this.#joinedTrail(asked, welcome);
    if ("fault" in trail) return trail;
    const state = await joinRoom(bytes, asked.own, { groupId, roomId, seen: charter, trail });
    return "fault" in state ? state : { state, postKey: asked.postKey, seq: welcome.seq };
  }

  async #found(charter: SignedCharter, trail: Trail, { n, anew }: { n: number; anew: boolean }): Promise<void> {
    const { roomId, send } = this.#how;
    const creatorNonce = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
    const origin = { n, creatorNonce, previousHead: trail.hash };
    const groupId = await groupIdOfOrigin(roomId, origin);
    const { own, postKey } = await this.#leaf(charter);
    const right = await this.#right(groupId, postKey, anew);
    this.#asked = { own, postKey, charter, groupId, trail, origin, right };
    const signature = await postKey.sign(foundStatement(this.#nonce, groupId));
    send({
      type: "found",
      n,
      groupId: toBase64url(groupId),
      creatorNonce,
      postKey: toBase64url(postKey.publicKey),
      signature: toBase64url(signature),
      ...right,
    });
  }

  async #right(groupId: Uint8Array, { publicKey }: SigningKey, anew: boolean): Promise<Right> {
    const { charterKey, reforms } = this.#how;
    if (anew && charterKey) {
      return { anew: toBase64url(await charterKey.sign(anewStatement(this.#nonce, groupId, publicKey))) };
    }
    if (!reforms) return {};
    const { commit, formerKey } = reforms;
    return {
      reforms: commit,
      formerKey: toBase64url(formerKey.publicKey),
      formerSignature: toBase64url(await formerKey.sign(foundStatement(this.#nonce, groupId))),
    };
  }

  async #ask(charter: SignedCharter, trail: Trail, at: Generation): Promise<void> {
    const { keys, send, replaces } = this.#how;
    const groupId = groupIdIn(at);
    const { own, postKey } = await this.#leaf(charter);
    this.#asked = { own, postKey, charter, groupId, trail };
    const { v } = charter.charter;
    const admitted = await this.#admission(charter, { ...at, ref: own.ref, postKey: postKey.publicKey });
    const asked = { keyPackage: toBase64url(own.bytes), admitted, ...(replaces ? { replaces } : {}) };
    const plaintext = new TextEncoder().encode(JSON.stringify(asked));
    const sealed = await sealEnvelope(keys.envelopeKey, { type: "ask", groupId, v, reference: own.ref }, plaintext);
    const signature = await postKey.sign(askStatement(this.#nonce, own.ref));
    send({
      type: "ask",
      groupId: at.groupId,
      ref: toBase64url(own.ref),
      postKey: toBase64url(postKey.publicKey),
      sealed: toBase64url(sealed),
      signature: toBase64url(signature),
    });
  }

  /** The link's proof, or a host's word: one's own, where the link alone does not let in. */
  async #admission(
    { charter }: SignedCharter,
    at: Generation & { readonly ref: Bytes; readonly postKey: Bytes },
  ): Promise<Admitted> {
    const { keys, charterKey, identity, name } = this.#how;
    const { v, admission } = charter;
    const { epoch, ref, postKey } = at;
    const groupId = groupIdIn(at);
    const isOwnWord = charterKey !== undefined && !admission.includes("link");
    const who = { identity: toBase64url(identity.publicKey), name: cleanName(name) };
    const pass = isOwnWord
      ? await makePass(charterKey, who, { groupId, v, epoch, lobby: "compared" })
      : this.#passFor(charter, at);
    if (!pass) return proveAdmission(keys.admissionKey, { groupId, v, epoch, ref, postKey });
    return {
      ...{ ref: toBase64url(ref), postKey: toBase64url(postKey) },
      ...{ epoch: pass.epoch, proof: pass.proof, lobby: pass.lobby },
    };
  }

  async #leaf({ charter }: SignedCharter): Promise<{ own: OwnKeyPackage; postKey: SigningKey }> {
    const { identity, name } = this.#how;
    const postKey = await signingKeyOf(await generateSigningPair());
    const credential = (leafKey: Uint8Array) => certify(identity, leafKey, { postKey: postKey.publicKey, name });
    return { own: await makeKeyPackage(suiteOf(charter), credential, Math.floor(Date.now() / 1000)), postKey };
  }

  /**
   * The trail around the commit that let us in: its own entries, chained, under a signed head, and before them what the
   * relay has shown at the door.
   */
  async #joinedTrail(
    { charter, trail }: Asked,
    { audit, head, commitHash }: From<"welcome">,
  ): Promise<JoinedTrail | { fault: RoomFault }> {
    const first = parseEntry(audit[0] ?? "");
    if (!first) return { fault: "entry-differs" };
    const before = { size: first.seq, hash: first.prev };
    const extended = await extendTrail(before, { audit, head }, { ...this.#trailOf(charter), commit: commitHash });
    if ("fault" in extended) return extended;
    const { auditKey } = charter.charter;
    const rewritten = await extendsSeen(trail, before, { auditKey, fetchTrail: this.#how.fetchTrail });
    return rewritten ? { fault: rewritten } : { before, after: extended.trail };
  }

  #trailOf({ charter }: SignedCharter): TrailOf {
    return { charter, room: toBase64url(this.#how.roomId) };
  }

  get #nonce(): Bytes {
    return fromBase64url(this.#hello.nonce) ?? new Uint8Array();
  }
}

function groupIdIn({ groupId }: Generation): Bytes {
  return fromBase64url(groupId) ?? new Uint8Array();
}
