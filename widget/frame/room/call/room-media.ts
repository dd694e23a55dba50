/**
 * Sound and pictures of a room, before its door and inside: joins what one's devices give, what is sent of it, what
 * others send and what the view shows. Realm: frame; sees sound and pictures, no keys.
 * Source: product.md R16, protocol.md §4; docs/decisions/0035, 0050.
 */
import { asCoded, CodedError, type ErrorCode } from "../../../wire/errors.ts";
import type { Person } from "../../../wire/frame-group.ts";
import { type FromRoomMedia, MEDIA_KINDS, type MediaKind } from "../../../wire/group-media.ts";
import type { GroupWorker } from "../group-worker.ts";
import { DeviceBook } from "./devices.ts";
import { listenBackOn } from "./listen-back.ts";
import { Listening } from "./listening.ts";
import {
  type DeviceUse,
  type ListenBack,
  type MediaState,
  NO_MEDIA,
  type Quality,
  type SfuState,
  type Source,
} from "./media-state.ts";
import { Names } from "./names.ts";
import { OwnPicture } from "./own-picture.ts";
import { Showing } from "./showing.ts";
import { Sound } from "./sound.ts";
import { Sources } from "./sources.ts";
import { Stays } from "./stays.ts";
import { Tiles } from "./tiles.ts";
import { Unreached } from "./unreached.ts";

/** A screen's sound goes with the screen. */
const SOURCES: Readonly<Partial<Record<MediaKind, Source>>> = {
  audio: "microphone",
  video: "camera",
  screen: "screen",
};

