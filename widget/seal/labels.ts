/**
 * Every label that separates one derived secret from another, in one place.
 * Realm-free, no secrets. Changing a label makes old clips unreadable: add a version instead.
 * Source: protocol.md §6.
 */

/** HKDF info of the token that proves knowledge of a clip's key without giving it away. */
export const CLIP_VIEW = "wisp/1 view";
/** HKDF info of the key that seals a clip's metadata. */
export const CLIP_METADATA = "wisp/1 metadata";
