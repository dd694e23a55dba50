/**
 * What a leaf says about its holder, and the check that it says so rightly (the authentication service of RFC 9420
 * §5.3.1). Realm: group worker. Source: protocol.md §1.
 *
 *   basic credential = JSON {identity, postKey, name, certificate}
 *   certificate      = identity key over statement("whatping/1 leaf", leaf signature key ‖ post key ‖ name)
 */
import { isSignedBy, type SigningKey } from "../seal/ed25519.ts";
import { SIGNED_LEAF } from "../seal/labels.ts";
import { type Bytes, fromBase64url, isBase64urlOf, toBase64url } from "../wire/bytes.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../wire/room-limits.ts";
import { statement } from "../wire/room-signatures.ts";

/** UTF-16 units: room for a full name, none for an essay in every roster. */
export const NAME_MAX = 64;

export interface Credential {
  /** Ed25519, 32 B, base64url */
  readonly identity: string;
  /** Ed25519, 32 B, base64url: signs this leaf's posts */
  readonly postKey: string;
  readonly name: string;
}

interface Certified extends Credential {
  /** 64 B, base64url */
  readonly certificate: string;
}

/** @param leafKey the leaf's MLS signature key, 32 B */
export async function certify(
  identity: SigningKey,
  leafKey: Uint8Array,
  { postKey, name }: { readonly postKey: Uint8Array; readonly name: string },
): Promise<Bytes> {
  const shown = cleanName(name);
  const certificate = await identity.sign(certified(leafKey, postKey, shown));
  const value: Certified = {
    identity: toBase64url(identity.publicKey),
    postKey: toBase64url(postKey),
    name: shown,
    certificate: toBase64url(certificate),
  };
  return new TextEncoder().encode(JSON.stringify(value));
}

const NAMES = "identity,postKey,name,certificate";

/** Null for anything that is not exactly the shape: the certificate, which is not checked here, covers nothing else. */
export function readCredential(bytes: Uint8Array): Certified | null {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Certified;
    const isWhole =
      Object.keys(value).join() === NAMES &&
      isBase64urlOf(value.identity, PUBLIC_KEY_BYTES) &&
      isBase64urlOf(value.postKey, PUBLIC_KEY_BYTES) &&
      isBase64urlOf(value.certificate, SIGNATURE_BYTES) &&
      typeof value.name === "string" &&
      value.name === cleanName(value.name);
    return isWhole ? value : null;
  } catch {
    return null;
  }
}

/** Whether the credential's identity vouches for this leaf. */
export async function isCertified(credential: Uint8Array, leafKey: Uint8Array): Promise<boolean> {
  const value = readCredential(credential);
  if (!value) return false;
  const [identity, postKey, certificate] = [value.identity, value.postKey, value.certificate].map(fromBase64url);
  const said = certified(leafKey, postKey as Bytes, value.name);
  return isSignedBy(identity as Bytes, said, certificate as Bytes);
}

/** Control, direction and format characters, and all that nothing is seen of: with them one name looks like another. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A name as everyone sees it. Cleaning a clean name changes nothing. */
export function cleanName(name: string): string {
  return (
    name
      .replaceAll(/\s+/g, " ")
      .replaceAll(UNSEEN, "")
      .normalize("NFC")
      .replaceAll(/ +/g, " ")
      .trim()
      .slice(0, NAME_MAX)
      // Half of a character may be left at the end.
      .replace(/\p{Cs}$/u, "")
      .trim()
  );
}

function certified(leafKey: Uint8Array, postKey: Uint8Array, name: string): Bytes {
  return statement(SIGNED_LEAF, [leafKey, postKey, new TextEncoder().encode(name)]);
}
