/**
 * A member of a room as the relay sees one: signs what is signed, posts MLS messages of random ciphertext, and keeps what
 * it is told in its order. It knows nothing of MLS.
 */
import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { type AuditHead, openHead } from "../../../../widget/wire/audit.ts";
import type { Admitted, CommitData } from "../../../../widget/wire/commit-data.ts";
import type { Entry, FromRelay, Generation, RoomRefusal, ToRelay } from "../../../../widget/wire/room-relay.ts";
import { roomPaths } from "../../../../widget/wire/room-relay.ts";
import * as statements from "../../../../widget/wire/room-signatures.ts";
import { commitMessage, privateMessage } from "./mls-messages.ts";
import { bytesOf, SigningKey, type TestRoom } from "./room.ts";

type Of<T extends FromRelay["type"]> = Extract<FromRelay, { readonly type: T }>;

const ENTRIES: readonly string[] = ["commit", "message", "ask", "complaint"] satisfies Entry["type"][];

/** ms without any message in which whoever waits for one gives up, and says what it was told last. */
const SILENT_MS = 60_000;

export interface Place {
  readonly port: number;
}

export interface MemberOptions {
  readonly headers?: Record<string, string>;
  /** the same member on another connection: its key, reference and state */
  readonly as?: TestMember;
}

export class TestMember {
  readonly room: TestRoom;
  readonly key: SigningKey;
  /** key package reference */
  readonly ref: string;
  /** everything that came, oldest first */
  readonly told: FromRelay[] = [];
  readonly socket: WebSocket;
  /** code of the close */
  readonly closed: Promise<number>;
  nonce = new Uint8Array();
  auditKey = "";
  groupId = "";
  n = 0;
  epoch = 0;
  #read = 0;
  #refusalsRead = 0;
  readonly #waiting = new Set<() => void>();
  #id = 0;
  readonly #ids = new Map<string, number>();
  #isClosed = false;

