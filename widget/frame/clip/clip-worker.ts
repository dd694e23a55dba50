/**
 * The frame's end of the media worker: numbered calls, one answer each, one worker per clip.
 * Realm: frame. Passes plaintext and keys to the worker and keeps neither.
 */
import mediaWorkerUrl from "../../media/main.ts?worker&url";
import { CodedError } from "../../wire/errors.ts";
import type {
  MediaAnswer,
  MediaArgument,
  MediaCall,
  MediaCallName,
  MediaClock,
  MediaReply,
} from "../../wire/frame-media.ts";
import { startWorker } from "../worker-url.ts";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class ClipWorker {
  readonly #worker = startWorker(mediaWorkerUrl);
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #dead: CodedError | undefined;
  /** Called at each tick of `tickEvery`, also in a hidden tab. */
  onTick: (() => void) | undefined;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<MediaReply>) => this.#settle(data);
    this.#worker.onerror = () => this.end();
  }

  /** @throws CodedError as the worker says; `internal` once the worker is gone. */
  call<N extends MediaCallName>(
    name: N,
    ...[argument, transfer = []]: MediaArgument<N> extends undefined ? [] : [MediaArgument<N>, Transferable[]?]
  ): Promise<MediaAnswer<N>> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = ++this.#lastId;
    const message: MediaCall = { id, call: name, argument };
    return new Promise<MediaAnswer<N>>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage(message, { transfer });
    });
  }

  /** Ticks every so many ms; 0 stops. */
  tickEvery(ms: number): void {
    this.#worker.postMessage({ tickEvery: ms } satisfies MediaClock);
  }

  /** Ends the worker and with it the key. What still waits is refused. */
  end(): void {
    this.#dead ??= new CodedError("internal", "The sealed worker has ended.");
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }

  #settle(message: MediaReply): void {
    if ("tick" in message) {
      this.onTick?.();
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("error" in message) waiting?.reject(new CodedError(message.error.code, message.error.message));
    else waiting?.resolve(message.value);
  }
}
