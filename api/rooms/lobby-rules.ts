/**
 * The lobby as the relay knows it: a public key that it hands to whoever asks, signed by the room's charter key. Pure.
 * Realm: server. Source: protocol.md §2 (Knock admission); layout in widget/group/lobby-key.
 */
import { fromBase64url } from "../../widget/wire/bytes.ts";
import { LOBBY_MAX_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../../widget/wire/room-limits.ts";
import { lobbyStatement } from "../../widget/wire/room-signatures.ts";
import { isSigned } from "./signature.ts";

const HEAD = PUBLIC_KEY_BYTES + SIGNATURE_BYTES;

/** Whether the charter key has signed this, and it is not too large. What the key is like, visitors look at. */
export function isCharterLobby(charterKey: string, lobby: string): boolean {
  const bytes = fromBase64url(lobby);
  if (!bytes || bytes.length <= HEAD || bytes.length > LOBBY_MAX_BYTES) return false;
  if (Buffer.from(bytes.subarray(0, PUBLIC_KEY_BYTES)).toString("base64url") !== charterKey) return false;
  const signature = Buffer.from(bytes.subarray(PUBLIC_KEY_BYTES, HEAD)).toString("base64url");
  return isSigned(charterKey, lobbyStatement(bytes.subarray(HEAD)), signature);
}
