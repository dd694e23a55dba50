/**
 * Counts what became of frames and says so a few times a second, never per frame. Realm: media worker; no content.
 */
import type { DropReason, FromRoomMedia, MediaKind } from "../wire/group-media.ts";

/** ms between reports. */
const REPORT_MS = 250;

type Count = Extract<FromRoomMedia, { count: number }>;
/** The same while it grows. */
type Growing = { count: number };

export class MediaTally {
  readonly #tell: (report: Count) => void;
  /** by a name that ends in the identity: it may be any text */
  readonly #counts = new Map<string, Count & Growing>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (report: Count) => void) {
    this.#tell = tell;
  }

  sealed(kind: MediaKind, epoch: number): void {
    this.#add(`sealed ${kind} ${epoch}`, { type: "sealed", kind, epoch, count: 1 });
  }

  opened(identity: string, kind: MediaKind): void {
    this.#add(`opened ${kind} ${identity}`, { type: "opened", identity, kind, count: 1 });
  }

  /** @param identity "" for a frame of our own, or one of a track that nobody has claimed */
  dropped(identity: string, kind: MediaKind, reason: DropReason): null {
    this.#add(`dropped ${kind} ${reason} ${identity}`, { type: "dropped", identity, kind, reason, count: 1 });
    return null;
  }

  #add(name: string, one: Count & Growing): void {
    const known = this.#counts.get(name);
    if (known) known.count++;
    else this.#counts.set(name, one);
    this.#timer ??= setTimeout(() => this.#report(), REPORT_MS);
  }

  #report(): void {
    this.#timer = undefined;
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    for (const count of counts) this.#tell(count);
  }
}
