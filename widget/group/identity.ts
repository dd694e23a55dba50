/**
 * The identity of this browser profile on this embedding site: an Ed25519 key whose private half no code can read.
 * Realm: group worker. Source: product.md R1, protocol.md §1.
 * Browsers partition storage by embedding site, so that each site sees another identity; where nothing can be stored
 * (private windows, Safari's third-party frames) it lives in memory only, and `durable` says so.
 */
import { generateSigningPair, type SigningKey, signingKeyOf } from "../seal/ed25519.ts";
import { read, withDatabase, write } from "./stored.ts";

export interface Identity {
  readonly key: SigningKey;
  /** false: this identity ends with the tab */
  readonly durable: boolean;
}

const KEY = 0;

/** The stored identity, or a fresh one. */
export async function openIdentity(): Promise<Identity> {
  try {
    return { key: await signingKeyOf(await withDatabase(storedPair)), durable: true };
  } catch {
    // Storage may be absent, denied or refuse CryptoKeys.
    return { key: await signingKeyOf(await generateSigningPair()), durable: false };
  }
}

async function storedPair(database: IDBDatabase): Promise<CryptoKeyPair> {
  const known = await read<CryptoKeyPair>(database, "identity", KEY);
  if (known) return known;
  const fresh = await generateSigningPair();
  // Another tab may have been quicker: `add` loses then, and its key is everyone's.
  await write(database, "add", { store: "identity", key: KEY, value: fresh }).catch(() => undefined);
  return (await read<CryptoKeyPair>(database, "identity", KEY)) ?? fresh;
}
