/**
 * Somebody with the guest link who keeps no rule: real keys, real MLS, a connection of its own. It asks as it likes, or
 * comes in as everyone does, follows the group, and posts what it likes. Test support.
 */
import assert from "node:assert/strict";
import { type Capabilities, createCommit, encodeMlsMessage, generateKeyPackageWithKey } from "ts-mls";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { proveAdmission } from "../../../widget/group/admission.ts";
import { certify } from "../../../widget/group/credential.ts";
import { type Entered, Entrance } from "../../../widget/group/entrance.ts";
import { encodeInGroup, type InGroup } from "../../../widget/group/in-group.ts";
import { epochOf, type GroupState, groupIdOf } from "../../../widget/group/mls/group-state.ts";
import { sealMessage } from "../../../widget/group/mls/message.ts";
import { capabilities, openSuite, SKEW_S, suiteOf } from "../../../widget/group/mls/suite.ts";
import { RelaySocket } from "../../../widget/group/relay-socket.ts";
import {
  adoptCommit,
  adoptOwn,
  type Change,
  makeCommit,
  type PendingCommit,
  type RoomState,
} from "../../../widget/group/room-state.ts";
import { ShortMemory } from "../../../widget/group/trail-memory.ts";
import type { SigningKey } from "../../../widget/seal/ed25519.ts";
import { sealEnvelope } from "../../../widget/seal/envelope.ts";
import { type LinkKeys, linkKeys } from "../../../widget/seal/room-keys.ts";
import { hashOf } from "../../../widget/wire/audit.ts";
import { type Bytes, fromBase64url, toBase64url } from "../../../widget/wire/bytes.ts";
import { type CommitData, encodeCommitData } from "../../../widget/wire/commit-data.ts";
import { KEY_PACKAGE_S } from "../../../widget/wire/room-limits.ts";
import { type FromRelay, roomPaths, type ToRelay } from "../../../widget/wire/room-relay.ts";
import { DEFAULT_RULES } from "../../../widget/wire/room-rules.ts";
import { askStatement, commitStatement } from "../../../widget/wire/room-signatures.ts";
import { commitMessage } from "../../api/rooms/support/mls-messages.ts";
import { newIdentity, type Room } from "./headless.ts";

type Of<T extends FromRelay["type"]> = Extract<FromRelay, { type: T }>;

/** ms that anything may take on a busy machine. */
const PATIENCE_MS = 20_000;

/** In what an ask is not as an honest one. */
export interface OddAsk {
  readonly capabilities?: (usual: Capabilities) => Capabilities;
  readonly signature?: (usual: Uint8Array) => Uint8Array;
  /** instead of a certified one */
  readonly credential?: (postKey: Uint8Array) => Bytes;
  /** post key of a leaf that it says it comes back from, base64url */
  readonly replaces?: string;
}

