/**
 * What others show for a moment: reactions that float, hands in their order, and what of it a screen reader is told,
 * several at once and not each blink. Microphones are not said: they come and go all the time. Realm: frame; sees names.
 */
import type { ReactiveController } from "lit";
import type { SelfState } from "../../../wire/frame-group.ts";
import type { Room, Shown } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { handsAfter } from "./hands.ts";
import { REACTION_MS, TIDINGS_MS } from "./patience.ts";
import { reactionWords } from "./reactions.ts";

/** Sentences that are said at once. */
const SENTENCES_MAX = 4;

export class Passing implements ReactiveController {
  readonly #view: RoomView;
  #before: Room | undefined;
  #heard: string[] = [];
  #sayTimer: ReturnType<typeof setTimeout> | undefined;
  #goTimer: ReturnType<typeof setTimeout> | undefined;
  /** ids, in the order of raising */
  hands: readonly string[] = [];
  /** newest last */
  reactions: readonly Shown[] = [];
  /** for screen readers */
  tidings = "";

  constructor(view: RoomView) {
    this.#view = view;
    view.addController(this);
  }

  hostUpdate(): void {
    const { room } = this.#view;
    if (!room || room === this.#before) return;
    const before = this.#before;
    this.#before = room;
    if (room.people.length === 0) this.#clear();
    this.hands = handsAfter(this.hands, room.selfStates);
    this.#showReactions();
    if (room.people.length > 0 && before && before.people.length > 0) this.#listen(before, room);
  }

  hostDisconnected(): void {
    clearTimeout(this.#sayTimer);
    clearTimeout(this.#goTimer);
  }

  /** 1 for whoever raised first; 0 for nobody. */
  placeOf(id: string | undefined): number {
    return id === undefined ? 0 : this.hands.indexOf(id) + 1;
  }

  #listen(before: Room, room: Room): void {
    const said = room.people
      .filter(({ self }) => !self)
      .flatMap(({ id, name }) => newsOf(before.selfStates.get(id), room.selfStates.get(id), name || say("somebody")));
    const knocking = room.waiting
      .filter(({ id }) => !before.waiting.some((each) => each.id === id))
      .map(({ name }) => say("lobby-one", { name: name || say("somebody") }));
    const reactions = room.reactions
      .filter((each) => !before.reactions.includes(each))
      .flatMap(({ from, reaction }) => {
        const person = room.people.find(({ id }) => id === from);
        if (!person || person.self) return [];
        return [say("says-reaction", { name: person.name || say("somebody"), reaction: reactionWords(reaction) })];
      });
    if (said.length + reactions.length + knocking.length > 0) this.tell(...said, ...reactions, ...knocking);
  }

  /** Said together with whatever comes within a moment, each once. */
  tell(...sentences: readonly string[]): void {
    this.#heard = [...new Set([...this.#heard, ...sentences])].slice(-SENTENCES_MAX);
    this.#sayTimer ??= setTimeout(() => {
      this.tidings = this.#heard.join(" ");
      this.#heard = [];
      this.#sayTimer = undefined;
      this.#view.requestUpdate();
    }, TIDINGS_MS);
  }

  #showReactions(): void {
    const now = Date.now();
    this.reactions = this.#view.room.reactions.filter(({ at }) => now - at < REACTION_MS);
    clearTimeout(this.#goTimer);
    const [oldest] = this.reactions;
    if (!oldest) return;
    this.#goTimer = setTimeout(
      () => {
        this.#showReactions();
        this.#view.requestUpdate();
      },
      Math.max(0, oldest.at + REACTION_MS - now),
    );
  }

  #clear(): void {
    clearTimeout(this.#sayTimer);
    clearTimeout(this.#goTimer);
    this.#sayTimer = undefined;
    this.#heard = [];
    this.hands = [];
    this.reactions = [];
    this.tidings = "";
  }
}

function newsOf(before: SelfState | undefined, now: SelfState | undefined, name: string): string[] {
  return [
    ...(now?.hand && !before?.hand ? [say("says-hand", { name })] : []),
    ...(now?.screen && !before?.screen ? [say("says-screen", { name })] : []),
    ...(!now?.screen && before?.screen ? [say("says-screen-over", { name })] : []),
  ];
}
