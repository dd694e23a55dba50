/**
 * Byte strings as they cross every boundary: base64url without padding, and the brand that says
 * "this is ciphertext". Realm-free; sees only bytes.
 * Source: RFC 4648 §5 (base64url), protocol.md (all byte strings in URLs and JSON).
 */

declare const sealedBrand: unique symbol;

/** Ciphertext. Only `seal/` makes it; `relay-client` accepts nothing else, so plaintext there is a type error. */
export type Sealed = Uint8Array<ArrayBuffer> & { readonly [sealedBrand]: true };

/** A byte string whose buffer is not shared, as WebCrypto and fetch want it. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** What text of such a length, mod 4, may end with: the bits that its last character has to spare are zero. */
const ENDINGS: readonly (string | undefined)[] = [undefined, "", "AQgw", "AEIMQUYcgkosw048"];

/** Encodes bytes as base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Decodes base64url without padding; null for anything that is not the one canonical encoding
 * (padding, other alphabets and stray low bits are refused, so that one value has one spelling).
 */
export function fromBase64url(text: string): Bytes | null {
  const ending = ENDINGS[text.length % 4];
  if (!/^[A-Za-z0-9_-]*$/.test(text) || ending?.includes(text.at(-1) ?? "") === false) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Whether `text` is the base64url of exactly `length` bytes. */
export function isBase64urlOf(text: unknown, length: number): text is string {
  return (
    typeof text === "string" && text.length === Math.ceil((length * 4) / 3) && fromBase64url(text)?.length === length
  );
}
