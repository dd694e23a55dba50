/**
 * A person in a room, from the link to the last goodbye: keeps the connection, enters, comes back by itself, and tells
 * its view what happens. Realm: group worker; runs in Node as well. Source: protocol.md §2, §5.
 */
import { type Bytes, toBase64url } from "../wire/bytes.ts";
import type { ErrorCode } from "../wire/errors.ts";
import type { GroupAnswer, RoomEvent } from "../wire/frame-group.ts";
import { type FromRelay, roomPaths } from "../wire/room-relay.ts";
import { Door } from "./door.ts";
import type { Entered } from "./entrance.ts";
import { Gaps } from "./gaps.ts";
import { sayGoodbye } from "./goodbye.ts";
import { Heads } from "./heads.ts";
import { Hearing } from "./hearing.ts";
import type { InGroup } from "./in-group.ts";
import { Lobby } from "./lobby.ts";
import { MemberMedia } from "./member-media.ts";
import { type MemberOptions, RELAY_FAULTS, RETRY_S } from "./member-options.ts";
import { Membership } from "./membership.ts";
import type { From } from "./membership-events.ts";
import { wipeState } from "./mls/group-state.ts";
import { OwnLink } from "./own-link.ts";
import { RelaySocket } from "./relay-socket.ts";
import { RoomActs } from "./room-acts.ts";
import type { Adopted, RoomFault } from "./room-state.ts";
import { rosterEvent, rulesEvent } from "./roster-event.ts";
import { Shown } from "./shown.ts";
import { fetchTrail, ShortMemory } from "./trail-memory.ts";

