/**
 * The stage of a call, posed: the real view with drawn pictures instead of cameras, and with what people say of
 * themselves. Test support.
 */
import type { FrameLocator, Page } from "playwright-core";
import { type Devices, type MediaState, NO_MEDIA, type Tile } from "../../widget/frame/room/call/media-state.ts";
import type { Layout } from "../../widget/frame/room/view/arrangement.ts";
import type { Reaction, SelfState } from "../../widget/wire/frame-group.ts";
import { ROOM_POSES, ROOM_VIEW } from "./room-poses.ts";

type PosedTile = Omit<Tile, "show" | "key">;

/** What the person themselves chose, and what others say, beside what is sent. */
interface Around {
  readonly selfStates?: Readonly<Record<string, Partial<SelfState>>>;
  readonly reactions?: readonly (readonly [from: string, reaction: Reaction])[];
  /** so many people more than in `talking` */
  readonly more?: number;
  readonly layout?: Layout;
  /** key of a figure */
  readonly pinned?: string;
  /** of a narrow room; else as it comes */
  readonly chat?: "open" | "news";
  readonly isReacting?: true;
  readonly dialog?: string;
}

export type Posed = Omit<MediaState, "tiles" | "level" | "showOwn" | "showOwnScreen" | "quality"> &
  Around & {
    readonly tiles: readonly PosedTile[];
    readonly quality?: Readonly<Record<string, "good" | "weak" | "lost">>;
  };

/** Of somebody in the room pose `talking`, by the beginning of the name; `guest 1` and so on are the others. */
const idOf = (name: string): string =>
  ROOM_POSES.talking?.people.find((person) => person.name.toLowerCase().startsWith(name))?.id ?? `id of ${name}`;

const seen = (name: string, more: Partial<PosedTile> = {}): PosedTile => ({
  person: idOf(name),
  kind: "video",
  opening: "open",
  ...more,
});

const guests = (count: number): string[] => Array.from({ length: count }, (_, i) => `guest ${i + 1}`);

const { level: _level, showOwn: _own, showOwnScreen: _screen, quality: _quality, ...NOTHING } = NO_MEDIA;
const OFF: Posed = { ...NOTHING, sfu: "connected" };
const CAMERA = { ...OFF.sources, camera: "on" } as const;
const BOTH = { ...CAMERA, microphone: "on" } as const;
const THREE = [seen("anna"), seen("ben"), seen("cleo")];
const TWELVE = [...THREE, ...guests(8).map((name) => seen(name))];
const HEARD = { anna: { microphone: true }, ben: { microphone: true } } as const;
const DEVICES: Devices = {
  all: {
    microphone: [
      { id: "1", label: "MacBook Pro Microphone (Built-in)" },
      { id: "2", label: "Jabra Evolve2 65 Mono, with a rather long name that nobody reads to its end" },
    ],
    camera: [],
    speaker: [
      { id: "1", label: "Headphones" },
      { id: "2", label: "" },
    ],
  },
  chosen: { microphone: "2" },
};

export const NO_PICTURES: Posed = OFF;

