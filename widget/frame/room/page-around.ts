/**
 * What the page around a room may want of it, and what of that is done: what shows less at once, what shows more only by
 * the person's own click. Realm: frame. What comes here was said by a page and may be anything.
 * Source: protocol.md §11, product.md E2, docs/decisions/0052.
 */
import type { ReactiveController } from "lit";
import { CodedError, type ErrorCode } from "../../wire/errors.ts";
import {
  type AskReply,
  isOneOf,
  PAGE_LAYOUTS,
  PAGE_PARTS,
  PAGE_SOURCES,
  type PageSource,
  type PageWishes,
  type RoomMethods,
} from "../../wire/page-room.ts";
import { PageAsks } from "./page-asks.ts";
import { isInside } from "./room.ts";
import type { RoomView } from "./room-view.ts";
import { isOffered } from "./view/turning.ts";

const known = new WeakMap<RoomView, PageAround>();

export class PageAround implements ReactiveController {
  readonly #view: RoomView;
  readonly #asks: PageAsks;
  /** the page's first configuration is there, and with it what stands before the person */
  readonly #placed: Promise<void>;
  #place = (): void => undefined;
  wishes: PageWishes = {};

  /** The one of a view: made when it is first asked for. */
  static of(view: RoomView): PageAround {
    const around = known.get(view) ?? new PageAround(view);
    known.set(view, around);
    return around;
  }

  private constructor(view: RoomView) {
    this.#view = view;
    this.#asks = new PageAsks(() => view.requestUpdate());
    this.#placed = new Promise((resolve) => {
      this.#place = resolve;
    });
    view.addController(this);
  }

  /** What the page would like to have turned on. */
  get asked(): PageSource | undefined {
    return this.#asks.source;
  }

  /** What is not shown is said by attributes of the view. */
  configure(wishes: PageWishes): void {
    if (wishes.view && wishes.view !== this.wishes.view) this.#view.stage.show(wishes.view);
    this.wishes = wishes;
    const { minimal, screenShare, reactions } = wishes;
    this.#mark("chat", minimal ? "off" : wishes.chat);
    this.#mark("people", minimal ? "off" : wishes.people);
    this.#mark("screenShare", screenShare);
    this.#mark("reactions", reactions);
    this.#mark("minimal", minimal && "on");
    this.#view.requestUpdate();
    this.#place();
  }

  /** What the page may call. Whatever is none of ours is refused: it draws no conclusions from how. */
  get methods(): RoomMethods {
    const { call } = this.#view;
    return {
      leave: () => void call.leave(),
      lower: (source) => void call.media.turn(oneOf(PAGE_SOURCES, source), false),
      ask: (source) => this.#ask(oneOf(PAGE_SOURCES, source)),
      open: (part) => this.#open(oneOf(PAGE_PARTS, part)),
      layout: (view) => this.#view.stage.show(oneOf(PAGE_LAYOUTS, view)),
    };
  }

  /** After the person's click, which was on the question about this source. */
  agree(source: PageSource): void {
    if (source !== this.asked) return;
    this.#asks.answer(true, performance.now());
    void this.#view.call.media.turn(source, true);
  }

  readonly decline = () => this.#asks.answer(false, performance.now());

  hostUpdate(): void {
    const { asked } = this;
    if (asked && (this.#isOn(asked) || this.#whyNot(asked))) this.#asks.withdraw(performance.now());
  }

  async #ask(source: PageSource): Promise<AskReply> {
    await this.#placed;
    if (this.#isOn(source)) return { answer: true };
    const code = this.#whyNot(source);
    return code ? { code } : this.#asks.ask(source, performance.now());
  }

  #isOn(source: PageSource): boolean {
    return this.#view.media.sources[source] !== "off";
  }

  /** Why nobody is asked; nothing where somebody is. */
  #whyNot(source: PageSource): ErrorCode | undefined {
    const { room, media } = this.#view;
    const isBefore = room && (room.phase === "start" || room.phase === "pre-join") && source !== "screen";
    if (!isBefore && !(room && isInside(room))) return "not-now";
    if (!isOffered(this.#view, source)) return "not-now";
    if (media.sfu === "none") return "no-sfu";
    return media.sfu === "unsupported" || !("RTCRtpScriptTransform" in globalThis) ? "unsupported-browser" : undefined;
  }

  /** Never over another dialog: the person is in the middle of something. */
  #open(part: (typeof PAGE_PARTS)[number]): boolean {
    const view = this.#view;
    if (!view.room || !isInside(view.room) || view.renderRoot.querySelector("dialog[open]")) return false;
    if (part === "chat") return view.chat.open();
    if (part === "people" && view.isWide) return true;
    view.covered.distrust();
    if (part === "settings") void view.chooseDevices();
    else view.open("people");
    return true;
  }

  #mark(name: string, value: string | undefined): void {
    const { dataset } = this.#view;
    if (value === undefined) delete dataset[name];
    else dataset[name] = value;
  }
}

function oneOf<T extends string>(all: readonly T[], value: unknown): T {
  if (isOneOf(all, value)) return value;
  throw new CodedError("bad-request", "Nothing here is called that.");
}
