/**
 * A person in a call, in a browser profile of their own: a real page of the room with small pictures, so that several fit
 * on a small machine. What they send is said through the view's own engine; what they get is read from the connection's
 * statistics. Test support.
 */
import type { Frame, Page } from "playwright-core";
import type { MediaState, Source } from "../../../widget/frame/room/call/media-state.ts";
import type { MediaKind } from "../../../widget/wire/group-media.ts";
import { runsLivekit, variablesOf } from "../../api/sfu/support/livekit.ts";
import { ROOM_VIEW } from "../../shots/room-poses.ts";
import { addressOf } from "../../support/room-address.ts";
import { button, nameField, untilPhase } from "../../widget/views/open-room.ts";
import { Room } from "../rooms/headless.ts";
import { openWorld, type World } from "../world.ts";
import { reportsOf, watchMedia } from "./call-page.ts";

/** Of a track that somebody else publishes. */
export interface Inbound {
  /** LiveKit's id of the track, and so the tile's key */
  readonly sid: string;
  readonly kind: "audio" | "video";
  /** `video/VP9` */
  readonly mime: string;
  readonly packets: number;
  /** frames */
  readonly decoded: number;
  /** of sound: squares of full scale, seconds */
  readonly energy: number;
}

/** What can be read from outside of a state: no functions. */
export type Told = Omit<MediaState, "tiles" | "quality"> & {
  readonly tiles: readonly Omit<MediaState["tiles"][number], "show">[];
  /** by name */
  readonly quality: Readonly<Record<string, string>>;
  /** names */
  readonly heard: readonly string[];
};

interface View {
  readonly media: MediaState;
  readonly room: { readonly people: readonly { id: string; name: string }[] };
  readonly call: { leave(): Promise<void>; readonly media: Record<string, (...args: unknown[]) => Promise<void>> };
}

const SMALL = { width: 160, height: 120, frameRate: 10 };

/** What a page did, as `watchDevices` notes it. */
interface Noted {
  /** calls of getUserMedia */
  readonly asked: MediaStreamConstraints[];
  /** tracks that it gave */
  readonly given: MediaStreamTrack[];
  /** what the engine told the group of itself, in order */
  readonly shown: Record<Source, boolean>[];
}

/** A room with LiveKit, whose host is in it without a browser. @param chromium more flags for the browser */
export async function openCall(...chromium: string[]): Promise<{ world: World; room: Room }> {
  const world = await openWorld({ embedded: true, env: variablesOf(runsLivekit()), chromium });
  return { world, room: await Room.open(`http://127.0.0.1:${world.api.port}`) };
}

export class Caller {
  readonly page: Page;
  readonly name: string;