export class RoomMember {
  readonly #options: MemberOptions;
  readonly #socket: RelaySocket;
  readonly #link: OwnLink;
  readonly media: MemberMedia;
  readonly #door: Door;
  #membership: Membership | undefined;
  readonly #gaps = new Gaps();
  readonly acts: RoomActs;
  readonly #heads: Heads;
  readonly shown = new Shown({ membership: () => this.#membership, tell: (event) => this.#tell(event) });
  readonly #hearing: Hearing;
  readonly lobby: Lobby;
  readonly #tell = (event: RoomEvent): void => this.#options.on(event);
  #unsaid: InGroup[] = [];
  #over = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: MemberOptions) {
    this.#options = options;
    this.#link = new OwnLink(options.link);
    const memory = options.memory ?? new ShortMemory();
    this.#heads = new Heads(memory, toBase64url(options.link.roomId));
    this.#hearing = new Hearing({
      ...{ link: this.#link, heads: this.#heads, tell: this.#tell },
      state: () => this.#membership?.state,
      ended: () => this.#goLast(),
    });
    this.acts = new RoomActs(
      () => this.#membership,
      this.#link,
      () => this.#door.beginAnew(),
    );
    this.#socket = new RelaySocket(options.relay + roomPaths.socket(toBase64url(options.link.roomId)), {
      message: (message) => this.#inTurn(() => this.#heard(message)),
      lost: () => {
        if (!this.#over) this.#tell({ type: "phase", phase: this.#membership ? "reconnecting" : "connecting" });
      },
    });
    const send = this.#socket.send.bind(this.#socket);
    const anew = () => this.#inTurn(() => this.#socket.renew(this.#door.giveUp()));
    const trail = { memory, fetchTrail: () => this.#fetchTrail() };
    this.#door = new Door({ options, link: this.#link, ...trail, send, anew });
    this.lobby = new Lobby({
      ...{ roomId: options.link.roomId, link: this.#link, send, tell: this.#tell },
      state: () => this.#membership?.state,
    });
    this.media = new MemberMedia({ send, enterAnew: () => this.#enterAnew() });
    this.#tell({ type: "phase", phase: "connecting" });
  }

  /** @returns false if the membership ended before it was said; it is said in the next one */
  async say(content: InGroup): Promise<boolean> {
    if (this.#membership) return (await this.#membership.say(content)) === "ordered";
    this.#unsaid.push(content);
    return false;
  }

  /** The current guest link's secret and version, for an invitation. */
  get invitation(): { readonly roomSecret: Bytes; readonly v: number } | undefined {
    return this.#link.invitation;
  }

  /** The audit trail as the relay exports it, the key that signs it, base64url, and two heads that contradict each other. */
  async exportTrail(): Promise<GroupAnswer<"exportTrail"> | undefined> {
    const charter = this.#membership?.state.charter.charter;
    return charter && { text: await this.#fetchTrail(), auditKey: charter.auditKey, ...(await this.#heads.evidence()) };
  }

  /** Says goodbye and wipes everything. */
  async leave(): Promise<void> {
    if (this.#membership && !this.#over) await sayGoodbye(this.#membership, (message) => this.#socket.send(message));
    this.#end("left");
  }

  async #heard(message: FromRelay): Promise<void> {
    switch (message.type) {
      case "hello":
        return this.#enter(message);
      case "room":
        return this.#atTheDoor(await this.#door.room(message));
      case "founded":
      case "welcome":
        return this.#entered(await this.#door.letIn(message));
      case "asked":
        return this.#tell({ type: "phase", phase: "waiting", ...(this.#door.asked() && { locked: true }) });
      case "resumed":
        return this.#resumed(message);
      case "signal":
        return this.#membership?.signal(message);
      case "gone":
        return this.#membership?.attendance.gone(message.postKey, message.left);
      case "present":
        return this.#membership?.attendance.present(message.postKeys);
      case "knock":
      case "unknocked":
        return this.lobby.hear(message);
      case "sfu":
        return void this.media.take(message);
      case "refused":
        return this.media.take(message) ? undefined : this.#refused(message);
      case "removed":
      case "ended":
        return this.#closing(this.#membership);
      default:
        if ("seq" in message) this.#membership?.entry(message);
    }
  }

  #atTheDoor(result: { fault: RoomFault } | "lobby" | undefined): void {
    const { toLobby } = this.#options;
    if (result !== "lobby") this.#refuseOn(result);
    else if (!toLobby) this.#end("refused", "no-lobby");
    else this.#stop(toLobby);
  }

  async #resumed({ head }: From<"resumed">): Promise<void> {
    const state = this.#membership?.state;
    if (state && (await this.#heads.hear(head, state.charter.charter)))
      return this.#refuseOn({ fault: "head-differs" });
    this.#membership?.attendance.resumed();
    this.#membership?.resumed();
    this.#tell({ type: "phase", phase: "in" });
  }

  async #enter(hello: From<"hello">): Promise<void> {
    if (this.#membership) return this.#membership.resume(hello);
    this.#tell({ type: "phase", phase: "entering" });
    await this.#door.come(hello);
  }

  #entered(entered: Entered | { fault: RoomFault } | undefined): void {
    if (!entered || "fault" in entered) return void this.#refuseOn(entered);
    // The person has left meanwhile.
    if (this.#over) {
      wipeState(entered.state.group);
      return;
    }
    this.#membership = new Membership({
      entered,
      keys: () => this.#link.keys,
      nextCharter: (charter, wish) => this.#link.makeNext(charter, wish, this.#options.identity.publicKey),
      send: this.#socket.send.bind(this.#socket),
      nextId: this.media.nextId,
      media: this.media.keys,
      shown: () => this.shown.state,
      on: {
        adopted: (change) => this.#inTurn(() => this.#adopted(change)),
        said: (content, from, own) => this.#inTurn(() => this.#hearing.said(content, from, own)),
        unconfirmed: (ids) => this.#tell({ type: "unconfirmed", ids }),
        removed: (reason) => this.#inTurn(() => (reason === "removed" ? this.#end("removed") : this.#enterAnew())),
        fault: (fault) => this.#inTurn(() => this.#fault(fault)),
        gap: (seq) => this.#inTurn(() => this.#gap(seq)),
        stranded: () => this.#inTurn(() => this.#enterAnew()),
        reform: (commit, accused) => this.#inTurn(() => this.#reform(commit, accused)),
      },
    });
    if (entered.renewsLink) void this.acts.renewLink();
    this.#tell({ type: "phase", phase: "in" });
    this.#inTurn(() => this.#adopted({ state: entered.state, joined: [], removed: [], sender: undefined }));
    this.#inTurn(() => this.shown.tellOwn());
    for (const content of this.#unsaid.splice(0)) void this.#membership.say(content);
  }

  async #adopted(change: Omit<Adopted, "self">): Promise<void> {
    const { charter, trail } = change.state;
    this.#door.seen = charter;
    const made = await this.#link.adopt(charter.charter.v);
    // Those who stay hear of the new link inside the new epoch, from whichever host is quickest.
    if (made) {
      void this.#membership?.say({ type: "link", roomSecret: toBase64url(made.roomSecret), v: made.v });
      this.#tell({ type: "link", v: made.v });
    }
    this.#tell(await rosterEvent(change));
    this.#tell(rulesEvent(change.state));
    await this.#heads.see(trail, charter.charter.version);
    await this.acts.beHost(charter, this.#options.identity.publicKey);
    if (this.acts.isEnded()) this.#goLast();
  }

  /** A host has ended the room. */
  #goLast(): void {
    this.#socket.send({ type: "leave" });
    this.#end("ended");
  }

  async #refused(refusal: From<"refused">): Promise<void> {
    const { code, retryAfter = RETRY_S } = refusal;
    if (refusal.id !== undefined) {
      // It is repeated until it is taken; why it hangs, people are told.
      if (code === "storage-unavailable") this.#tell({ type: "trouble", code });
      return this.#membership?.refused(refusal);
    }
    const what = await this.#door.refused(refusal);
    if (what === "again") return this.#enterAnew();
    if (what === "final") return this.#end("refused", code);
    if (what !== "later") return;
    this.#tell({ type: "trouble", code });
    setTimeout(() => this.#socket.renew(), retryAfter * 1000);
  }

  #fetchTrail(): Promise<string> {
    const { relay, link } = this.#options;
    return fetchTrail(relay.replace(/^ws/, "http"), link.roomId, this.#link.keys.relayToken);
  }

  #refuseOn(result: { fault: RoomFault } | undefined): void {
    if (result) this.#fault(result.fault, true);
  }

  #fault(fault: string, isFinal = RELAY_FAULTS.has(fault)): void {
    this.#tell({ type: "alarm", fault });
    if (isFinal) this.#end("refused", "room-not-genuine");
  }

