/**
 * What a person brings to a room, how long a member waits, and which faults are the relay's own. Realm: group worker.
 */
import type { SigningKey } from "../seal/ed25519.ts";
import type { RoomLink } from "../seal/room-link.ts";
import type { RoomEvent } from "../wire/frame-group.ts";
import type { Pass } from "./pass.ts";
import type { RoomFault } from "./room-state.ts";
import type { TrailMemory } from "./trail-memory.ts";

/** s before a refusal that will pass is answered by a new attempt, unless the relay said how long. */
export const RETRY_S = 2;

export interface MemberOptions {
  /** `ws[s]://host[:port]` of the relay */
  readonly relay: string;
  readonly link: RoomLink;
  readonly name: string;
  readonly identity: SigningKey;
  /** of audit trails seen; default: as long as this member lives */
  readonly memory?: TrailMemory;
  readonly on: (event: RoomEvent) => void;
  /** from a host, for whoever was let in from the lobby */
  readonly pass?: Pass;
  /** the link alone does not let in: this member is over, without a word. Default: it ends as refused */
  readonly toLobby?: () => void;
}

/** Faults of the relay, not of a member: joining afresh would meet the same relay. */
export const RELAY_FAULTS: ReadonlySet<string> = new Set<RoomFault>([
  "head-not-signed",
  "head-differs",
  "chain-broken",
  "entry-differs",
  "rolled-back",
  "other-region",
  "not-posted",
]);
