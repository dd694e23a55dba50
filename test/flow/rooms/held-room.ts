/** A room that is held by a guest: the only one inside, and no ask reaches it. Test support. */
import type { RoomLink } from "../../../widget/seal/room-link.ts";
import type { FromRelay } from "../../../widget/wire/room-relay.ts";
import { type Headless, Room } from "./headless.ts";
import { startLiar } from "./liar.ts";

export interface Held {
  readonly room: Room;
  readonly hostLink: RoomLink & { kind: "host" };
  /** the link that the guest came by */
  readonly link: RoomLink;
  /** the only one inside: no ask reaches it */
  readonly guest: Headless;
}

/** A room whose only member lets nobody in. @param relay http origin */
export async function heldRoom(relay: string): Promise<Held> {
  const room = await Room.open(relay);
  const { link, roomId, hostSecret } = room;
  const deaf = await startLiar(relay);
  const guest = await room.invite("guest", { relay: deaf.origin });
  await room.untilPeople(2);
  deaf.lies = { toMember: (message) => [withoutAsk(message)] };
  await room.host.member.leave();
  await guest.untilPeople(1);
  return { room, guest, link, hostLink: { kind: "host", roomId, hostSecret: hostSecret.slice(), mangled: false } };
}

/** As if what was asked said nothing: the log has no gap. */
export function withoutAsk(message: FromRelay): FromRelay {
  return message.type === "ask" ? { ...message, sealed: "" } : message;
}