  /** What is missing is asked for on a new connection. */
  #gap(seq: number): void {
    if (this.#gaps.isPatient(seq)) this.#socket.renew();
    else this.#refuseOn({ fault: "withheld" });
  }

  /** @param accused post key of the commit's poster */
  #reform(commit: string, accused: string): void {
    if (!this.#membership) return;
    this.#door.reformAfter(this.#membership, commit, accused);
    this.#enterAnew();
  }

  /** The relay says that it is over. Why stands in the entries before: they come first. */
  async #closing(membership: Membership | undefined): Promise<void> {
    await membership?.settled();
    this.#inTurn(() => (this.#membership === membership ? this.#enterAnew() : undefined));
  }

  #enterAnew(): void {
    if (this.#over) return;
    if (this.#hearing.isEnding) return void this.#goLast();
    this.#dropMembership();
    this.#tell({ type: "phase", phase: "reconnecting" });
    this.#socket.renew(this.#door.giveUp());
  }

  #dropMembership(): void {
    this.#unsaid.push(...(this.#membership?.end() ?? []).filter(({ type }) => type === "chat"));
    this.#membership = undefined;
    this.lobby.end();
  }

  #end(why: "left" | "removed" | "ended" | "refused", code?: ErrorCode): void {
    if (this.#over) return;
    const phase = this.#hearing.isEnding && why === "removed" ? "ended" : why;
    this.#stop();
    this.#tell({ type: "phase", phase, ...(code ? { code } : {}) });
  }

  #stop(next?: () => void): void {
    this.#over = true;
    this.#dropMembership();
    this.#door.shut();
    this.media.end();
    this.#socket.close();
    this.#link.wipe();
    next?.();
  }

  #inTurn(work: () => Promise<void> | void | undefined): void {
    this.#work = this.#work
      .then(() => (this.#over ? undefined : work()))
      .catch(() => this.#tell({ type: "alarm", fault: "internal" }));
  }
}