export class Insider {
  /** all that the relay said, in order */
  readonly told: FromRelay[] = [];
  readonly keys: LinkKeys;
  readonly #socket: RelaySocket;
  readonly #identity: SigningKey;
  readonly #checks = new Set<() => void>();
  #entered: Entered | undefined;
  #own: PendingCommit | undefined;
  #id = 0;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(room: Room, keys: LinkKeys, identity: SigningKey) {
    this.keys = keys;
    this.#identity = identity;
    const url = room.relay.replace(/^http/, "ws") + roomPaths.socket(toBase64url(room.roomId));
    this.#socket = new RelaySocket(url, {
      lost: () => undefined,
      message: (message) => {
        this.#work = this.#work.then(async () => {
          if (message.type === "commit" && this.#entered) await this.#take(message);
          this.told.push(message);
          for (const check of this.#checks) check();
        });
      },
    });
  }

  static async #connect(room: Room): Promise<Insider> {
    assert.ok(room.link.kind === "guest");
    const keys = await linkKeys(room.link.roomSecret, room.roomId);
    const insider = new Insider(room, keys, await newIdentity());
    await insider.heard("hello");
    return insider;
  }

  /** At the door: it may ask. */
  static async stand(room: Room): Promise<Insider> {
    const insider = await Insider.#connect(room);
    insider.say({ type: "enter", token: toBase64url(insider.keys.relayToken) });
    await insider.heard("room");
    return insider;
  }

  /** Inside, by the honest way. */
  static async join(room: Room, name: string): Promise<Insider> {
    const insider = await Insider.#connect(room);
    const entrance = new Entrance(
      {
        ...{ roomId: room.roomId, keys: insider.keys, identity: insider.#identity, name, memory: new ShortMemory() },
        fetchTrail: async () => "",
        send: (message) => insider.say(message),
      },
      await insider.heard("hello"),
    );
    assert.equal(await entrance.room(await insider.heard("room")), undefined);
    const entered = await entrance.welcome(await insider.heard("welcome"));
    assert.ok(entered && "state" in entered);
    insider.#entered = entered;
    return insider;
  }

  get state(): RoomState {
    assert.ok(this.#entered);
    return this.#entered.state;
  }

  /** Post keys of all others, base64url. */
  get others(): string[] {
    const own = toBase64url((this.#entered as Entered).postKey.publicKey);
    return [...this.state.roster.values()].map(({ postKey }) => postKey).filter((postKey) => postKey !== own);
  }

  say(message: ToRelay): void {
    this.#socket.send(message);
  }

  /** The first of a type that the relay said, or says. */
  async heard<T extends FromRelay["type"]>(type: T): Promise<Of<T>> {
    const find = () => this.told.find((message): message is Of<T> => message.type === type);
    await this.until(() => find() !== undefined);
    return find() as Of<T>;
  }

  /** What the relay said to a post. @returns the code, or undefined if it was ordered */
  async answer(id: number): Promise<string | undefined> {
    const refusal = () => this.told.find((message) => message.type === "refused" && message.id === id);
    const epoch = this.#entered && epochOf(this.state.group);
    await this.until(() => refusal() !== undefined || epochOf(this.state.group) !== epoch);
    const refused = refusal();
    return refused?.type === "refused" ? refused.code : undefined;
  }

  /** Resolves when `ok` holds after something came and was taken. @throws Error if it does not */
  until(ok: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the insider waits in vain, last ${this.told.at(-1)?.type}`)),
        PATIENCE_MS,
      );
      const check = () => {
        if (!ok()) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }

  /** Asks to be let in. Resolves when the relay has taken it. */
  async ask(odd: OddAsk = {}): Promise<void> {
    const { generation, v } = await this.heard("room");
    assert.ok(generation);
    const groupId = fromBase64url(generation.groupId) as Bytes;
    const postKey = await newIdentity();
    const { bytes, ref } = await this.#keyPackage(postKey.publicKey, odd);
    const at = { groupId, v, epoch: generation.epoch, ref, postKey: postKey.publicKey };
    const admitted = await proveAdmission(this.keys.admissionKey, at);
    const asked = { keyPackage: toBase64url(bytes), admitted, ...(odd.replaces ? { replaces: odd.replaces } : {}) };
    const name = { type: "ask", groupId, v, reference: ref } as const;
    const sealed = await sealEnvelope(this.keys.envelopeKey, name, new TextEncoder().encode(JSON.stringify(asked)));
    const nonce = fromBase64url((await this.heard("hello")).nonce) as Bytes;
    this.say({
      type: "ask",
      groupId: generation.groupId,
      ref: toBase64url(ref),
      postKey: toBase64url(postKey.publicKey),
      sealed: toBase64url(sealed),
      signature: toBase64url(await postKey.sign(askStatement(nonce, ref))),
    });
    await this.heard("asked");
  }

  async #keyPackage(postKey: Uint8Array, odd: OddAsk): Promise<{ bytes: Bytes; ref: Bytes }> {
    const suite = await openSuite(suiteOf(DEFAULT_RULES));
    const leaf = await suite.signature.keygen();
    const usual = capabilities(suite.name);
    const now = BigInt(Math.floor(Date.now() / 1000));
    const identity =
      odd.credential?.(postKey) ?? (await certify(this.#identity, leaf.publicKey, { postKey, name: "insider" }));
    const { publicPackage } = await generateKeyPackageWithKey(
      { credentialType: "basic", identity },
      odd.capabilities?.(usual) ?? usual,
      { notBefore: now - SKEW_S, notAfter: now + BigInt(KEY_PACKAGE_S) },
      [],
      leaf,
      suite,
    );
    const signature = odd.signature?.(publicPackage.signature) ?? publicPackage.signature;
    const keyPackage = { ...publicPackage, signature };
    return {
      bytes: encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage }) as Bytes,
      ref: (await makeKeyPackageRef(keyPackage, suite.hash)) as Bytes,
    };
  }

  /** A commit that MLS takes, and the rules of the room. @returns its number */
  async commit(change: Partial<Change>, welcome?: Uint8Array): Promise<number> {
    const made = await makeCommit(this.state, { add: [], remove: [], ...change });
    assert.ok(!("fault" in made));
    this.#own = made;
    return this.#post(made.bytes, made.data, welcome ?? made.welcome);
  }

  /** A fresh path that everyone can open but one: what is sealed to that member, nobody can. @returns its number */
  async noiseFor(postKey: string): Promise<number> {
    const { group, roster } = this.state;
    const leaf = [...roster].find(([, who]) => who.postKey === postKey)?.[0] ?? -1;
    const node = group.ratchetTree[2 * leaf];
    assert.ok(node?.nodeType === "leaf");
    const key = toBase64url(node.leaf.hpkePublicKey);
    const suite = await openSuite(suiteOf(DEFAULT_RULES));
    const nobody = await suite.hpke.exportPublicKey((await suite.hpke.generateKeyPair()).publicKey);
    const hpke = {
      ...suite.hpke,
      importPublicKey: (bytes: Uint8Array) => suite.hpke.importPublicKey(toBase64url(bytes) === key ? nobody : bytes),
    };
    const data: CommitData = { add: [], remove: [] };
    const made = await createCommit(
      { state: group, cipherSuite: { ...suite, hpke } },
      { authenticatedData: encodeCommitData(data) },
    );
    const bytes = encodeMlsMessage(made.commit) as Bytes;
    this.#own = { bytes, data, next: made.newState as GroupState, wipe: () => undefined };
    return this.#post(bytes, data);
  }

  /** What the relay takes for a commit, and no member can open. @returns its number */
  async noise(data: CommitData = { add: [], remove: [] }): Promise<number> {
    const { group } = this.state;
    return this.#post(commitMessage(groupIdOf(group), epochOf(group), data), data);
  }

  /** Says it in the group, whatever it is. */
  async seal(content: InGroup, type: "message" | "signal"): Promise<void> {
    const { bytes, next } = await sealMessage(this.state.group, encodeInGroup(content));
    this.#move({ ...this.state, group: next });
    this.say({ type, id: this.#id++, bytes: toBase64url(bytes) });
  }

  leave(): void {
    this.#socket.close();
  }

  async #post(bytes: Bytes, { add }: CommitData, welcome?: Uint8Array): Promise<number> {
    const id = this.#id++;
    const { group, charter } = this.state;
    const groupId = groupIdOf(group);
    const reference = await hashOf(new TextEncoder().encode(add.map(({ ref }) => ref).join()));
    const name = { type: "welcome", groupId, v: charter.charter.v, reference } as const;
    const signature = await (this.#entered as Entered).postKey.sign(commitStatement(groupId, await hashOf(bytes)));
    this.say({
      ...{ type: "commit", id, bytes: toBase64url(bytes), signature: toBase64url(signature) },
      ...(welcome ? { welcome: toBase64url(await sealEnvelope(this.keys.envelopeKey, name, welcome)) } : {}),
    });
    return id;
  }

  async #take(entry: Of<"commit">): Promise<void> {
    const own = this.#own && toBase64url(this.#own.bytes) === entry.bytes ? this.#own : undefined;
    const adopted = own
      ? await adoptOwn(this.state, own, entry.poster, entry)
      : await adoptCommit(this.state, fromBase64url(entry.bytes) as Bytes, entry.poster, entry);
    if (!("fault" in adopted)) this.#move(adopted.state);
  }

  #move(state: RoomState): void {
    this.#entered = { ...(this.#entered as Entered), state };
  }
}