/** Each state by name, in the room pose `talking`. */
export const MEDIA_POSES: Readonly<Record<string, Posed>> = {
  "camera starting": { ...OFF, sources: { ...OFF.sources, camera: "starting" } },
  "own camera": { ...OFF, sources: CAMERA },
  "one picture": { ...OFF, tiles: [seen("anna")] },
  "four pictures": {
    ...OFF,
    sources: CAMERA,
    tiles: [seen("anna"), seen("ben", { opening: "closed" }), seen("cleo", { opening: "coming" })],
  },
  "nobody's picture": { ...OFF, tiles: [{ person: undefined, kind: "video", opening: "closed" }] },
  "held back": { ...OFF, sources: CAMERA, isHushed: true, tiles: [seen("anna")] },
  "screen and camera": { ...OFF, sources: BOTH, tiles: [seen("anna", { kind: "screen" }), seen("anna")] },
  "no LiveKit": { ...OFF, sfu: "none", problem: { source: "camera", code: "no-sfu" } },
  "camera denied beside a picture": {
    ...OFF,
    problem: { source: "camera", code: "permission-denied" },
    tiles: [seen("anna")],
  },
  "only voices": {
    ...OFF,
    sources: { ...OFF.sources, microphone: "on" },
    speaking: [idOf("anna")],
    selfStates: HEARD,
  },
  "speaker view": {
    ...OFF,
    sources: BOTH,
    layout: "speaker",
    tiles: THREE,
    speaking: [idOf("ben")],
    selfStates: HEARD,
  },
  "speaker view of two": {
    ...OFF,
    sources: CAMERA,
    layout: "speaker",
    tiles: [seen("anna")],
    selfStates: HEARD,
    more: -2,
  },
  "signs over pictures": {
    ...OFF,
    sources: BOTH,
    tiles: [seen("anna"), seen("ben", { verdict: "unverified" }), seen("cleo", { verdict: "checked" })],
    speaking: [idOf("anna")],
    selfStates: { anna: { microphone: true, hand: true }, ben: { microphone: true }, cleo: { hand: true } },
    quality: { ben: "weak", cleo: "lost" },
  },
  forged: { ...OFF, sources: CAMERA, tiles: [seen("anna", { verdict: "forged" }), seen("ben")] },
  "forged, large": {
    ...OFF,
    layout: "speaker",
    pinned: `person ${idOf("anna")}`,
    tiles: [seen("anna", { verdict: "forged" }), seen("ben")],
  },
  "closed for other reasons": {
    ...OFF,
    tiles: [
      seen("anna", { opening: "closed", reason: "unknown-epoch" }),
      seen("ben", { opening: "closed", reason: "codec" }),
    ],
  },
  "twelve pictures": { ...OFF, sources: BOTH, more: 8, tiles: TWELVE, speaking: [idOf("guest 3")], selfStates: HEARD },
  "thirty people": { ...OFF, sources: BOTH, more: 26, tiles: THREE, selfStates: HEARD },
  "screen before twelve": {
    ...OFF,
    sources: BOTH,
    more: 8,
    tiles: [...TWELVE, seen("cleo", { kind: "screen" })],
    selfStates: { ...HEARD, cleo: { screen: true } },
  },
  pinned: { ...OFF, sources: CAMERA, pinned: `person ${idOf("cleo")}`, tiles: THREE },
  "everything on": {
    ...OFF,
    sources: { microphone: "on", camera: "on", screen: "on" },
    tiles: THREE,
    selfStates: { ...HEARD, mara: { microphone: true, camera: true, screen: true, hand: true } },
  },
  reactions: {
    ...OFF,
    sources: CAMERA,
    tiles: THREE,
    reactions: [
      ["anna", "applause"],
      ["ben", "surprise"],
      ["cleo", "heart"],
    ],
  },
  "menu of reactions": { ...OFF, sources: CAMERA, tiles: THREE, isReacting: true },
  "held by the system": { ...OFF, sources: BOTH, held: ["microphone", "camera"], tiles: [seen("anna")] },
  "says to show nothing": {
    ...OFF,
    sources: BOTH,
    tiles: THREE,
    selfStates: { anna: { camera: false }, ben: { camera: true } },
  },
  "sound blocked": { ...OFF, tiles: [seen("anna")], isSoundBlocked: true },
  "chat open": { ...OFF, sources: BOTH, tiles: THREE, chat: "open" },
  "chat with news": { ...OFF, sources: BOTH, tiles: THREE, chat: "news" },
};

/** Dialogs that belong to a call. */
export const CALL_DIALOGS: Readonly<Record<string, Posed>> = Object.fromEntries(
  ["more", "devices", "keys", "end-all"].map((dialog): [string, Posed] => [
    dialog,
    { ...OFF, sources: BOTH, devices: DEVICES, tiles: THREE, selfStates: HEARD, dialog },
  ]),
);

interface PosableView extends HTMLElement {
  media: object;
  room: { people: { id: string }[]; lines: { readonly key: number; readonly at?: number }[] };
  isReacting: boolean;
  readonly stage: { layout: string; pinned: string | undefined };
  readonly chat: { readonly isDoor: boolean; readonly isInSight: boolean; turn(): void };
  readonly updateComplete: Promise<unknown>;
  chooseDevices(): Promise<void>;
  requestUpdate(): void;
}

