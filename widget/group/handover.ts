/**
 * What a joiner can't know otherwise, and has to judge commits as all others do: it stands in the Welcome's GroupInfo,
 * signed by whoever lets the joiner in. JSON in UTF-8. Realm: group worker. Source: protocol.md §2, §5, §9.
 */
import { hashOf } from "../wire/audit.ts";
import { type Bytes, fromBase64url, isBase64urlOf } from "../wire/bytes.ts";
import { HASH_BYTES, PUBLIC_KEY_BYTES } from "../wire/room-limits.ts";
import { groupIdStatement } from "../wire/room-signatures.ts";
import type { TrailPlace } from "./audit-watch.ts";
import { type Reformed, readReformed } from "./reforming.ts";

/** What a group's id is the hash of, beside the room: it belongs to this room and to a place in its trail. */
export interface Origin {
  /** number of the generation */
  readonly n: number;
  /** 32 B each, base64url */
  readonly creatorNonce: string;
  readonly previousHead: string;
}

/** @param roomId 16 B @returns 32 B */
export function groupIdOfOrigin(roomId: Uint8Array, { n, creatorNonce, previousHead }: Origin): Promise<Bytes> {
  const [nonce, head] = [creatorNonce, previousHead].map((text) => fromBase64url(text) ?? new Uint8Array());
  return hashOf(groupIdStatement(roomId, n, nonce as Bytes, head as Bytes));
}

export interface Handover {
  readonly origin: Origin;
  /** key package references of late, with the epoch that each was added in */
  readonly used: ReadonlyMap<string, number>;
  /** before the commit that the Welcome belongs to */
  readonly trail: TrailPlace;
  readonly reformed?: Reformed;
  /** identity keys that came from the lobby with digits that nobody compared, after that commit */
  readonly unverified: ReadonlySet<string>;
}

export function writeHandover({ origin, used, trail: { size, hash }, reformed, unverified }: Handover): Bytes {
  const value = { origin, used: [...used], trail: { size, hash }, reformed, unverified: [...unverified] };
  return new TextEncoder().encode(JSON.stringify(value));
}

interface Written {
  readonly origin: Origin;
  readonly used: [string, number][];
  readonly trail: TrailPlace;
  readonly unverified: string[];
}

/** Null for anything that is not exactly this. */
export function readHandover(bytes: Uint8Array): Handover | null {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Record<string, unknown>;
    const { origin, used, trail, unverified } = value as unknown as Written;
    const isWhole =
      used.every(([ref, epoch]) => isBase64urlOf(ref, HASH_BYTES) && Number.isSafeInteger(epoch)) &&
      Number.isSafeInteger(origin.n) &&
      isBase64urlOf(origin.creatorNonce, HASH_BYTES) &&
      isBase64urlOf(origin.previousHead, HASH_BYTES) &&
      Number.isSafeInteger(trail.size) &&
      isBase64urlOf(trail.hash, HASH_BYTES) &&
      unverified.every((identity) => isBase64urlOf(identity, PUBLIC_KEY_BYTES));
    const reformed = value.reformed === undefined ? undefined : readReformed(value.reformed);
    if (!isWhole || reformed === null) return null;
    const given = { origin, used: new Map(used), trail, unverified: new Set(unverified) };
    return { ...given, ...(reformed ? { reformed } : {}) };
  } catch {
    return null;
  }
}