  private constructor(room: TestRoom, socket: WebSocket, as?: TestMember) {
    this.room = room;
    this.key = as?.key ?? new SigningKey();
    this.ref = as?.ref ?? randomBytes(32).toString("base64url");
    if (as) this.follow(as);
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      this.told.push(JSON.parse(String(data)) as FromRelay);
      this.#wake();
    };
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code }) => {
        this.#isClosed = true;
        this.#wake();
        resolve(code);
      };
    });
    socket.onerror = () => undefined;
  }

  /** Connected, with the relay's hello. */
  static async connect(api: Place, room: TestRoom, { as, ...options }: MemberOptions = {}): Promise<TestMember> {
    const url = `ws://127.0.0.1:${api.port}${roomPaths.socket(room.id)}`;
    const member = new TestMember(room, new WebSocket(url, options as unknown as string[]), as);
    const hello = await member.next("hello");
    member.nonce = bytesOf(hello.nonce);
    member.auditKey = hello.auditKey;
    return member;
  }

  /** The first in the room. */
  static async founder(api: Place, room: TestRoom): Promise<TestMember> {
    const member = await TestMember.connect(api, room);
    await member.enter();
    await member.found();
    return member;
  }

  /** Somebody whom `host` lets in. */
  static async joiner(api: Place, host: TestMember): Promise<TestMember> {
    const member = await TestMember.connect(api, host.room);
    await member.enter();
    await member.ask();
    await host.admit([member]);
    await member.next("welcome");
    member.follow(host);
    return member;
  }

  say(message: ToRelay | object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next message of one of these types; what came before it is passed over. @throws Error if the connection ends first */
  async next<T extends FromRelay["type"]>(...types: T[]): Promise<Of<T>> {
    for (;;) {
      while (this.#read < this.told.length) {
        const message = this.told[this.#read++] as FromRelay;
        if (types.includes(message.type as T)) return message as Of<T>;
      }
      await this.#more(`waiting for ${types}`);
    }
  }

  hasUnread(type: FromRelay["type"]): boolean {
    return this.told.slice(this.#read).some((message) => message.type === type);
  }

  /** Something that came, now or later, before or after whatever else was read. */
  async heard(what: (message: FromRelay) => boolean): Promise<FromRelay> {
    for (;;) {
      const message = this.told.find(what);
      if (message) return message;
      await this.#more(`waiting for what ${what} tells`);
    }
  }

  /** Resolves at the next message. @throws Error if the connection ends first, or nothing comes for long */
  async #more(why: string): Promise<void> {
    const said = () => JSON.stringify(this.told.slice(-3)).slice(0, 2_000);
    if (this.#isClosed) throw new Error(`closed while ${why}; last ${said()}`);
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nothing came while ${why}; last ${said()}`)), SILENT_MS);
      this.#waiting.add(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Why this post was refused. */
  async refusalOf(id: number | undefined): Promise<RoomRefusal> {
    const refused = await this.heard((message) => message.type === "refused" && message.id === id);
    this.#refusalsRead = Math.max(this.#refusalsRead, this.#refusals.indexOf(refused as Of<"refused">) + 1);
    return (refused as Of<"refused">).code;
  }

  /** The next one that was not asked for yet. */
  async refusal(): Promise<RoomRefusal> {
    await this.heard(() => this.#refusals.length > this.#refusalsRead);
    return (this.#refusals[this.#refusalsRead++] as Of<"refused">).code;
  }

  get #refusals(): Of<"refused">[] {
    return this.told.filter((message) => message.type === "refused");
  }

  async enter(token = this.room.token): Promise<Of<"room">> {
    this.say({ type: "enter", token });
    const room = await this.next("room");
    this.n = room.n;
    if (room.generation) this.groupId = room.generation.groupId;
    return room;
  }

  /** The message that starts the next generation after `room`. */
  async founding({ head, n }: Pick<Of<"room">, "head" | "n">): Promise<ToRelay & { type: "found" }> {
    const { hash: previous } = await this.headOf(head);
    const creatorNonce = randomBytes(32);
    const statement = statements.groupIdStatement(bytesOf(this.room.id), n + 1, creatorNonce, previous);
    const groupId = hash("sha256", statement, "buffer");
    return {
      type: "found",
      n: n + 1,
      groupId: groupId.toString("base64url"),
      creatorNonce: creatorNonce.toString("base64url"),
      postKey: this.key.publicKey,
      signature: this.key.sign(statements.foundStatement(this.nonce, groupId)),
    };
  }

  async found(): Promise<Of<"founded">> {
    const room = this.told.findLast((message) => message.type === "room") as Of<"room">;
    const founding = await this.founding(room);
    this.say(founding);
    const founded = await this.next("founded");
    this.groupId = founding.groupId;
    this.n = founding.n;
    this.epoch = 0;
    return founded;
  }

  /** … in place of the one that lives, with the host link. */
  async foundingAnew(room: Pick<Of<"room">, "head" | "n">): Promise<ToRelay & { type: "found" }> {
    const founding = await this.founding(room);
    const statement = statements.anewStatement(this.nonce, bytesOf(founding.groupId), bytesOf(this.key.publicKey));
    return { ...founding, anew: this.room.charter.sign(statement) };
  }

  asking(change: { ref?: string; postKey?: string; groupId?: string } = {}): ToRelay & { type: "ask" } {
    const ref = change.ref ?? this.ref;
    return {
      type: "ask",
      groupId: change.groupId ?? this.groupId,
      ref,
      postKey: change.postKey ?? this.key.publicKey,
      sealed: randomBytes(400).toString("base64url"),
      signature: this.key.sign(statements.askStatement(this.nonce, bytesOf(ref))),
    };
  }

  /** On the same connection, as somebody else. */
  async askAnew(): Promise<void> {
    Object.assign(this, { key: new SigningKey(), ref: randomBytes(32).toString("base64url") });
    await this.ask();
  }

  async ask(): Promise<void> {
    this.say(this.asking());
    await this.next("asked");
  }

  resuming(after: number, on: { nonce: Uint8Array } = this): ToRelay & { type: "resume" } {
    return {
      type: "resume",
      token: this.room.token,
      groupId: this.groupId,
      postKey: this.key.publicKey,
      after,
      signature: this.key.sign(statements.resumeStatement(on.nonce, bytesOf(this.groupId))),
    };
  }

  /** A message of this member's epoch. @returns its bytes, base64url */
  post(type: "message" | "signal" = "message", { size = 64, epoch = this.epoch } = {}): string {
    const bytes = privateMessage({ groupId: bytesOf(this.groupId), epoch, size }).toString("base64url");
    this.#ids.set(bytes, ++this.#id);
    this.say({ type, id: this.#id, bytes });
    return bytes;
  }

  /** Under which it was posted. */
  idOf(bytes: string): number | undefined {
    return this.#ids.get(bytes);
  }

  /** Has been told that another is connected. */
  async sees(other: TestMember): Promise<void> {
    await this.heard((message) => message.type === "present" && message.postKeys.includes(other.key.publicKey));
  }

  admitted(member: TestMember): Admitted {
    return {
      ref: member.ref,
      postKey: member.key.publicKey,
      epoch: this.epoch,
      proof: randomBytes(64).toString("base64url"),
    };
  }

  committing(data: Partial<CommitData>, { epoch = this.epoch, signer = this.key, welcome = "" } = {}) {
    const whole: CommitData = { add: [], remove: [], ...data };
    const bytes = commitMessage(bytesOf(this.groupId), epoch, whole);
    const commitHash = hash("sha256", bytes, "buffer");
    const sealed = welcome || (whole.add.length > 0 ? randomBytes(600).toString("base64url") : "");
    return {
      type: "commit" as const,
      id: ++this.#id,
      bytes: bytes.toString("base64url"),
      signature: signer.sign(statements.commitStatement(bytesOf(this.groupId), commitHash)),
      ...(sealed ? { welcome: sealed } : {}),
    };
  }

  /** Posts a commit and takes it in. */
  async commit(data: Partial<CommitData> = {}): Promise<Entry & { type: "commit" }> {
    const commit = this.committing(data);
    this.say(commit);
    for (;;) {
      const entry = await this.next("commit");
      this.epoch++;
      if (entry.bytes === commit.bytes) return entry;
    }
  }

  /** A host's: the others are out, and their link is dead. */
  async sendAway(...others: readonly TestMember[]): Promise<Entry & { type: "commit" }> {
    const { link, token } = this.room.nextLink();
    const remove = others.map(({ key }) => ({ postKey: key.publicKey, reason: "removed" as const }));
    const entry = await this.commit({ remove, link });
    Object.assign(this.room, { link, token });
    return entry;
  }

  /** With a goodbye. */
  async leave(): Promise<void> {
    this.say({ type: "leave" });
    await this.closed;
  }

  admit(members: readonly TestMember[]): Promise<Entry & { type: "commit" }> {
    return this.commit({ add: members.map((member) => this.admitted(member)) });
  }

  complaint(commitHash: Uint8Array): ToRelay & { type: "complaint" } {
    return {
      type: "complaint",
      id: ++this.#id,
      bytes: Buffer.from(commitHash).toString("base64url"),
      signature: this.key.sign(statements.complaintStatement(bytesOf(this.groupId), commitHash)),
    };
  }

  /** Is where another member is. */
  follow(other: Pick<TestMember, "groupId" | "epoch" | "n">): void {
    this.groupId = other.groupId;
    this.epoch = other.epoch;
    this.n = other.n;
  }

  get generation(): Generation {
    return { n: this.n, groupId: this.groupId, epoch: this.epoch };
  }

  /** All entries that came so far. */
  get entries(): Entry[] {
    return this.told.filter((message): message is Entry => ENTRIES.includes(message.type));
  }

  /** Of its Welcome, or of what it founded: the next entry has one more. */
  get welcomeSeq(): number {
    const first = this.told.find((message) => message.type === "welcome" || message.type === "founded");
    return first && "seq" in first ? first.seq : 0;
  }

  /** Of the last entry that it was given. */
  get lastSeq(): number {
    return this.entries.at(-1)?.seq ?? this.welcomeSeq;
  }

  async headOf(note: string): Promise<AuditHead> {
    const head = await openHead(note, bytesOf(this.auditKey));
    assert.ok(head, "the head is signed by the relay's key");
    return head;
  }

  /** As a reload or a lost tab would. */
  async drop(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
