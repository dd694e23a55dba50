/**
 * `<whatping-room-view>`: draws the room's state and calls its actions. Realm: frame.
 * Sees names, chat, links; keys of the room are in the group worker.
 */
import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { CoveredQuestion } from "../clip/view/covered-question.ts";
import { FocusKeeper } from "../clip/view/focus-keeper.ts";
import { ask } from "../clip/view/question.ts";
import { ScrollReach } from "../clip/view/scroll-reach.ts";
import { type MediaState, NO_MEDIA } from "./call/media-state.ts";
import type { Call } from "./call.ts";
import { isInside, type Room } from "./room.ts";
import { stopsSending } from "./standing.ts";
import { BeginAnew } from "./view/begin-anew.ts";
import { ChatDoor } from "./view/chat-door.ts";
import { ChatScroll } from "./view/chat-scroll.ts";
import { type Copied, Copies } from "./view/copies.ts";
import { coveredWords, type Exposure } from "./view/covered-words.ts";
import { dialogs } from "./view/dialogs.ts";
import { Draft } from "./view/draft.ts";
import { inside, insideClass } from "./view/inside.ts";
import { addressIn } from "./view/invite-dialog.ts";
import { LobbyDesk } from "./view/lobby-desk.ts";
import { outside } from "./view/outside.ts";
import { Passing } from "./view/passing.ts";
import { LONG_WAIT_MS, NOTICE_MS } from "./view/patience.ts";
import { PeopleDialogs } from "./view/people-dialogs.ts";
import { aloudWords } from "./view/phase-words.ts";
import { RoomBox } from "./view/room-box.ts";
import { RoomKeys } from "./view/room-keys.ts";
import { roomStyles } from "./view/room-styles.ts";
import { StageChoice } from "./view/stage-choice.ts";
import { say } from "./words/say.ts";

