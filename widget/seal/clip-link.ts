/**
 * The link of a clip: `<frame origin>/v/<id>#k=<base64url key>`. The fragment never reaches a server.
 * Realm-free; sees one clip's key. Source: protocol.md §6, product.md W4.
 */
import { type Bytes, fromBase64url, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import { CLIP_ID_BYTES } from "../wire/clip-limits.ts";
import { CodedError } from "../wire/errors.ts";

const KEY_BYTES = 32;

export interface ClipLink {
  readonly id: string;
  readonly key: Bytes;
  /** A mail gateway turned `#` into `%23`: the server has seen the key. */
  readonly mangled: boolean;
}

/** Writes the link. */
export function formatClipLink(origin: string, id: string, key: Bytes): string {
  return `${origin}/v/${id}#k=${toBase64url(key)}`;
}

/**
 * Reads a link, also one whose `#` was mangled into `%23`. What trackers hang behind the key is left out.
 * @throws CodedError `link-malformed`.
 */
export function parseClipLink(href: string): ClipLink {
  const malformed = () => new CodedError("link-malformed", "This link is not complete. Copy all of it and try again.");
  if (!URL.canParse(href)) throw malformed();
  const url = new URL(href);
  const mangled = /%23k(=|%3D)/i.test(url.pathname + url.search);
  const whole = mangled ? url.pathname.replace(/%23k(=|%3D)/i, "#k=") : url.pathname + url.hash;
  const match = /^\/v\/([^/#]+)#k=([^&?]+)/.exec(whole);
  const [, id, text] = match ?? [];
  const key = text && isBase64urlOf(text, KEY_BYTES) ? fromBase64url(text) : null;
  if (!key || !isBase64urlOf(id, CLIP_ID_BYTES)) throw malformed();
  return { id, key, mangled };
}
