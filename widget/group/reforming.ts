/**
 * A group that was formed anew because most complained of a commit: who made it is not added again; who else was there
 * comes back, though the room be locked or have a lobby by now; and a second time within REFORM_QUIET_MS nobody else
 * comes in, until a host acts. Pure.
 * Realm: group worker; identity keys and a time. Source: protocol.md §5.
 */
import { isBase64urlOf } from "../wire/bytes.ts";
import { LEAVES_MAX, PUBLIC_KEY_BYTES, REFORM_QUIET_MS } from "../wire/room-limits.ts";
import type { RoomState } from "./room-state.ts";

/** The same for everyone in the generation: its founder made it, and who is added gets it in the Welcome. */
export interface Reformed {
  /** ms since the epoch, the clock of who formed it anew */
  readonly at: number;
  /** identity keys that are not added, base64url */
  readonly accused: readonly string[];
  /** identity keys of those who were there, without the accused */
  readonly was: readonly string[];
  /** of these, whose digits nobody had compared as they came from the lobby */
  readonly unverified: readonly string[];
  /** the door is shut to all others, as long as the charter has this version */
  readonly suspended?: { readonly version: number };
}

/**
 * Most can't follow a commit: what holds in the group that goes on without whoever made it.
 * @param before the state that it broke @param poster post key of the commit's @param now ms since the epoch
 */
export function reformedFrom(
  { roster, charter, reformed, unverified }: Pick<RoomState, "roster" | "charter" | "reformed" | "unverified">,
  poster: string,
  now: number,
): Reformed {
  const people = [...roster.values()];
  const isSecond = reformed !== undefined && now - reformed.at < REFORM_QUIET_MS;
  const made = people.filter(({ postKey }) => postKey === poster).map(({ identity }) => identity);
  const accused = [...new Set([...(isSecond ? reformed.accused : []), ...made])];
  const was = [...new Set(people.map(({ identity }) => identity))].filter((identity) => !accused.includes(identity));
  const first = { at: now, accused, was, unverified: was.filter((identity) => unverified.has(identity)) };
  return isSecond ? { ...first, suspended: { version: charter.charter.version } } : first;
}

/** Why this identity can't be added. @param version of the charter that holds */
export function reformFault(
  reformed: Reformed | undefined,
  identity: string,
  version: number,
): "accused" | "suspended" | undefined {
  if (reformed?.accused.includes(identity)) return "accused";
  return isSuspended(reformed, version) && !wasThere(reformed, identity) ? "suspended" : undefined;
}

/** Whether this identity was in the generation before, and nothing was held against it. */
export function wasThere(reformed: Reformed | undefined, identity: string): boolean {
  return reformed?.was.includes(identity) ?? false;
}

/** Whether the link lets in nobody new until a host acts. @param version of the charter that holds */
export function isSuspended(reformed: Reformed | undefined, version: number): boolean {
  return reformed?.suspended !== undefined && reformed.suspended.version >= version;
}

/** Null for anything else: from another member's hand. */
export function readReformed(value: unknown): Reformed | null {
  const { at, accused, was, unverified, suspended } = (value ?? {}) as Reformed;
  if (!Number.isSafeInteger(at) || ![accused, was, unverified].every(areKeys)) return null;
  const reformed = { at, accused, was, unverified };
  if (suspended === undefined) return reformed;
  const { version } = suspended ?? {};
  return Number.isSafeInteger(version) ? { ...reformed, suspended: { version } } : null;
}

function areKeys(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= LEAVES_MAX && value.every((key) => isBase64urlOf(key, PUBLIC_KEY_BYTES))
  );
}
