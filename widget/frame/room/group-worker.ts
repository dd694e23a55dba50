/**
 * The frame's end of the group worker: numbered calls, one answer each, and what happens in the room as events.
 * One worker per entering. Realm: frame. Passes links and text to the worker; keys never come out of it.
 */
import groupWorkerUrl from "../../group/main.ts?worker&url";
import { CodedError } from "../../wire/errors.ts";
import type {
  GroupAnswer,
  GroupArgument,
  GroupCall,
  GroupCallName,
  GroupReply,
  RoomEvent,
} from "../../wire/frame-group.ts";
import { startWorker } from "../worker-url.ts";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class GroupWorker {
  readonly #worker = startWorker(groupWorkerUrl);
  readonly #waiting = new Map<number, Waiting>();
  readonly #onEvent: (event: RoomEvent) => void;
  #lastId = 0;
  #dead: CodedError | undefined;

  /** @param onEvent hears `refused` with `internal` too if the worker breaks: the room's state was in its memory only */
  constructor(onEvent: (event: RoomEvent) => void) {
    this.#onEvent = onEvent;
    this.#worker.onmessage = ({ data }: MessageEvent<GroupReply>) => this.#settle(data);
    this.#worker.onerror = () => {
      if (this.#dead) return;
      this.end();
      onEvent({ type: "phase", phase: "refused", code: "internal" });
    };
  }

  /** @throws CodedError as the worker says; `internal` once the worker is gone. */
  call<N extends GroupCallName>(
    name: N,
    ...[argument]: GroupArgument<N> extends undefined ? [] : [GroupArgument<N>]
  ): Promise<GroupAnswer<N>> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = ++this.#lastId;
    const message: GroupCall = { id, call: name, argument };
    return new Promise<GroupAnswer<N>>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage(message, name === "media" ? [(argument as GroupArgument<"media">).port] : []);
    });
  }

  /** Ends the worker and with it all keys of the room. What still waits is refused. */
  end(): void {
    this.#dead ??= new CodedError("internal", "The sealed worker has ended.");
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }

  #settle(message: GroupReply): void {
    if (this.#dead) return;
    if ("event" in message) {
      this.#onEvent(message.event);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("error" in message) waiting?.reject(new CodedError(message.error.code, message.error.message));
    else waiting?.resolve(message.value);
  }
}
