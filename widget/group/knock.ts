/**
 * A knock and what is answered to it: sealed between one visitor and whoever has the host link, and six digits that both
 * find. Realm: group worker. Source: protocol.md §2 (Knock admission), docs/decisions/0055.
 *
 *   knock  = enc ‖ box(knock key, {identity, name, commitment, signature})        hash = SHA-256(knock)
 *   keys   = HPKE export(lobby key, 64 B) = knock key ‖ answer key (AES-256-GCM each)
 *   digits = HKDF(visitor's nonce ‖ hosts' nonce, salt hash, "whatping/1 knock digits" ‖ SHA-256(lobby key)) mod 10^6
 *
 * The visitor commits to its nonce in the knock and shows it only when it has the hosts': whoever stands in between, with
 * a lobby key of its own, can't try out nonces until both sides' digits are the same.
 */
import { isSignedBy, type SigningKey } from "../seal/ed25519.ts";
import { KNOCK, KNOCK_COMMITMENT, KNOCK_DIGITS, KNOCK_KEYS, SIGNED_KNOCKER } from "../seal/labels.ts";
import { hashOf } from "../wire/audit.ts";
import { type Bytes, fromBase64url, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import { HASH_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../wire/room-limits.ts";
import type { KeyAgreement } from "../wire/room-rules.ts";
import { statement } from "../wire/room-signatures.ts";
import { cleanName } from "./credential.ts";
import { openBox, sealBox } from "./knock-box.ts";
import type { LobbyKey } from "./lobby-key.ts";
import { type ExportName, encBytes, exportTo, type Recipient } from "./mls/hpke.ts";

/** Both ends of one knock. */
export interface KnockKeys {
  /** SHA-256 of the knock, 32 B */
  readonly hash: Bytes;
  readonly knockKey: CryptoKey;
  readonly answerKey: CryptoKey;
}

export interface OwnKnock extends KnockKeys {
  readonly bytes: Bytes;
  /** 32 B: kept to oneself until the hosts' is known */
  readonly nonce: Bytes;
}

export interface ReadKnock extends KnockKeys {
  readonly identity: string;
  readonly name: string;
  /** base64url */
  readonly commitment: string;
}

/** Null if the lobby's key is none. */
export async function makeKnock(
  { keyAgreement, lobbyKey }: LobbyKey,
  { roomId, identity, name }: { readonly roomId: Uint8Array; readonly identity: SigningKey; readonly name: string },
): Promise<OwnKnock | null> {
  const exported = await exportTo(keyAgreement, lobbyKey, exportName(roomId));
  if (!exported) return null;
  const { enc, secret } = exported;
  const [knockKey, answerKey] = await keysOf(secret);
  const nonce = crypto.getRandomValues(new Uint8Array(HASH_BYTES));
  const shown = cleanName(name);
  const commitment = await commitmentTo(nonce);
  const signature = await identity.sign(knockerStatement(roomId, enc, commitment, shown));
  const said = { identity: toBase64url(identity.publicKey), name: shown, commitment: toBase64url(commitment) };
  const box = await sealBox(knockKey, "knock", enc, { ...said, signature: toBase64url(signature) });
  const bytes = new Uint8Array(enc.length + box.length);
  bytes.set(enc);
  bytes.set(box, enc.length);
  return { bytes, nonce, knockKey, answerKey, hash: await hashOf(bytes) };
}

/** Null for what was not sealed to this lobby, or does not prove its identity key. */
export async function readKnock(
  bytes: Uint8Array,
  { recipient, keyAgreement, roomId }: { recipient: Recipient; keyAgreement: KeyAgreement; roomId: Uint8Array },
): Promise<ReadKnock | null> {
  const enc = bytes.slice(0, encBytes(keyAgreement));
  const secret = await recipient.importFrom(enc, exportName(roomId));
  if (!secret) return null;
  const [knockKey, answerKey] = await keysOf(secret);
  const said = await openBox(knockKey, "knock", enc, bytes.slice(enc.length));
  const { identity, name, commitment, signature } = said ?? {};
  const isWhole =
    isBase64urlOf(identity, PUBLIC_KEY_BYTES) &&
    isBase64urlOf(commitment, HASH_BYTES) &&
    isBase64urlOf(signature, SIGNATURE_BYTES) &&
    typeof name === "string" &&
    name === cleanName(name);
  if (!isWhole) return null;
  const [key, committed, signed] = [identity, commitment, signature].map(fromBase64url) as [Bytes, Bytes, Bytes];
  if (!(await isSignedBy(key, knockerStatement(roomId, enc, committed, name), signed))) return null;
  return { identity, name, commitment, knockKey, answerKey, hash: await hashOf(bytes as Bytes) };
}

/** The visitor's nonce, once it has the hosts'. */
export function sealNonce({ knockKey, hash, nonce }: OwnKnock): Promise<Bytes> {
  return sealBox(knockKey, "nonce", hash, { nonce: toBase64url(nonce) });
}

/** The visitor's nonce; null if it is not the one that the knock committed to. */
export async function openNonce({ knockKey, hash, commitment }: ReadKnock, box: Uint8Array): Promise<Bytes | null> {
  const nonce = (await openBox(knockKey, "nonce", hash, box))?.nonce;
  if (!isBase64urlOf(nonce, HASH_BYTES)) return null;
  const bytes = fromBase64url(nonce) as Bytes;
  return toBase64url(await commitmentTo(bytes)) === commitment ? bytes : null;
}

export function sealAnswer({ answerKey, hash }: KnockKeys, answer: Readonly<Record<string, unknown>>): Promise<Bytes> {
  return sealBox(answerKey, "answer", hash, answer);
}

/** Null for anything that nobody with the host link has sealed for this knock. */
export function openAnswer({ answerKey, hash }: KnockKeys, box: Uint8Array): Promise<Record<string, unknown> | null> {
  return openBox(answerKey, "answer", hash, box);
}

/** Six digits. */
export async function knockDigits(
  nonces: { readonly visitor: Uint8Array; readonly hosts: Uint8Array },
  { hash, lobbyKey }: { readonly hash: Bytes; readonly lobbyKey: Uint8Array },
): Promise<string> {
  const secret = statement(KNOCK_DIGITS, [nonces.visitor, nonces.hosts]);
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  // Hashed: HKDF's info may have 1,024 bytes at most here and there, and X-Wing's key has more.
  const info = statement(KNOCK_DIGITS, [await hashOf(lobbyKey)]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: hash, info };
  const bits = await crypto.subtle.deriveBits(parameters, key, 64);
  return String(new DataView(bits).getBigUint64(0) % 1_000_000n).padStart(6, "0");
}

function exportName(roomId: Uint8Array): ExportName {
  return { info: statement(KNOCK, [roomId]), context: new TextEncoder().encode(KNOCK_KEYS), length: 64 };
}

async function keysOf(secret: Bytes): Promise<[CryptoKey, CryptoKey]> {
  const halves = [secret.slice(0, 32), secret.slice(32)];
  const keys = halves.map((each) => crypto.subtle.importKey("raw", each, "AES-GCM", false, ["encrypt", "decrypt"]));
  const [knockKey, answerKey] = await Promise.all(keys);
  for (const each of [secret, ...halves]) each.fill(0);
  return [knockKey as CryptoKey, answerKey as CryptoKey];
}

function commitmentTo(nonce: Uint8Array): Promise<Bytes> {
  return hashOf(statement(KNOCK_COMMITMENT, [nonce]));
}

function knockerStatement(roomId: Uint8Array, enc: Uint8Array, commitment: Uint8Array, name: string): Bytes {
  return statement(SIGNED_KNOCKER, [roomId, enc, commitment, new TextEncoder().encode(name)]);
}
