/**
 * Asking the relay for the way into the SFU: an address and a token that names this member by its pseudonym.
 * Realm: group worker. Source: widget/wire/room-relay.ts (sfu).
 */
import { CodedError } from "../wire/errors.ts";
import type { FromRelay } from "../wire/room-relay.ts";

export interface SfuAccess {
  /** `ws[s]://…` */
  readonly url: string;
  /** for ten minutes; a connection that stands is given fresh ones */
  readonly token: string;
}

type Answer = Extract<FromRelay, { type: "sfu" | "refused" }>;

/** ms for the relay to answer. */
const PATIENCE_MS = 5_000;

export class SfuAsks {
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();

  /** @param id of the message @param send sends it @throws CodedError as the relay says, or timeout */
  async ask(id: number, send: () => void): Promise<SfuAccess> {
    const answer = await new Promise<Answer | undefined>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      this.#waiting.set(id, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
      send();
    });
    this.#waiting.delete(id);
    if (answer?.type === "sfu") return { url: answer.url, token: answer.token };
    if (answer) throw new CodedError(answer.code, "There is no video and sound now.");
    throw new CodedError("timeout", "The relay did not answer in time.");
  }

  /** @returns whether it was an answer to one of these */
  take(answer: Answer): boolean {
    const resolve = answer.id === undefined ? undefined : this.#waiting.get(answer.id);
    resolve?.(answer);
    return resolve !== undefined;
  }

  end(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined);
  }
}
