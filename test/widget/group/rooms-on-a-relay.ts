/**
 * What a test of members on a real relay begins with: a relay on the embedded store, and people with the host link or
 * the guest link. Test support; the members are those of test/flow/rooms.
 */
import { after } from "node:test";
import type { RoomLink } from "../../../widget/seal/room-link.ts";
import type { RoomEvent } from "../../../widget/wire/frame-group.ts";
import { type Headless, Room } from "../../flow/rooms/headless.ts";
import { openRelay, type TestRelay } from "../../flow/rooms/relay.ts";

export async function relayOf(env: Readonly<Record<string, string>> = {}): Promise<TestRelay> {
  const relay = await openRelay("embedded", { env });
  after(() => relay.close());
  return relay;
}

/** The link that makes whoever has it a host. */
export function hostLink({ roomId, hostSecret }: Room): RoomLink {
  return { kind: "host", roomId, hostSecret, mangled: false };
}

/** What holds in the room, as this member sees it. */
export function rulesOf(member: Headless): Extract<RoomEvent, { type: "rules" }> {
  const rules = member.last("rules");
  if (!rules) throw new Error("no rules yet");
  return rules;
}

export { type Headless, Room };
