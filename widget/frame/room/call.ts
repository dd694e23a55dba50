/**
 * One person's way through a room: from a link, or none, to leaving. Joins the group worker, what is remembered, and the
 * state that the view shows. Realm: frame; sees links, names and chat. Source: product.md R9, R16, protocol.md §5, §11.
 */
import { type LobbyLink, parseRoomLink, type RoomLink } from "../../seal/room-link.ts";
import { toBase64url } from "../../wire/bytes.ts";
import { asCoded, type CodedError } from "../../wire/errors.ts";
import type { RoomEvent } from "../../wire/frame-group.ts";
import type { RoomRules } from "../../wire/room-rules.ts";
import { AcquaintanceBook } from "./acquaintances.ts";
import type { MediaState } from "./call/media-state.ts";
import { RoomMedia } from "./call/room-media.ts";
import { RoomCommands } from "./commands.ts";
import { GroupWorker } from "./group-worker.ts";
import { forget, recall, remember } from "./link-memory.ts";
import { changed, EMPTY_ROOM, maySend, type Room, type RoomChange } from "./room.ts";
import { stopsSending, type Verdict } from "./standing.ts";

/** ms for the worker to say goodbye; then it is ended without. */
const GOODBYE_MS = 3_000;
/** Phases in which nobody is on the way in or inside. */
const OUTSIDE: readonly string[] = ["start", "pre-join", "left", "removed", "ended", "refused"];

interface Way {
  readonly href: string;
  readonly link: RoomLink | LobbyLink;
}

export interface CallOptions {
  /** an element has one remembered room at a time; a page of its own has the one that its path names */
  readonly isEmbedded: boolean;
  readonly onChange: (room: Room) => void;
  readonly onMedia: (media: MediaState) => void;
  /** the link is in this tab's memory now and no longer needed in the address */
  readonly onEnter: (roomId: string) => void;
  readonly onError: (error: CodedError) => void;
}

export class Call {
  readonly #options: CallOptions;
  readonly #opening = AcquaintanceBook.open();
  readonly media: RoomMedia;
  readonly commands = new RoomCommands(
    () => this.#worker,
    (error) => this.#options.onError(error),
  );
  /** of a room that is started here, where they are not as usual */
  openingRules: Partial<RoomRules> = {};
  #book: AcquaintanceBook | undefined;
  #room = EMPTY_ROOM;
  #way: Way | undefined;
  #worker: GroupWorker | undefined;
  #name = "";
  /** it is known what stands before the person */
  #isPlaced = false;

