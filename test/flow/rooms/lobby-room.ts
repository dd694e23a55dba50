/**
 * Visitors of a room: who knows its address and no more. Test support.
 */
import assert from "node:assert/strict";
import type { Waiting } from "../../../widget/wire/frame-group.ts";
import type { RoomRules } from "../../../widget/wire/room-rules.ts";
import { Headless, type Room } from "./headless.ts";

export const KNOCKS = { admission: ["link", "knock"] } as const satisfies Partial<RoomRules>;
export const ALL_KNOCK = { admission: ["knock"] } as const satisfies Partial<RoomRules>;

/** Begins to knock. */
export async function knock(
  { relay, roomId }: Pick<Room, "relay" | "roomId">,
  name: string,
  how: { relay?: string } = {},
): Promise<Headless> {
  const link = { kind: "lobby", roomId, mangled: false } as const;
  return Headless.begin({ relay, name, ...how, link });
}

/** Those in the lobby, as this host sees them. */
export function listed(host: Headless): readonly Waiting[] {
  return host.last("lobby")?.waiting ?? [];
}

/** Resolves when the host sees somebody of that name, with digits. */
export async function untilListed(host: Headless, name: string): Promise<Waiting> {
  const find = () => listed(host).find((one) => one.name === name && one.digits !== null);
  await host.until(() => find() !== undefined, `${name} in the lobby`);
  const found = find();
  assert.ok(found);
  return found;
}

export function digitsOf(visitor: Headless): string | null {
  return visitor.last("knocking")?.digits ?? null;
}

/** Whom everybody here sees as not compared, by name. */
export function unverified(one: Headless): string[] {
  return one.people.filter((person) => person.unverified).map(({ name }) => name);
}
