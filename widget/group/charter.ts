/**
 * The charter of a room: what its hosts decided, signed by the key whose fingerprint is the room's id.
 * Realm: group worker. Stands in the GroupContext and, sealed, at the relay. Source: protocol.md §2.
 *
 *   | charter key, 32 B | signature, 64 B | charter, JSON in UTF-8 |     signature over statement("whatping/1 charter", JSON)
 */
import { isSignedBy, type SigningKey } from "../seal/ed25519.ts";
import { SIGNED_CHARTER } from "../seal/labels.ts";
import { sha256Hashes } from "../seal/mls-hashes.ts";
import { roomIdOf } from "../seal/room-keys.ts";
import { type Bytes, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import { CHARTER_MAX_BYTES, HASH_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../wire/room-limits.ts";
import { areRules, type RoomRules, RULE_NAMES } from "../wire/room-rules.ts";
import { statement } from "../wire/room-signatures.ts";

export interface Charter extends RoomRules {
  /** grows with each change; no member goes back */
  readonly version: number;
  /** SHA-256 of the hosts' identity keys, base64url */
  readonly hosts: readonly string[];
  /** link version */
  readonly v: number;
  /** public key of v's admission key, 32 B, base64url */
  readonly admissionKey: string;
  /** the relay's key of audit heads, 32 B, base64url: heads of another key are refused */
  readonly auditKey: string;
  /** where the relay says that it is; ANY_REGION: wherever */
  readonly region: string;
}

export const ANY_REGION = "any";
/** Devices of hosts at most: the one that was certified first goes. */
const HOSTS_MAX = 64;

/** A charter with the proof that it is this room's. */
export interface SignedCharter {
  readonly charter: Charter;
  readonly charterKey: Bytes;
  readonly bytes: Bytes;
}

const HEAD = PUBLIC_KEY_BYTES + SIGNATURE_BYTES;
const encoder = new TextEncoder();

export async function signCharter(key: SigningKey, charter: Charter): Promise<SignedCharter> {
  const json = encoder.encode(JSON.stringify(charter));
  const bytes = new Uint8Array(HEAD + json.length);
  bytes.set(key.publicKey);
  bytes.set(await key.sign(statement(SIGNED_CHARTER, [json])), PUBLIC_KEY_BYTES);
  bytes.set(json, HEAD);
  return { charter, charterKey: key.publicKey, bytes };
}

/** Null unless it is well-formed and signed by the key that the room id is the fingerprint of. */
export async function openCharter(bytes: Uint8Array, roomId: Uint8Array): Promise<SignedCharter | null> {
  if (bytes.length <= HEAD || bytes.length > CHARTER_MAX_BYTES) return null;
  const charterKey = bytes.slice(0, PUBLIC_KEY_BYTES) as Bytes;
  if (toBase64url(await roomIdOf(charterKey)) !== toBase64url(roomId)) return null;
  const json = bytes.slice(HEAD);
  const signature = bytes.slice(PUBLIC_KEY_BYTES, HEAD);
  if (!(await isSignedBy(charterKey, statement(SIGNED_CHARTER, [json]), signature))) return null;
  const charter = parse(json);
  return charter && { charter, charterKey, bytes: bytes.slice() as Bytes };
}

/** How a charter names a host: SHA-256 of the identity key, base64url. */
export async function hostName(identityKey: Uint8Array): Promise<string> {
  // By everyone, for everyone, at every epoch: not by WebCrypto (docs/decisions/0030).
  return toBase64url(await sha256Hashes.hash.digest(identityKey));
}

/** Whether a relay in `region` may serve the room. */
export function allowsRegion({ region: wanted }: Pick<Charter, "region">, region: string): boolean {
  return wanted === ANY_REGION || wanted === region;
}

/** The list of hosts with one device more. @param name as hostName gives it */
export function withHost(hosts: readonly string[], name: string): readonly string[] {
  return hosts.includes(name) ? hosts : [...hosts, name].slice(-HOSTS_MAX);
}

const NAMES: readonly string[] = ["version", "hosts", "v", "admissionKey", "auditKey", "region", ...RULE_NAMES];

/** A field that this client does not know might be a rule that it would break: the whole charter is refused. */
function parse(json: Uint8Array): Charter | null {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json)) as Charter;
    const isWhole =
      Object.keys(value).every((name) => NAMES.includes(name)) &&
      isCount(value.version) &&
      isCount(value.v) &&
      Array.isArray(value.hosts) &&
      value.hosts.length <= HOSTS_MAX &&
      value.hosts.every((host) => isBase64urlOf(host, HASH_BYTES)) &&
      isBase64urlOf(value.admissionKey, PUBLIC_KEY_BYTES) &&
      isBase64urlOf(value.auditKey, PUBLIC_KEY_BYTES) &&
      typeof value.region === "string" &&
      /^[a-z]{2,8}$/.test(value.region) &&
      areRules({ ...value });
    return isWhole ? value : null;
  } catch {
    return null;
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;
