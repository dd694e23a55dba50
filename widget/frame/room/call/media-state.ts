/**
 * Sound and pictures of a room as its view shows them, before the door and inside. Realm: frame; sees who publishes, no
 * keys. Pure.
 */
import type { ErrorCode } from "../../../wire/errors.ts";
import type { DropReason, MediaKind, Verdict } from "../../../wire/group-media.ts";
import type { Opening } from "./openings.ts";

/** Called with the element in which it shall be shown, and with nothing when that is gone. */
export type Show = (element: Element | undefined) => void;

/** What somebody else publishes. */
export interface Tile {
  readonly key: string;
  /** of a person on the roster; undefined for a name at the SFU that nobody on it has */
  readonly person: string | undefined;
  readonly kind: MediaKind;
  readonly opening: Opening;
  /** why it stays closed */
  readonly reason?: DropReason;
  /** whether its sender vouches for it; undefined where nobody else could have forged it */
  readonly verdict?: Verdict;
  readonly show: Show;
}

/** `none`: the relay has no SFU, or does not reach it. `unsupported`: this browser can't seal frames. */
export type SfuState = "away" | "none" | "unsupported" | "connecting" | "connected" | "reconnecting";

/** What a person sends. A screen's sound goes with the screen. */
export type Source = "microphone" | "camera" | "screen";
export type SourceState = "off" | "starting" | "on";

/** What there is to choose from. */
export type DeviceUse = "microphone" | "camera" | "speaker";
export interface Device {
  readonly id: string;
  readonly label: string;
}
export interface Devices {
  /** empty until the person has allowed one of that use */
  readonly all: Readonly<Record<DeviceUse, readonly Device[]>>;
  /** ids; absent: the browser's choice */
  readonly chosen: Readonly<Partial<Record<DeviceUse, string>>>;
}

export type Quality = "good" | "weak" | "lost";

/** Resolves when the person has heard themselves, or `signal` has ended it. */
export type ListenBack = (tell: (step: "recording" | "playing") => void, signal: AbortSignal) => Promise<void>;

export interface MediaState {
  readonly sfu: SfuState;
  /** each is off until the person clicks; before the door, on means: shown to oneself, and sent after going in */
  readonly sources: Readonly<Record<Source, SourceState>>;
  /** on, and held by the system or a switch at the device: nothing comes of them */
  readonly held: readonly Source[];
  /** there is an SFU, and for a while no way to it */
  readonly isUnreached: boolean;
  /** nothing is sealed until the person has looked at who is here */
  readonly isHushed: boolean;
  /** why something is off although the person wanted it */
  readonly problem?: { readonly source: Source; readonly code: ErrorCode };
  readonly devices: Devices;
  /** pictures of others: cameras and screens */
  readonly tiles: readonly Tile[];
  /** ids of those who are heard now, loudest first; measured here, in what was opened */
  readonly speaking: readonly string[];
  /** by person, oneself included; absent: not known */
  readonly quality: ReadonlyMap<string, Quality>;
  /** the browser plays sound only after a click */
  readonly isSoundBlocked: boolean;
  /** one's own microphone now, 0 to 1; to be asked as often as it is drawn */
  readonly level: () => number;
  /** lets the person hear their own microphone (listen-back.ts); absent while it is off */
  readonly listenBack?: ListenBack;
  readonly showOwn: Show;
  readonly showOwnScreen: Show;
}

export const NO_MEDIA: MediaState = {
  sfu: "away",
  sources: { microphone: "off", camera: "off", screen: "off" },
  held: [],
  isUnreached: false,
  isHushed: false,
  devices: { all: { microphone: [], camera: [], speaker: [] }, chosen: {} },
  tiles: [],
  speaking: [],
  quality: new Map(),
  isSoundBlocked: false,
  level: () => 0,
  showOwn: () => undefined,
  showOwnScreen: () => undefined,
};
