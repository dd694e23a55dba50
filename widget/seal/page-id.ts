/**
 * What a site is told instead of a member's post key, so that two sites can't find out that they see the same person.
 * Realm-free; sees public keys. Computed on the spot: events must not overtake each other.
 *
 *   page id = first 16 B of SHA-256("whatping/1 page id" ‖ 0 ‖ origin ‖ 0 ‖ post key)   base64url, 22 characters
 *
 * A post key belongs to one membership, so that a page can't recognise whoever comes again. Pages know no post keys, so
 * they can't compute what another site is told. Source: docs/decisions/0052.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64url } from "../wire/bytes.ts";
import { PAGE_ID } from "./labels.ts";

const PAGE_ID_BYTES = 16;

/** @param origin of the page @param postKey base64url, as the roster has it */
export function pageIdOf(origin: string, postKey: string): string {
  const digest = sha256(new TextEncoder().encode(`${PAGE_ID}\0${origin}\0${postKey}`));
  return toBase64url(digest.slice(0, PAGE_ID_BYTES));
}
