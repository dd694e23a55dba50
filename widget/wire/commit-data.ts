/**
 * The authenticated data of a commit: what the relay has to know of it, and what every member holds against the
 * commit's own Adds and Removes. Readable in a PrivateMessage, covered by its signature. JSON in UTF-8.
 * Realm-free; pseudonymous keys and hashes only. Source: protocol.md §2 (Posting), RFC 9420 §6.3.
 *
 *   PrivateMessage in an MLSMessage (RFC 9420 §6, §6.3.1):
 *   | version u16 = 1 | wire_format u16 = 2 | group_id<V> | epoch u64 | content_type u8 | authenticated_data<V> | …
 */
import { type Bytes, isBase64urlOf, toBase64url } from "./bytes.ts";
import { HASH_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "./room-limits.ts";

/** One Add. All byte strings base64url. */
export interface Admitted {
  /** key package reference (RFC 9420 §5.2), 32 B */
  readonly ref: string;
  /** Ed25519, 32 B: may post from this commit on */
  readonly postKey: string;
  /** the epoch that the asker named */
  readonly epoch: number;
  /** 64 B: the admission key's signature, or with `lobby` the charter key's (group/admission) */
  readonly proof: string;
  /** a host let it in, and says whether it has compared the digits */
  readonly lobby?: LobbyAdmission;
}

export type LobbyAdmission = "compared" | "unverified";
const LOBBY_ADMISSIONS: readonly unknown[] = ["compared", "unverified"] satisfies LobbyAdmission[];

/** Why a member is removed: `gone` = connection lost, `left` = said so, `replaced` = came back as another leaf. */
export type RemovalReason = "gone" | "left" | "replaced" | "removed";

export interface Dropped {
  readonly postKey: string;
  readonly reason: RemovalReason;
}

/** A new link, made by a host: the relay takes it over in the same step. */
export interface NewLink {
  readonly v: number;
  readonly relayTokenHash: string;
  /** sealed under the new link's envelope key */
  readonly sealedCharter: string;
  /** of the charter key over linkStatement, 64 B */
  readonly signature: string;
}

/** A new charter under the link that holds: the relay keeps it for the next generation. */
export type NewCharter = Pick<NewLink, "sealedCharter" | "signature">;

export interface CommitData {
  readonly add: readonly Admitted[];
  readonly remove: readonly Dropped[];
  readonly link?: NewLink;
  /** never beside `link`, which brings a charter along */
  readonly charter?: NewCharter;
}

/** Whether the commit only renews its poster's leaf. */
export function isUpdateOnly({ add, remove, link, charter }: CommitData): boolean {
  return add.length + remove.length === 0 && !link && !charter;
}

/** What the relay reads of a commit before it orders it. */
export interface CommitHeader {
  readonly groupId: Bytes;
  readonly epoch: number;
  readonly data: CommitData;
}

const COMMIT = 3;

export function encodeCommitData(data: CommitData): Bytes {
  return new TextEncoder().encode(JSON.stringify(data));
}

/** Null for anything that is not exactly the shape. */
export function decodeCommitData(bytes: Uint8Array): CommitData | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isCommitData(value) ? value : null;
  } catch {
    return null;
  }
}

/** Null for anything that is not a commit as a PrivateMessage with data of our shape. */
export function readCommitHeader(message: Uint8Array): CommitHeader | null {
  const header = readPrivateHeader(message);
  if (header?.contentType !== COMMIT) return null;
  const data = decodeCommitData(header.authenticatedData);
  return data && { groupId: header.groupId, epoch: header.epoch, data };
}

export interface PrivateHeader {
  readonly groupId: Bytes;
  readonly epoch: number;
  /** 1 application, 2 proposal, 3 commit */
  readonly contentType: number;
  readonly authenticatedData: Bytes;
}

/** The clear part of an MLSMessage that holds a PrivateMessage; null for anything else. */
export function readPrivateHeader(message: Uint8Array): PrivateHeader | null {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 4;
  const vector = (): Bytes => {
    const first = view.getUint8(at);
    const lengthBytes = 1 << (first >> 6);
    if (lengthBytes === 8) throw new RangeError("not a length");
    let length = first & 0x3f;
    for (let i = 1; i < lengthBytes; i++) length = (length << 8) | view.getUint8(at + i);
    at += lengthBytes;
    if (at + length > message.length) throw new RangeError("too short");
    const bytes = message.slice(at, at + length) as Bytes;
    at += length;
    return bytes;
  };
  try {
    if (view.getUint16(0) !== 1 || view.getUint16(2) !== 2) return null;
    const groupId = vector();
    const epoch = Number(view.getBigUint64(at));
    const contentType = view.getUint8(at + 8);
    at += 9;
    return { groupId, epoch, contentType, authenticatedData: vector() };
  } catch {
    return null;
  }
}

function isCommitData(value: unknown): value is CommitData {
  if (!isRecord(value) || !hasOnly(value, ["add", "remove", "link", "charter"])) return false;
  const { add, remove, link, charter } = value;
  return (
    Array.isArray(add) &&
    add.every(isAdmittedShape) &&
    Array.isArray(remove) &&
    remove.every(isDropped) &&
    (link === undefined || isNewLink(link)) &&
    (charter === undefined || (link === undefined && isNewCharter(charter)))
  );
}

export function isAdmittedShape(value: unknown): value is Admitted {
  return (
    isRecord(value) &&
    hasOnly(value, ["ref", "postKey", "epoch", "proof", "lobby"]) &&
    isBase64urlOf(value.ref, HASH_BYTES) &&
    isBase64urlOf(value.postKey, PUBLIC_KEY_BYTES) &&
    isCount(value.epoch) &&
    isBase64urlOf(value.proof, SIGNATURE_BYTES) &&
    (value.lobby === undefined || LOBBY_ADMISSIONS.includes(value.lobby))
  );
}

function isDropped(value: unknown): value is Dropped {
  return (
    isRecord(value) &&
    hasOnly(value, ["postKey", "reason"]) &&
    isBase64urlOf(value.postKey, PUBLIC_KEY_BYTES) &&
    ["gone", "left", "replaced", "removed"].includes(value.reason as string)
  );
}

export function isNewLink(value: unknown): value is NewLink {
  return (
    isRecord(value) &&
    hasOnly(value, ["v", "relayTokenHash", "sealedCharter", "signature"]) &&
    isCount(value.v) &&
    isBase64urlOf(value.relayTokenHash, HASH_BYTES) &&
    typeof value.sealedCharter === "string" &&
    isBase64urlOf(value.signature, SIGNATURE_BYTES)
  );
}

function isNewCharter(value: unknown): value is NewCharter {
  return (
    isRecord(value) &&
    hasOnly(value, ["sealedCharter", "signature"]) &&
    typeof value.sealedCharter === "string" &&
    isBase64urlOf(value.signature, SIGNATURE_BYTES)
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const hasOnly = (value: object, names: readonly string[]) => Object.keys(value).every((name) => names.includes(name));

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** SHA-256 of a public key, cut to 16 B: how the audit trail names its holder. */
export async function pseudonym(postKey: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", postKey as Bytes);
  return toBase64url(new Uint8Array(hash, 0, 16));
}
