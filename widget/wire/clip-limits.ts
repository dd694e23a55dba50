/**
 * The numbers of a clip that sender, relay and viewer must agree on, with units and reasons.
 * Realm-free; nothing secret. Source: protocol.md §6 and §7.
 */

/** Plaintext bytes per segment: small enough to upload while recording, large enough that the 16 B tag is nothing. */
export const SEGMENT_BYTES = 256 * 1024;
/** AES-GCM tag, bytes, at the end of each segment. */
export const TAG_BYTES = 16;
/** Bytes of a full sealed segment. A piece in storage is exactly one sealed segment. */
export const PIECE_BYTES = SEGMENT_BYTES + TAG_BYTES;
/** Clip id, view token, manage token, lease token, bytes. */
export const CLIP_ID_BYTES = 16;
export const TOKEN_BYTES = 32;
/** AES-GCM IV, bytes. */
export const IV_BYTES = 12;
/** Sealed metadata box at most, bytes: names, codecs string and captions fit, content does not. */
export const METADATA_MAX_BYTES = 16 * 1024;

/** Default cap of a clip, ciphertext bytes (100 MB) and seconds. */
export const CLIP_MAX_BYTES = 100_000_000;
export const CLIP_MAX_S = 300;
/** A clip lives 24 h at most after Send; a draft 24 h after its last piece. */
export const CLIP_TTL_S = 24 * 3600;
/** A tombstone without content stays 30 days, so that a dead link can say what happened. */
export const TOMBSTONE_TTL_S = 30 * 24 * 3600;

/** The viewer reports its position this often, seconds. */
export const HEARTBEAT_S = 10;
/** A lease without a heartbeat for this long has lapsed: three missed beats, room for a reload. */
export const LEASE_SILENCE_S = 30;
/** A lease lasts at most LEASE_FACTOR × duration + LEASE_EXTRA_S. */
export const LEASE_FACTOR = 2;
export const LEASE_EXTRA_S = 60;
/** A lapse at or past this share of the duration counts as watched. */
export const WATCHED_SHARE = 0.9;
/** The clip burns at this lapse. 1 = strict. */
export const MAX_LEASES = 3;

/** Duration as the relay may know it: seconds rounded up to 10, so that it says little about the clip. */
export function coarseDuration(seconds: number): number {
  return Math.max(10, Math.ceil(seconds / 10) * 10);
}
