/**
 * Whose dialog is open, whom one compares digits with, whom one is about to send away. Realm: frame; sees names and the
 * digits of a pair.
 */
import type { ReactiveController } from "lit";
import type { Person } from "../../../wire/frame-group.ts";
import type { RoomView } from "../room-view.ts";
import type { Verdict } from "../standing.ts";
import type { Pair } from "./pair.ts";
import { qrOf } from "./qr.ts";

export class PeopleDialogs implements ReactiveController {
  readonly #view: RoomView;
  /** id of the person whose dialog is open; of somebody lost, the identity */
  about: string | undefined;
  pair: Pair | undefined;
  /** whom the question is about whether to send them away */
  leaving: Person | undefined;

  constructor(view: RoomView) {
    this.#view = view;
    view.addController(this);
  }

  hostUpdate(): void {
    if (this.#view.room?.people.length === 0) this.about = this.pair = this.leaving = undefined;
  }

  readonly open = async (id: string): Promise<void> => {
    this.about = id;
    await this.#shown("person");
  };

  readonly forget = (): void => {
    this.about = undefined;
    this.#view.requestUpdate();
  };

  readonly openPair = async ({ identity, name }: Person): Promise<void> => {
    const digits = await this.#view.call.commands.pairCode(identity);
    this.#close("person");
    this.pair = { identity, name, digits };
    await this.#shown("pair");
    const qr = await qrOf(digits);
    if (this.pair?.identity !== identity) return;
    this.pair = { ...this.pair, qr };
    this.#view.requestUpdate();
  };

  readonly forgetPair = (): void => {
    this.pair = undefined;
    this.#view.requestUpdate();
  };

  judge(identity: string, verdict: Verdict): void {
    this.#view.call.judge(identity, verdict);
    for (const id of ["pair", "person"]) this.#close(id);
  }

  readonly askToRemove = (click: MouseEvent, person: Person): void =>
    this.#view.exposing("host", click, () => {
      this.leaving = person;
      void this.#shown("remove");
    });

  readonly sendAway = (): void => {
    const { room, call } = this.#view;
    this.#close("person");
    const away = room.people.filter(({ identity }) => identity === this.leaving?.identity).map(({ id }) => id);
    if (away.length > 0) void call.commands.renewLink(away);
  };

  async #shown(id: string): Promise<void> {
    this.#view.requestUpdate();
    await this.#view.updateComplete;
    this.#view.open(id);
  }

  #close(id: string): void {
    this.#view.renderRoot.querySelector<HTMLDialogElement>(`#${id}`)?.close();
  }
}
