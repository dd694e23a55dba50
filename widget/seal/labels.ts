/**
 * Every label that separates one derived secret from another, in one place.
 * Realm-free, no secrets. Changing a label makes old clips unreadable: add a version instead.
 * Source: protocol.md §6.
 */

/** HKDF info of the token that proves knowledge of a clip's key without giving it away. */
export const CLIP_VIEW = "wisp/1 view";
/** HKDF info of the key that seals a clip's metadata. */
export const CLIP_METADATA = "wisp/1 metadata";

/** HKDF info of a room's charter key (Ed25519 seed) under its host secret. */
export const ROOM_CHARTER_KEY = "whatping/1 charter key";
/** HKDF info of a room secret s_v under the host secret; the link version v (u32) follows. */
export const ROOM_SECRET = "whatping/1 room secret";
/** HKDF infos under a room secret s_v. */
export const ROOM_RELAY_TOKEN = "whatping/1 relay token";
export const ROOM_ADMISSION_KEY = "whatping/1 admission key";
export const ROOM_ENVELOPE_KEY = "whatping/1 envelope key";
/** HKDF infos under the host secret: the lobby's key pair, and what it answers a knock with (SHA-256 of the knock follows). */
export const ROOM_LOBBY_KEY = "whatping/1 lobby key";
export const ROOM_LOBBY_NONCE = "whatping/1 lobby nonce";
/** HPKE info and exporter context of a knock; associated data of its boxes; what both sides' digits come from. */
export const KNOCK = "whatping/1 knock";
export const KNOCK_KEYS = "whatping/1 knock keys";
export const KNOCK_BOX = "whatping/1 knock box";
export const KNOCK_COMMITMENT = "whatping/1 knock commitment";
export const KNOCK_DIGITS = "whatping/1 knock digits";
/** What the charter key, the admission key and an identity key sign; room-signatures.ts has the relay's share. */
export const SIGNED_CHARTER = "whatping/1 charter";
export const SIGNED_ADMISSION = "whatping/1 admission";
export const SIGNED_LOBBY_ADMISSION = "whatping/1 lobby admission";
export const SIGNED_KNOCKER = "whatping/1 knocker";
export const SIGNED_LEAF = "whatping/1 leaf";
/** Associated data of what is relayed before somebody is a member. */
export const ROOM_ENVELOPE = "whatping/1 envelope";
/** MLS exporter label of a media kind's base key; the kind follows. */
export const MEDIA_BASE_KEY = "whatping v1";
/** Hashed before a site's origin and a post key: what that site calls a member. */
export const PAGE_ID = "whatping/1 page id";
/** RFC 9605 §4.4.2. */
export const SFRAME_KEY = "SFrame 1.0 Secret key ";
export const SFRAME_SALT = "SFrame 1.0 Secret salt ";