export class RoomView extends LitElement {
  static override properties = {
    room: { attribute: false },
    media: { attribute: false },
    theme: { reflect: true },
    isEmbedded: { attribute: false },
    hasLink: { attribute: false },
    typedName: { state: true },
    isNameMissing: { state: true },
    isLongWait: { state: true },
    hadNewCode: { state: true },
    isReacting: { state: true },
    isChoosing: { state: true },
    notice: { state: true },
  };
  static override styles = roomStyles;
  declare room: Room;
  declare media: MediaState;
  declare theme: string;
  declare call: Call;
  declare isEmbedded: boolean;
  /** the page around gave a link */
  declare hasLink: boolean;
  declare typedName: string;
  declare isNameMissing: boolean;
  declare isLongWait: boolean;
  declare hadNewCode: boolean;
  /** the menu of reactions is open */
  declare isReacting: boolean;
  /** the dialog of the devices is open */
  declare isChoosing: boolean;
  /** said for a moment */
  declare notice: string;
  readonly covered: CoveredQuestion<Exposure> = new CoveredQuestion(this, coveredWords);
  readonly reading = new ChatScroll(this);
  readonly draft = new Draft(this, {
    say: (text) => this.call.say(text),
    isHeld: () => stopsSending(this.room).length > 0,
  });
  readonly copies = new Copies(this, {
    read: (what) => this.#linkFor(what),
    exposing: (exposure, click, act) => this.exposing(exposure, click, act),
  });
  readonly anew = new BeginAnew(this);
  readonly box = new RoomBox(this);
  readonly stage = new StageChoice(this);
  readonly passing = new Passing(this);
  readonly chat = new ChatDoor(this);
  readonly person = new PeopleDialogs(this);
  readonly desk = new LobbyDesk(this);
  readonly keys = new RoomKeys(this);
  readonly #focus = new FocusKeeper(this);
  #hasTypedName = false;
  #healsFrom: number | undefined;
  #renewsFrom: string | null | undefined;
  #waitTimer: ReturnType<typeof setTimeout> | undefined;
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.media = NO_MEDIA;
    this.theme = "auto";
    this.isEmbedded = false;
    this.hasLink = false;
    this.typedName = "";
    this.isNameMissing = false;
    this.isLongWait = false;
    this.hadNewCode = false;
    this.isReacting = false;
    this.isChoosing = false;
    this.notice = "";
    updateWhenLocaleChanges(this);
    new ScrollReach(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#waitTimer);
    clearTimeout(this.#noticeTimer);
  }

  /** What the question about a covered frame is bound to. */
  get state(): { readonly step: string } {
    return { step: this.room?.phase ?? "start" };
  }

  get isWide(): boolean {
    return this.box.isWide && this.dataset.people !== "off";
  }

  /** The name that the page or the tab knows, unless the person has written another. */
  prefill(name: string): void {
    if (!this.#hasTypedName) this.typedName = name;
  }

  typeName(name: string): void {
    this.#hasTypedName = true;
    this.typedName = name;
    if (name.trim() !== "") this.isNameMissing = false;
  }

  /** For clicks that a covered frame must not take at once. */
  exposing(exposure: Exposure, click: UIEvent, act: () => unknown): void {
    this.covered.before(exposure, click, act);
  }

  readonly enter = (click: MouseEvent) => {
    const name = this.typedName.trim();
    this.isNameMissing = name === "";
    if (this.isNameMissing) {
      this.renderRoot.querySelector<HTMLInputElement>("#name")?.focus();
      return;
    }
    this.exposing("enter", click, () =>
      this.room.phase === "start" ? void this.call.start(name) : void this.call.enter(name),
    );
  };

  readonly open = (id: string) => ask(this, id);

  readonly close = (event: Event) => (event.currentTarget as HTMLElement).closest("dialog")?.close();

  readonly openCode = () => {
    const { seenCode, roomCode } = this.room;
    this.hadNewCode = seenCode !== "" && seenCode !== roomCode;
    this.call.lookedAtCode();
    this.open("code");
  };

  readonly askForNewLink = (click: MouseEvent) => this.exposing("host", click, () => this.open("new-link"));

  readonly renewLink = () => {
    this.#renewsFrom = this.room.invite;
    void this.call.commands.renewLink();
    this.#closeAll();
  };

  readonly lock = (click: MouseEvent) => this.#turnLock(click, true);

  readonly unlock = (click: MouseEvent) => this.#turnLock(click, false);

  readonly heal = () => {
    this.#healsFrom = this.room.epoch;
    void this.call.commands.heal();
    this.#closeAll();
    this.#tell(say("heal-running"));
  };

  readonly askToEnd = (click: MouseEvent) => this.exposing("host", click, () => this.open("end-all"));

  readonly endForAll = () => {
    void this.call.commands.endForAll();
    this.#closeAll();
  };

  /** Beside the chat they are on the page; else in a sheet. */
  readonly showPeople = () => {
    if (this.isWide) this.renderRoot.querySelector<HTMLElement>(".aside .person")?.focus();
    else this.open("people");
  };

  readonly chooseDevices = async () => {
    this.isChoosing = true;
    await this.updateComplete;
    this.open("devices");
  };

  readonly devicesClosed = () => {
    this.isChoosing = false;
  };

  readonly turnReacting = () => {
    this.isReacting = !this.isReacting;
  };

  readonly forgetPeople = () => {
    this.call.forgetPeople();
    this.#closeAll();
    this.#tell(say("forget-done"));
  };

  readonly alarmRead = (event: Event) => {
    this.close(event);
    this.call.lookedAtAlarms();
  };

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("room") as Room | undefined;
    if (!before || !changed.has("room")) return;
    const { phase, epoch, invite } = this.room;
    if (this.#healsFrom !== undefined && epoch > this.#healsFrom) {
      this.#healsFrom = undefined;
      this.#tell(say("heal-done"));
    }
    if (this.#renewsFrom !== undefined && invite !== this.#renewsFrom) {
      this.#renewsFrom = undefined;
      this.#tell(say("new-link-done"));
    }
    if (phase === before.phase) return;
    this.#watchWaiting(phase);
    if (!isInside(this.room) || !isInside(before)) this.#focus.stepChanged();
    if (isInside(before) && !isInside(this.room)) this.#clear();
    if (before.phase === "reconnecting" && phase === "in") this.#tell(say("back-inside"));
  }

  override render() {
    if (!this.room) return nothing;
    this.dataset.phase = this.room.phase;
    const parts = isInside(this.room) ? html`${inside(this)} ${dialogs(this)}` : outside(this);
    return html`<main class="frame ${isInside(this.room) ? insideClass(this) : ""}">
      ${parts}
      <p class="hidden" role="status">${this.#aloud()}</p>
      <p class="hidden" role="status" data-tidings>${this.passing.tidings}</p>
      ${this.anew.question()} ${this.covered.render()}
    </main>`;
  }

  #aloud(): string {
    if (this.copies.done) return say("copied");
    if (this.notice) return this.notice;
    if (this.room.phase === "reconnecting") return say("reconnecting");
    return aloudWords(this.room, this.isLongWait);
  }

  #linkFor(what: Copied): string | null {
    const { invite } = this.room;
    if (what === "address") return invite && addressIn(invite);
    if (what === "host") return this.call.hostLink;
    return invite && what === "text" ? say("invite-text", { link: invite }) : invite;
  }

  #watchWaiting(phase: Room["phase"]): void {
    clearTimeout(this.#waitTimer);
    this.isLongWait = false;
    if (phase !== "connecting" && phase !== "lobby" && phase !== "waiting") return;
    this.#waitTimer = setTimeout(() => {
      this.isLongWait = true;
    }, LONG_WAIT_MS);
  }

  #tell(notice: string): void {
    this.notice = notice;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => {
      this.notice = "";
    }, NOTICE_MS);
  }

  #turnLock(click: MouseEvent, locked: boolean): void {
    this.exposing("host", click, () => void this.call.commands.lock(locked).then(() => this.#closeAll()));
  }

  #closeAll(): void {
    for (const dialog of this.renderRoot.querySelectorAll("dialog")) dialog.close();
  }

  /** Nothing of the room that is over goes on into another. */
  #clear(): void {
    this.draft.clear();
    this.hadNewCode = false;
    this.isReacting = false;
    this.#healsFrom = this.#renewsFrom = undefined;
  }
}