  private constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
  }

  /** Stands before the door. @param page in a profile of its own, if not any */
  static async approach(world: World, room: Room, name: string, page?: Page): Promise<Caller> {
    const caller = new Caller(page ?? (await world.newProfile()), name);
    await watchMedia(caller.page);
    await caller.page.addInitScript(watchDevices, SMALL);
    await caller.page.goto(addressOf(room.link, world.api.origin));
    await untilPhase(caller.page, "pre-join");
    return caller;
  }

  /** Comes in with these on. */
  static async enter(world: World, room: Room, name: string, ...on: Source[]): Promise<Caller> {
    const caller = await Caller.approach(world, room, name);
    for (const source of on) await caller.turn(source, true);
    await caller.goIn();
    return caller;
  }

  async goIn(): Promise<void> {
    await nameField(this.page).fill(this.name);
    await button(this.page, "Enter").click();
    await untilPhase(this.page, "in");
  }

  get frame(): Frame {
    return this.page.mainFrame();
  }

  turn(source: Source, on: boolean): Promise<void> {
    return this.do("turn", source, on);
  }

  /** As the view calls its engine, in a click. */
  do(method: string, ...args: unknown[]): Promise<void> {
    return this.page
      .locator(ROOM_VIEW)
      .evaluate(
        (view, [name, given]) => (view as unknown as View).call.media[name as string]?.(...(given as unknown[])),
        [method, args] as const,
      );
  }

  told(): Promise<Told> {
    return this.page.locator(ROOM_VIEW).evaluate((element) => {
      const { media, room } = element as unknown as View;
      const nameOf = (id: string | undefined) => room.people.find((person) => person.id === id)?.name ?? "";
      const tiles = media.tiles.map(({ show: _, ...tile }) => ({ ...tile, person: nameOf(tile.person) }));
      const { level: _l, showOwn: _o, showOwnScreen: _s, ...rest } = media;
      const quality = Object.fromEntries([...media.quality].map(([id, quality]) => [nameOf(id), quality]));
      return { ...rest, tiles, quality, heard: media.speaking.map(nameOf) } as unknown as Told;
    });
  }

  level(): Promise<number> {
    return this.page.locator(ROOM_VIEW).evaluate((view) => (view as unknown as View).media.level());
  }

  /** Of all connections that are there now. */
  async inbound(): Promise<Inbound[]> {
    return this.frame.evaluate(async () => {
      const { connections } = (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen;
      const found: Inbound[] = [];
      for (const connection of connections.filter(({ connectionState }) => connectionState !== "closed")) {
        const stats = await connection.getStats();
        for (const report of stats.values()) {
          if (report.type !== "inbound-rtp") continue;
          found.push({
            sid: report.trackIdentifier,
            kind: report.kind,
            mime: stats.get(report.codecId)?.mimeType ?? "",
            packets: report.packetsReceived,
            decoded: report.framesDecoded ?? 0,
            energy: report.totalAudioEnergy ?? 0,
          });
        }
      }
      return found;
    });
  }

  /** What it told the group that it sends, in order. */
  shown(): Promise<Record<Source, boolean>[]> {
    return this.noted(({ shown }) => shown);
  }

  /** Read in the page: `read` is sent there, and sees nothing but its argument. */
  noted<T>(read: (noted: Noted) => T): Promise<T> {
    return this.frame.evaluate(
      (code) =>
        new Function("noted", `return (${code})(noted)`)((globalThis as unknown as { noted: unknown }).noted) as T,
      String(read),
    );
  }

  /** Frames of a kind that this person's worker sealed, in all. */
  async sealed(kind: MediaKind): Promise<number> {
    const reports = await reportsOf(this.frame);
    return reports.reduce(
      (sum, report) => sum + (report.type === "sealed" && report.kind === kind ? report.count : 0),
      0,
    );
  }

  /** Live tracks that devices have given this page. */
  live(): Promise<number> {
    return this.noted(({ given }) => given.filter(({ readyState }) => readyState === "live").length);
  }

  /** Resolves when it holds. @throws Error after a minute and a half */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    // There is no event for what statistics say.
    for (const giveUpAt = performance.now() + 90_000; !(await holds()); await soon()) {
      if (performance.now() > giveUpAt)
        throw new Error(`${this.name}: not ${what}: ${JSON.stringify(await this.told())}`);
    }
  }

  /** Pictures that each figure with an open picture has shown. */
  async pictures(kind: MediaKind): Promise<{ readonly person: string; readonly shown: number }[]> {
    return this.page.locator(ROOM_VIEW).evaluate((element, wanted) => {
      const { people } = (element as unknown as View).room;
      const root = element.shadowRoot as ShadowRoot;
      return [...root.querySelectorAll<HTMLElement>(`.tile.${wanted}[data-opening="open"]`)].map((tile) => ({
        person: people.find(({ id }) => id === tile.dataset.person)?.name ?? "",
        shown: tile.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
      }));
    }, kind);
  }

  /** Resolves when so many more pictures of each of these people are shown here. */
  async untilSees(people: readonly string[], more = 15, kind: MediaKind = "video"): Promise<void> {
    const before = new Map((await this.pictures(kind)).map(({ person, shown }) => [person, shown]));
    await this.until(`seeing ${kind} of ${people.join()}`, async () => {
      const now = await this.pictures(kind);
      // What comes anew counts from nothing.
      for (const { person, shown } of now) if (shown < (before.get(person) ?? 0)) before.set(person, 0);
      const seen = now.filter(({ person, shown }) => shown >= more + (before.get(person) ?? 0));
      return people.every((name) => seen.some(({ person }) => person === name));
    });
  }

  /** Resolves when each of these people has been heard here: as the engine says, in what was opened. */
  async untilHears(people: readonly string[]): Promise<void> {
    const missing = new Set(people);
    await this.until(`hearing ${people.join()}`, async () => {
      for (const name of (await this.told()).heard) missing.delete(name);
      return missing.size === 0;
    });
  }

  async leave(): Promise<void> {
    await this.page.locator(ROOM_VIEW).evaluate((view) => (view as unknown as View).call.leave());
    await untilPhase(this.page, "left");
  }

  /** Another page that `watchMedia` looks at, with the same questions. */
  as(page: Page): Caller {
    return new Caller(page, this.name);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Runs in the page, before anything of it: a camera and a screen that cost little, and a look at what is asked of them. */
function watchDevices(small: { width: number; height: number; frameRate: number }): void {
  const { mediaDevices } = navigator;
  if (!mediaDevices) return;
  const noted: Noted = { asked: [], given: [], shown: [] };
  Object.assign(globalThis, { noted });
  const [user, display] = [mediaDevices.getUserMedia, mediaDevices.getDisplayMedia];
  const given = (stream: MediaStream): MediaStream => {
    noted.given.push(...stream.getTracks());
    return stream;
  };
  mediaDevices.getUserMedia = async (wanted) => {
    const video = typeof wanted?.video === "object" ? { ...wanted.video, ...small } : wanted?.video;
    noted.asked.push(wanted ?? {});
    return given(await user.call(mediaDevices, { ...wanted, ...(video ? { video } : {}) }));
  };
  mediaDevices.getDisplayMedia = async (wanted) => {
    const video = { ...(wanted?.video as MediaTrackConstraints), width: 2 * small.width, height: 2 * small.height };
    return given(await display.call(mediaDevices, { ...wanted, video }));
  };
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...args: never[]) {
    const { call, argument } = args[0] as unknown as { call?: string; argument?: Record<Source, boolean> };
    if (call === "show" && argument) noted.shown.push(argument);
    return postMessage.apply(this, args as never);
  } as typeof postMessage;
}
