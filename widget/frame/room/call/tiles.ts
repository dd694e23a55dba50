/**
 * What others publish, each under the name of whoever is on the roster: LiveKit's word for who somebody is counts only
 * as far as their frames open (epoch-keyring). Realm: frame; sees pseudonyms. Source: protocol.md §4 (Receiver).
 */
import type { FromRoomMedia, MediaKind } from "../../../wire/group-media.ts";
import type { Show, Tile } from "./media-state.ts";
import type { Names } from "./names.ts";
import { type DecryptionNews, Openings } from "./openings.ts";
import type { RemoteMedia } from "./sealed-call.ts";

/** Sound has no tile. */
const isPicture = ({ kind }: RemoteMedia): boolean => kind === "video" || kind === "screen";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** `person`: an id on the roster. */
export type PersonNews = Without<DecryptionNews, "identity"> & { readonly person: string; readonly kind: MediaKind };

export class Tiles {
  readonly #names: Names;
  readonly #onChange: () => void;
  readonly #openings: Openings;
  readonly #shown = new Map<RemoteMedia, Show>();

  /** @param onNews hears of frames of somebody on the roster, by their id there */
  constructor(names: Names, onChange: () => void, onNews: (news: PersonNews) => void = () => undefined) {
    this.#names = names;
    this.#onChange = onChange;
    this.#openings = new Openings(({ identity, ...news }) => {
      const person = this.#names.of(identity);
      if (person !== undefined) onNews({ ...news, person });
    });
  }

  get all(): readonly Tile[] {
    return [...this.#shown].map(([{ sid, identity, kind }, show]) => {
      const about = this.#openings.about(identity, kind);
      // Whoever is out is not shown with the last picture that opened, whatever the SFU still has of them.
      const opening = about.opening === "open" && !this.#names.isHere(identity) ? "coming" : about.opening;
      return { key: sid, person: this.#names.of(identity), kind, ...about, opening, show };
    });
  }

  came(media: RemoteMedia): void {
    if (!isPicture(media)) return;
    this.#openings.forget(media.identity, media.kind);
    this.#shown.set(media, shower(media));
    this.#onChange();
  }

  went(media: RemoteMedia): void {
    if (this.#shown.delete(media)) this.#onChange();
  }

  note(report: FromRoomMedia): void {
    if (this.#openings.note(report, performance.now())) this.#onChange();
  }

  clear(): void {
    if (this.#shown.size === 0) return;
    this.#shown.clear();
    this.#onChange();
  }
}

/** One function for as long as it is shown: another one would take the picture away and bring it back. */
function shower(media: RemoteMedia): Show {
  let shownIn: HTMLMediaElement | undefined;
  return (element) => {
    if (shownIn) media.detach(shownIn);
    shownIn = element instanceof HTMLMediaElement ? element : undefined;
    if (shownIn) media.attach(shownIn);
  };
}
