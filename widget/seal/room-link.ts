/**
 * The links of a room. The fragment never reaches a server.
 * Realm-free; sees one room's secrets. Source: protocol.md §2.
 *
 *   host   <frame origin>/r/<room id>#h=<host secret>
 *   guest  <frame origin>/r/<room id>#s=<s_v>&v=<v>
 *   lobby  <frame origin>/r/<room id>: opens nothing; whoever has it may knock, and a host decides
 */
import { type Bytes, fromBase64url, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import { CodedError } from "../wire/errors.ts";
import { ROOM_ID_BYTES } from "../wire/room-limits.ts";
import { ROOM_SECRET_BYTES } from "./room-keys.ts";

export type RoomLink =
  | { readonly kind: "host"; readonly roomId: Bytes; readonly hostSecret: Bytes; readonly mangled: boolean }
  | {
      readonly kind: "guest";
      readonly roomId: Bytes;
      readonly roomSecret: Bytes;
      readonly v: number;
      /** A mail gateway turned `#` into `%23`: the server has seen the secret. */
      readonly mangled: boolean;
    };

/** A room's address: no secret in it. */
export interface LobbyLink {
  readonly kind: "lobby";
  readonly roomId: Bytes;
  readonly mangled: false;
}

export function formatLobbyLink(origin: string, roomId: Uint8Array): string {
  return `${origin}/r/${toBase64url(roomId)}`;
}

export function formatHostLink(origin: string, roomId: Uint8Array, hostSecret: Uint8Array): string {
  return `${origin}/r/${toBase64url(roomId)}#h=${toBase64url(hostSecret)}`;
}

export function formatGuestLink(origin: string, roomId: Uint8Array, roomSecret: Uint8Array, v: number): string {
  return `${origin}/r/${toBase64url(roomId)}#s=${toBase64url(roomSecret)}&v=${v}`;
}

/**
 * Reads a link, also one whose `#` was mangled into `%23`. What trackers hang behind it is left out. One that lost its
 * fragment on the way is the room's address: its holder may still knock.
 * @throws CodedError `link-malformed`
 */
export function parseRoomLink(href: string): RoomLink | LobbyLink {
  const malformed = () => new CodedError("link-malformed", "This link is not complete. Copy all of it and try again.");
  if (!URL.canParse(href)) throw malformed();
  const url = new URL(href);
  const mangled = /%23[hs](=|%3D)/i.test(url.pathname + url.search);
  const whole = mangled
    ? (url.pathname + url.search).replace(/%23/i, "#").replaceAll(/%3D/gi, "=").replaceAll(/%26/gi, "&")
    : url.pathname + url.hash;
  const bare = /^\/r\/([^/#?%]+)\/?$/.exec(whole)?.[1];
  if (isBase64urlOf(bare, ROOM_ID_BYTES)) {
    return { kind: "lobby", roomId: fromBase64url(bare) as Bytes, mangled: false };
  }
  const match = /^\/r\/([^/#]+)#([hs])=([^&?]+)(?:&v=(\d{1,9}))?/.exec(whole);
  const [, id, kind, text, version] = match ?? [];
  const secret = isBase64urlOf(text, ROOM_SECRET_BYTES) ? fromBase64url(text) : null;
  const roomId = isBase64urlOf(id, ROOM_ID_BYTES) ? fromBase64url(id) : null;
  if (!secret || !roomId) throw malformed();
  if (kind === "h") return { kind: "host", roomId, hostSecret: secret, mangled };
  const v = Number(version ?? 0);
  if (v < 1) throw malformed();
  return { kind: "guest", roomId, roomSecret: secret, v, mangled };
}
