/**
 * A group of members without browsers, some of whom have a page that sends sound and pictures, on an SFU that puts nobody
 * out and tells whatever passes. Test support.
 */

import { fromBase64url } from "../../../widget/wire/bytes.ts";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import { runsLivekit, variablesOf } from "../../api/sfu/support/livekit.ts";
import { type Headless, Room } from "../rooms/headless.ts";
import { type Liar, startLiar } from "../rooms/liar.ts";
import { openWorld, type World } from "../world.ts";
import { Attacker } from "./attacker.ts";
import { KeyedCode, KeyedPage } from "./keyed-page.ts";
import { LyingSfu } from "./lying-sfu.ts";
import { anyToken, claimsOf, sfuWay } from "./sfu-tokens.ts";

export interface KeyedWorld {
  readonly world: World;
  readonly sfu: LyingSfu;
  readonly group: Room;
  /** between the relay and the group's host */
  readonly liar: Liar;
  readonly code: KeyedCode;
  /** A page for a member, in the SFU. @param more options of LiveKit's room */
  page(member: Headless, more?: object): Promise<KeyedPage>;
  /** What LiveKit calls a member. */
  nameOf(member: Headless): Promise<string>;
  /** LiveKit's room */
  room(): Promise<string>;
  attacker(identity: string): Promise<Attacker>;
  close(): Promise<void>;
}

export async function openKeyedWorld(): Promise<KeyedWorld> {
  const livekit = runsLivekit();
  const [sfu, code] = await Promise.all([LyingSfu.before(livekit.url), KeyedCode.bundle()]);
  const world = await openWorld({ embedded: true, env: variablesOf({ ...livekit, url: sfu.url }) });
  const relay = `http://127.0.0.1:${world.api.port}`;
  const liar = await startLiar(relay);
  const group = await Room.open(relay, liar.origin);
  const room = async () => claimsOf((await sfuWay(group.host)).token).video.room;
  return {
    ...{ world, sfu, group, code, room, liar },
    async page(member, more) {
      const page = await KeyedPage.open(world.browser, code);
      page.take(member);
      await page.join(await sfuWay(member), more);
      return page;
    },
    nameOf: (member) => pseudonym(fromBase64url(member.id(member.name)) ?? new Uint8Array()),
    attacker: async (identity) =>
      Attacker.join(world, { url: livekit.url, token: await anyToken(await room(), identity) }),
    async close() {
      await group.leave();
      await liar.close();
      await world.close();
      await sfu.close();
      code.close();
    },
  };
}
