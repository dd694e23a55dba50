/**
 * One's way into the SFU and back: a stay for each membership, begun anew as often as it breaks, and the media worker
 * that all of them share. livekit-client is loaded when the relay knows an SFU. Realm: frame; sees pictures and sound, no
 * keys: those go from worker to worker. Source: protocol.md §4, §5; docs/decisions/0035.
 */
import { asCoded, type CodedError } from "../../../wire/errors.ts";
import type { FromRoomMedia, MediaKind } from "../../../wire/group-media.ts";
import type { GroupWorker } from "../group-worker.ts";
import type { SfuState } from "./media-state.ts";
import { MediaWorker } from "./media-worker.ts";
import type { CallState, SealedCall, SealedCallEvents } from "./sealed-call.ts";
import type { Offer } from "./sources.ts";

/** ms before the next attempt to get into the SFU; the last one repeats. */
const WAITS_MS = [500, 1_000, 2_000, 5_000];
/** Media workers that break before it is given up: each one costs the others a commit. */
const FAILURES_MAX = 3;

/** One stay at the SFU, for one membership. */
interface Stay {
  over: boolean;
  /** on its way in: it goes no further once the stay is over */
  entering?: SealedCall;
  call?: SealedCall;
}

export interface StaysEvents extends Omit<SealedCallEvents, "state"> {
  sfu(state: SfuState): void;
  /** what others sent, and how it was with them, is gone */
  cleared(): void;
  heard(report: FromRoomMedia): void;
  /** it is given up until the room is entered anew */
  broken(error: Pick<CodedError, "code">): void;
}

export class Stays {
  readonly #group: GroupWorker;
  readonly #events: StaysEvents;
  readonly #offers = new Map<MediaKind, Offer>();
  #worker: MediaWorker | undefined;
  #stay: Stay = { over: true };
  #isHushed = false;
  #failures = 0;

  constructor(group: GroupWorker, events: StaysEvents) {
    this.#group = group;
    this.#events = events;
  }

  /** A fresh membership has a name of its own at the SFU: it goes in anew. */
  begin(): void {
    if ("RTCRtpScriptTransform" in globalThis) void this.#goIn();
    else this.#events.sfu("unsupported");
  }

  /** Sends it, or nothing, now and in every stay to come. */
  send(kind: MediaKind, offer: Offer | undefined): void {
    if (offer) this.#offers.set(kind, offer);
    else this.#offers.delete(kind);
    this.#stay.call?.send(kind, offer);
  }

  /** Nothing is sealed while this holds. */
  hush(isHushed: boolean): void {
    this.#isHushed = isHushed;
    this.#worker?.hush(isHushed);
  }

  end(): void {
    this.#endStay();
    this.#worker?.end();
    this.#worker = undefined;
  }

  async #goIn(): Promise<void> {
    this.#endStay();
    const stay: Stay = { over: false };
    this.#stay = stay;
    this.#events.sfu("connecting");
    for (let attempt = 0; !stay.over; attempt++) {
      try {
        await this.#connect(stay);
        return;
      } catch (error) {
        if (stay.over) return;
        this.#events.sfu(asCoded(error).code === "no-sfu" ? "none" : "connecting");
      }
      await new Promise((resolve) => setTimeout(resolve, WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]));
    }
  }

  async #connect(stay: Stay): Promise<void> {
    const way = await this.#group.call("sfu");
    const { SealedCall } = await import("./sealed-call.ts");
    if (stay.over) return;
    const call = new SealedCall(this.#worker ?? this.#hire(), this.#eventsOf(stay));
    stay.entering = call;
    await call.join(way);
    if (stay.over) return call.leave();
    stay.call = call;
    this.#events.sfu("connected");
    for (const [kind, offer] of this.#offers) call.send(kind, offer);
  }

  /** Of a stay that is over nothing is heard any more. */
  #eventsOf(stay: Stay): SealedCallEvents {
    const { came, went, quality, sending, failed } = this.#events;
    const during =
      <A extends readonly unknown[]>(hear: (...args: A) => void) =>
      (...args: A) => {
        if (!stay.over) hear(...args);
      };
    return {
      state: during((state: CallState) => this.#isNow(stay, state)),
      ...{ came: during(came), went: during(went), quality: during(quality) },
      ...{ sending: during(sending), failed: during(failed) },
    };
  }

  #isNow(stay: Stay, state: CallState): void {
    if (!stay.call) return;
    if (state === "ended") void this.#goIn();
    else this.#events.sfu(state);
  }

  #hire(): MediaWorker {
    const worker = new MediaWorker((report) => this.#heard(worker, report));
    this.#worker = worker;
    worker.hush(this.#isHushed);
    // The first one gets the keys of now; any later one makes the group worker enter anew.
    this.#group.call("media", { port: worker.keyPort }).catch(() => this.#endStay());
    return worker;
  }

  #heard(worker: MediaWorker, report: FromRoomMedia): void {
    if (worker !== this.#worker) return;
    if (report.type !== "failed") this.#events.heard(report);
    else this.#failed(report);
  }

  /** The keys died with the worker: another one gets those of a fresh membership. */
  #failed(failure: Pick<CodedError, "code">): void {
    this.#endStay();
    this.#worker = undefined;
    this.#failures++;
    if (this.#failures < FAILURES_MAX) this.#hire();
    else this.#events.broken(failure);
  }

  #endStay(): void {
    const { call, entering } = this.#stay;
    this.#stay.over = true;
    this.#events.cleared();
    void (call ?? entering)?.leave();
  }
}
