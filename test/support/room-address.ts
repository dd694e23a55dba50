/** Where a room is entered, for members that have its link as parts. Test support. */
import { formatGuestLink, type RoomLink } from "../../widget/seal/room-link.ts";

/** A guest's link at this frame origin. */
export function addressOf(link: RoomLink, origin: string): string {
  if (link.kind !== "guest") throw new Error("guests come by a guest's link");
  return formatGuestLink(origin, link.roomId, link.roomSecret, link.v);
}
