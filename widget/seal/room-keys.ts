/**
 * Every key that comes from a room's link: charter key and room secrets from the host secret; relay token, admission
 * key and envelope key from a room secret. Realm-free; sees one room's secrets. HKDF-SHA-256 all the way.
 * Source: protocol.md §1, §2; RFC 5869.
 *
 *   host secret (32 B) ─┬─ charter key (Ed25519) ── room id = first 16 B of SHA-256(public key)
 *                       ├─ lobby seed (32 B): the key pair that knocks are sealed to
 *                       └─ s_v = HKDF(host secret, salt room id, "whatping/1 room secret" ‖ u32 v)
 *   s_v (32 B) ─┬─ relay token (32 B): the relay keeps its SHA-256
 *               ├─ admission key (Ed25519): proves that somebody was let in by a holder of the link
 *               └─ envelope key (AES-256-GCM): seals what is relayed before somebody is a member
 */
import type { Bytes } from "../wire/bytes.ts";
import { ROOM_ID_BYTES } from "../wire/room-limits.ts";
import { u32 } from "../wire/room-signatures.ts";
import { type SigningKey, signingKeyFromSeed } from "./ed25519.ts";
import {
  ROOM_ADMISSION_KEY,
  ROOM_CHARTER_KEY,
  ROOM_ENVELOPE_KEY,
  ROOM_LOBBY_KEY,
  ROOM_LOBBY_NONCE,
  ROOM_RELAY_TOKEN,
  ROOM_SECRET,
} from "./labels.ts";

export const ROOM_SECRET_BYTES = 32;

/** What a host link gives besides what a guest link gives. */
export interface HostKeys {
  readonly charterKey: SigningKey;
  /** 16 B */
  readonly roomId: Bytes;
  /** s_v, 32 B */
  roomSecret(v: number): Promise<Bytes>;
  /** what the lobby's key pair is derived from, 32 B */
  lobbySeed(): Promise<Bytes>;
  /** what every device of a host answers this knock with, 32 B. @param knockHash SHA-256, 32 B */
  lobbyNonce(knockHash: Bytes): Promise<Bytes>;
}

/** What a room secret s_v gives. */
export interface LinkKeys {
  /** 32 B */
  readonly relayToken: Bytes;
  readonly admissionKey: SigningKey;
  /** AES-256-GCM, not extractable */
  readonly envelopeKey: CryptoKey;
}

export function generateHostSecret(): Bytes {
  return crypto.getRandomValues(new Uint8Array(ROOM_SECRET_BYTES));
}

/** @param hostSecret 32 B */
export async function hostKeys(hostSecret: Bytes): Promise<HostKeys> {
  const seed = await derive(hostSecret, new Uint8Array(), ROOM_CHARTER_KEY);
  const charterKey = await signingKeyFromSeed(seed);
  seed.fill(0);
  const roomId = await roomIdOf(charterKey.publicKey);
  return {
    charterKey,
    roomId,
    roomSecret: (v) => derive(hostSecret, roomId, ROOM_SECRET, u32(v)),
    lobbySeed: () => derive(hostSecret, roomId, ROOM_LOBBY_KEY),
    lobbyNonce: (knockHash) => derive(hostSecret, roomId, ROOM_LOBBY_NONCE, knockHash),
  };
}

/** The fingerprint of a charter key, 16 B: who knows the id can check all that the charter key signed. */
export async function roomIdOf(charterKey: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", charterKey as Bytes), 0, ROOM_ID_BYTES).slice();
}

/** @param roomSecret s_v, 32 B @param roomId 16 B */
export async function linkKeys(roomSecret: Bytes, roomId: Bytes): Promise<LinkKeys> {
  const [relayToken, seed, envelope] = await Promise.all(
    [ROOM_RELAY_TOKEN, ROOM_ADMISSION_KEY, ROOM_ENVELOPE_KEY].map((label) => derive(roomSecret, roomId, label)),
  );
  const admissionKey = await signingKeyFromSeed(seed as Bytes);
  const envelopeKey = await crypto.subtle.importKey("raw", envelope as Bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  seed?.fill(0);
  envelope?.fill(0);
  return { relayToken: relayToken as Bytes, admissionKey, envelopeKey };
}

async function derive(secret: Bytes, salt: Bytes, label: string, more: Uint8Array = new Uint8Array()): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const name = new TextEncoder().encode(label);
  const info = new Uint8Array(name.length + more.length);
  info.set(name);
  info.set(more, name.length);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, 256));
}
