/**
 * Who is who at the SFU: its names are pseudonyms that follow from the roster's post keys. Realm: frame; sees pseudonyms.
 * Source: protocol.md §4 (Receiver), docs/decisions/0035.
 */
import { fromBase64url } from "../../../wire/bytes.ts";
import { pseudonym } from "../../../wire/commit-data.ts";
import type { Person } from "../../../wire/frame-group.ts";

export class Names {
  readonly #onLearnt: () => void;
  /** pseudonym → id of everyone who was on the roster */
  readonly #ids = new Map<string, string>();
  #here: ReadonlySet<string> = new Set();
  #self: string | undefined;

  /** @param onLearnt names come a moment after the roster */
  constructor(onLearnt: () => void) {
    this.#onLearnt = onLearnt;
  }

  roster(people: readonly Person[]): void {
    this.#here = new Set(people.map(({ id }) => id));
    this.#self = people.find(({ self }) => self)?.id;
    for (const { id } of people) void this.#learn(id);
  }

  /** One's own id. */
  get self(): string | undefined {
    return this.#self;
  }

  /** Id of a person who is, or was, on the roster. */
  of(identity: string): string | undefined {
    return this.#ids.get(identity);
  }

  /** On the roster now. */
  isHere(identity: string): boolean {
    const id = this.#ids.get(identity);
    return id !== undefined && this.#here.has(id);
  }

  async #learn(id: string): Promise<void> {
    const name = await pseudonym(fromBase64url(id) ?? new Uint8Array());
    if (this.#ids.has(name)) return;
    this.#ids.set(name, id);
    this.#onLearnt();
  }
}
