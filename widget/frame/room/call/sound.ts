/**
 * Plays what others say, and the sound of their screens: only of people who are on the roster, only what opens here, and
 * nothing that another member has forged. Realm: frame; sees sound, no keys. Source: protocol.md §4 (Receiver).
 */
import type { FromRoomMedia } from "../../../wire/group-media.ts";
import { levelOf } from "../../loudness.ts";
import type { Names } from "./names.ts";
import { Openings } from "./openings.ts";
import type { RemoteMedia } from "./sealed-call.ts";

interface Heard {
  element?: HTMLAudioElement;
  /** of what was measured last */
  energy: number;
  duration: number;
}

export class Sound {
  readonly #names: Names;
  readonly #onBlocked: (isBlocked: boolean) => void;
  readonly #openings = new Openings();
  readonly #heard = new Map<RemoteMedia, Heard>();
  #speaker = "";
  /** what the browser does not play before a click */
  readonly #blocked = new Set<HTMLAudioElement>();

  /** @param onBlocked the browser plays sound only after a click */
  constructor(names: Names, onBlocked: (isBlocked: boolean) => void) {
    this.#names = names;
    this.#onBlocked = onBlocked;
  }

  came(media: RemoteMedia): void {
    if (media.track.kind !== "audio") return;
    this.#openings.forget(media.identity, media.kind);
    this.#heard.set(media, { energy: 0, duration: 0 });
    this.#judge(media);
  }

  went(media: RemoteMedia): void {
    const heard = this.#heard.get(media);
    this.#heard.delete(media);
    if (heard) this.#silence(heard);
  }

  note(report: FromRoomMedia): void {
    if (this.#openings.note(report, performance.now())) this.look();
  }

  /** Who is on the roster may have changed. */
  look(): void {
    for (const media of this.#heard.keys()) this.#judge(media);
  }

  clear(): void {
    for (const media of [...this.#heard.keys()]) this.went(media);
  }

  /** After a click. */
  async unblock(): Promise<void> {
    await Promise.all([...this.#heard.values()].flatMap(({ element }) => (element ? this.#play(element) : [])));
  }

  /** @param id empty: the system's own @returns whether the browser plays all that is heard now there */
  async playOn(id: string): Promise<boolean> {
    this.#speaker = id;
    const elements = [...this.#heard.values()].flatMap(({ element }) => element ?? []);
    const sent = await Promise.allSettled(elements.map((element) => sendTo(element, id)));
    return sent.every(({ status }) => status === "fulfilled");
  }

  /** How loud each person is since the last call, 0 to 1. A screen's sound is nobody's voice. */
  async levels(): Promise<ReadonlyMap<string, number>> {
    const levels = new Map<string, number>();
    await Promise.all(
      [...this.#heard].map(async ([media, heard]) => {
        const person = this.#names.of(media.identity);
        if (!heard.element || media.kind !== "audio" || person === undefined) return;
        levels.set(person, await louder(media, heard));
      }),
    );
    return levels;
  }

  get isSilent(): boolean {
    return ![...this.#heard.values()].some(({ element }) => element);
  }

  #judge(media: RemoteMedia): void {
    const heard = this.#heard.get(media) as Heard;
    if (!this.#mayBeHeard(media)) this.#silence(heard);
    else if (!heard.element) {
      heard.element = new Audio();
      heard.element.srcObject = new MediaStream([media.track]);
      if (this.#speaker !== "") void sendTo(heard.element, this.#speaker).catch(() => undefined);
      void this.#play(heard.element);
    }
  }

  #mayBeHeard(media: RemoteMedia): boolean {
    const { opening, verdict } = this.#openings.about(media.identity, media.kind);
    return opening === "open" && verdict !== "forged" && this.#names.isHere(media.identity);
  }

  async #play(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
      this.#block(element, false);
    } catch (error) {
      // Any other failure is of an element that has ended meanwhile.
      const isHeldBack = error instanceof DOMException && error.name === "NotAllowedError";
      if (isHeldBack && element.srcObject) this.#block(element, true);
    }
  }

  #silence(heard: Heard): void {
    const { element } = heard;
    delete heard.element;
    if (!element) return;
    element.pause();
    element.srcObject = null;
    this.#block(element, false);
  }

  #block(element: HTMLAudioElement, isBlocked: boolean): void {
    const { size } = this.#blocked;
    if (isBlocked) this.#blocked.add(element);
    else this.#blocked.delete(element);
    if (size > 0 !== this.#blocked.size > 0) this.#onBlocked(isBlocked);
  }
}

async function sendTo(element: HTMLAudioElement, id: string): Promise<void> {
  await element.setSinkId?.(id);
}

async function louder(media: RemoteMedia, heard: Heard): Promise<number> {
  const { energy, duration } = await media.heard();
  const power = (energy - heard.energy) / Math.max(duration - heard.duration, 1e-3);
  Object.assign(heard, { energy, duration });
  return levelOf(power);
}
