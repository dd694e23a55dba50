/**
 * The benchmarks of rooms: what the group's cryptography costs a member, what members wait for over the relay, what
 * the relay keeps of a bare fan-out, and what sealing costs a call.
 */
import { benchMedia } from "./media.ts";
import { benchDoor } from "./room-browser.ts";
import { benchMembers } from "./room-members.ts";
import { benchRoomRelay } from "./room-relay.ts";
import { benchSuites } from "./room-suites.ts";
import type { Row } from "./rows.ts";
import type { BenchGround } from "./topic.ts";

export async function benchRoom(ground: BenchGround): Promise<Row[]> {
  ground.print("room      cipher suites, sizes and providers (two minutes)");
  const suites = await benchSuites();
  ground.print("room      members who come, go and talk (two minutes)");
  const members = await benchMembers(ground);
  ground.print("room      at the door, in a browser (a minute)");
  const door = await benchDoor(ground);
  ground.print("room      messages over the relay (one minute)");
  const relay = await benchRoomRelay(ground);
  return [...suites, ...members, ...door, ...relay, ...(await benchMedia(ground))];
}
