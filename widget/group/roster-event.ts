/**
 * What the view hears of a new epoch: who is there, who came and went, and the code to compare.
 * Realm: group worker. Source: protocol.md §5 (Room code), product.md R9.
 */
import type { RoomEvent } from "../wire/frame-group.ts";
import { isHost } from "./commit-rules.ts";
import { epochOf, groupIdOf, ownLeafOf } from "./mls/group-state.ts";
import { isSuspended } from "./reforming.ts";
import { roomCode } from "./room-code.ts";
import type { Adopted, RoomState } from "./room-state.ts";

export async function rosterEvent({ state, joined, removed, sender }: Omit<Adopted, "self">): Promise<RoomEvent> {
  const own = ownLeafOf(state.group);
  const people = await Promise.all(
    [...state.roster].map(async ([leaf, who]) => ({
      id: who.postKey,
      identity: who.identity,
      name: who.name,
      host: await isHost(state.charter, who),
      self: leaf === own,
      ...(state.unverified.has(who.identity) ? { unverified: true as const } : {}),
    })),
  );
  const identities = people.map(({ identity }) => identity);
  return {
    type: "roster",
    epoch: epochOf(state.group),
    people,
    code: await roomCode(groupIdOf(state.group), identities),
    joined: joined.map(({ postKey }) => postKey),
    left: removed.map(({ who, reason }) => ({
      id: who.postKey,
      name: who.name,
      reason,
      ...(sender ? { by: { id: sender.postKey, name: sender.name } } : {}),
    })),
  };
}

/** What the hosts decided, as it holds now. */
export function rulesEvent({ charter: { charter }, reformed }: RoomState): RoomEvent {
  const { locked, admission, recording, cipher, keyAgreement, kinds, region, version } = charter;
  const rules = { locked, admission, recording, cipher, keyAgreement, kinds };
  return { type: "rules", rules, region, suspended: isSuspended(reformed, version) };
}
