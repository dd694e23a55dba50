/**
 * What one sends now, as one tells the others in the group: the SFU's word for it counts for nothing. Realm: frame.
 */
import type { SelfState } from "../../../wire/frame-group.ts";
import type { MediaKind } from "../../../wire/group-media.ts";

export type Shown = Pick<SelfState, "microphone" | "camera" | "screen">;

const NOTHING: Shown = { microphone: false, camera: false, screen: false };

export class Showing {
  readonly #tell: (shown: Shown) => void;
  /** what leaves now */
  readonly #sent = new Set<MediaKind>();
  #isHushed = false;
  #shown = NOTHING;

  /** @param tell when it has changed */
  constructor(tell: (shown: Shown) => void) {
    this.#tell = tell;
  }

  sending(kind: MediaKind, isSending: boolean): void {
    if (this.#sent.has(kind) === isSending) return;
    if (isSending) this.#sent.add(kind);
    else this.#sent.delete(kind);
    this.#look();
  }

  /** Nothing is sealed while this holds. */
  hush(isHushed: boolean): void {
    this.#isHushed = isHushed;
    this.#look();
  }

  /** Nothing is sent any more. */
  clear(): void {
    for (const kind of [...this.#sent]) this.sending(kind, false);
  }

  /** The next stay begins with nothing. */
  forget(): void {
    this.#isHushed = false;
    this.#shown = NOTHING;
  }

  #look(): void {
    const isShown = (kind: MediaKind) => this.#sent.has(kind) && !this.#isHushed;
    const shown = { microphone: isShown("audio"), camera: isShown("video"), screen: isShown("screen") };
    const before = this.#shown;
    if ((["microphone", "camera", "screen"] as const).every((source) => shown[source] === before[source])) return;
    this.#shown = shown;
    this.#tell(shown);
  }
}
