/**
 * Gathers what is asked within one turn of the event loop, so that it goes to the database together: one transaction and
 * one wait for the disk for all, one message for all. Nothing waits longer than for what is already there to be read.
 * Realm: server; sees what store.ts says.
 */

export interface Asked<Question, Answer> {
  readonly question: Question;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

export class Turn<Question, Answer> {
  readonly #put: (asked: readonly Asked<Question, Answer>[]) => void;
  #asked: Asked<Question, Answer>[] = [];

  /** @param put must settle each of them, and not throw */
  constructor(put: (asked: readonly Asked<Question, Answer>[]) => void) {
    this.#put = put;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) setImmediate(() => this.#end());
      this.#asked.push({ question, resolve, reject });
    });
  }

  #end(): void {
    const asked = this.#asked;
    this.#asked = [];
    this.#put(asked);
  }
}