  constructor(options: CallOptions) {
    this.#options = options;
    void this.#opening.then(({ isKept }) => {
      if (!isKept) this.#change({ type: "not-kept" });
    });
    this.media = new RoomMedia(options.onMedia);
  }

  get room(): Room {
    return this.#room;
  }

  /** What the person is called: as they last entered. */
  get name(): string {
    return this.#name;
  }

  /** Whoever has it is a host. Null for guests. */
  get hostLink(): string | null {
    return this.#way?.link.kind === "host" ? this.#way.href : null;
  }

  get isOutside(): boolean {
    return OUTSIDE.includes(this.#room.phase);
  }

  /** Nothing is known of a room: one may be started. */
  waitAtStart(): void {
    this.#way = undefined;
    this.media.preview();
    this.#change({ type: "arrived" });
  }

  /** Stands before the room of a link. Not looked at while somebody is inside. */
  approach(href: string): void {
    if (!this.isOutside) return;
    try {
      this.#way = { href, link: parseRoomLink(href) };
    } catch (error) {
      this.refuse(asCoded(error));
      return;
    }
    this.#arrive(false);
  }

  /** After a reload. @param roomId the room that is meant, if one is @returns whether this tab was in it */
  comeBack(roomId?: string): boolean {
    const remembered = recall(this.#options.isEmbedded ? "" : (roomId ?? ""));
    if (!remembered || (roomId !== undefined && !remembered.link.includes(`/r/${roomId}`))) return false;
    this.approach(remembered.link);
    if (this.#room.phase !== "pre-join") return false;
    this.#name = remembered.name;
    this.#arrive(true);
    return true;
  }

  refuse({ code }: CodedError): void {
    this.#way = undefined;
    this.media.end();
    this.#change({ type: "phase", phase: "refused", code });
  }

  /** Starts a room, as `openingRules` says, and goes in. */
  async start(name: string): Promise<void> {
    this.#change({ type: "opening" });
    const worker = this.#newWorker();
    try {
      const { link } = await worker.call("open", { rules: this.openingRules });
      if (worker !== this.#worker) return;
      this.#way = { href: link, link: parseRoomLink(link) };
      this.#change({ type: "arrived", link: { isHost: true, isMangled: false, wasHere: false } });
      await this.#enterWith(worker, name);
    } catch (error) {
      if (worker !== this.#worker) return;
      this.#endWorker();
      this.#options.onError(asCoded(error));
      this.#change({ type: "not-opened", code: asCoded(error).code });
    }
  }

  async enter(name: string): Promise<void> {
    if (this.#room.phase !== "pre-join" || !this.#way) return;
    await this.#enterWith(this.#newWorker(), name);
  }

  /** Back before the door, after leaving. */
  approachAgain(): void {
    this.#way ? this.#arrive(false) : this.waitAtStart();
  }

  /** Goes out as soon as it may. */
  say(text: string): void {
    this.#change({ type: "typed", key: crypto.randomUUID(), text });
  }

  async leave(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    // At once: a relay that does not answer the goodbye would have the person heard and seen until it is given up.
    this.media.lower();
    const patience = new Promise((resolve) => setTimeout(resolve, GOODBYE_MS));
    await Promise.race([worker.call("leave").catch(() => undefined), patience]);
    // A worker that never entered has nobody to say goodbye to and tells no phase.
    if (worker === this.#worker) this.#heard(worker, { type: "phase", phase: "left" });
  }

  /** The page goes for good. Who is alone says goodbye, or whoever comes next waits until the relay has noticed. */
  vanish(): void {
    if (this.#room.people.length === 1) void this.#worker?.call("leave");
  }

  judge(identity: string, verdict: Verdict): void {
    this.#book?.judge(identity, verdict);
    this.#tellKnown();
  }

  forgetPeople(): void {
    this.#book?.forgetAll();
    this.#tellKnown();
  }

  lookedAtCode(): void {
    this.#change({ type: "looked-at-code" });
  }

  lookedAtAlarms(): void {
    this.#change({ type: "looked-at-alarms" });
  }

  async #enterWith(worker: GroupWorker, name: string): Promise<void> {
    const way = this.#way as Way;
    this.#name = name;
    this.#change({ type: "phase", phase: "connecting" });
    this.#remember();
    this.#options.onEnter(toBase64url(way.link.roomId));
    this.#book = await this.#opening;
    this.#tellKnown();
    await this.commands.ask(() => worker.call("enter", { link: way.href, name }));
    await this.commands.ask(() => this.#askWhetherKept(worker));
  }

  /** A browser may store names and refuse keys. */
  async #askWhetherKept(worker: GroupWorker): Promise<void> {
    if (!(await worker.call("isKept")) && worker === this.#worker) this.#change({ type: "not-kept" });
  }

  #arrive(wasHere: boolean): void {
    if (!this.#way) return;
    const { kind, mangled } = this.#way.link;
    this.media.preview();
    this.#change({
      type: "arrived",
      link: { isHost: kind === "host", isLobby: kind === "lobby", isMangled: mangled, wasHere },
    });
  }

  #newWorker(): GroupWorker {
    this.#endWorker();
    const worker: GroupWorker = new GroupWorker((event) => this.#heard(worker, event));
    this.#worker = worker;
    return worker;
  }

  /** What was turned on before the door stays on. */
  #endWorker(): void {
    this.media.out();
    this.#worker?.end();
    this.#worker = undefined;
  }

  #heard(worker: GroupWorker, event: RoomEvent): void {
    if (worker !== this.#worker) return;
    if (event.type === "roster" && this.#book?.meet(event.people, Date.now())) this.#tellKnown();
    if (event.type === "phase" && OUTSIDE.includes(event.phase)) this.#over(event.phase, event.code);
    this.#change(event);
    if (event.type === "roster") this.media.roster(worker, event.people);
    if (event.type === "roster" || event.type === "link") void this.#refreshInvite(worker);
  }

  /** Who was sent away, or can't get in by this link, has no more use for it; who left may want to come back. */
  #over(phase: string, code: string | undefined): void {
    this.#endWorker();
    this.media.end();
    forget(this.#place);
    const mayTryAgain = phase === "left" || code === "internal" || code === "turned-away";
    if (!mayTryAgain) this.#way = undefined;
  }

  /** A host may have renewed the link: the one that this tab came by is dead then. */
  async #refreshInvite(worker: GroupWorker): Promise<void> {
    const link = await worker.call("invite").catch(() => null);
    if (worker !== this.#worker || link === this.#room.invite) return;
    if (link && this.#way && this.#way.link.kind !== "host") {
      this.#way = { href: link, link: parseRoomLink(link) };
      this.#remember();
    }
    this.#change({ type: "invite", link });
  }

  get #place(): string {
    return this.#options.isEmbedded || !this.#way ? "" : toBase64url(this.#way.link.roomId);
  }

  #remember(): void {
    if (this.#way) remember(this.#place, { link: this.#way.href, name: this.#name });
  }

  #tellKnown(): void {
    if (this.#book) this.#change({ type: "known", known: this.#book.all });
  }

  #change(change: RoomChange): void {
    this.#room = changed(this.#room, change, Date.now());
    this.#isPlaced ||= change.type !== "not-kept";
    if (!this.#isPlaced) return;
    this.#options.onChange(this.#room);
    this.media.hush(stopsSending(this.#room).length > 0);
    if (maySend(this.#room)) this.#send();
  }

  #send(): void {
    const next = this.#room.unsent.find(({ handed }) => !handed);
    if (!next) return;
    void this.commands.ask((worker) => worker.call("say", { text: next.text }));
    this.#change({ type: "handed", key: next.key });
  }
}
