/**
 * The audit trail of a room: entries in a hash chain, and heads that the relay signs. Realm-free; holds times, kinds
 * and pseudonyms, never content. Members, the relay and the offline verifier read it with this one file.
 * Source: protocol.md §9; RFC 8785 (the entries' values are strings and whole numbers: sorted keys are all it asks);
 * C2SP signed-note:
 *
 *   <origin>\n<size>\n<base64 of the last entry's hash>\n
 *   \n
 *   — <name> <base64 of (4 B key id ‖ 64 B Ed25519 signature of the lines above)>\n
 */
import type { Bytes } from "./bytes.ts";

export type AuditType =
  | "opened"
  | "joined"
  | "left"
  | "lost"
  | "replaced"
  | "removed"
  | "epoch"
  | "link"
  | "charter"
  | "closed";

export interface AuditEntry {
  /** from 0 */
  readonly seq: number;
  /** ms since the epoch, the relay's clock */
  readonly time: number;
  /** room id, base64url */
  readonly room: string;
  readonly type: AuditType;
  /** pseudonym of who it is about; of the poster for epoch, link and charter */
  readonly subject: string;
  readonly region: string;
  /** SHA-256 of the commit that it stands for, base64url */
  readonly commit?: string;
  /** SHA-256 of the canonical entry before, base64url; of nothing for the first */
  readonly prev: string;
}

export interface AuditHead {
  /** `<origin of the relay>/r/<room id>` */
  readonly origin: string;
  /** number of entries */
  readonly size: number;
  /** SHA-256 of the last entry's canonical bytes, 32 B; of nothing for an empty trail */
  readonly hash: Bytes;
}

const KEY_NAME = "whatping-audit";
const ED25519_NOTE = 1;
const encoder = new TextEncoder();

/** The bytes whose hash the next entry and the head carry. */
export function canonicalEntry(entry: AuditEntry): Bytes {
  return encoder.encode(JSON.stringify(entry, [...Object.keys(entry)].sort()));
}

/** SHA-256, 32 B. */
export async function hashOf(bytes: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Bytes));
}

/** What the signature of a head covers. */
export function headText({ origin, size, hash }: AuditHead): string {
  return `${origin}\n${size}\n${base64(hash)}\n`;
}

/** @param sign Ed25519 over the bytes of headText @param publicKey 32 B */
export async function signHead(
  head: AuditHead,
  publicKey: Uint8Array,
  sign: (bytes: Bytes) => Promise<Uint8Array>,
): Promise<string> {
  const text = headText(head);
  const signature = await sign(encoder.encode(text));
  const line = new Uint8Array(4 + signature.length);
  line.set(await noteKeyId(publicKey));
  line.set(signature, 4);
  return `${text}\n— ${KEY_NAME} ${base64(line)}\n`;
}

/** The head that a note carries, if its one signature is the key's; null for anything else. @param publicKey 32 B */
export async function openHead(note: string, publicKey: Uint8Array): Promise<AuditHead | null> {
  const match = /^(([^\n]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n)\n— ([^ \n]+) ([A-Za-z0-9+/=]+)\n$/.exec(note);
  if (!match || match[5] !== KEY_NAME) return null;
  const [, text = "", origin = "", size = "", hash = "", , line = ""] = match;
  const bytes = fromBase64(line);
  if (bytes?.length !== 68) return null;
  const id = await noteKeyId(publicKey);
  if (id.some((byte, i) => byte !== bytes[i])) return null;
  const key = await crypto.subtle.importKey("raw", publicKey as Bytes, "Ed25519", false, ["verify"]);
  const isGood = await crypto.subtle.verify("Ed25519", key, bytes.slice(4), encoder.encode(text));
  const hashBytes = fromBase64(hash);
  return isGood && hashBytes ? { origin, size: Number(size), hash: hashBytes } : null;
}

/** C2SP signed-note: the first 4 B of SHA-256(name ‖ \n ‖ algorithm ‖ public key). */
async function noteKeyId(publicKey: Uint8Array): Promise<Bytes> {
  const name = encoder.encode(`${KEY_NAME}\n`);
  const bytes = new Uint8Array(name.length + 1 + publicKey.length);
  bytes.set(name);
  bytes[name.length] = ED25519_NOTE;
  bytes.set(publicKey, name.length + 1);
  return (await hashOf(bytes)).slice(0, 4);
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}
