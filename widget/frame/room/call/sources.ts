/**
 * What one sends, as it comes from its devices: before the door, inside, and across every stay at the SFU. Knows nothing
 * of sending. Realm: frame; sees one's own sound and pictures. Source: product.md R16; docs/decisions/0050.
 *
 * A camera or screen that is off is off at its device. A microphone that is off inside a room keeps its device, so that
 * a word can be said at once; what is sent of it is none of this file's business and none of a frame's.
 */
import { asCoded, type CodedError } from "../../../wire/errors.ts";
import type { MediaKind } from "../../../wire/group-media.ts";
import { LevelMeter } from "../../clip/capture.ts";
import { type Capture, capture, release } from "./capture.ts";
import type { Source, SourceState } from "./media-state.ts";

/** What there is to send of a kind. */
export interface Offer {
  readonly track: MediaStreamTrack;
  /** nothing of it is sent now */
  readonly isMuted: boolean;
}

export interface SourcesEvents {
  changed(): void;
  /** it is off now, and the person wanted it on; or, after a `device-gone`, it goes on with another device */
  trouble(source: Source, error: CodedError): void;
  /** the browser has let the page have one */
  allowed(): void;
  /** its device is gone while it was on */
  gone(source: Source): void;
}

interface One {
  state: SourceState;
  taken?: Capture;
  /** another device is on its way */
  isAsked?: boolean;
  /** the last wish: an answer to an earlier one is let go */
  wish: number;
}

const off = (): One => ({ state: "off", wish: 0 });

export class Sources {
  readonly #events: SourcesEvents;
  readonly #all: Record<Source, One> = { microphone: off(), camera: off(), screen: off() };
  #meter: LevelMeter | undefined;

  constructor(events: SourcesEvents) {
    this.#events = events;
  }

  /** On, and nothing comes of them: the system, a switch at the device or a phone call holds them. */
  get held(): readonly Source[] {
    return (["microphone", "camera"] as const).filter((source) => {
      const { state, taken } = this.#all[source];
      return state === "on" && taken?.track.muted;
    });
  }

  get states(): Readonly<Record<Source, SourceState>> {
    const { microphone, camera, screen } = this.#all;
    return { microphone: microphone.state, camera: camera.state, screen: screen.state };
  }

  /** What there is to send; undefined where there is nothing. */
  offer(kind: MediaKind): Offer | undefined {
    const { microphone, camera, screen } = this.#all;
    if (kind === "audio") {
      return microphone.taken && { track: microphone.taken.track, isMuted: microphone.state !== "on" };
    }
    const track = { video: camera.taken?.track, screen: screen.taken?.track, "screen-audio": screen.taken?.sound }[
      kind
    ];
    return track && { track, isMuted: false };
  }

  /** The picture of a camera or a screen. */
  picture(source: "camera" | "screen"): MediaStreamTrack | undefined {
    return this.#all[source].taken?.track;
  }

  /** One's own microphone, 0 to 1: now, or over so many seconds up to now. */
  readonly level = (seconds?: number): number =>
    this.#all.microphone.state === "on" ? (this.#meter?.read(seconds) ?? 0) : 0;

  /** Only after a click inside the frame. @param device as for `getUserMedia` */
  async turnOn(source: Source, device?: ConstrainDOMString): Promise<void> {
    const one = this.#all[source];
    if (one.state !== "off") return;
    if (source === "microphone" && isLive(one)) this.#set(source, "on");
    else await this.#take(source, device);
  }

  /**
   * Takes another device instead of the one that is on. The one before goes on until the other is there.
   * @returns whether it could be had, as far as that was tried
   */
  async exchange(source: Source, device: ConstrainDOMString | undefined): Promise<boolean> {
    const one = this.#all[source];
    if (one.state !== "off") return this.#take(source, device);
    // A muted one is let go: the next word is said into the one that was chosen.
    if (one.taken) this.#letGo(source);
    return true;
  }

  /** @param keepsDevice a microphone's, so that it is back at once */
  turnOff(source: Source, { keepsDevice = false } = {}): void {
    const one = this.#all[source];
    one.wish++;
    // One that is gone, or about to be exchanged, is not what the next word shall be said into.
    if (!(keepsDevice && source === "microphone" && isLive(one) && !one.isAsked)) this.#letGo(source);
    one.isAsked = false;
    if (one.state !== "off") this.#set(source, "off");
  }

  /** All devices are off. */
  end(): void {
    for (const source of ["microphone", "camera", "screen"] as const) this.turnOff(source);
  }

  /** @returns false if it could not be had; true as well if something else is wanted by now */
  async #take(source: Source, device: ConstrainDOMString | undefined): Promise<boolean> {
    const one = this.#all[source];
    const wish = ++one.wish;
    one.isAsked = true;
    if (one.state === "off") this.#set(source, "starting");
    try {
      const taken = await capture(source, device).catch((error) => {
        if (wish !== one.wish) throw error;
        return this.#takeAlone(source, device, error);
      });
      if (wish !== one.wish) {
        release(taken);
        return true;
      }
      one.isAsked = false;
      this.#events.allowed();
      this.#letGo(source);
      this.#keep(source, taken);
      return true;
    } catch (error) {
      if (wish !== one.wish) return true;
      this.#failed(source, asCoded(error));
      return false;
    }
  }

  /** Some phones give one camera at a time: the one before has to go first. */
  async #takeAlone(source: Source, device: ConstrainDOMString | undefined, error: unknown): Promise<Capture> {
    const one = this.#all[source];
    const { taken, wish } = one;
    if (source === "screen" || !taken || asCoded(error).code !== "device-in-use") throw error;
    const { deviceId } = taken.track.getSettings();
    release(taken);
    try {
      return await capture(source, device);
    } catch (again) {
      // As it was before, if that is still to be had.
      const before = await capture(source, deviceId === undefined ? undefined : { ideal: deviceId });
      if (wish !== one.wish) release(before);
      else {
        this.#letGo(source);
        this.#keep(source, before);
      }
      throw again;
    }
  }

  #failed(source: Source, error: CodedError): void {
    const one = this.#all[source];
    // A device that can't be had in exchange leaves the one before, unless that is gone: then nothing of it may be muted
    // and turned on again as if it were there.
    one.isAsked = false;
    const isLeft = isLive(one);
    if (!isLeft) this.#letGo(source);
    this.#set(source, isLeft ? "on" : "off");
    // Who closes the browser's list of screens has changed their mind.
    if (source !== "screen" || error.code !== "permission-denied") this.#events.trouble(source, error);
  }

  #keep(source: Source, taken: Capture): void {
    const one = this.#all[source];
    one.taken = taken;
    if (source === "microphone") this.#meter = new LevelMeter(new MediaStream([taken.track]));
    const { track, sound } = taken;
    track.addEventListener("ended", () => {
      if (one.taken === taken) this.#events.gone(source);
    });
    for (const change of ["mute", "unmute"]) {
      track.addEventListener(change, () => {
        if (one.taken === taken) this.#events.changed();
      });
    }
    sound?.addEventListener("ended", () => {
      if (one.taken !== taken) return;
      one.taken = { track };
      this.#events.changed();
    });
    this.#set(source, "on");
  }

  #letGo(source: Source): void {
    const one = this.#all[source];
    if (source === "microphone") {
      this.#meter?.close();
      this.#meter = undefined;
    }
    if (one.taken) release(one.taken);
    delete one.taken;
  }

  #set(source: Source, state: SourceState): void {
    this.#all[source].state = state;
    this.#events.changed();
  }
}

const isLive = ({ taken }: One): boolean => taken?.track.readyState === "live";
