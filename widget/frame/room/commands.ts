/**
 * What a person does to the room besides talking, each one call to the group worker. What fails is told to the person.
 * Realm: frame. Source: protocol.md §2, product.md R16.
 */
import { asCoded, CodedError } from "../../wire/errors.ts";
import type { GroupAnswer, Reaction } from "../../wire/frame-group.ts";
import type { AdmissionMode } from "../../wire/room-rules.ts";
import type { GroupWorker } from "./group-worker.ts";

export class RoomCommands {
  readonly #worker: () => GroupWorker | undefined;
  readonly #onError: (error: CodedError) => void;

  constructor(worker: () => GroupWorker | undefined, onError: (error: CodedError) => void) {
    this.#worker = worker;
    this.#onError = onError;
  }

  readonly heal = (): Promise<void> => this.ask((worker) => worker.call("heal"));
  /** Host, at the door: whoever is inside is out, and the link is dead. */
  readonly beginAnew = (): Promise<void> => this.ask((worker) => worker.call("beginAnew"));

  /** Host: a new link for everyone who stays; the old one is dead. @param away ids of people who have to go */
  renewLink(away: readonly string[] = []): Promise<void> {
    return this.ask((worker) => worker.call("renewLink", { away }));
  }

  /** Host: everybody is out, and the link is dead. */
  readonly endForAll = (): Promise<void> => this.ask((worker) => worker.call("endForAll"));

  /** Host: whether the link lets in nobody new. */
  lock(locked: boolean): Promise<void> {
    return this.ask((worker) => worker.call("changeRules", { rules: { locked } }));
  }

  /** Host: how somebody new comes in. */
  admitBy(admission: readonly AdmissionMode[]): Promise<void> {
    return this.ask((worker) => worker.call("changeRules", { rules: { admission } }));
  }

  /** Host. @param compared the digits of both are the same */
  letIn(id: string, compared: boolean): Promise<void> {
    return this.ask((worker) => worker.call("letIn", { id, compared }));
  }

  /** Host: nobody in the lobby stays there for ever. */
  turnAway(id: string): Promise<void> {
    return this.ask((worker) => worker.call("turnAway", { id }));
  }

  raiseHand(hand: boolean): Promise<void> {
    return this.ask((worker) => worker.call("show", { hand }));
  }

  react(reaction: Reaction): Promise<void> {
    return this.ask((worker) => worker.call("react", { reaction }));
  }

  /** The way to a look at what the relay carries. @throws CodedError as the relay says, or internal once the room is left */
  async eye(): Promise<GroupAnswer<"eye">> {
    const way = await this.#worker()?.call("eye");
    if (!way) throw new CodedError("internal", "Nobody has entered a room here.");
    return way;
  }

  /** 30 digits, the same for both. @throws CodedError internal once the room is left */
  async pairCode(identity: string): Promise<string> {
    return (await this.#worker()?.call("pairCode", { identity })) ?? "";
  }

  /** Nothing, where nobody is on the way in or inside. */
  async ask(work: (worker: GroupWorker) => Promise<unknown>): Promise<void> {
    try {
      const worker = this.#worker();
      if (worker) await work(worker);
    } catch (error) {
      this.#onError(asCoded(error));
    }
  }
}
