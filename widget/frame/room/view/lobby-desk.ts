/**
 * What a host decides about whoever waits, one at a time: a row that has just moved under the pointer takes no click, and
 * the focus stays in the dialog when its row goes. Realm: frame.
 */
import type { ReactiveController } from "lit";
import type { Waiting } from "../../../wire/frame-group.ts";
import type { RoomView } from "../room-view.ts";

/** ms in which a click may still have been meant for the row that was there: longer than any double-click. */
const SETTLES_MS = 700;

export class LobbyDesk implements ReactiveController {
  readonly #view: RoomView;
  readonly #now: () => number;
  /** ids of those about whom the worker has been told */
  readonly #decided = new Set<string>();
  #before: readonly Waiting[] = [];
  #movedAt = Number.NEGATIVE_INFINITY;

  /** @param now ms of any clock that only goes on */
  constructor(view: RoomView, now: () => number = () => performance.now()) {
    this.#view = view;
    this.#now = now;
    view.addController(this);
  }

  hostUpdate(): void {
    const waiting = this.#view.room?.waiting ?? [];
    const ids = new Set(waiting.map(({ id }) => id));
    // The rows below one that goes move up.
    if (this.#before.some(({ id }) => !ids.has(id))) this.#movedAt = this.#now();
    for (const id of this.#decided) if (!ids.has(id)) this.#decided.delete(id);
    this.#before = waiting;
  }

  readonly letIn = (click: MouseEvent, id: string): void => {
    const row = (click.currentTarget as HTMLElement).closest("li");
    const compared = row?.querySelector<HTMLInputElement>("input")?.checked ?? false;
    this.#decide("admit", click, id, () => this.#view.call.commands.letIn(id, compared));
  };

  readonly turnAway = (click: MouseEvent, id: string): void =>
    this.#decide("host", click, id, () => this.#view.call.commands.turnAway(id));

  #decide(exposure: "admit" | "host", click: MouseEvent, id: string, act: () => Promise<void>): void {
    if (this.#decided.has(id) || this.#now() - this.#movedAt < SETTLES_MS) return;
    this.#view.exposing(exposure, click, () => {
      this.#decided.add(id);
      this.#view.renderRoot.querySelector<HTMLElement>("#lobby-title")?.focus();
      void act();
    });
  }
}
