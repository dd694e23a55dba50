/**
 * What the processes that serve one room tell each other beside the log: a letter for its kind, who says it, a line each.
 * Realm: server; sees what room-relay.ts says.
 */
import { randomBytes } from "node:crypto";

/** s: for every member; a: an answer, for somebody in the lobby; p: presence. */
export type TalkKind = "s" | "a" | "p";

export interface Talk {
  readonly kind: TalkKind;
  readonly text: string;
}

export class ProcessTalk {
  /** names this process to the others, so that it does not listen to itself */
  readonly #self = randomBytes(6).toString("base64url");
  readonly #publish: (text: string) => Promise<unknown>;

  constructor(publish: (text: string) => Promise<unknown>) {
    this.#publish = publish;
  }

  /** Whoever does not hear it now never will. */
  say(kind: TalkKind, text: string): void {
    this.#publish(`${kind}${this.#self}\n${text}`).catch(() => undefined);
  }

  /** Null for what this process has said itself. */
  hear(said: string): Talk | null {
    const end = said.indexOf("\n");
    if (said.slice(1, end) === this.#self) return null;
    return { kind: said[0] as TalkKind, text: said.slice(end + 1) };
  }
}
