/**
 * Hears of every secret key that this process makes or imports through WebCrypto, those that no code can read included:
 * they are made readable for the test, so that a search can look for their bytes. Public keys are left out.
 * Test support; tapped from its import on.
 */
const { subtle } = globalThis.crypto;
const found = new Map<string, Uint8Array>();

/** Algorithms whose raw keys are public. */
const PUBLIC_IF_RAW = new Set(["Ed25519", "X25519"]);

/** Name and bytes of all so far, each once. */
export function tappedKeys(): { readonly name: string; readonly bytes: Uint8Array }[] {
  return [...found].map(([hex, bytes]) => ({ name: `key-${hex.slice(0, 8)}`, bytes }));
}

function note(bytes: Uint8Array): void {
  // Test keys of zeroes would be found everywhere.
  if (bytes.length >= 16 && bytes.some((byte) => byte !== 0))
    found.set(Buffer.from(bytes).toString("hex"), bytes.slice());
}

const nameOf = (algorithm: unknown): string =>
  typeof algorithm === "string" ? algorithm : (algorithm as { readonly name: string }).name;

/** Of PKCS #8 the last 32 bytes are the seed (RFC 8410 §7). */
async function noteKeyPair({ privateKey }: CryptoKeyPair): Promise<void> {
  note(new Uint8Array(await subtle.exportKey("pkcs8", privateKey)).slice(-32));
}

const { generateKey, importKey } = subtle;

subtle.generateKey = (async (...[algorithm, isReadable, uses]: Parameters<typeof generateKey>) => {
  const isPair = PUBLIC_IF_RAW.has(nameOf(algorithm));
  const made = await Reflect.apply(generateKey, subtle, [algorithm, isPair || isReadable, uses]);
  if (isPair) await noteKeyPair(made as CryptoKeyPair);
  return made;
}) as typeof generateKey;

subtle.importKey = (async (...given: Parameters<typeof importKey>) => {
  const [format, data, algorithm] = given as unknown as [string, Uint8Array | ArrayBuffer | JsonWebKey, unknown];
  const isPublic = format === "raw" && PUBLIC_IF_RAW.has(nameOf(algorithm));
  if ((data instanceof Uint8Array || data instanceof ArrayBuffer) && !isPublic) {
    const bytes = new Uint8Array(data);
    note(format === "pkcs8" ? bytes.slice(-32) : bytes);
  }
  return Reflect.apply(importKey, subtle, given);
}) as typeof importKey;
