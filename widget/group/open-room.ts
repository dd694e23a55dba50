/**
 * Starts a room: host secret, charter, first link; the relay gets what it must check and the sealed charter.
 * Realm: group worker. Source: protocol.md §2.
 */

import { sealEnvelope } from "../seal/envelope.ts";
import { generateHostSecret, type HostKeys, hostKeys, linkKeys } from "../seal/room-keys.ts";
import { hashOf } from "../wire/audit.ts";
import { type Bytes, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import type { NewLink } from "../wire/commit-data.ts";
import { CodedError } from "../wire/errors.ts";
import { PUBLIC_KEY_BYTES } from "../wire/room-limits.ts";
import { type AuditKey, type OpenRoom, roomPaths } from "../wire/room-relay.ts";
import { DEFAULT_RULES, type RoomRules } from "../wire/room-rules.ts";
import { linkStatement } from "../wire/room-signatures.ts";
import type { Charter, SignedCharter } from "./charter.ts";
import { hostName, signCharter } from "./charter.ts";
import { signLobbyKey } from "./lobby-key.ts";
import { recipientOf } from "./mls/hpke.ts";

/**
 * @param origin of the relay, `http[s]://host[:port]` @param identity public key of the first host, 32 B
 * @param rules as they shall be, where not as usual
 * @throws CodedError offline, or the relay's own code
 */
export async function openRoom(
  origin: string,
  identity: Uint8Array,
  rules: Partial<RoomRules> = {},
): Promise<{ hostSecret: Bytes; roomId: Bytes }> {
  const { auditKey, region } = await ask<AuditKey>(origin + roomPaths.auditKey);
  if (!isBase64urlOf(auditKey, PUBLIC_KEY_BYTES)) throw new CodedError("internal", "The server's answer is not whole.");
  const hostSecret = generateHostSecret();
  const host = await hostKeys(hostSecret);
  const hosts = [await hostName(identity)];
  const charter = { ...DEFAULT_RULES, ...rules, version: 1, hosts, auditKey, region };
  const { link } = await makeLink(host, charter, 1);
  const lobby = toBase64url(await signedLobby(host, charter));
  const body: OpenRoom = { charterKey: toBase64url(host.charterKey.publicKey), link, lobby };
  await ask(origin + roomPaths.room(toBase64url(host.roomId)), {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { hostSecret, roomId: host.roomId };
}

async function signedLobby(host: HostKeys, { keyAgreement }: Pick<RoomRules, "keyAgreement">): Promise<Bytes> {
  const { publicKey } = await recipientOf(keyAgreement, await host.lobbySeed());
  return signLobbyKey(host.charterKey, { keyAgreement, lobbyKey: publicKey });
}

/** Version v of a room's link, with the charter that names it: a new version, or a new charter for the one that holds. */
export async function makeLink(
  host: HostKeys,
  charter: Omit<Charter, "v" | "admissionKey">,
  v: number,
): Promise<{ link: NewLink; charter: SignedCharter; roomSecret: Bytes }> {
  const roomSecret = await host.roomSecret(v);
  const keys = await linkKeys(roomSecret, host.roomId);
  const admissionKey = toBase64url(keys.admissionKey.publicKey);
  const signed = await signCharter(host.charterKey, { ...charter, v, admissionKey });
  const nothing = new Uint8Array();
  const name = { type: "charter", groupId: nothing, v, reference: nothing } as const;
  const sealedCharter = await sealEnvelope(keys.envelopeKey, name, signed.bytes);
  const relayTokenHash = await hashOf(keys.relayToken);
  const sealedCharterHash = await hashOf(sealedCharter);
  const statement = linkStatement({ roomId: host.roomId, v, relayTokenHash, sealedCharterHash });
  const link: NewLink = {
    v,
    relayTokenHash: toBase64url(relayTokenHash),
    sealedCharter: toBase64url(sealedCharter),
    signature: toBase64url(await host.charterKey.sign(statement)),
  };
  return { link, charter: signed, roomSecret };
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init).catch((cause) => {
    throw new CodedError("offline", "The server could not be reached.", { cause });
  });
  const answer = (await response.json().catch(() => ({}))) as T & { code?: CodedError["code"]; detail?: string };
  if (!response.ok) throw new CodedError(answer.code ?? "internal", answer.detail ?? "The server refused.");
  return answer;
}
