/**
 * A group that was formed anew because most complained of a commit: who made it is not added again, and a second time
 * within REFORM_QUIET_MS only those who were there may come back by the link, until a host acts. Pure.
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
  /** the door is shut to links but for these identity keys, as long as the charter has this version */
  readonly suspended?: { readonly only: readonly string[]; readonly version: number };
}

/**
 * Most can't follow a commit: what holds in the group that goes on without whoever made it.
 * @param before the state that it broke @param poster post key of the commit's @param now ms since the epoch
 */
export function reformedFrom(
  { roster, charter, reformed }: Pick<RoomState, "roster" | "charter" | "reformed">,
  poster: string,
  now: number,
): Reformed {
  const people = [...roster.values()];
  const isSecond = reformed !== undefined && now - reformed.at < REFORM_QUIET_MS;
  const made = people.filter(({ postKey }) => postKey === poster).map(({ identity }) => identity);
  const accused = [...new Set([...(isSecond ? reformed.accused : []), ...made])];
  if (!isSecond) return { at: now, accused };
  const only = [...new Set(people.map(({ identity }) => identity))].filter((identity) => !accused.includes(identity));
  return { at: now, accused, suspended: { only, version: charter.charter.version } };
}

/** Why this identity can't be added. @param version of the charter that holds */
export function reformFault(
  reformed: Reformed | undefined,
  identity: string,
  version: number,
): "accused" | "suspended" | undefined {
  if (reformed?.accused.includes(identity)) return "accused";
  return isSuspended(reformed, version) && !reformed?.suspended?.only.includes(identity) ? "suspended" : undefined;
}

/** Whether the link lets in nobody new until a host acts. @param version of the charter that holds */
export function isSuspended(reformed: Reformed | undefined, version: number): boolean {
  return reformed?.suspended !== undefined && reformed.suspended.version >= version;
}

/** Null for anything else: from another member's hand. */
export function readReformed(value: unknown): Reformed | null {
  const { at, accused, suspended } = (value ?? {}) as Reformed;
  if (!Number.isSafeInteger(at) || !areKeys(accused)) return null;
  if (suspended === undefined) return { at, accused };
  const { only, version } = suspended ?? {};
  return areKeys(only) && Number.isSafeInteger(version) ? { at, accused, suspended: { only, version } } : null;
}

function areKeys(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= LEAVES_MAX && value.every((key) => isBase64urlOf(key, PUBLIC_KEY_BYTES))
  );
}
