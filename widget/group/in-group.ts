/**
 * What members say to each other inside the group: the plaintext of MLS application messages, JSON in UTF-8, and lists of
 * frames in bytes. Realm: group worker. Source: protocol.md §3, §4, §5; docs/decisions/0049.
 *
 *   | { … } JSON |     | 0x01 | lists, wire/frame-lists.ts |
 */
import { type Bytes, fromBase64url } from "../wire/bytes.ts";
import { REACTIONS, type Reaction, type SelfState } from "../wire/frame-group.ts";
import { decodeFrameLists, KID_MAX } from "../wire/frame-lists.ts";

/** UTF-16 units of one chat message at most. */
export const CHAT_MAX = 4_000;

/** UTF-16 units of a signed note: an origin, a number, a hash, a signature. */
const HEAD_MAX = 1_000;
/** Before lists; JSON begins otherwise. */
const LISTS = 0x01;

/** `n` numbers what a member says unordered in one membership: what comes after a later one is late, and not taken. */
export type InGroup =
  /** ordered, shown */
  | { readonly type: "chat"; readonly id: string; readonly text: string; readonly at: number }
  /** said before leaving: whoever goes without it is shown as lost */
  | { readonly type: "leave" }
  /** the room's new link, from the host who made it */
  | { readonly type: "link"; readonly roomSecret: string; readonly v: number }
  /** ordered, a host's only: everybody is about to be out */
  | { readonly type: "end" }
  /**
   * unordered, every HEARTBEAT_MS and when the state changes: the signed head that this member's epoch stands under, and
   * what it shows of itself
   */
  | { readonly type: "alive"; readonly n: number; readonly head: string; readonly state?: SelfState }
  /** unordered */
  | { readonly type: "reaction"; readonly n: number; readonly reaction: Reaction }
  /** unordered, each second while this member sends: the frames that it sealed */
  | { readonly type: "frames"; readonly lists: Bytes }
  /** unordered: whoever has the leaf of this KID is asked to vouch for its frames, and names `id` in its answer */
  | { readonly type: "doubt"; readonly kid: number; readonly id: number };

/** What is said unordered; all else counts only in the log's order. */
export const SIGNALS: ReadonlySet<InGroup["type"]> = new Set(["alive", "reaction", "frames", "doubt"]);

export function encodeInGroup(message: InGroup): Uint8Array {
  if (message.type !== "frames") return new TextEncoder().encode(JSON.stringify(message));
  const bytes = new Uint8Array(1 + message.lists.length);
  bytes[0] = LISTS;
  bytes.set(message.lists, 1);
  return bytes;
}

/** Null for anything that is not exactly one of these. */
export function decodeInGroup(bytes: Uint8Array): InGroup | null {
  if (bytes[0] === LISTS) {
    const lists = bytes.slice(1) as Bytes;
    return decodeFrameLists(lists) && { type: "frames", lists };
  }
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as InGroup;
    return isInGroup(value) ? value : null;
  } catch {
    return null;
  }
}

function isInGroup(value: InGroup): boolean {
  switch (value?.type) {
    case "chat":
      return isText(value.id, 64) && isText(value.text, CHAT_MAX) && Number.isFinite(value.at);
    case "leave":
      return true;
    case "end":
      return hasOnly(value, "type");
    case "link":
      return fromBase64url(value.roomSecret)?.length === 32 && Number.isSafeInteger(value.v);
    case "alive":
      return (
        hasOnly(value, "type", "n", "head", "state") &&
        isCount(value.n) &&
        isText(value.head, HEAD_MAX) &&
        (value.state === undefined || isSelfState(value.state))
      );
    case "reaction":
      return hasOnly(value, "type", "n", "reaction") && isCount(value.n) && REACTIONS.includes(value.reaction);
    case "doubt":
      return hasOnly(value, "type", "kid", "id") && isCount(value.kid, KID_MAX) && isCount(value.id, 0xffff_ffff);
    default:
      return false;
  }
}

const STATE_NAMES = ["microphone", "camera", "screen", "hand"] as const satisfies readonly (keyof SelfState)[];

/** Whether it has exactly these fields, each true or false. */
export function isSelfState(value: unknown): value is SelfState {
  return isPartOfSelfState(value) && STATE_NAMES.every((name) => name in (value as SelfState));
}

export function isPartOfSelfState(value: unknown): value is Partial<SelfState> {
  return (
    typeof value === "object" &&
    value !== null &&
    hasOnly(value, ...STATE_NAMES) &&
    Object.values(value).every((each) => typeof each === "boolean")
  );
}

const hasOnly = (value: object, ...names: readonly string[]): boolean =>
  Object.keys(value).every((name) => names.includes(name));

const isText = (value: unknown, max: number): boolean => typeof value === "string" && value.length <= max;

const isCount = (value: unknown, max = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;
