/**
 * The lobby's public key as the relay hands it to whoever knows a room's id: signed by the key that the id is the
 * fingerprint of. Realm: group worker. Source: protocol.md §2 (Knock admission).
 *
 *   | charter key, 32 B | signature, 64 B | JSON {keyAgreement, lobbyKey} |   signature over statement("whatping/1 lobby", JSON)
 */
import { isSignedBy, type SigningKey } from "../seal/ed25519.ts";
import { roomIdOf } from "../seal/room-keys.ts";
import { type Bytes, fromBase64url, toBase64url } from "../wire/bytes.ts";
import { LOBBY_MAX_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../wire/room-limits.ts";
import type { KeyAgreement } from "../wire/room-rules.ts";
import { lobbyStatement } from "../wire/room-signatures.ts";

export interface LobbyKey {
  readonly keyAgreement: KeyAgreement;
  /** 32 B, or 1,216 B for X-Wing */
  readonly lobbyKey: Bytes;
}

const HEAD = PUBLIC_KEY_BYTES + SIGNATURE_BYTES;

export async function signLobbyKey(charterKey: SigningKey, { keyAgreement, lobbyKey }: LobbyKey): Promise<Bytes> {
  const json = new TextEncoder().encode(JSON.stringify({ keyAgreement, lobbyKey: toBase64url(lobbyKey) }));
  const bytes = new Uint8Array(HEAD + json.length);
  bytes.set(charterKey.publicKey);
  bytes.set(await charterKey.sign(lobbyStatement(json)), PUBLIC_KEY_BYTES);
  bytes.set(json, HEAD);
  return bytes;
}

/** Null unless it is well-formed and signed by the key that the room id is the fingerprint of. */
export async function openLobbyKey(bytes: Uint8Array, roomId: Uint8Array): Promise<LobbyKey | null> {
  if (bytes.length <= HEAD || bytes.length > LOBBY_MAX_BYTES) return null;
  const charterKey = bytes.slice(0, PUBLIC_KEY_BYTES) as Bytes;
  if (toBase64url(await roomIdOf(charterKey)) !== toBase64url(roomId)) return null;
  const json = bytes.slice(HEAD);
  if (!(await isSignedBy(charterKey, lobbyStatement(json), bytes.slice(PUBLIC_KEY_BYTES, HEAD)))) return null;
  return parse(json);
}

function parse(json: Uint8Array): LobbyKey | null {
  try {
    const { keyAgreement, lobbyKey } = JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>;
    const key = typeof lobbyKey === "string" ? fromBase64url(lobbyKey) : null;
    return key && (keyAgreement === "x25519" || keyAgreement === "x-wing") ? { keyAgreement, lobbyKey: key } : null;
  } catch {
    return null;
  }
}
