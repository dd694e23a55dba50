/**
 * A call whose SFU lies when it is told to: Mara on a customer's page, Ben on the room's own page, Cleo a member without
 * a browser; and what each of them counts. Test support.
 */
import { inspect } from "node:util";
import type { Frame, FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { parseRoomLink } from "../../../widget/seal/room-link.ts";
import { fromBase64url } from "../../../widget/wire/bytes.ts";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import type { DropReason, MediaKind } from "../../../widget/wire/group-media.ts";
import { runsLivekit, variablesOf } from "../../api/sfu/support/livekit.ts";
import { button, inviteOf, nameField, openRoomPage, startRoom, untilPhase } from "../../widget/views/open-room.ts";
import { Headless } from "../rooms/headless.ts";
import { openWorld, type World } from "../world.ts";
import { Attacker } from "./attacker.ts";
import { reportsOf, sealed, watchMedia } from "./call-page.ts";
import { LyingSfu } from "./lying-sfu.ts";
import { anyToken, claimsOf, sfuWay } from "./sfu-tokens.ts";

/** ms between two looks where there is no event. */
const LOOK_EVERY_MS = 100;
/** ms that anything may take on a busy machine. */
const PATIENCE_MS = 60_000;

export interface Person {
  readonly page: Page;
  readonly frame: Frame;
}

/** What became of the frames of one name and kind. */
export interface Fate {
  readonly opened: number;
  readonly dropped: Partial<Record<DropReason, number>>;
}

export interface CallWorld {
  readonly world: World;
  readonly sfu: LyingSfu;
  readonly mara: Person & { readonly within: FrameLocator };
  readonly ben: Person;
  readonly cleo: Headless;
  /** LiveKit's room, and what each is called in it */
  readonly room: string;
  readonly names: Readonly<Record<"Mara" | "Ben" | "Cleo", string>>;
  readonly link: string;
  /** Somebody with a token under this name, and no keys. */
  attacker(identity: string): Promise<Attacker>;
  close(): Promise<void>;
}

export async function openCallWorld(prepare: (page: Page) => Promise<unknown> = watchMedia): Promise<CallWorld> {
  await buildIfStale(() => undefined);
  const livekit = runsLivekit();
  const sfu = await LyingSfu.before(livekit.url);
  const world = await openWorld({ embedded: true, env: variablesOf({ ...livekit, url: sfu.url }) });
  const { page, within } = await openRoomPage(world, '<whatping-room style="height:600px"></whatping-room>', prepare);
  await startRoom(within, "Mara");
  const link = await inviteOf(within);
  const ben = await enterCall(world, link, "Ben", prepare);
  const cleo = await Headless.begin({
    relay: `http://127.0.0.1:${world.api.port}`,
    link: parseRoomLink(link),
    name: "Cleo",
  });
  await cleo.untilPeople(3);
  const room = claimsOf((await sfuWay(cleo)).token).video.room;
  const nameOf = (name: string) => pseudonym(fromBase64url(cleo.id(name)) ?? new Uint8Array());
  const [Mara, Ben, Cleo] = await Promise.all([nameOf("Mara"), nameOf("Ben"), nameOf("Cleo")]);
  return {
    ...{ world, sfu, ben, cleo, room, link, names: { Mara, Ben, Cleo } },
    mara: { page, within, frame: sealed(page) },
    attacker: async (identity) => Attacker.join(world, { url: livekit.url, token: await anyToken(room, identity) }),
    async close() {
      await cleo.member.leave();
      await world.close();
      await sfu.close();
    },
  };
}

export async function enterCall(
  world: World,
  link: string,
  name: string,
  prepare: (page: Page) => Promise<unknown> = watchMedia,
): Promise<Person> {
  const page = await world.newProfile();
  await prepare(page);
  await page.goto(link);
  await untilPhase(page, "pre-join");
  await nameField(page).fill(name);
  await button(page, "Enter").click();
  await untilPhase(page, "in");
  return { page, frame: page.mainFrame() };
}

/** @param identity "" for tracks that nobody has claimed @param kind any, unless given */
export async function fateOf(frame: Frame, identity: string, kind?: MediaKind): Promise<Fate> {
  const dropped: Partial<Record<DropReason, number>> = {};
  let opened = 0;
  for (const report of await reportsOf(frame)) {
    if (report.type !== "opened" && report.type !== "dropped") continue;
    if (report.identity !== identity || (kind && report.kind !== kind)) continue;
    if (report.type === "opened") opened += report.count;
    else dropped[report.reason] = (dropped[report.reason] ?? 0) + report.count;
  }
  return { opened, dropped };
}

export const droppedIn = ({ dropped }: Fate): number => Object.values(dropped).reduce((sum, count) => sum + count, 0);

/** What more became of frames since `work` began, once it is `enough`. */
export async function fateDuring(
  look: () => Promise<Fate>,
  enough: (more: Fate) => boolean,
  work: () => Promise<unknown>,
): Promise<Fate> {
  const before = await look();
  await work();
  const more = (now: Fate): Fate => {
    const reasons = Object.entries(now.dropped) as [DropReason, number][];
    const dropped = reasons.flatMap(([reason, all]) => {
      const fresh = all - (before.dropped[reason] ?? 0);
      return fresh > 0 ? [[reason, fresh]] : [];
    });
    return { opened: now.opened - before.opened, dropped: Object.fromEntries(dropped) };
  };
  return lookUntil(async () => more(await look()), enough);
}

/** There is no event for it. @throws Error that says what there is */
export async function lookUntil<T>(look: () => Promise<T>, ok: (seen: T) => boolean): Promise<T> {
  for (const giveUpAt = performance.now() + PATIENCE_MS; ; ) {
    const seen = await look();
    if (ok(seen)) return seen;
    if (performance.now() > giveUpAt)
      throw new Error(`it did not come: ${inspect(seen, { depth: 4, maxArrayLength: 20 })}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

export interface Incoming {
  readonly packets: number;
  readonly decoded: number;
  /** of what was played, as the browser measures it */
  readonly energy: number;
}

/** Of one track, by its sid at LiveKit; of all, if none is given. */
export function incomingOf(frame: Frame, sid?: string): Promise<Incoming> {
  return frame.evaluate(async (wanted) => {
    const sum = { packets: 0, decoded: 0, energy: 0 };
    for (const connection of (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen
      .connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "inbound-rtp" || (wanted && report.trackIdentifier !== wanted)) continue;
        sum.packets += report.packetsReceived;
        sum.decoded += report.framesDecoded ?? 0;
        sum.energy += report.totalAudioEnergy ?? 0;
      }
    }
    return sum;
  }, sid);
}