/**
 * Puts a call on the view, which is in the room pose `talking` already.
 * @param isDrawn false: pictures are empty, for tests that only measure boxes
 */
export async function poseMedia(scope: FrameLocator | Page, posed: Posed, isDrawn = true): Promise<void> {
  const { selfStates = {}, reactions = [], quality = {}, more = 0, ...rest } = posed;
  const silent: SelfState = { microphone: false, camera: false, screen: false, hand: false };
  const given = {
    rest,
    more,
    isDrawn,
    guests: guests(Math.max(0, more)).map((name) => ({ name: name.replace("g", "G"), id: idOf(name) })),
    quality: Object.entries(quality).map(([name, each]) => [idOf(name), each]),
    selfStates: Object.entries(selfStates).map(([name, state]) => {
      const sends = (kind: string) => rest.tiles.some((tile) => tile.person === idOf(name) && tile.kind === kind);
      return [idOf(name), { ...silent, camera: sends("video"), screen: sends("screen"), ...state }];
    }),
    reactions: reactions.map(([name, reaction], i) => ({ key: String(i), from: idOf(name), reaction })),
  };
  await scope.locator(ROOM_VIEW).evaluate(poseInPage, given as never);
}

/** Runs in the frame. */
async function poseInPage(element: Element, given: never): Promise<void> {
  const view = element as PosableView;
  const { rest, more, isDrawn, guests, quality, selfStates, reactions } = given as {
    rest: Posed;
    more: number;
    isDrawn: boolean;
    guests: { id: string; name: string }[];
    quality: [string, string][];
    selfStates: [string, object][];
    reactions: object[];
  };
  const draw = (hue: number) => (shownIn: Element | undefined) => {
    if (!isDrawn || !(shownIn instanceof HTMLVideoElement)) return;
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    const light = context.createRadialGradient(320, 200, 40, 320, 240, 420);
    light.addColorStop(0, `hsl(${hue} 40% 78%)`);
    light.addColorStop(1, `hsl(${hue} 45% 28%)`);
    context.fillStyle = light;
    context.fillRect(0, 0, 640, 480);
    shownIn.srcObject = canvas.captureStream(1);
    context.fillRect(0, 0, 640, 480);
  };
  const settled = async () => {
    await view.updateComplete;
    // The stage is measured before the next picture of the screen.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await view.updateComplete;
  };
  const people = more < 0 ? view.room.people.slice(0, more) : view.room.people;
  const nobody = { host: false, self: false };
  view.room = {
    ...view.room,
    people: [...people, ...guests.map((guest) => ({ ...nobody, ...guest, identity: `key of ${guest.id}` }))],
    selfStates: new Map(selfStates),
    reactions: reactions.map((reaction) => ({ ...reaction, at: Date.now() })),
  } as PosableView["room"];
  view.stage.layout = rest.layout ?? "grid";
  const tiles = rest.tiles.map((tile, i) => ({
    ...tile,
    person: tile.person,
    key: String(i),
    show: draw(i * 80 + 20),
  }));
  const shows = { level: () => 0.4, showOwn: draw(200), showOwnScreen: draw(280) };
  view.media = { ...rest, tiles, quality: new Map(quality), ...shows };
  view.isReacting = rest.isReacting ?? false;
  await view.updateComplete;
  view.stage.pinned = rest.pinned;
  view.requestUpdate();
  if (view.chat.isDoor && view.chat.isInSight !== (rest.chat === "open")) view.chat.turn();
  await settled();
  if (!rest.chat && !rest.dialog) return;
  if (rest.chat === "news") {
    const last = view.room.lines.at(-1) as { key: number };
    const line = { kind: "said", from: "id of Anna", name: "Anna", identity: "key of Anna", text: "Look!", own: false };
    view.room = { ...view.room, lines: [...view.room.lines, { ...line, at: Date.now(), key: last.key + 1 }] };
  }
  if (rest.dialog === "devices") await view.chooseDevices();
  else if (rest.dialog) view.shadowRoot?.querySelector<HTMLDialogElement>(`#${rest.dialog}`)?.showModal();
  await settled();
}
