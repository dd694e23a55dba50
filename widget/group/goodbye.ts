/**
 * The last words of a member: in the group, so that nobody takes it for lost, then to the relay. Realm: group worker.
 */
import type { ToRelay } from "../wire/room-relay.ts";
import type { Membership } from "./membership.ts";

/** ms for the goodbye to be ordered before the connection goes. */
const GOODBYE_MS = 1_000;

export async function sayGoodbye(membership: Membership, send: (message: ToRelay) => void): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, GOODBYE_MS));
  if (membership.state.roster.size > 1) await Promise.race([membership.say({ type: "leave" }), patience]);
  send({ type: "leave" });
}
