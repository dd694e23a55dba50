/**
 * Whether the chat is in sight: beside the stage where there is room, else behind a button with a mark while something
 * unread is in it. Realm: frame; sees the chat.
 */
import type { ReactiveController } from "lit";
import type { Line } from "../lines.ts";
import { isInside } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";

export class ChatDoor implements ReactiveController {
  readonly #view: RoomView;
  /** key of the last line that was in sight */
  #seen = 0;
  #wasOn = false;
  #wasInside = false;
  #isOpen = false;
  /** somebody wrote while it was out of sight */
  hasNews = false;

  constructor(view: RoomView) {
    this.#view = view;
    view.addController(this);
  }

  /** The page around does without a chat. */
  get isOff(): boolean {
    return this.#view.dataset.chat === "off";
  }

  /** Only where stage and chat don't fit beside each other. */
  get isDoor(): boolean {
    return !this.isOff && this.#view.stage.isOn && !this.#view.isWide;
  }

  get isInSight(): boolean {
    return !this.isOff && (!this.isDoor || this.#isOpen);
  }

  /** Brings it into sight. @returns whether there is one */
  open(): boolean {
    if (this.isDoor && !this.#isOpen) this.turn();
    else this.#focusDraft();
    return !this.isOff;
  }

  readonly turn = (): void => {
    this.#isOpen = !this.#isOpen;
    this.#view.requestUpdate();
    if (this.#isOpen) void this.#view.updateComplete.then(() => this.#focusDraft());
  };

  hostUpdate(): void {
    const { room, stage } = this.#view;
    if (!room) return;
    const inside = isInside(room);
    if (stage.isOn && !this.#wasOn) this.#isOpen = this.#staysOpen();
    this.#wasOn = stage.isOn;
    this.#wasInside = inside;
    if (!inside) this.#isOpen = false;
    this.#look(room.lines);
  }

  /**
   * The pictures of others don't take the chat away from whoever is in it, least of all from under their hands: what they
   * type would go on as keys. One's own mean that one wants to see.
   */
  #staysOpen(): boolean {
    const { media, draft } = this.#view;
    if (this.#view.keys.isWriting) return true;
    const isOwn = Object.values(media.sources).some((state) => state !== "off");
    return (
      draft.text !== "" || (this.#wasInside && !isOwn && this.#view.room.lines.some(({ kind }) => kind === "said"))
    );
  }

  #look(lines: readonly Line[]): void {
    const hadNews = this.hasNews;
    if (this.isInSight) this.#seen = lines.at(-1)?.key ?? 0;
    this.hasNews = !this.isOff && lines.some((line) => line.key > this.#seen && line.kind === "said" && !line.own);
    if (this.hasNews && !hadNews) this.#view.passing.tell(say("new-messages"));
  }

  #focusDraft(): void {
    this.#view.renderRoot.querySelector<HTMLElement>(".composer textarea")?.focus();
  }
}