export class RoomMedia {
  readonly #onChange: (state: MediaState) => void;
  readonly #names = new Names(() => this.#named());
  readonly #tiles = new Tiles(this.#names, () => this.#change({ tiles: this.#tiles.all }));
  readonly #sound = new Sound(this.#names, (isSoundBlocked) => this.#change({ isSoundBlocked }));
  readonly #devices = new DeviceBook(() => this.#change({ devices: this.#devices.devices }));
  readonly #unreached = new Unreached((isUnreached) => this.#change({ isUnreached }));
  readonly #camera = new OwnPicture();
  readonly #screen = new OwnPicture();
  readonly #sources = new Sources({
    changed: () => this.#captured(),
    trouble: (source, { code }) => this.#trouble(source, code),
    // Names of devices come with the permission.
    allowed: () => void this.#devices.read(),
    gone: (source) => void this.#gone(source),
  });
  readonly #listening = new Listening(
    this.#sound,
    (seconds) => (this.#names.self === undefined ? undefined : [this.#names.self, this.#sources.level(seconds)]),
    (speaking) => this.#change({ speaking }),
  );
  #state: MediaState;
  #group: GroupWorker | undefined;
  #stays: Stays | undefined;
  /** own id of the membership that the stay is for */
  #self: string | undefined;
  /** has been at the SFU since the person entered */
  #wasThere = false;
  // A worker that has ended tells nobody, and a membership that is over shows nothing.
  readonly #showing = new Showing((shown) => void this.#group?.call("show", shown).catch(() => undefined));
  /** by pseudonym; one's own under "" */
  readonly #qualities = new Map<string, Quality>();

  constructor(onChange: (state: MediaState) => void) {
    this.#onChange = onChange;
    this.#state = this.#initial();
  }

  /** Who is here now. A fresh membership has a name of its own at the SFU: it goes in anew. */
  roster(group: GroupWorker, people: readonly Person[]): void {
    this.#names.roster(people);
    this.#named();
    const { self } = this.#names;
    if (self === undefined || self === this.#self) return;
    this.#self = self;
    if (group !== this.#group) this.#enter(group);
    this.#stays?.begin();
  }

  /** Nothing is sealed while this holds. */
  hush(isHushed: boolean): void {
    if (isHushed === this.#state.isHushed) return;
    this.#stays?.hush(isHushed);
    this.#change({ isHushed });
    this.#showing.hush(isHushed);
  }

  /** Turning on only after a click inside the frame. */
  async turn(source: Source, on: boolean): Promise<void> {
    const { sfu } = this.#state;
    const isIn = this.#stays !== undefined;
    if (!on) this.#sources.turnOff(source, { keepsDevice: isIn });
    else if (sfu === "none" || sfu === "unsupported") this.#trouble(source, codeOf(sfu));
    else {
      this.lookedAtProblem();
      await this.#sources.turnOn(source, source === "screen" ? undefined : this.#devices.wished(source));
    }
  }

  /** @param id empty: the browser's choice */
  async choose(use: DeviceUse, id: string): Promise<void> {
    const before = this.#devices.devices.chosen[use] ?? "";
    this.#devices.choose(use, id);
    const isHad = await (use === "speaker"
      ? this.#sound.playOn(id)
      : this.#sources.exchange(use, id === "" ? undefined : { exact: id }));
    // Another one may have been chosen meanwhile.
    if (isHad || (this.#devices.devices.chosen[use] ?? "") !== id) return;
    this.#devices.choose(use, before);
    if (use === "speaker") await this.#sound.playOn(before);
  }

  /** Somebody stands before the door: what there is to choose from. Turns nothing on. */
  preview(): void {
    void this.#devices.read();
  }

  /** After a click. */
  unblockSound(): Promise<void> {
    return this.#sound.unblock();
  }

  lookedAtProblem(): void {
    this.#change({ problem: undefined });
  }

  /** The stay is over. What was turned on before the door stays on before the door. */
  out(): void {
    this.#stays?.end();
    this.#unreached.note("away");
    this.#listening.end();
    this.#stays = this.#group = this.#self = undefined;
    this.#wasThere = false;
    this.#showing.forget();
    this.#state = this.#initial();
    this.#captured();
  }

  /** All devices are off, and nothing is sent; what others send goes on. */
  lower(): void {
    this.#sources.end();
  }

  /** Nothing goes on, and all devices are off. */
  end(): void {
    this.lower();
    this.out();
  }

  #initial(): MediaState {
    return {
      ...NO_MEDIA,
      devices: this.#devices.devices,
      level: () => this.#sources.level(),
      showOwn: this.#camera.show,
      showOwnScreen: this.#screen.show,
    };
  }

  #enter(group: GroupWorker): void {
    this.#stays?.end();
    this.#group = group;
    this.#stays = new Stays(group, {
      sfu: (state) => this.#is(state),
      came: (media) => {
        this.#tiles.came(media);
        this.#sound.came(media);
      },
      went: (media) => {
        this.#tiles.went(media);
        this.#sound.went(media);
      },
      cleared: () => this.#cleared(),
      heard: (report) => this.#reported(report),
      sending: (kind, isSending) => this.#showing.sending(kind, isSending),
      failed: (kind, error) => this.#notSent(kind, asCoded(error)),
      quality: (identity, quality) => this.#measured(identity ?? "", quality),
      broken: ({ code }) => this.#is("unsupported", code),
    });
    this.#stays.hush(this.#state.isHushed);
    // The choice of an earlier call. One that is not plugged in now leaves the sound where the browser plays it.
    void this.#sound.playOn(this.#devices.devices.chosen.speaker ?? "");
    this.#listening.begin();
    this.#captured();
  }

  /** @param code why, if there is more to say than the state does */
  #is(sfu: SfuState, code = codeOf(sfu)): void {
    const isNew = sfu !== this.#state.sfu;
    const isBack = sfu === "connected" && this.#state.problem?.code === "no-sfu";
    this.#change({ sfu, ...(isBack ? { problem: undefined } : {}) });
    this.#unreached.note(sfu);
    this.#wasThere ||= sfu === "connected";
    this.#measured("", this.#wasThere && sfu !== "connected" ? "lost" : undefined);
    if (sfu !== "none" && sfu !== "unsupported") return;
    const on = Object.values(SOURCES).filter((source) => this.#sources.states[source] !== "off");
    // One that has been there comes back, and with it what was on. Where there is none, nothing is on for nothing.
    if (sfu === "unsupported" || !this.#wasThere) this.#sources.end();
    // Said once, not with each attempt.
    if (on[0] && isNew) this.#trouble(on[0], code);
  }

  #captured(): void {
    this.#camera.set(this.#sources.picture("camera"));
    this.#screen.set(this.#sources.picture("screen"));
    const { states, held } = this.#sources;
    this.#change({ sources: states, held, listenBack: this.#listenBack() });
    for (const kind of MEDIA_KINDS) this.#stays?.send(kind, this.#sources.offer(kind));
  }

  #listenBack(): ListenBack | undefined {
    const microphone = this.#sources.offer("audio");
    return microphone && !microphone.isMuted
      ? listenBackOn(microphone.track, () => this.#devices.present("speaker"))
      : undefined;
  }

  /** A voice goes on with another microphone. Another camera shows something else: that takes a click. */
  async #gone(source: Source): Promise<void> {
    const isOn = this.#sources.states[source] === "on";
    if (source !== "microphone" || !isOn) this.#sources.turnOff(source);
    else {
      await this.#sources.exchange(source, undefined);
      // Muted meanwhile: it is not heard through any.
      if (this.#sources.states[source] !== "on") return;
    }
    if (isOn && source !== "screen" && !this.#state.problem) this.#trouble(source, "device-gone");
  }

  #notSent(kind: MediaKind, { code }: CodedError): void {
    // A connection that is gone publishes nothing; when it is back, what was on goes on.
    if (this.#state.sfu !== "connected") return;
    const source = SOURCES[kind] ?? "screen";
    this.#sources.turnOff(source);
    this.#trouble(source, code);
  }

  #reported(report: FromRoomMedia): void {
    this.#tiles.note(report);
    this.#sound.note(report);
    // One of our own: it was negotiated as what can't be sealed, and nothing of it has left.
    if (report.type !== "dropped" || report.identity !== "" || report.reason !== "codec") return;
    this.#notSent(report.kind, new CodedError("unsupported-browser", "It can't be sealed, so it is not sent."));
  }

  #cleared(): void {
    this.#showing.clear();
    this.#tiles.clear();
    this.#sound.clear();
    this.#qualities.clear();
    this.#change({ quality: new Map() });
  }

  #measured(identity: string, quality: Quality | undefined): void {
    if (quality) this.#qualities.set(identity, quality);
    else this.#qualities.delete(identity);
    this.#named();
  }

  #named(): void {
    this.#sound.look();
    const known = [...this.#qualities].flatMap(([identity, quality]) => {
      const id = identity === "" ? this.#names.self : this.#names.of(identity);
      return id === undefined ? [] : [[id, quality] as const];
    });
    this.#change({ tiles: this.#tiles.all, quality: new Map(known) });
  }

  #trouble(source: Source, code: ErrorCode): void {
    this.#change({ problem: { source, code } });
  }

  #change(change: { readonly [K in keyof MediaState]?: MediaState[K] | undefined }): void {
    const next = { ...this.#state, ...change };
    if (next.problem === undefined) delete next.problem;
    if (next.listenBack === undefined) delete next.listenBack;
    this.#state = next as MediaState;
    this.#onChange(this.#state);
  }
}

const codeOf = (sfu: SfuState): ErrorCode => (sfu === "none" ? "no-sfu" : "unsupported-browser");
